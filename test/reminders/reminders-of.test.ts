// When an invitee is reminded: the pure rule, and what each look decides.
import { describe, expect, it } from 'vitest'
import { decideReminder, type ReminderSettings, remindersOf } from '../../src/invitations/reminders/reminders-of.ts'

const HOUR = 60 * 60 * 1000
const DAY = 24 * HOUR
const sentAt = new Date('2026-11-20T12:00:00Z')
const both = { remindHalfWay: true, remindDayBefore: true }
const halfOnly = { remindHalfWay: true, remindDayBefore: false }
const beforeOnly = { remindHalfWay: false, remindDayBefore: true }
const none = { remindHalfWay: false, remindDayBefore: false }
const inDays = (days: number) => new Date(sentAt.getTime() + days * DAY)

function daysOf(days: number, settings: ReminderSettings = both): string[] {
  const told = remindersOf(sentAt, inDays(days), settings)
  return told.map(({ kind, at }) => `${kind} ${(at.getTime() - sentAt.getTime()) / DAY}`)
}

describe('the reminders of an invitation', () => {
  it.each([
    [1, ['half_way 0.5']],
    [2, ['day_before 1']],
    [3, ['day_before 2']],
    [4, ['half_way 2', 'day_before 3']],
    [7, ['half_way 3.5', 'day_before 6']],
    [30, ['half_way 15', 'day_before 29']],
  ])('for %i days', (days, expected) => {
    expect(daysOf(days)).toEqual(expected)
  })

  it('are those that the settings want, alone or none', () => {
    expect([1, 2, 3, 7].map((days) => daysOf(days, halfOnly))).toEqual([
      ['half_way 0.5'],
      ['half_way 1'],
      ['half_way 1.5'],
      ['half_way 3.5'],
    ])
    expect([1, 2, 7].map((days) => daysOf(days, beforeOnly))).toEqual([[], ['day_before 1'], ['day_before 6']])
    expect([1, 2, 7].map((days) => daysOf(days, none))).toEqual([[], [], []])
  })

  it('are the same when the message was noted a little after its days began', () => {
    const late = new Date(sentAt.getTime() + 2 * 60_000)
    expect([2, 3, 4, 7].map((days) => remindersOf(late, inDays(days), both).map(({ kind }) => kind))).toEqual([
      ['day_before'],
      ['day_before'],
      ['half_way', 'day_before'],
      ['half_way', 'day_before'],
    ])
  })

  it('are never two within 20 hours, whatever the validity', () => {
    for (let hours = 1; hours <= 31 * 24; hours++) {
      const [first, second] = remindersOf(sentAt, inDays(hours / 24), both)
      if (first && second) expect(second.at.getTime() - first.at.getTime()).toBeGreaterThanOrEqual(20 * HOUR)
    }
  })
})

describe('a look', () => {
  /** Looks every minute that is due, from the first look on, and says when somebody is reminded. */
  function live(days: number, { settings = both, asleep = [0, 0] as [number, number] } = {}): string[] {
    const expiresAt = inDays(days)
    const told: string[] = []
    let lookAt: Date | undefined = new Date((sentAt.getTime() + expiresAt.getTime()) / 2)
    for (let hour = 0; hour < days * 24 && lookAt; hour++) {
      const now = inDays(hour / 24)
      const isAsleep = hour >= asleep[0] * 24 && hour < asleep[1] * 24
      if (isAsleep || lookAt > now) continue
      const { due, next } = decideReminder({ sentAt, expiresAt, lookAt, now }, settings)
      if (due) told.push(`${due} ${hour / 24}`)
      lookAt = next
    }
    return told
  }

  it('reminds at each of its times once', () => {
    expect([1, 2, 3, 4, 7].map((days) => live(days))).toEqual([
      ['half_way 0.5'],
      ['day_before 1'],
      ['day_before 2'],
      ['half_way 2', 'day_before 3'],
      ['half_way 3.5', 'day_before 6'],
    ])
  })

  it('after a sleep of three days reminds once, and not again on the same day (SECURITY 32)', () => {
    expect(live(7, { asleep: [3.25, 6.25] })).toEqual(['day_before 6.25'])
    expect(live(7, { asleep: [2.75, 5.75] })).toEqual(['half_way 5.75'])
    expect(live(7, { asleep: [1, 4] })).toEqual(['half_way 4', 'day_before 6'])
    expect(live(7, { asleep: [4, 7] })).toEqual(['half_way 3.5'])
  })

  it('obeys settings as they are then: what was turned off is not made good, what was turned on comes', () => {
    const expiresAt = inDays(7)
    const first = { sentAt, expiresAt, lookAt: inDays(3.5), now: inDays(3.5) }
    expect(decideReminder(first, none)).toEqual({ next: inDays(6) })
    const second = { sentAt, expiresAt, lookAt: inDays(6), now: inDays(6) }
    expect(decideReminder(second, halfOnly)).toEqual({})
    expect(decideReminder(second, both)).toEqual({ due: 'day_before' })
  })

  it('of an invitation for two days that was noted a little late still reminds a day before its end', () => {
    const late = new Date(sentAt.getTime() + 60_000)
    const lookAt = new Date((late.getTime() + inDays(2).getTime()) / 2)
    expect(decideReminder({ sentAt: late, expiresAt: inDays(2), lookAt, now: lookAt }, both)).toEqual({
      due: 'day_before',
    })
  })
})
