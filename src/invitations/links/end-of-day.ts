// The end of a day as people mean it: where their organisation is. Pure.

const DAY = 24 * 60 * 60 * 1000

/** The moment at which a day (`2026-11-30`) is over in a time zone; undefined for what is no day. */
export function endOfDay(day: string, timeZone: string): Date | undefined {
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return undefined
  const next = midnight + DAY
  // What the clocks there show at a moment is off by their distance from UTC; looked at twice, because the distance may
  // change between the two (daylight saving).
  const first = next - distance(next, timeZone)
  return new Date(next - distance(first, timeZone))
}

/** The last day that is wholly before a moment there: what `endOfDay` was made of. */
export function lastDayBefore(end: Date, timeZone: string): string {
  const moment = end.getTime() - 1
  return new Date(moment + distance(moment, timeZone)).toISOString().slice(0, 10)
}

/** How far the clocks of a time zone are ahead of UTC at a moment, in ms; 0 for a zone that is not known here. */
function distance(moment: number, timeZone: string): number {
  const [, sign, hours, minutes, seconds] =
    /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?/.exec(shown(moment, timeZone)) ?? []
  const ahead = ((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1000
  return sign === '-' ? -ahead : ahead
}

function shown(moment: number, timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).format(moment)
  } catch {
    return ''
  }
}
