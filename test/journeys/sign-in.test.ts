// Whoever joined signs in, looks after the account, and signs out; whoever forgot the password gets in again.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PUBLIC_URL, startUsher, type Usher } from '../setup/usher.ts'
import { addAccount, openBrowser, signedIn, signIn } from './account-acts.ts'
import { changeSettings, inviteAndGetLink, mailTo, PASSWORD, signUp, waitForQuiet } from './acts.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher({ phone: true, env: { PUBLIC_URL } })
})
afterAll(() => usher.stop())

async function join(email: string, fields: Record<string, string> = {}): Promise<void> {
  const link = await inviteAndGetLink(usher, email)
  expect((await signUp(usher, link, fields)).status).toBe(303)
}

describe('whoever has joined', () => {
  it('signs in with address and password, sees the account, and signs out', async () => {
    await join('ana@example.org')
    const browser = openBrowser(usher)

    const answer = await signIn(browser, ' Ana@Example.org ')
    const account = await browser.get('/account')

    expect(answer).toMatchObject({ status: 303, location: '/account' })
    expect([...browser.cookies.keys()].sort()).toEqual(['__Host-usher_known', '__Host-usher_session'])
    expect(account.status).toBe(200)
    expect(account.body).toContain('Hello <bdi>Ana Diaz</bdi>')
    expect(account.body).toContain('ana@example.org')
    expect(account.body).toContain('Team Member')
    const out = await browser.post('/account/sign-out', {})
    expect(out).toMatchObject({ status: 303, location: '/sign-in?signed-out' })
    expect(await browser.get('/account')).toMatchObject({ status: 303, location: '/sign-in' })
  })

  it('changes names, language and mobile number, and is told of the number', async () => {
    await join('bea@example.org')
    const browser = await signedIn(usher, 'bea@example.org')

    const profile = await browser.post('/account/profile', { firstName: 'Beatriz', lastName: 'Ruiz', language: 'ru' })
    const mobile = await browser.post('/account/mobile', { mobile: '+44 7400 123456', oldPassword: PASSWORD })

    expect(profile).toMatchObject({ status: 303, location: '/account?done=profile' })
    expect(mobile).toMatchObject({ status: 303, location: '/account?done=mobile' })
    const page = await browser.get('/account?done=mobile')
    expect(page.body).toContain('<html lang="ru">')
    expect(page.body).toContain('Beatriz Ruiz')
    expect(page.body).toContain('+447400123456')
    const mail = await mailTo(usher, 'bea@example.org', 2)
    expect(mail.subject).toBe('Ваш номер телефона изменён (Northwind Trading)')
  })

  it('changes the password: the old one is dead, other browsers are signed out, this one is not, and a mail tells', async () => {
    await join('cem@example.org')
    const browser = await signedIn(usher, 'cem@example.org')
    const other = await signedIn(usher, 'cem@example.org')

    const changed = await browser.post('/account/password', {
      oldPassword: PASSWORD,
      password: 'nine yellow umbrellas',
    })

    expect(changed).toMatchObject({ status: 303, location: '/account?done=password' })
    expect((await browser.get('/account')).status).toBe(200)
    expect(await other.get('/account')).toMatchObject({ status: 303, location: '/sign-in' })
    expect((await signIn(openBrowser(usher), 'cem@example.org')).status).toBe(422)
    expect((await signIn(openBrowser(usher), 'cem@example.org', 'nine yellow umbrellas')).status).toBe(303)
    const mail = await mailTo(usher, 'cem@example.org', 2)
    expect(mail.subject).toBe('Your password for Northwind Trading was changed')
    expect(mail.text).not.toContain('http')
  })
})

describe('whoever forgot the password', () => {
  it('gets a link by mail, chooses a new one, and signs in with it', async () => {
    await join('dora@example.org')
    const before = await signedIn(usher, 'dora@example.org')
    const browser = openBrowser(usher)

    const asked = await browser.post('/forgot', { name: 'dora@example.org', language: 'en' })
    const mail = await mailTo(usher, 'dora@example.org', 2)
    const [link = ''] = mail.text.match(/https:\/\/usher\.example\.test\/reset\/[\w-]+/) ?? []
    const path = link.replace('https://usher.example.test', '')
    const page = await browser.get(path)
    const used = await browser.post(path, { password: 'eleven silver kettles' })

    expect(asked).toMatchObject({ status: 303, location: '/forgot/sent?language=en' })
    expect(page.status).toBe(200)
    expect(used).toMatchObject({ status: 303, location: '/sign-in?changed' })
    expect(await before.get('/account')).toMatchObject({ status: 303, location: '/sign-in' })
    expect((await browser.post(path, { password: 'thirteen silver kettles' })).status).toBe(404)
    expect((await signIn(browser, 'dora@example.org')).status).toBe(422)
    expect((await signIn(browser, 'dora@example.org', 'eleven silver kettles')).location).toBe('/account')
  })

  it('gets the link by SMS where there is no e-mail address, to countries that are allowed', async () => {
    await changeSettings(usher, { Countries: ['United Kingdom (GB)'] })
    await addAccount(usher, 'Dora.Warehouse', { mobile: '+447400123456' })
    await addAccount(usher, 'Emil.Warehouse', { mobile: '+4915123456789' })
    const browser = openBrowser(usher)

    await browser.post('/forgot', { name: 'emil.warehouse', language: 'en' })
    await browser.post('/forgot', { name: 'dora.warehouse', language: 'en' })
    const message = await usher.phone.waitFor(({ to }) => to === '+447400123456')
    const [path = ''] = message.body.match(/(?<=https:\/\/usher\.example\.test)\/reset\/[\w-]+/) ?? []
    const used = await browser.post(path, { password: 'eleven silver kettles' })

    expect(used.location).toBe('/sign-in?changed')
    expect((await signIn(browser, 'DORA.warehouse', 'eleven silver kettles')).location).toBe('/account')
    await waitForQuiet(usher)
    expect(usher.phone.messages.filter(({ to }) => to === '+4915123456789')).toEqual([])
  })
})
