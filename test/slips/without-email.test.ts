// People without an e-mail address get in: by a link in a text message, by a slip, by a user name and a one-time password.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeSettings, openInviteForm, openStory, signUp, until, waitForQuiet } from '../journeys/acts.ts'
import { formBody, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher({ phone: true })
  await changeSettings(usher, { Countries: ['Germany (DE)'] })
  await usher.slack.as('UADA').view()?.close({ all: true })
})
afterAll(() => usher.stop())

const NONE = 'No e-mail address: SMS, or a slip to hand over'
const usual = { 'User type': 'Team Member', Role: 'Employee' }

/** Opens the form with the fields of a way in. */
async function openForm(way: string) {
  const ada = usher.slack.as('UADA')
  await ada.view()?.close({ all: true })
  const form = await openInviteForm(ada)
  await form.fill({ 'How they get in': way })
  // The fields of that way come in place of the others.
  return ada.waitForView((view) => view.callbackId === 'invite_form' && view.text.includes('User name'))
}

const invitationOf = (email: string) =>
  usher.app.db.prisma.invitation.findFirstOrThrow({ where: { email }, orderBy: { createdAt: 'desc' } })

const personOf = (userName: string) =>
  usher.app.db.prisma.person.findFirstOrThrow({ where: { userName }, include: { account: true } })

/** Every code that a slip showed. */
const codes: string[] = []

function codeIn(text: string): string {
  const code = /[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}/.exec(text)?.[0]
  if (!code) throw new Error(`there is no code in: ${text}`)
  codes.push(code)
  return code
}

function follow(address: string): Promise<Response> {
  return fetch(new URL(address, usher.app.url), { redirect: 'manual' })
}

describe('somebody with a mobile number', () => {
  it('gets the link in a text message, and joins by it', async () => {
    const form = await openForm(NONE)
    await form.fill({ 'First name': 'Wanda', 'Last name': 'Weber', 'Mobile number': '+49 1512 3456789', ...usual })
    expect(await form.submit()).toEqual({ closed: true })

    const text = await usher.phone.waitFor(({ to }) => to === '+4915123456789')
    expect(text.body).toContain('Ada Lovelace invites you to Main hub')
    const link = /http\S+\/join\/[\w-]{43}(?=\s|$)/.exec(text.body)?.[0] ?? ''
    const page = await (await fetch(link)).text()
    expect(page).toContain('wanda.weber')
    expect(page).not.toContain('type="email"')
    await until(async () => expect((await invitationOf('+4915123456789')).status).toBe('pending'))
    expect((await signUp(usher, link, { firstName: 'Wanda', lastName: 'Weber' })).status).toBe(303)

    expect(await personOf('wanda.weber')).toMatchObject({ email: null, account: { status: 'active' } })
  })

  it('shows in its story that the message arrived on the phone', async () => {
    await waitForQuiet(usher)
    const ada = usher.slack.as('UADA')
    await ada.view()?.close({ all: true })
    const story = await openStory(ada, 'wanda.weber')

    expect(story.text).toContain('arrived on the phone')
    expect(story.text).toMatch(/handed to Twilio/)
  })

  it('whose phone is off makes the invitation Error, and the inviter hears why', async () => {
    const form = await openForm(NONE)
    await form.fill({ 'First name': 'Otto', 'Last name': 'Off', 'Mobile number': '+4915123450000', ...usual })
    expect(await form.submit()).toEqual({ closed: true })

    await until(async () => expect((await invitationOf('+4915123450000')).status).toBe('error'))
    await usher.slack.as('UADA').waitForMessage('The text message could not be delivered')
  })

  it('is refused beside the field where its country is not allowed, with what to do', async () => {
    const form = await openForm(NONE)
    await form.fill({ 'First name': 'Sam', 'Last name': 'State', 'Mobile number': '+1 201 555 0123', ...usual })
    const { errors } = await form.submit()

    expect(errors?.mobile).toContain('Text messages to US are not allowed here')
    expect(errors?.mobile).toContain('slip')
  })
})

