// When the week's digest is due, by the clocks where an organisation is (SECURITY 32).
import { describe, expect, it } from 'vitest'
import { digestWeekOf } from '../../src/invitations/digest/digest-week.ts'

const week = (now: string, timeZone: string) => digestWeekOf(new Date(now), timeZone)?.week
const HOUR = 60 * 60 * 1000

describe('the digest', () => {
  it.each([
    ['UTC', '2026-11-30T09:00:00Z'],
    ['Europe/Rome', '2026-11-30T08:00:00Z'],
    ['Pacific/Kiritimati', '2026-11-29T19:00:00Z'],
    ['Pacific/Pago_Pago', '2026-11-30T20:00:00Z'],
    ['Asia/Kathmandu', '2026-11-30T03:15:00Z'],
  ])('is due from Monday nine o’clock in %s on', (timeZone, nine) => {
    const before = new Date(Date.parse(nine) - 1).toISOString()
    expect(week(before, timeZone)).toBeUndefined()
    expect(digestWeekOf(new Date(nine), timeZone)).toEqual({ week: '2026-11-30', since: new Date(nine) })
  })

  it('of a Monday that was slept through is due until the next one is nearer', () => {
    expect(week('2026-12-02T23:00:00Z', 'UTC')).toBe('2026-11-30')
    expect(week('2026-12-03T20:59:59Z', 'UTC')).toBe('2026-11-30')
    expect(week('2026-12-03T21:00:00Z', 'UTC')).toBeUndefined()
    expect(week('2026-12-07T08:59:59Z', 'UTC')).toBeUndefined()
    expect(week('2026-12-07T09:00:00Z', 'UTC')).toBe('2026-12-07')
  })

  it.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'])(
    'comes once a week in %s, also where summer time begins and ends',
    (timeZone) => {
      const first = Date.parse('2026-01-03T00:30:00Z')
      const weeks: string[] = []
      for (let hour = 0; hour < 365 * 24; hour++) {
        const now = new Date(first + hour * HOUR)
        const due = digestWeekOf(now, timeZone)
        if (!due) continue
        expect(now.getTime()).toBeGreaterThanOrEqual(due.since.getTime())
        if (weeks.at(-1) !== due.week) weeks.push(due.week)
      }
      expect(weeks).toHaveLength(52)
      expect(new Set(weeks).size).toBe(52)
    },
  )

  it('in a time zone that is not known here is due by UTC', () => {
    expect(week('2026-11-30T09:00:00Z', 'Mars/Olympus')).toBe('2026-11-30')
  })
})
