// A registration link, from Slack to the newcomer's account: set up, turned on, opened, asked for, used, turned off.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DAY, linkIn, MINUTE, startUsher, type Usher } from '../setup/usher.ts'
import { invitationOf, inviteAndGetLink, mailTo, queryRows, signUp, until, waitForQuiet } from './acts.ts'
import {
  addressIn,
  expectDeadLink,
  give,
  giveAndSettle,
  openLink,
  openLinks,
  outcomeOf,
  startLink,
} from './link-acts.ts'

let usher: Usher
let address: string

beforeAll(async () => {
  usher = await startUsher({ webLimits: { open: 100_000, send: 100_000, ask: 100_000 } })
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  expect(usher.log.filter(({ level }) => level === 'error')).toEqual([])
  await usher.stop()
})

it('is off until somebody sets it up and turns it on, and shows its address then', async () => {
  const list = await openLinks(usher.slack.as('UADA'))
  expect(list.text).toContain('Main hub: External Member')
  expect(list.text.match(/Not set up/g)).toHaveLength(3)
  ;({ address } = await startLink(usher))
  const events = await queryRows(
    usher,
    `SELECT "act" FROM "AuditEvent" WHERE "subjectKind" = 'link' ORDER BY "at", "id"`,
  )
  expect(events.map(({ act }) => act)).toEqual(['link.changed', 'link.turned_on'])
})

it('needs a role: nothing is chosen beforehand', async () => {
  const ada = usher.slack.as('UADA')
  const list = await openLinks(ada)
  const { id } = await usher.app.db.prisma.hub.findFirstOrThrow()
  await list.click('Set up', { value: `${id} team_member` })
  const form = await ada.waitForView('link_form')
  expect((await form.submit()).errors).toHaveProperty('role')
  await form.fill({ Role: 'Employee', 'Last day': '2020-01-01', 'Allowed e-mail domains': 'nonsense' })
  expect((await form.submit()).errors).toEqual({
    endsOn: 'Choose a day from today on, or none.',
    domains: '“nonsense” is not a domain. It should look like example.org.',
  })
})

it('shows a page that names the hub, takes an address, and counts', async () => {
  const page = await usher.visit(address)
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('Register for <bdi>Main hub</bdi>')
  expect((await usher.visit(address, { method: 'HEAD' })).status).toBe(200)

  expect(await giveAndSettle(usher, address, 'new@example.org')).toBe('invited')
  const mail = await mailTo(usher, 'new@example.org')
  expect(mail.subject).toContain('Your registration for Main hub')
  expect(mail.text).toContain('You asked to register')
  expect(mail.text).not.toContain('invites you')
  const link = linkIn(mail)
  const join = await (await usher.visit(link)).text()
  expect(join).toContain('You asked to register for <bdi>Main hub</bdi>')
  expect((await signUp(usher, link)).status).toBe(303)
  const told = await usher.slack.as('UADA').waitForMessage('Ana Diaz (new@example.org) joined')
  expect(told.text).toBeDefined()
  expect(JSON.stringify(told.blocks)).toContain('They came by your registration link.')

  const { userType, role, status, registrationLinkId } = await invitationOf(usher, 'new@example.org')
  expect({ userType, role, status }).toEqual({ userType: 'external_member', role: 'employee', status: 'accepted' })
  expect(registrationLinkId).not.toBeNull()
  await until(async () =>
    expect(await queryRows(usher, `SELECT "opened", "asked", "used" FROM "RegistrationLink" WHERE "isOn"`)).toEqual([
      { opened: 1, asked: 1, used: 1 },
    ]),
  )
})

it('says in the mailbox alone that an account exists', async () => {
  expect(await giveAndSettle(usher, address, 'New@Example.org')).toBe('account_exists')
  const mail = await mailTo(usher, 'new@example.org', 2)
  expect(mail.subject).toContain('You already have an account')
  expect(mail.text).not.toContain('/join/')
  await waitForQuiet(usher)
  expect(await queryRows(usher, 'SELECT 1 FROM "RegistrationAsk" WHERE "toldAt" IS NOT NULL')).toHaveLength(1)
})

it('tries that message again when the mail server does not take it, and sends it once', async () => {
  usher.mailbox.faults.next('rcpt', { code: 450, text: 'Try later' })
  expect(await giveAndSettle(usher, address, 'new@example.org')).toBe('account_exists')
  const unsent = `SELECT 1 FROM queue.job WHERE name = 'registration' AND state = 'retry'`
  await until(async () => expect(await queryRows(usher, unsent)).toHaveLength(1))
  await usher.hurry()
  await mailTo(usher, 'new@example.org', 3)
  await waitForQuiet(usher)
  expect(usher.mailbox.messages.filter(({ envelope }) => envelope.to.includes('new@example.org'))).toHaveLength(3)
})

it('sends an open invitation again, at most once an hour', async () => {
  const first = await inviteAndGetLink(usher, 'pending@example.org')
  expect(await giveAndSettle(usher, address, 'pending@example.org')).toBe('already_invited')
  usher.clock.pass(61 * MINUTE)
  expect(await giveAndSettle(usher, address, 'pending@example.org')).toBe('sent_again')
  const second = linkIn(await mailTo(usher, 'pending@example.org', 2))
  expect(second).not.toBe(first)
  expect((await usher.visit(first)).status).toBe(404)
  expect((await usher.visit(second)).status).toBe(200)
})

