// Many at once: pasted or from a file, looked at before anything is sent, sent, undone, told truthfully.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { messageText } from '../../src/sandbox/slack/local-slack.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { changeSettings, makeMember } from './acts.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher()
})
afterAll(() => usher.stop())

it('counts the addresses while they are typed, shows what will happen, and sends after a minute', async () => {
  const ada = usher.slack.as('UADA')
  await ada.command('/invites bulk', { channel: 'people-ops' })
  const form = await ada.waitForView('list_form')
  await form.fill({ Addresses: 'ana@example.org, Bob Stone <bob@example.org>\ncleo@example.org ana@' })
  const counted = await ada.waitForView((view) => view.text.includes('3 addresses recognised, 1 not: ana@'))
  await counted.fill({ 'User type': 'Team Member', Role: 'Employee', 'Personal note': 'Welcome, all of you' })
  const { updated: preview } = await counted.submit()

  expect(preview?.text).toContain('3 people will be invited')
  expect(preview?.text).toContain('Line 2: “ana@”')
  expect(usher.mailbox.messages).toHaveLength(0)
  expect(await preview?.submit()).toEqual({ closed: true })

  const progress = await ada.waitForMessage('3 people will be invited into Main hub')
  expect(progress.channel).toBe('DADA')
  expect(usher.mailbox.messages).toHaveLength(0)
})

it('leaves after a minute, and ends as the confirmation with the file of what was left out', async () => {
  const ada = usher.slack.as('UADA')
  usher.clock.pass(61_000)
  await usher.hurry()

  const mail = await usher.mailbox.waitFor(({ to }) => to.includes('cleo@example.org'))
  expect(mail.text).toContain('Welcome, all of you')
  await usher.mailbox.waitFor(({ to }) => to.includes('ana@example.org'))
  await usher.mailbox.waitFor(({ to }) => to.includes('bob@example.org'))
  const done = await ada.waitForMessage('3 people were invited into Main hub')

  expect(done.text).toContain('1 malformed')
  expect(messageText(done)).toContain('Line 2: “ana@”')
  const file = await ada.waitForMessage((message) => (message.files ?? []).length > 0)
  expect(file.thread_ts).toBe(done.ts)
  expect(usher.slack.complaints).toEqual([])
})

it('invites nobody twice when the same list comes again on one day', async () => {
  const ada = usher.slack.as('UADA')
  await ada.command('/invites bulk')
  const form = await ada.waitForView('list_form')
  await form.fill({ Addresses: 'BOB@example.org; ana@example.org; cleo@EXAMPLE.org' })
  await form.fill({ 'User type': 'Team Member', Role: 'Employee' })
  const { updated: preview } = await form.submit()
  await preview?.submit()
  const refused = await ada.waitForView((view) => view.text.includes('The same list was sent'))
  expect(refused.text).toContain('by you')
  expect(usher.mailbox.messages).toHaveLength(3)
  expect(refused.title).toBe('Not done')
  await refused.close({ all: true })
})

it('can be undone for a minute, and then nobody was invited', async () => {
  const ada = usher.slack.as('UADA')
  await ada.command('/invites bulk')
  const form = await ada.waitForView('list_form')
  await form.fill({
    file: { name: 'people.csv', content: 'email;first name\nana@example.org;Ana\ndora@example.org;Dora\n' },
  })
  await form.fill({ 'User type': 'External Member', Role: 'Employee' })
  await form.submit()
  const preview = await ada.waitForView('list_preview')
  expect(preview.text).toContain('2 people will be invited')
  await preview.submit()
  const progress = await ada.waitForMessage('1 person will be invited into Main hub')
  await ada.click(progress, 'Undo')
  await ada.waitForMessage('The list was taken back')
  const { invitationStatus } = await usher.app.db.prisma.person.findFirstOrThrow({
    where: { emailKey: 'dora@example.org' },
  })
  expect(invitationStatus).toBe('revoked')
  await usher.hurry()
  usher.clock.pass(61_000)
  expect(usher.mailbox.messages).toHaveLength(3)
})

async function sendList(by: string, addresses: string) {
  const member = usher.slack.as(by)
  // The newest list is the one with the latest time.
  usher.clock.pass(1000)
  await member.view()?.close({ all: true })
  await member.command('/invites bulk')
  const form = await member.waitForView('list_form')
  await form.fill({ Addresses: addresses })
  await form.fill({ 'User type': 'Team Member', Role: 'Employee' })
  const { updated: preview } = await form.submit()
  expect(await preview?.submit()).toEqual({ closed: true })
}

it('says which it was that kept an address out, to a Corporate Admin, where the settings say so', async () => {
  const reasons = async () => {
    const { id } = await usher.app.db.prisma.batch.findFirstOrThrow({ orderBy: { createdAt: 'desc' } })
    const rows = await usher.app.db.prisma.batchRow.findMany({ where: { batchId: id }, orderBy: { position: 'asc' } })
    return rows.map(({ reason }) => reason)
  }
  await sendList('UADA', 'ana@example.org fresh-1@example.org')
  expect(await reasons()).toEqual(['could_not_be_invited', ''])
  expect(await changeSettings(usher, { 'Addresses that could not be invited': true })).toEqual({ closed: true })
  await sendList('UADA', 'ana@example.org fresh-2@example.org')
  expect(await reasons()).toEqual(['has_open_invitation', ''])
})

it('needs a second person above the number in the settings, and none up to it', async () => {
  await makeMember(usher, 'UPAT', { 'User type': 'Hub Admin' })
  expect(await changeSettings(usher, { 'Longest list without a second person': 2 })).toEqual({ closed: true })
  await sendList('UPAT', 'two-1@example.org two-2@example.org')
  await sendList('UPAT', 'three-1@example.org three-2@example.org three-3@example.org')
  const batches = await usher.app.db.prisma.batch.findMany({ orderBy: { createdAt: 'desc' }, take: 2 })
  expect(batches.map(({ status }) => status)).toEqual(['awaiting_approval', 'confirmed'])
})
