// SECURITY 32: the pass is asked for every five minutes, on the days on which summer time begins and ends too.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startSchedule } from '../../src/jobs/schedule.ts'
import { silentLog } from '../setup/database.ts'

const MINUTE = 60_000
let stop = () => {}
const zone = process.env.TZ

beforeEach(() => {
  process.env.TZ = 'Europe/Berlin'
  vi.useFakeTimers()
})
afterEach(() => {
  stop()
  vi.useRealTimers()
  process.env.TZ = zone
  if (zone === undefined) delete process.env.TZ
})

it.each([
  ['begins', '2027-03-28T00:00:00Z'],
  ['ends', '2027-10-31T00:00:00Z'],
  ['is far', '2027-06-01T00:00:00Z'],
])('32: 36 times in three hours when summer time %s, each five minutes after the one before', async (_, start) => {
  vi.setSystemTime(new Date(start))
  const asked: number[] = []
  const askFor = async (task: string) => {
    if (task === 'invite_due') asked.push(Date.now())
  }
  stop = startSchedule({ queue: { askFor }, log: silentLog })
  await vi.advanceTimersByTimeAsync(180 * MINUTE)
  expect(asked).toHaveLength(36)
  const gaps = asked.slice(1).map((at, index) => Math.round((at - (asked[index] ?? 0)) / MINUTE))
  expect(new Set(gaps)).toEqual(new Set([5]))
})