it('sends one address ten messages a day and no more', async () => {
  const { organisationId } = await invitationOf(usher, 'new@example.org')
  await queryRows(
    usher,
    `INSERT INTO "Sending" ("id", "organisationId", "emailKey", "at", "isSingle")
     SELECT gen_random_uuid(), $1, 'often@example.org', $2, false FROM generate_series(1, 10)`,
    [organisationId, usher.clock.now],
  )
  expect(await giveAndSettle(usher, address, 'often@example.org')).toBe('too_often')
  usher.clock.pass(DAY + MINUTE)
  expect(await giveAndSettle(usher, address, 'often@example.org')).toBe('invited')
})

it('tells a malformed address beside the field, and keeps what was typed', async () => {
  const answer = await give(usher, address, 'ana@')
  expect(answer.status).toBe(422)
  const page = await answer.text()
  expect(page).toContain('It should look like ana@example.org.')
  expect(page).toContain('value="ana@"')
})

it('speaks Russian where the page did', async () => {
  const page = await usher.visit(address, { headers: { 'accept-language': 'ru' } })
  expect(await page.text()).toContain('Регистрация в «<bdi>Main hub</bdi>»')
  const answer = await give(usher, address, 'ru@example.org', 'ru')
  expect(answer.headers.get('location')).toBe('/mailbox?language=ru')
  expect((await mailTo(usher, 'ru@example.org')).subject).toContain('Регистрация')
})

it('is renewed in one press, and the old address is dead', async () => {
  const view = await openLink(usher)
  await view.click('Renew')
  await until(async () => expect(addressIn(view)).not.toBe(address))
  await expectDeadLink(usher, address)
  address = addressIn(view)
  expect((await usher.visit(address)).status).toBe(200)
})

it('comes as a QR picture by direct message', async () => {
  const ada = usher.slack.as('UADA')
  const view = await openLink(usher)
  await view.click('QR picture')
  await ada.waitForView((shown) => shown.title === 'QR picture')
  await ada.waitForMessage('as a QR picture')
  expect(usher.slack.requests.some(({ method }) => method === 'files.completeUploadExternal')).toBe(true)
})

it('is dead at once when it is turned off', async () => {
  const ada = usher.slack.as('UADA')
  const view = await openLink(usher)
  await view.click('Turn off')
  await until(async () => expect((await usher.visit(address)).status).toBe(404))
  await expectDeadLink(usher, address)
  await view.click('Turn on')
  await until(async () => expect((await usher.visit(address)).status).toBe(200))
  // The list beneath knows of it.
  await view.close()
  await ada.waitForView((shown) => shown.title === 'Registration links' && /External Member\*\s+On\n/.test(shown.text))
})

it('does not work any more when its owner may not invite any more', async () => {
  await queryRows(usher, `UPDATE "Person" SET "isActive" = false WHERE "slackUserId" = 'UADA'`)
  await expectDeadLink(usher, address)
  await queryRows(usher, `UPDATE "Person" SET "isActive" = true WHERE "slackUserId" = 'UADA'`)
  expect((await usher.visit(address)).status).toBe(200)
})

it('lets nobody in from other domains, and says the same to them', async () => {
  const ada = usher.slack.as('UADA')
  const view = await openLink(usher)
  await view.click('Set up')
  const form = await ada.waitForView('link_form')
  await form.fill({ 'Allowed e-mail domains': 'example.com', 'Number of uses': '2' })
  await form.submit()
  const before = usher.mailbox.messages.length
  expect(await giveAndSettle(usher, address, 'other@example.org')).toBe('other_domain')
  expect(usher.mailbox.messages).toHaveLength(before)
  expect(await giveAndSettle(usher, address, 'right@example.com')).toBe('invited')
  expect(await outcomeOf(usher, 'right@example.com')).toBe('invited')
})

it('shows ten links at a time, those that are set up first, and finds a hub by its name', async () => {
  const { id: organisationId } = await usher.app.db.prisma.organisation.findFirstOrThrow()
  await queryRows(
    usher,
    `INSERT INTO "Hub" ("id", "organisationId", "name", "createdAt")
     SELECT gen_random_uuid(), $1, 'Ward ' || n || '_<!channel>*', now() FROM generate_series(10, 14) n`,
    [organisationId],
  )
  const ada = usher.slack.as('UADA')
  const list = await openLinks(ada)
  expect(list.text).toContain('1 to 10 of 18')
  expect(list.text.indexOf('Main hub: External Member')).toBeLessThan(list.text.indexOf('Not set up'))
  await list.click('Later')
  await until(async () => expect(list.text).toContain('11 to 18 of 18'))
  await list.click('Earlier')
  await until(async () => expect(list.text).toContain('1 to 10 of 18'))
  expect((await openLinks(ada, 'd 12_')).text.match(/Ward 12/g)).toHaveLength(3)
  expect((await openLinks(ada, '%')).text).toContain('None of your hubs has “%” in its name.')
})
