// A moment in the visitor's language and the organisation's time zone.
import { type Language, localeOf } from '../../languages/index.ts'

// Making a format costs a hundred times what using it does; there are few languages and few time zones.
const formats = new Map<string, Intl.DateTimeFormat>()

/** "Friday, 27 November 2026 at 14:05 CET". An unknown time zone is shown as UTC. */
export function momentIn({ language, timeZone }: { language: Language; timeZone: string }, at: Date): string {
  const key = `${language} ${timeZone}`
  const format = formats.get(key) ?? makeFormat(language, timeZone)
  formats.set(key, format)
  return format.format(at)
}

function makeFormat(language: Language, timeZone: string): Intl.DateTimeFormat {
  const locale = localeOf(language)
  const options: Intl.DateTimeFormatOptions = {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }
  try {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone })
  } catch {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })
  }
}