describe('somebody with neither', () => {
  it('gets a slip, shown once to the inviter, and joins by its code', async () => {
    const form = await openForm(NONE)
    await form.fill({ 'First name': 'Ivan', 'Last name': 'Петров', ...usual })
    await form.submit()
    const ada = usher.slack.as('UADA')
    const slip = await ada.waitForView('Activation slip')
    const code = codeIn(slip.text)
    expect(slip.text).toContain('ivan.petrov')
    await ada.waitForMessage('Activation slip of Ivan Петров, to print')
    const told = await ada.waitForMessage('Ivan Петров is invited into Main hub. Hand the slip over.', {
      channel: 'general',
    })
    expect(JSON.stringify(told.blocks)).toContain('See status')

    expect(await invitationOf('ivan.petrov')).toMatchObject({ status: 'pending', channel: 'slip' })
    const typed = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o')
    const opened = await fetch(new URL('/activate', usher.app.url), {
      redirect: 'manual',
      ...formBody({ code: typed }),
    })
    expect(opened.status).toBe(303)
    const join = opened.headers.get('location') ?? ''
    expect(await (await follow(join)).text()).toContain('ivan.petrov')
    expect((await signUp(usher, new URL(join, usher.app.url).href, { firstName: 'Ivan' })).status).toBe(303)

    const again = await fetch(new URL('/activate', usher.app.url), { redirect: 'manual', ...formBody({ code }) })
    expect(again.status).toBe(422)
    expect(await again.text()).toContain('does not work (any more)')
  })

  it('signs in by the user name afterwards', async () => {
    const answer = await fetch(new URL('/sign-in', usher.app.url), {
      redirect: 'manual',
      ...formBody({ name: 'Ivan.Petrov', password: 'seven green lanterns' }),
    })

    expect(answer.headers.get('location')).toBe('/account')
  })

  it('gets the next free user name where the wanted one is taken', async () => {
    const form = await openForm(NONE)
    await form.fill({ 'First name': 'Ivan', 'Last name': 'Petrov', ...usual })
    await form.submit()
    const slip = await usher.slack.as('UADA').waitForView('Activation slip')

    expect(slip.text).toContain('ivan.petrov2')
  })

  it('is told beside the field when a typed user name is taken or malformed', async () => {
    const form = await openForm(NONE)
    await form.fill({ 'First name': 'Ivan', 'Last name': 'Petrov', 'User name': 'ivan.petrov', ...usual })
    expect((await form.submit()).errors?.userName).toContain('Somebody has the user name “ivan.petrov” already')
    await form.fill({ 'User name': 'Ivan the Great!' })
    expect((await form.submit()).errors?.userName).toContain('small letters and digits')
  })

  it('gets a new slip when the older one was lost, which replaces that one', async () => {
    const form = await openForm(NONE)
    await form.fill({ 'First name': 'Lost', 'Last name': 'Slip', ...usual })
    await form.submit()
    const ada = usher.slack.as('UADA')
    const older = codeIn((await ada.waitForView('Activation slip')).text)
    await ada.view()?.close({ all: true })

    // By a name, as no address of theirs is known.
    const story = await openStory(ada, 'lost sl')
    expect(story.text).toContain('Lost Slip · lost.slip')
    expect(story.text).toMatch(/The slip works until <!date/)
    await story.click('New slip')
    const slip = await ada.waitForView('Activation slip')
    const newer = codeIn(slip.text)
    expect(slip.text).toContain('replaces this one: its code stops working')

    expect(newer).not.toBe(older)
    const open = async (code: string) =>
      (await fetch(new URL('/activate', usher.app.url), { redirect: 'manual', ...formBody({ code }) })).status
    expect(await open(older)).toBe(422)
    expect(await open(newer)).toBe(303)
  })

  it('changes nothing by looking, and by the picture of the slip comes to the page with its code filled in', async () => {
    const page = await (await follow('/activate/7K3M-9QXW-0TRA-5HDN')).text()

    expect(page).toContain('value="7K3M-9QXW-0TRA-5HDN"')
  })
})

describe('a name that is looked for', () => {
  it('of several who were invited: names them, and opens none', async () => {
    const ada = usher.slack.as('UADA')
    const after = ada.messages('general').at(-1)?.ts ?? ''

    await ada.command('/invites status ivan')

    const refusal = await ada.waitForMessage('Several people are called that', { channel: 'general', after })
    expect(refusal.text).toContain('Ivan Petrov')
  })

  it('stands in front of the number in the lists', async () => {
    const ada = usher.slack.as('UADA')
    await ada.command('/invites status error')

    const list = await ada.waitForView((view) => view.text.includes('Error: 1'))

    expect(list.text).toContain('*Otto Off · +4915123450000*')
  })
})

