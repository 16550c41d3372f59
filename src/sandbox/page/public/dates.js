// @ts-check
// Times as Slack writes them, in the reader's own time zone.

/** @param {Intl.DateTimeFormatOptions} options */
const format = (options) => new Intl.DateTimeFormat('en', options)

const TIME = format({ hour: 'numeric', minute: '2-digit' })
const TIME_SECONDS = format({ hour: 'numeric', minute: '2-digit', second: '2-digit' })
const SHORT = format({ month: 'short', day: 'numeric', year: 'numeric' })
const MEDIUM = format({ month: 'long', day: 'numeric', year: 'numeric' })
const LONG = format({ weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' })
const FULL = format({
  weekday: 'long',
  month: 'long',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
})

/** `9:05 AM` @param {number} ms since 1970 */
export function clock(ms) {
  return TIME.format(ms)
}

/** `Friday, November 20 at 9:05:07 AM` @param {number} ms since 1970 */
export function fullTime(ms) {
  return FULL.format(ms)
}

/** Today, Yesterday or `Friday, November 20, 2026`. @param {number} ms since 1970 */
export function dayName(ms) {
  return relativeDay(ms) ?? LONG.format(ms)
}

/** @param {number} ms */
function relativeDay(ms) {
  const start = (/** @type {number} */ time) => new Date(time).setHours(0, 0, 0, 0)
  const days = Math.round((start(ms) - start(Date.now())) / 86_400_000)
  return days === 0 ? 'Today' : days === -1 ? 'Yesterday' : days === 1 ? 'Tomorrow' : undefined
}

/** @param {number} ms */
function ago(ms) {
  const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
  const seconds = Math.round((ms - Date.now()) / 1000)
  const size = Math.abs(seconds)
  if (size < 60) return words.format(seconds, 'second')
  if (size < 3600) return words.format(Math.round(seconds / 60), 'minute')
  if (size < 86_400) return words.format(Math.round(seconds / 3600), 'hour')
  return words.format(Math.round(seconds / 86_400), 'day')
}

/**
 * Fills Slack's date tokens: `Sent {date_pretty} at {time}`.
 * @param {number} seconds since 1970
 * @param {string} pattern
 */
export function fillDate(seconds, pattern) {
  const ms = seconds * 1000
  const pretty = relativeDay(ms)?.toLowerCase()
  const date = new Date(ms)
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0')
  /** @type {Record<string, () => string>} */
  const tokens = {
    date_num: () => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
    date_slash: () => `${two(date.getMonth() + 1)}/${two(date.getDate())}/${date.getFullYear()}`,
    date: () => MEDIUM.format(ms),
    date_short: () => SHORT.format(ms),
    date_long: () => LONG.format(ms),
    date_pretty: () => pretty ?? MEDIUM.format(ms),
    date_short_pretty: () => pretty ?? SHORT.format(ms),
    date_long_pretty: () => pretty ?? LONG.format(ms),
    day_divider_pretty: () => pretty ?? LONG.format(ms),
    date_long_full: () => LONG.format(ms),
    time: () => TIME.format(ms),
    time_secs: () => TIME_SECONDS.format(ms),
    ago: () => ago(ms),
  }
  const filled = pattern.replace(/\{(\w+)\}/g, (whole, token) => tokens[token]?.() ?? whole)
  return filled.charAt(0).toUpperCase() + filled.slice(1)
}
