// Slack answers 429, 500, nothing, or `ok: false` in the middle of things (SECURITY, 33): the person is told, with a
// number that is in the log; nothing is lost, and news are told later.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Message, messageText } from '../../src/sandbox/slack/local-slack.ts'
import {
  changeSettings,
  hurryJobs,
  invitationOf,
  invite,
  inviteAndGetLink,
  openInviteForm,
  openStory,
  signUp,
  until,
  waitForQuiet,
  waitForStatus,
} from '../journeys/acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'

type Fault = Parameters<Usher['slack']['faults']['next']>[1]

const FAULTS: [what: string, fault: Fault][] = [
  ['429', { kind: 'rate_limited', retryAfter: 1 }],
  ['500', { kind: 'status', status: 500 }],
  ['ok: false', { kind: 'error', error: 'internal_error' }],
  ['nothing', { kind: 'hang' }],
]

let usher: Usher
beforeAll(async () => {
  usher = await startUsher({ isSlackImpatient: true })
  await changeSettings(usher, { 'Notification channel': 'people-ops' })
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})
let seenBefore = ''
beforeEach(() => {
  seenBefore = newest()
})
afterEach(() => usher.slack.faults.clear())

const ada = () => usher.slack.as('UADA')
const newest = () =>
  ['general', 'DADA', 'people-ops']
    .map((channel) => ada().messages(channel).at(-1)?.ts ?? '')
    .sort()
    .at(-1) ?? ''

const TOLD = /Slack did not take our answer just now\. Try again in a moment\. \(Number ([2-9A-Z]{8})\)/

/** The reference number in what a person was told is in the log, beside the cause. */
function expectLogged(words: string): void {
  const [, reference] = TOLD.exec(words) ?? []
  expect(reference).toBeDefined()
  const line = usher.log.find(({ details }) => 'reference' in details && details.reference === reference)
  expect(line).toMatchObject({ level: 'warn', details: { err: expect.any(Error) } })
}

/** Somebody whom Usher has to look up: their coming was told by an event, and is forgotten again. */
async function newcomer(id: string, { is_admin = false } = {}) {
  const { prisma } = usher.app.db
  await usher.slack.setUser(id, { real_name: 'Nina New', email: `${id.toLowerCase()}@northwind.example`, is_admin })
  await until(async () => expect(await prisma.person.count({ where: { slackUserId: id } })).toBe(1))
  await prisma.person.deleteMany({ where: { slackUserId: id } })
  return usher.slack.as(id)
}

describe.each(FAULTS)('Slack answers %s', (what, fault) => {
  const index = FAULTS.findIndex(([name]) => name === what)

  it('when the form is to be opened: the person is told where they typed, and the next try works', async () => {
    usher.slack.faults.next('views.open', fault)
    await ada().command('/invites ana@example.org')
    const answer = await ada().waitForMessage(TOLD, { channel: 'general', after: seenBefore })
    expect(answer.visibleTo).toBe('UADA')
    expectLogged(messageText(answer))
    await (await openInviteForm(ada(), 'ana@example.org')).close()
  })

  it('when the small view is to be filled: the person is told in it', async () => {
    const nina = await newcomer(`UFILL${index}`, { is_admin: true })
    usher.slack.faults.next('views.update', fault)
    await nina.command('/invites ana@example.org', { channel: `DFILL${index}` })
    const view = await nina.waitForView((one) => TOLD.test(one.text))
    expectLogged(view.text)
    await view.close()
  })

  it('when somebody has to be looked up: they are told, and known at the next try', async () => {
    const id = `ULOOK${index}`
    const nina = await newcomer(id)
    usher.slack.faults.next('users.info', fault)
    await nina.command('/invites', { channel: `DLOOK${index}` })
    const view = await nina.waitForView((one) => TOLD.test(one.text))
    expectLogged(view.text)
    await view.close()
    await nina.command('/invites', { channel: `DLOOK${index}` })
    await nina.waitForView('invite_form')
  })

  it('when the confirmation is to be shown: the invitation is sent all the same, and the inviter hears of it', async () => {
    const email = `confirm${index}@example.org`
    usher.slack.faults.next('chat.postEphemeral', fault)
    expect(await invite(usher, email)).toEqual({ closed: true })
    const told = await ada().waitForMessage(`${email} is being invited into Main hub`, { after: seenBefore })
    expect(told.channel).toBe('DADA')
    await waitForStatus(usher, email, 'pending')
  })

  it('when a story is to be shown anew after a press: the act is done, and the person is told', async () => {
    const email = `press${index}@example.org`
    await inviteAndGetLink(usher, email)
    const story = await openStory(ada(), email)
    usher.slack.faults.next('views.update', fault)
    await story.click('Revoke')
    const view = await ada().waitForView((one) => TOLD.test(one.text))
    expectLogged(view.text)
    expect((await invitationOf(usher, email)).status).toBe('revoked')
    await view.close({ all: true })
  })

  it('when the Home tab is to be shown: it says so', async () => {
    usher.slack.faults.next('views.publish', fault)
    await ada().openHome()
    const home = await ada().waitForHome((tab) => TOLD.test(tab.text))
    expectLogged(home.text)
    await ada().openHome()
    await ada().waitForHome((tab) => tab.text.includes('Invite someone'))
  })

  it('when news are to be told: they are told later, once to each side', async () => {
    const email = `news${index}@example.org`
    const link = await inviteAndGetLink(usher, email)
    usher.slack.faults.next('chat.postMessage', fault, { times: fault.kind === 'hang' ? 1 : 2 })
    expect((await signUp(usher, link)).status).toBe(303)
    const isNews = (message: Message) => message.text.includes(`(${email}) joined`)
    await until(async () => {
      await hurryJobs(usher)
      for (const channel of ['people-ops', 'DADA']) expect(ada().messages(channel).filter(isNews)).toHaveLength(1)
    })
    await waitForQuiet(usher)
    for (const channel of ['people-ops', 'DADA']) expect(ada().messages(channel).filter(isNews)).toHaveLength(1)
  })
})

