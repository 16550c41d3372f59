// The seal comes within a minute of the act: the clock asks for it every half minute, and for a look at everything hourly.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startSchedule } from '../../src/jobs/schedule.ts'
import { silentLog } from '../setup/database.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('asks for the seal every 30 seconds, and for everything once an hour', async () => {
  vi.setSystemTime(new Date('2026-11-20T12:00:00Z'))
  const asked: { task: string; at: number }[] = []
  const askFor = async (task: string) => void asked.push({ task, at: Date.now() })
  const stop = startSchedule({ queue: { askFor }, log: silentLog })
  await vi.advanceTimersByTimeAsync(60 * 60_000)
  stop()
  const seals = asked.filter(({ task }) => task === 'seal').map(({ at }) => at)
  const pauses = seals.slice(1).map((at, index) => at - (seals[index] ?? 0))
  expect(seals).toHaveLength(120)
  expect(Math.max(...pauses)).toBeLessThan(31_000)
  expect(asked.filter(({ task }) => task === 'seal_all')).toHaveLength(1)
})
