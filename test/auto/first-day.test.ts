// SECURITY 32, for the automatic invitations: the first day begins at 00:00 where the organisation is, whatever its
// clocks do; nobody is too early, and nobody is forgotten.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Queue } from '../../src/jobs/index.ts'
import { changeSettings, openQueueOf, queryRows } from '../journeys/acts.ts'
import { DAY, MINUTE, startUsher, type Usher } from '../setup/usher.ts'
import { bringIn, invitedByClock, putInto, runPass, switchOn } from './auto-acts.ts'

let usher: Usher
let queue: Queue

beforeAll(async () => {
  usher = await startUsher()
  queue = await openQueueOf(usher)
  usher.clock.now = new Date('2030-12-01T08:00:00Z')
  await usher.slack.as('UADA').openHome()
  await usher.slack.as('UADA').waitForHome()
  await putInto(usher, 'Sales')
  await switchOn(usher)
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await queue.close()
  await usher.stop()
})

let earlier: string[] = []
beforeEach(async () => {
  earlier = await invitedByClock(usher)
})

/** Whom the clock has invited since this test began. */
async function invited(): Promise<string[]> {
  const before = new Set(earlier)
  return (await invitedByClock(usher)).filter((email) => !before.has(email))
}

async function passAt(moment: string): Promise<void> {
  usher.clock.now = new Date(moment)
  await runPass(usher, queue)
}

it.each([
  ['Pacific/Kiritimati', '+14', '2030-12-03', '2030-12-02T09:59:59Z', '2030-12-02T10:00:00Z'],
  ['Pacific/Pago_Pago', '-11', '2030-12-05', '2030-12-05T10:59:59Z', '2030-12-05T11:00:00Z'],
  ['Australia/Eucla', '+8:45', '2030-12-07', '2030-12-06T15:14:59Z', '2030-12-06T15:15:00Z'],
])(
  '32: in %s (%s) the %s begins at its own midnight, and not a second before',
  async (zone, _, day, before, midnight) => {
    expect(await changeSettings(usher, { 'Time zone': zone })).toEqual({ closed: true })
    const email = `first-${day}@example.org`
    await bringIn(usher, email, { startDate: day })
    await passAt(before)
    expect(await invited()).toEqual([])
    await passAt(midnight)
    expect(await invited()).toEqual([email])
  },
)

it.each([
  ['begins', '2031-03-30', '2031-03-29T23:00:00Z', '2031-03-30T22:00:00Z'],
  ['ends', '2031-10-26', '2031-10-25T22:00:00Z', '2031-10-26T23:00:00Z'],
])(
  '32: on the day on which summer time %s, and on the next, everybody is invited once and at midnight',
  async (_, day, midnight, nextMidnight) => {
    const next = new Date(Date.parse(day) + DAY).toISOString().slice(0, 10)
    usher.clock.now = new Date(Date.parse(midnight) - DAY)
    expect(await changeSettings(usher, { 'Time zone': 'Europe/Berlin' })).toEqual({ closed: true })
    await bringIn(usher, `on-${day}@example.org`, { startDate: day })
    await bringIn(usher, `after-${day}@example.org`, { startDate: next })
    await passAt(new Date(Date.parse(midnight) - 1).toISOString())
    expect(await invited()).toEqual([])
    await passAt(midnight)
    expect(await invited()).toEqual([`on-${day}@example.org`])
    // The hours in which the clocks there go otherwise: every pass of them.
    const firstPass = Date.parse(`${day}T00:02:30Z`)
    for (let at = firstPass; at < firstPass + 180 * MINUTE; at += 5 * MINUTE) await passAt(new Date(at).toISOString())
    await passAt(new Date(Date.parse(nextMidnight) - 1).toISOString())
    expect(await invited()).toEqual([`on-${day}@example.org`])
    await passAt(nextMidnight)
    expect(await invited()).toEqual([`after-${day}@example.org`, `on-${day}@example.org`])
  },
)

it('32: a machine that slept for three days invites whoever began meanwhile in its first pass, as one list', async () => {
  usher.clock.now = new Date('2032-11-05T12:00:00Z')
  for (const day of ['2032-11-06', '2032-11-07', '2032-11-08', '2032-11-09']) {
    await bringIn(usher, `slept-${day}@example.org`, { startDate: day })
  }
  await runPass(usher, queue)
  expect(await invited()).toEqual([])

  usher.clock.pass(3 * DAY)
  await runPass(usher, queue)
  await runPass(usher, queue)

  const expected = ['2032-11-06', '2032-11-07', '2032-11-08'].map((day) => `slept-${day}@example.org`)
  expect(await invited()).toEqual(expected)
  const lists = await queryRows(
    usher,
    `SELECT DISTINCT "batchId" FROM "Invitation" WHERE "email" LIKE 'slept-%' AND "batchId" IS NOT NULL`,
  )
  expect(lists).toHaveLength(1)
})

it('32: a clock that is put back by five minutes at midnight invites nobody twice, and nobody too early', async () => {
  await bringIn(usher, 'today@example.org', { startDate: '2032-12-03' })
  await bringIn(usher, 'tomorrow@example.org', { startDate: '2032-12-04' })
  await passAt('2032-12-02T23:00:10Z')
  expect(await invited()).toContain('today@example.org')
  await passAt('2032-12-02T22:55:10Z')
  await passAt('2032-12-02T23:00:10Z')
  expect((await invited()).filter((email) => /today|tomorrow/.test(email))).toEqual(['today@example.org'])
})

it('a start date that is moved before its day counts as it then is; moved after the invitation, nothing happens', async () => {
  const id = await bringIn(usher, 'moved@example.org', { startDate: '2032-12-10' })
  const move = (day: string) => usher.app.db.prisma.person.update({ where: { id }, data: { startDate: new Date(day) } })
  await move('2032-12-12')
  await passAt('2032-12-11T12:00:00Z')
  expect(await invited()).not.toContain('moved@example.org')
  await passAt('2032-12-12T12:00:00Z')
  expect(await invited()).toContain('moved@example.org')
  await move('2033-02-01')
  await passAt('2032-12-13T12:00:00Z')
  await passAt('2033-02-01T12:00:00Z')
  expect((await invited()).filter((email) => email === 'moved@example.org')).toHaveLength(1)
  expect(await usher.app.db.prisma.invitation.findFirstOrThrow({ where: { personId: id } })).toMatchObject({
    status: 'waiting',
    generation: 1,
  })
})