describe('Slack stays away', () => {
  it('for good where the form should be filled: the person is told by the command’s own answer', async () => {
    const nina = await newcomer('UGONE', { is_admin: true })
    usher.slack.faults.next('views.update', { kind: 'status', status: 500 }, { times: 10 })
    await nina.command('/invites', { channel: 'DGONE' })
    await nina.waitForMessage(TOLD, { channel: 'DGONE' })
  })

  it('for good where a story should be shown anew: the person is told by direct message', async () => {
    await inviteAndGetLink(usher, 'away@example.org')
    const story = await openStory(ada(), 'away@example.org')
    for (const method of ['views.update', 'views.push']) {
      usher.slack.faults.next(method, { kind: 'status', status: 500 }, { times: 2 })
    }
    await story.click('Revoke')
    await ada().waitForMessage(TOLD, { channel: 'DADA', after: seenBefore })
    expect((await invitationOf(usher, 'away@example.org')).status).toBe('revoked')
    await story.close({ all: true })
  })

  it('from the confirmation by every way: the invitation is sent, and its story is there', async () => {
    for (const method of ['chat.postEphemeral', 'chat.postMessage']) {
      usher.slack.faults.next(method, { kind: 'status', status: 500 }, { times: 2 })
    }
    expect(await invite(usher, 'silent@example.org')).toEqual({ closed: true })
    await waitForStatus(usher, 'silent@example.org', 'pending')
    usher.slack.faults.clear()
    await (await openStory(ada(), 'silent@example.org')).close()
  })
})

describe('a channel that takes no messages', () => {
  it('is logged and let go; the inviter hears all the same', async () => {
    const link = await inviteAndGetLink(usher, 'closed@example.org')
    await usher.app.db.prisma.organisation.updateMany({ data: { notificationChannelId: 'CRANDOM' } })
    expect((await signUp(usher, link)).status).toBe(303)
    await ada().waitForMessage('(closed@example.org) joined', { channel: 'DADA' })
    await until(async () =>
      expect(usher.log).toContainEqual(
        expect.objectContaining({ level: 'warn', text: 'Slack takes no message there' }),
      ),
    )
    await usher.app.db.prisma.organisation.updateMany({ data: { notificationChannelId: 'CPEOPLE' } })
  })
})

describe('a slow answer', () => {
  it('of Slack while the form waits is no trouble: the form is answered first', async () => {
    usher.slack.faults.next('chat.postEphemeral', { kind: 'slow', ms: 2_000 })
    const began = performance.now()
    expect(await invite(usher, 'slow@example.org')).toEqual({ closed: true })
    expect(performance.now() - began).toBeLessThan(2_000)
    await ada().waitForMessage('slow@example.org is being invited')
  })

  it('of the database: the form says “one moment”, and then how it ended', async () => {
    const { pool } = usher.app.db
    const form = await openInviteForm(ada(), 'locked@example.org')
    await form.fill({ 'User type': 'Team Member', Role: 'Employee' })
    const lock = await pool.connect()
    try {
      await lock.query('BEGIN')
      await lock.query('LOCK TABLE "Invitation" IN ACCESS EXCLUSIVE MODE')
      const { updated } = await form.submit()
      expect(updated?.text).toContain('This takes a little longer')
      await lock.query('COMMIT')
    } finally {
      lock.release()
    }
    await ada().waitForView((view) => view.text.includes('Done.'))
    await ada().waitForMessage('locked@example.org is being invited', { after: seenBefore })
    await waitForStatus(usher, 'locked@example.org', 'pending')
  })
})
