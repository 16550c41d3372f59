// "Until when", as the invitee reads it: weekday, date and time in the invitee's language and the organisation's zone.

const formats = new Map<string, Intl.DateTimeFormat>()

/** `Friday, 27 November 2026 at 15:05 CET`; a zone that is not known here becomes UTC, which the text then names. */
export function readableDeadline(moment: Date, { locale, timeZone }: { locale: string; timeZone: string }): string {
  const key = `${locale} ${timeZone}`
  let format = formats.get(key)
  if (format === undefined) {
    format = makeFormat(locale, timeZone)
    formats.set(key, format)
  }
  return format.format(moment)
}

function makeFormat(locale: string, timeZone: string): Intl.DateTimeFormat {
  const parts = {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  } as const
  try {
    return new Intl.DateTimeFormat(locale, { ...parts, timeZone })
  } catch {
    return new Intl.DateTimeFormat(locale, { ...parts, timeZone: 'UTC' })
  }
}

/** `3 Dec, 15:05`, for a text message: in the organisation's zone, which it does not name. */
export function shortDeadline(moment: Date, { locale, timeZone }: { locale: string; timeZone: string }): string {
  const parts = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const
  try {
    return new Intl.DateTimeFormat(locale, { ...parts, timeZone }).format(moment)
  } catch {
    return new Intl.DateTimeFormat(locale, { ...parts, timeZone: 'UTC' }).format(moment)
  }
}
