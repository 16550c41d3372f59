// When an invitee is reminded: half-way to the end, and a day before it. Pure.

export type ReminderKind = 'half_way' | 'day_before'
export type Reminder = { kind: ReminderKind; at: Date }
export type ReminderSettings = { remindHalfWay: boolean; remindDayBefore: boolean }

const HOUR = 60 * 60 * 1000
const DAY = 24 * HOUR
/**
 * Nobody hears twice on one day. A little less than a day, because a message is noted a moment after its days began: of an
 * invitation for four days the two reminders are then a little less than a day apart.
 */
const LEAST_APART = 20 * HOUR
/** What stands a moment before the time of a look was meant by that look. */
const LEEWAY = HOUR

/**
 * The reminders of an invitation that was sent at `sentAt`, in their order. One for a day is reminded half-way alone, one for
 * two or three days a day before the end alone (where that is on), any longer one at both times.
 */
export function remindersOf(sentAt: Date, expiresAt: Date, settings: ReminderSettings): Reminder[] {
  const halfWay = new Date((sentAt.getTime() + expiresAt.getTime()) / 2)
  const dayBefore = new Date(expiresAt.getTime() - DAY)
  const isDayBefore = settings.remindDayBefore && apart(sentAt, dayBefore) >= LEAST_APART
  const isHalfWay = settings.remindHalfWay && !(isDayBefore && apart(halfWay, dayBefore) < LEAST_APART)
  return [
    ...(isHalfWay ? [{ kind: 'half_way' as const, at: halfWay }] : []),
    ...(isDayBefore ? [{ kind: 'day_before' as const, at: dayBefore }] : []),
  ]
}

/** An invitation whose reminders are looked at: `lookAt` is when that was due; the first look is half-way. */
export type Look = { sentAt: Date; expiresAt: Date; lookAt: Date; now: Date }

/**
 * What a look decides: the reminder that is due now, and when to look again (undefined: never). After a sleep, at most one
 * is due, and another that would come on the same day is left out. Settings that change between two looks count.
 */
export function decideReminder(look: Look, settings: ReminderSettings): { due?: ReminderKind; next?: Date } {
  const { sentAt, expiresAt, lookAt, now } = look
  const due = remindersOf(sentAt, expiresAt, settings).findLast(
    ({ at }) => at <= now && at.getTime() >= lookAt.getTime() - LEEWAY,
  )
  const earliest = now.getTime() + (due ? LEAST_APART : 1)
  const possible = remindersOf(sentAt, expiresAt, { remindHalfWay: true, remindDayBefore: true })
  const next = possible.find(({ at }) => at.getTime() >= earliest)?.at
  return { ...(due ? { due: due.kind } : {}), ...(next ? { next } : {}) }
}

function apart(earlier: Date, later: Date): number {
  return later.getTime() - earlier.getTime()
}
