// Requests that are not, or not once more, from Slack (SECURITY, 18).
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import {
  answered,
  errorsIn,
  forge,
  freshTrigger,
  invitationOf,
  invite,
  inviteAndGetLink,
  openInviteForm,
  openStory,
  queryRows,
  sendSigned,
  setValue,
  until,
  waitForQuiet,
  waitForStatus,
} from '../journeys/acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher()
  await invite(usher, 'first@example.org')
  await waitForStatus(usher, 'first@example.org', 'pending')
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

const now = () => Math.floor(usher.clock.now.getTime() / 1000)
const calls = (method: string) => usher.slack.requests.filter((call) => call.method === method).length

/** The body of Ada's command with a trigger that nothing has used. */
async function commandBody(text: string): Promise<string> {
  const trigger = await freshTrigger(usher, 'UADA')
  const body = new URLSearchParams(usher.slack.sent.findLast(({ kind }) => kind === 'command')?.body)
  body.set('text', text)
  body.set('trigger_id', trigger)
  return body.toString()
}

/** Sends a body with these headers alone, and gives the HTTP status. */
async function send(body: string, headers: Record<string, string>): Promise<number> {
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  return answered(await usher.slack.sendRaw({ body, headers: { ...type, ...headers } })).status
}

const signedAt = (body: string, at: number) => ({
  'x-slack-request-timestamp': String(at),
  'x-slack-signature': usher.slack.sign(body, at),
})

describe('SECURITY 18: a signature that is bad, missing, old or from the future', () => {
  it('is answered with 401, and nothing is done', async () => {
    const body = await commandBody('evil@example.org')
    const opened = calls('views.open')
    const good = signedAt(body, now())
    const { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp } = good
    const wrong: Record<string, Record<string, string>> = {
      nothing: {},
      'no signature': { 'x-slack-request-timestamp': timestamp },
      'no time': { 'x-slack-signature': signature },
      'an empty signature': { ...good, 'x-slack-signature': '' },
      'another signature': { ...good, 'x-slack-signature': usher.slack.sign(`${body}&x=1`, now()) },
      'one letter changed': {
        ...good,
        'x-slack-signature': signature.replace(/.$/, (end) => (end === '0' ? '1' : '0')),
      },
      'cut short': { ...good, 'x-slack-signature': signature.slice(0, 40) },
      'another version': { ...good, 'x-slack-signature': signature.replace('v0=', 'v1=') },
      'the time of another': { ...good, 'x-slack-request-timestamp': String(now() - 1) },
      'no number for a time': { ...signedAt(body, Number.NaN) },
      '301 s old': signedAt(body, now() - 301),
      'a day old': signedAt(body, now() - 86_400),
      '301 s ahead': signedAt(body, now() + 302),
      'a day ahead': signedAt(body, now() + 86_400),
    }
    for (const [what, headers] of Object.entries(wrong)) expect(await send(body, headers), what).toBe(401)
    // By the time the good one is answered and done, any other would have been.
    expect(await send(body, good)).toBe(200)
    await usher.slack.as('UADA').waitForView('invite_form')
    expect(calls('views.open')).toBe(opened + 1)
  })

  it('52: that is wrong is refused by Usher itself, before Bolt looks at it once more', async () => {
    const body = await commandBody('evil@example.org')
    const other = { ...signedAt(body, now()), 'x-slack-signature': usher.slack.sign(`${body}&x=1`, now()) }
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(answered(await usher.slack.sendRaw({ body, headers: { ...type, ...other } }))).toEqual({
      status: 401,
      body: 'The signature of this request is wrong. Check the signing secret.\n',
    })
  })

  it('is needed for forms and events too', async () => {
    const before = await usher.app.db.prisma.invitation.count()
    for (const kind of ['view_submission', 'command']) {
      const sent = usher.slack.sent.findLast((request) => request.kind === kind)
      expect(await send(`${sent?.body}&x=1`, sent?.headers ?? {}), kind).toBe(401)
    }
    expect(await usher.app.db.prisma.invitation.count()).toBe(before)
  })

  it('within five minutes on either side is fine', async () => {
    for (const seconds of [-290, 290]) {
      const body = await commandBody('help')
      expect(await send(body, signedAt(body, now() + seconds))).toBe(200)
    }
  })
})

