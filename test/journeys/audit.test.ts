// `/invites audit`: what happened, for Corporate Admins alone: filtered, turned page by page, as a file; and what was
// refused or tried in vain is in it too.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ViewSession } from '../../src/sandbox/slack/local-slack.ts'
import { MINUTE, startUsher, type Usher } from '../setup/usher.ts'
import {
  changeSettings,
  expectDead,
  forge,
  invite,
  inviteAndGetLink,
  openQueueOf,
  openStory,
  queryRows,
  signUp,
  until,
  waitForQuiet,
} from './acts.ts'

let usher: Usher
const ada = () => usher.slack.as('UADA')

beforeAll(async () => {
  usher = await startUsher()
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

async function openLog(by = 'UADA'): Promise<ViewSession> {
  const member = usher.slack.as(by)
  const before = member.view()?.id
  await member.command('/invites audit')
  return member.waitForView((view) => view.title === 'Audit log' && view.id !== before)
}

type Fields = Parameters<ViewSession['fill']>[0]

/** Opens the filter from the log, fills it in and sends it; the log itself is what changes. */
async function filterBy(log: ViewSession, fields: Fields) {
  await log.click('Filter')
  const form = await ada().waitForView('audit_filter_form')
  await form.fill(fields)
  const result = await form.submit()
  return { form, result }
}

/** Every event that is shown: its sentence, without the line below it. */
function sentencesIn(log: ViewSession): string[] {
  const blocks = JSON.parse(JSON.stringify(log.blocks)) as { type: string; text?: { text: string } }[]
  return blocks.flatMap(({ type, text }) =>
    type === 'section' && text?.text.includes('\n') ? [text.text.split('\n')[0] ?? ''] : [],
  )
}

const countOf = async (act: string) =>
  (await queryRows(usher, 'SELECT count(*)::int AS n FROM "AuditEvent" WHERE "act" = $1', [act]))[0]?.n

describe('the log', () => {
  it('tells what happened in plain sentences, newest first', async () => {
    await changeSettings(usher, { 'Days until an invitation expires': '14' }).catch(() => {})
    const link = await inviteAndGetLink(usher, 'ana@example.org')
    expect((await signUp(usher, link)).status).toBe(303)
    await waitForQuiet(usher)
    const log = await openLog()
    expect(log.text).toContain('Everything · the last 7 days')
    const told = sentencesIn(log)
    const joined = told.findIndex((line) =>
      line.startsWith('Ana Diaz (ana@example.org) joined into Main hub as Team Member'),
    )
    const asked = told.findIndex((line) => line.startsWith('Ada Lovelace invited ana@example.org into Main hub'))
    expect(joined).toBeGreaterThanOrEqual(0)
    expect(asked).toBeGreaterThan(joined)
    expect(log.text).toMatch(/<!date\^\d+\^.* · web page, 127\.0\.0\.1/)
    await log.close()
  })

  it('is for Corporate Admins: everybody else is told so, and that is an event of its own, once a minute', async () => {
    const pat = usher.slack.as('UPAT')
    await pat.openHome()
    await pat.waitForHome()
    for (let time = 0; time < 3; time += 1) {
      const after = pat.messages('general').at(-1)?.ts ?? ''
      await pat.command('/invites audit')
      await pat.waitForMessage('Only Corporate Admins can read the audit log.', { channel: 'general', after })
    }
    await until(async () => expect(await countOf('refused')).toBe(1))
    const log = await openLog()
    const { result } = await filterBy(log, { Acts: 'Security events' })
    expect(result).toEqual({ closed: true })
    await until(async () =>
      expect(sentencesIn(log)).toEqual([expect.stringMatching(/was refused: may not see log\.$/)]),
    )
    await log.close()
  })

  it('refuses a forged button of somebody who may not read it', async () => {
    const log = await openLog()
    await log.click('As CSV')
    await ada().waitForMessage('The audit log (Everything')
    const pat = usher.slack.as('UPAT')
    const before = pat.dm().length
    await forge(
      usher,
      'block_actions',
      (payload) => {
        payload.user.id = 'UPAT'
      },
      { later: 1 },
    )
    await pat.waitForMessage('Only Corporate Admins can read the audit log.', { after: pat.dm()[before - 1]?.ts ?? '' })
    expect(pat.dm().some(({ text }) => text.includes('The audit log ('))).toBe(false)
    await ada().view()?.close()
    await log.close()
  })
})

describe('the filter', () => {
  it('finds a member, an address, and a kind of act; and keeps what was chosen for the next time', async () => {
    await invite(usher, 'bea@example.org', {}, 'UMAX')
    await waitForQuiet(usher)
    const log = await openLog()
    await filterBy(log, { Person: 'UMAX' })
    await until(async () => expect(log.text).toContain('Everything · Max Weber'))
    expect(sentencesIn(log).some((line) => line.includes('Max Weber invited bea@example.org'))).toBe(true)
    expect(log.text).not.toContain('ana@example.org')

    const { form } = await filterBy(log, {
      Person: null,
      'or their address': 'BEA@example.org',
      Acts: 'Invitations and lists',
    })
    expect(form.isOpen).toBe(false)
    await until(async () => expect(log.text).toContain('Invitations and lists · BEA@example.org'))
    expect(sentencesIn(log).every((line) => line.includes('bea@example.org'))).toBe(true)

    await log.click('Filter')
    const again = await ada().waitForView('audit_filter_form')
    expect(JSON.stringify(again.blocks)).toContain('"initial_value":"BEA@example.org"')
    await again.close()
    await log.close()
  })

  it.each<[string, Fields, string, string]>([
    [
      'an unknown address',
      { 'or their address': 'nobody@example.org' },
      'email',
      'Usher knows nobody with this address',
    ],
    ['no address', { 'or their address': 'no address' }, 'email', 'Please enter a valid email address.'],
    ['both', { Person: 'UMAX', 'or their address': 'bea@example.org' }, 'email', 'not both'],
    ['no days', { Time: 'Between the days below' }, 'from', 'Choose the first day, the last day, or both.'],
    [
      'days turned round',
      { 'First day': '2026-11-20', 'Last day': '2026-11-01' },
      'to',
      'The last day is before the first.',
    ],
  ])('says beside the field what is wrong with %s', async (_what, fields, field, words) => {
    const log = await openLog()
    const { form, result } = await filterBy(log, fields)
    expect(result).toMatchObject({ errors: { [field]: expect.stringContaining(words) } })
    await form.close()
    await log.close()
  })

  it('shows today, the days that are chosen, and nothing where nothing was', async () => {
    const log = await openLog()
    await filterBy(log, { Time: 'Today' })
    await until(async () => expect(log.text).toContain('Everything · today'))
    expect(sentencesIn(log).length).toBeGreaterThan(3)
    await filterBy(log, { 'First day': '2020-01-01', 'Last day': '2020-01-31' })
    await until(async () => expect(log.text).toContain('Everything · from 2020-01-01 to 2020-01-31'))
    expect(log.text).toContain('Nothing like this was written down.')
    await filterBy(log, { Time: 'From the beginning' })
    await until(async () => expect(log.text).toContain('Everything · from the beginning'))
    expect(sentencesIn(log).length).toBeGreaterThan(3)
    await log.close()
  })
})

describe('its pages', () => {
  it('turn back and forth; what happens meanwhile moves nothing', async () => {
    const organisation = await usher.app.db.prisma.organisation.findFirstOrThrow()
    await queryRows(
      usher,
      `INSERT INTO "AuditEvent" ("id", "organisationId", "at", "act", "actorName", "subjectKind", "subjectId", "subjectName", "origin")
        SELECT gen_random_uuid(), $1, $2::timestamptz - n * interval '1 second', 'link.probed', 'Somebody', 'organisation',
          $1::uuid, 'link ' || n, 'web 203.0.113.7' FROM generate_series(1, 25) n`,
      [organisation.id, usher.clock.now],
    )
    const log = await openLog()
    await filterBy(log, { Acts: 'Security events', Time: 'From the beginning' })
    await until(async () => expect(log.text).toContain('Security events · from the beginning'))
    const first = sentencesIn(log)
    expect(log.text).not.toMatch(/^Newer$/m)
    await log.click('Older')
    await until(async () => expect(sentencesIn(log)).not.toEqual(first))
    const second = sentencesIn(log)
    await log.click('Older')
    await until(async () => expect(sentencesIn(log)).not.toEqual(second))
    const third = sentencesIn(log)
    expect(new Set([...first, ...second, ...third]).size).toBe(first.length + second.length + third.length)
    expect(third.length).toBeLessThan(10)
    await log.click('Newer')
    await until(async () => expect(sentencesIn(log)).toEqual(second))
    await log.click('Newer')
    await until(async () => expect(sentencesIn(log)).toEqual(first))
    await log.close()
  })
})

describe('what was tried in vain', () => {
  it('a dead link is in the log once a minute for a client, without its token, and not in the story', async () => {
    usher.clock.pass(2 * MINUTE)
    const link = await inviteAndGetLink(usher, 'cleo@example.org')
    const story = await openStory(ada(), 'cleo@example.org')
    await story.click('Revoke')
    await until(async () => expect(story.text).toContain('Ada Lovelace revoked it.'))
    const before = Number(await countOf('link.probed'))
    usher.clock.pass(2 * MINUTE)
    await expectDead(usher, link)
    await usher.visit(`${link.slice(0, -3)}abc`)
    await until(async () => expect(await countOf('link.probed')).toBe(before + 1))
    const [probed] = await queryRows(
      usher,
      `SELECT row_to_json(e)::text AS "row" FROM "AuditEvent" e WHERE "act" = 'link.probed' ORDER BY "at" DESC, "id" DESC LIMIT 1`,
    )
    expect(String(probed?.row)).toContain('cleo@example.org')
    expect(String(probed?.row)).not.toContain(link.split('/join/')[1])
    await story.close()
    const later = await openStory(ada(), 'cleo@example.org')
    expect(later.text).not.toContain('does not work')
    await later.close()
  })

  it('an inviter’s refusals are in it with their codes', async () => {
    usher.clock.pass(2 * MINUTE)
    const codes = async () =>
      (await queryRows(usher, `SELECT "after"->>'code' AS code FROM "AuditEvent" WHERE "act" = 'refused'`)).map(
        ({ code }) => code,
      )
    expect(await invite(usher, 'ana@example.org')).toMatchObject({
      errors: { email: 'This address could not be invited.' },
    })
    await ada().view()?.close()
    await until(async () => expect(await codes()).toContain('could_not_be_invited'))
  })
})

describe('as CSV', () => {
  it('comes by direct message, with what was filtered, cells that no spreadsheet runs, and the seals', async () => {
    await queryRows(
      usher,
      `UPDATE "Person" SET "slackName" = '=HYPERLINK("https://evil.example")' WHERE "slackUserId" = 'UMAX'`,
    )
    usher.clock.pass(2 * MINUTE)
    await invite(usher, 'dora@example.org', {}, 'UMAX')
    await waitForQuiet(usher)
    const queue = await openQueueOf(usher)
    try {
      await queue.askFor('seal_all', 1)
      await until(async () =>
        expect(
          await queryRows(
            usher,
            `SELECT 1 FROM "AuditEvent" e WHERE NOT EXISTS (SELECT 1 FROM "AuditSeal" s WHERE s."eventId" = e."id")`,
          ),
        ).toEqual([]),
      )
    } finally {
      await queue.close()
    }
    const log = await openLog()
    await filterBy(log, { Acts: 'Invitations and lists', Time: 'Today' })
    await until(async () => expect(log.text).toContain('Invitations and lists · today'))
    const [, file] = await Promise.all([log.click('As CSV'), nextFile()])
    expect(file.name).toMatch(/^audit-log-\d{4}-\d\d-\d\d\.csv$/)
    expect(file.text).toContain('time (UTC),what happened,act,who')
    expect(file.text).toMatch(/,invitation\.asked,"'=HYPERLINK/)
    expect(file.text).not.toMatch(/(^|,)"?=HYPERLINK/m)
    expect(file.text).toMatch(/,\d+,[0-9a-f]{64}\r\n/)
    expect(file.text).not.toContain('settings.changed')
    await ada().view()?.close()
    await log.close()
  })
})

/** The file that comes by direct message after this. */
async function nextFile(): Promise<{ name: string; text: string }> {
  const after = ada().dm().at(-1)?.ts ?? ''
  const message = await ada().waitForMessage((one) => (one.files ?? []).length > 0, { after })
  const file = message.files?.[0]
  const answer = await fetch(String(file?.url_private), {
    headers: { authorization: `Bearer ${usher.slack.botToken}` },
  })
  return { name: String(file?.name), text: await answer.text() }
}
