// How long to wait, as words: "40 seconds", "5 minutes".
import { type Language, localeOf } from '../languages/index.ts'

const MINUTE = 60

/** Whole minutes from a minute and a half on, rounded up: whoever waits as long is not sent away once more. */
export function waitIn(language: Language, seconds: number): string {
  const inMinutes = seconds > 1.5 * MINUTE
  const unit = inMinutes ? 'minute' : 'second'
  const value = inMinutes ? Math.ceil(seconds / MINUTE) : seconds
  return new Intl.NumberFormat(localeOf(language), { style: 'unit', unit, unitDisplay: 'long' }).format(value)
}
