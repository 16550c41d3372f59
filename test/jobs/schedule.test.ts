// The clock, also where summer time begins and ends (SECURITY 32).
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startSchedule } from '../../src/jobs/schedule.ts'
import { silentLog } from '../setup/database.ts'

const HOUR = 60 * 60 * 1_000
let asked: { task: string; seconds: number; at: string }[] = []
let stop = () => {}

async function runFrom(start: string, milliseconds: number, askFor?: (task: string) => Promise<void>): Promise<void> {
  vi.setSystemTime(new Date(start))
  const note = async (task: string, seconds: number) => {
    asked.push({ task, seconds, at: new Date().toISOString() })
  }
  stop = startSchedule({ queue: { askFor: askFor ?? note }, log: silentLog })
  await vi.advanceTimersByTimeAsync(milliseconds)
}

function timesOf(task: string): string[] {
  return asked.filter((one) => one.task === task).map(({ at }) => at)
}

const zone = process.env.TZ

beforeEach(() => {
  asked = []
  process.env.TZ = 'Europe/Berlin'
  vi.useFakeTimers()
})
afterEach(() => {
  stop()
  vi.useRealTimers()
  process.env.TZ = zone
  if (zone === undefined) delete process.env.TZ
})

describe('the clock', () => {
  test('asks for expiry each minute and for the purge each hour', async () => {
    await runFrom('2026-11-20T12:00:00Z', HOUR)
    expect(timesOf('expire')).toHaveLength(60)
    expect(timesOf('expire')[0]).toMatch(/^2026-11-20T12:00:30/)
    expect(timesOf('purge')).toHaveLength(1)
  })

  for (const [what, start] of [
    ['ends', '2026-10-25T00:00:00Z'],
    ['begins', '2026-03-29T00:00:00Z'],
  ] as const) {
    test(`loses and doubles nothing when daylight saving ${what} (SECURITY 32)`, async () => {
      await runFrom(start, 3 * HOUR)
      expect(timesOf('expire')).toHaveLength(180)
      expect(new Set(timesOf('expire')).size).toBe(180)
    })
  }

  test('goes on when the queue could not be asked', async () => {
    let tries = 0
    await runFrom('2026-11-20T12:00:00Z', 3 * 60_000, async (task) => {
      if (task === 'expire') tries += 1
      throw new Error('the database is away')
    })
    expect(tries).toBe(3)
  })

  test('stops', async () => {
    await runFrom('2026-11-20T12:00:00Z', 60_000)
    stop()
    const before = asked.length
    await vi.advanceTimersByTimeAsync(HOUR)
    expect(asked).toHaveLength(before)
  })
})
