// Whether it is time for the week's digest where an organisation is. By the clocks there, so that daylight saving neither
// skips nor repeats one. Pure.
import { endOfDay } from '../links/end-of-day.ts'

/** `week`: the Monday ("2026-11-30"). `since`: nine o'clock of that day, there. */
export type DigestWeek = { week: string; since: Date }

const HOUR = 60 * 60 * 1000
const DAY = 24 * HOUR
/** Told on Mondays at this hour. */
const TOLD_AT = 9
/** Half a week later the next Monday is nearer. In hours. */
const HALF_A_WEEK = 84
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** The week whose digest is due; undefined before Monday nine o'clock, and once the next Monday is nearer. */
export function digestWeekOf(now: Date, timeZone: string): DigestWeek | undefined {
  const { day, weekday, hour } = readClock(now, timeZone)
  const hours = WEEKDAYS.indexOf(weekday) * 24 + hour
  if (hours < TOLD_AT || hours >= TOLD_AT + HALF_A_WEEK) return undefined
  const monday = Date.parse(`${day}T00:00:00Z`) - WEEKDAYS.indexOf(weekday) * DAY
  const week = new Date(monday).toISOString().slice(0, 10)
  const sunday = new Date(monday - DAY).toISOString().slice(0, 10)
  const midnight = endOfDay(sunday, timeZone) ?? new Date(monday)
  return { week, since: new Date(midnight.getTime() + TOLD_AT * HOUR) }
}

/** What the clocks of a time zone show; of one that is not known here, those of UTC. */
function readClock(now: Date, timeZone: string): { day: string; weekday: string; hour: number } {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  )
  const { year, month, day, weekday = '', hour } = parts
  return { day: `${year}-${month}-${day}`, weekday, hour: Number(hour) }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const shape = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  } as const
  try {
    return new Intl.DateTimeFormat('en-US', { ...shape, timeZone })
  } catch {
    return new Intl.DateTimeFormat('en-US', { ...shape, timeZone: 'UTC' })
  }
}