describe('SECURITY 18: the same signed request twice', () => {
  it('is done once: a command', async () => {
    const body = await commandBody('twice@example.org')
    const opened = calls('views.open')
    const headers = signedAt(body, now())
    const statuses = await Promise.all(Array.from({ length: 8 }, () => send(body, headers)))
    expect(new Set(statuses)).toEqual(new Set([200]))
    await usher.slack.as('UADA').waitForView((view) => view.values.email?.email?.value === 'twice@example.org')
    expect(await send(body, headers)).toBe(200)
    expect(calls('views.open')).toBe(opened + 1)
  })

  it('is done once: a form, and the copies are answered without an error', async () => {
    expect(await invite(usher, 'replay@example.org')).toEqual({ closed: true })
    const sent = usher.slack.sent.findLast(({ kind }) => kind === 'view_submission')
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => usher.slack.sendRaw({ body: sent?.body ?? '', headers: sent?.headers ?? {} })),
    )
    for (const answer of answers) expect(answered(answer)).toMatchObject({ status: 200, body: '' })
    expect(await usher.app.db.prisma.invitation.count({ where: { email: 'replay@example.org' } })).toBe(1)
  })

  it('is done once after a restart, and by another instance, too: the database remembers it', async () => {
    const sent = usher.slack.sent.findLast(({ kind }) => kind === 'view_submission')
    const signature = sent?.headers['x-slack-signature'] ?? ''
    const receipts = await queryRows(usher, 'SELECT 1 FROM "SlackReceipt" WHERE "key" LIKE $1', [`%${signature}%`])
    expect(receipts).toHaveLength(1)
  })
})

describe('SECURITY 18: Slack’s retries of an event', () => {
  it('are done once', async () => {
    const ada = usher.slack.as('UADA')
    await ada.openHome()
    await ada.waitForHome()
    await until(async () => expect(calls('views.publish')).toBe(1))
    const event = usher.slack.sent.findLast(({ kind }) => kind === 'app_home_opened')
    for (const attempt of [1, 2, 3]) {
      const headers = {
        'content-type': 'application/json',
        'x-slack-retry-num': String(attempt),
        'x-slack-retry-reason': 'http_timeout',
      }
      expect(answered(await sendSigned(usher, event?.body ?? '', { headers, later: attempt })).status).toBe(200)
    }
    // A fresh one after them is done, and the retries were not.
    await ada.openHome()
    await until(async () => expect(calls('views.publish')).toBe(2))
  })
})

describe('SECURITY 18: a form submitted twice', () => {
  it('by two requests of their own invites once, and both are told it worked', async () => {
    const form = await openInviteForm(usher.slack.as('UADA'), 'double@example.org')
    await form.fill({ 'User type': 'Team Member', Role: 'Employee' })
    const sent = form.submit()
    const again = sent.then(() => forge(usher, 'view_submission', () => {}, { later: 1 }))
    expect(await sent).toEqual({ closed: true })
    expect(await again).toMatchObject({ status: 200, body: '' })
    const copies = [2, 3, 4, 5].map((later) => forge(usher, 'view_submission', () => {}, { later }))
    for (const answer of await Promise.all(copies)) expect(answer).toMatchObject({ status: 200, body: '' })
    expect(await usher.app.db.prisma.invitation.count({ where: { email: 'double@example.org' } })).toBe(1)
    await waitForStatus(usher, 'double@example.org', 'pending')
    await waitForQuiet(usher)
    const mails = usher.mailbox.messages.filter(({ envelope }) => envelope.to.includes('double@example.org'))
    expect(mails).toHaveLength(1)
  })

  it('at the very same moment, before it was ever known: once', async () => {
    const answers = await Promise.all(
      [10, 11, 12, 13, 14].map((later) =>
        forge(
          usher,
          'view_submission',
          (payload) => {
            payload.view.id = 'VSAMETIME'
            setValue(payload, 'email', 'sametime@example.org')
          },
          { later },
        ),
      ),
    )
    for (const answer of answers) expect(errorsIn(answer)).toEqual({})
    expect(await usher.app.db.prisma.invitation.count({ where: { email: 'sametime@example.org' } })).toBe(1)
  })
})

describe('SECURITY 18: a button pressed twice', () => {
  it('resends once: one new generation, one mail, and the second press is told that it came too late', async () => {
    await inviteAndGetLink(usher, 'button@example.org')
    const ada = usher.slack.as('UADA')
    const story = await openStory(ada, 'button@example.org')
    await Promise.all([story.click('Resend'), story.click('Resend'), story.click('Resend')])
    await ada.waitForView((view) => view.text.includes('Nothing was changed: this invitation'))
    await waitForStatus(usher, 'button@example.org', 'pending')
    await waitForQuiet(usher)
    expect((await invitationOf(usher, 'button@example.org')).generation).toBe(2)
    const mails = usher.mailbox.messages.filter(({ envelope }) => envelope.to.includes('button@example.org'))
    expect(mails).toHaveLength(2)
  })
})

describe('SECURITY 18: an empty signing secret', () => {
  it.each(['', '   ', undefined])('“%s” is no start', (secret) => {
    const { SLACK_SIGNING_SECRET: _, ...env } = usher.env
    const given = secret === undefined ? env : { ...env, SLACK_SIGNING_SECRET: secret }
    expect(() => readConfig(given)).toThrow('SLACK_SIGNING_SECRET')
  })
})