describe('a user name and a one-time password', () => {
  it('by SMS need a mobile number, and make no slip without one', async () => {
    const form = await openForm('No e-mail address: a one-time password by SMS')
    await form.fill({ 'First name': 'Nina', 'Last name': 'Nomobile', ...usual })
    expect((await form.submit()).errors?.mobile).toBeTruthy()
    await form.fill({ 'Mobile number': ' ' })

    expect((await form.submit()).errors?.mobile).toContain('This is not a mobile number.')

    expect(await usher.app.db.prisma.person.count({ where: { userName: 'nina.nomobile' } })).toBe(0)
  })

  it('come by e-mail, lead through the sign-up, and are worth nothing after it', async () => {
    const form = await openForm('By e-mail, with a one-time password')
    await form.fill({ 'E-mail': 'clara@example.org', 'User name': 'clara.k', ...usual })
    expect(await form.submit()).toEqual({ closed: true })
    const mail = await usher.mailbox.waitFor(({ to }) => to.includes('clara@example.org'))
    expect(mail.text).toContain('User name: clara.k')
    const password = /One-time password: (\S+)/.exec(mail.text)?.[1] ?? ''
    expect(mail.text).not.toContain('/join/')
    await until(async () => expect((await invitationOf('clara@example.org')).status).toBe('pending'))

    const signIn = (given: Record<string, string>) =>
      fetch(new URL('/sign-in', usher.app.url), { redirect: 'manual', ...formBody(given) })
    expect((await signIn({ name: 'clara.k', password: `${password}s` })).status).toBe(422)
    const entered = await signIn({ name: 'clara@example.org', password: password.replaceAll('-', ' ') })
    const join = entered.headers.get('location') ?? ''
    expect(join).toMatch(/^\/join\//)
    expect(await usher.app.db.prisma.account.count({ where: { person: { emailKey: 'clara@example.org' } } })).toBe(0)
    expect((await signUp(usher, new URL(join, usher.app.url).href, { firstName: 'Clara' })).status).toBe(303)

    expect((await signIn({ name: 'clara.k', password })).status).toBe(422)
    expect((await signIn({ name: 'clara.k', password: 'seven green lanterns' })).headers.get('location')).toBe(
      '/account',
    )
  })

  it('are dead when they were sent again', async () => {
    const form = await openForm('By e-mail, with a one-time password')
    await form.fill({ 'E-mail': 'carl@example.org', ...usual })
    expect(await form.submit()).toEqual({ closed: true })
    const passwordIn = (text: string) => /One-time password: (\S+)/.exec(text)?.[1] ?? ''
    const first = passwordIn((await usher.mailbox.waitFor(({ to }) => to.includes('carl@example.org'))).text)
    await until(async () => expect((await invitationOf('carl@example.org')).status).toBe('pending'))
    const ada = usher.slack.as('UADA')
    const story = await openStory(ada, 'carl@example.org')
    expect(story.text).toMatch(/The one-time password works until <!date/)
    await story.click('Resend')
    await until(async () => expect((await invitationOf('carl@example.org')).generation).toBe(2))

    const answer = await fetch(new URL('/sign-in', usher.app.url), {
      redirect: 'manual',
      ...formBody({ name: 'carl', password: first }),
    })
    expect(answer.status).toBe(422)
  })
})

it('SECURITY 9: keeps no code and no one-time password anywhere', async () => {
  await waitForQuiet(usher)
  const everything = JSON.stringify([
    usher.log,
    await usher.app.db.prisma.auditEvent.findMany(),
    (await usher.app.db.pool.query('SELECT data, output FROM queue.job')).rows,
    await usher.app.db.prisma.slipCode.findMany(),
    await usher.app.db.prisma.invitation.findMany(),
  ])
  const { text } = await usher.mailbox.waitFor(({ to }) => to.includes('clara@example.org'))
  expect(everything).not.toContain(/One-time password: (\S+)/.exec(text)?.[1] ?? 'missing')
  expect(codes.length).toBeGreaterThan(2)
  expect(codes.filter((code) => everything.includes(code) || everything.includes(code.replaceAll('-', '')))).toEqual([])
  expect(usher.slack.complaints).toEqual([])
})
