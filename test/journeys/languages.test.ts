// Who is written to, and shown pages, in which language: their own, else the browser's, else the organisation's.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { formBody, linkIn, startUsher, type Usher } from '../setup/usher.ts'
import { addAccount, type Browser, openBrowser, resetPath, signedIn } from './account-acts.ts'
import { inviteAndGetLink, mailTo, signUpFields, until } from './acts.ts'
import { paste, sendToTheEnd } from './list-acts.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher({ env: { PUBLIC_URL: 'https://usher.example.test' } })
})
afterAll(() => usher.stop())
beforeEach(() => speak('en'))

async function speak(language: string): Promise<void> {
  await usher.app.db.prisma.organisation.updateMany({ data: { language } })
}

/** The language of a page, for a browser that wishes for it; '*' wishes for nothing. */
async function languageOf(path: string, wishes: string, browser?: Browser): Promise<string | undefined> {
  const cookie = [...(browser?.cookies ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
  const page = await fetch(`${usher.app.url}${path}`, { headers: { 'accept-language': wishes, cookie } })
  return /<html lang="([^"]+)"/.exec(await page.text())?.[1]
}

/** A form that is sent by a browser that wishes for Russian. */
function asRussian(fields: Record<string, string>): RequestInit {
  const body = formBody(fields)
  return { ...body, headers: { ...Object.fromEntries(new Headers(body.headers)), 'accept-language': 'ru' } }
}

describe('the account', () => {
  it('is shown in the language of the browser, else of the organisation, to whoever has not chosen one', async () => {
    await addAccount(usher, 'ana@example.org')
    const browser = await signedIn(usher, 'ana@example.org')
    await speak('ru')

    expect(await languageOf('/account', 'en', browser)).toBe('en')
    expect(await languageOf('/account', '*', browser)).toBe('ru')
    expect(await languageOf('/account/profile', 'qaa', browser)).toBe('ru')
  })

  it('is shown in the language that was chosen there, whatever the browser wishes for', async () => {
    await addAccount(usher, 'bea@example.org')
    const browser = await signedIn(usher, 'bea@example.org')

    await browser.get('/account/profile')
    await browser.post('/account/profile', { firstName: 'Bea', lastName: 'Diaz', language: 'ru' })

    expect(await languageOf('/account', 'en', browser)).toBe('ru')
  })

  it('is written of in the own language, and a new password is asked for in it', async () => {
    await addAccount(usher, 'cem@example.org', { language: 'ru' })
    await openBrowser(usher).post('/forgot', { name: 'cem@example.org', language: 'en' })

    const mail = await mailTo(usher, 'cem@example.org')

    expect(mail.subject).toBe('Новый пароль (Northwind Trading)')
    expect(await languageOf(await resetPath(usher, 'cem@example.org'), 'en')).toBe('ru')
  })

  it('is written of in the language of the organisation to whoever has none', async () => {
    await speak('ru')
    await addAccount(usher, 'dan@example.org')
    const browser = await signedIn(usher, 'dan@example.org')

    await browser.get('/account/mobile')
    await browser.post('/account/mobile', { mobile: '+44 7400 123456', oldPassword: 'seven green lanterns' })

    expect((await mailTo(usher, 'dan@example.org')).subject).toBe('Ваш номер телефона изменён (Northwind Trading)')
  })
})

describe('an invitation', () => {
  it('is written in the language that the form says, and its page is shown in it', async () => {
    const link = await inviteAndGetLink(usher, 'eva@example.org', { fields: { 'Language of the message': 'Русский' } })

    expect(await languageOf(new URL(link).pathname, 'en')).toBe('ru')
  })

  it('is written in the language that is known of the invitee, where the form says none', async () => {
    await usher.app.db.prisma.person.create({
      data: {
        id: '01990000-0000-7000-8000-0000000000aa',
        organisationId: (await usher.app.db.prisma.organisation.findFirstOrThrow()).id,
        createdAt: usher.clock.now,
        email: 'fay@example.org',
        emailKey: 'fay@example.org',
        language: 'ru',
      },
    })

    const link = await inviteAndGetLink(usher, 'fay@example.org')

    expect((await mailTo(usher, 'fay@example.org')).subject).toMatch(/приглашает вас/)
    expect(await languageOf(new URL(link).pathname, 'en')).toBe('ru')
  })

  it('has a page in the language of the browser where nobody chose one, refusals and all', async () => {
    const link = await inviteAndGetLink(usher, 'gus@example.org')
    const path = new URL(link).pathname

    const refused = await usher.visit(link, asRussian({ ...signUpFields, password: '' }))

    expect(await languageOf(path, 'ru-RU,ru;q=0.9,en;q=0.5')).toBe('ru')
    expect(await languageOf(path, 'qaa')).toBe('en')
    expect(refused.status).toBe(422)
    expect(await refused.text()).toContain('<html lang="ru"')
  })

  it('has a page in English where English was chosen, whatever the browser wishes for', async () => {
    const link = await inviteAndGetLink(usher, 'hal@example.org', { fields: { 'Language of the message': 'English' } })

    expect(await languageOf(new URL(link).pathname, 'ru')).toBe('en')
  })

  it('out of a list has its page in the language of the browser, unless the person or the list says another', async () => {
    const ada = usher.slack.as('UADA')
    await addAccount(usher, 'ida@example.org', { language: 'en' })
    await usher.app.db.prisma.account.deleteMany({ where: { person: { emailKey: 'ida@example.org' } } })
    await sendToTheEnd(usher, ada, await paste(ada, 'ida@example.org\njon@example.org'))
    const chosen = await paste(ada, 'kim@example.org', { 'Language of the message': 'English' })
    await sendToTheEnd(usher, ada, chosen)

    const pageOf = async (email: string) => languageOf(new URL(linkIn(await mailTo(usher, email))).pathname, 'ru')

    expect(await pageOf('ida@example.org')).toBe('en')
    expect(await pageOf('jon@example.org')).toBe('ru')
    expect(await pageOf('kim@example.org')).toBe('en')
  })
})

describe('a page that belongs to nobody', () => {
  it('follows the only organisation within a minute, where the browser wishes for nothing', async () => {
    await speak('ru')
    usher.clock.now = new Date(usher.clock.now.getTime() + 61_000)

    const language = await until(async () => {
      const found = await languageOf('/sign-in', '*')
      if (found !== 'ru') throw new Error(`still ${found}`)
      return found
    })

    expect(language).toBe('ru')
    expect(await languageOf('/sign-in', 'en')).toBe('en')
  })
})
