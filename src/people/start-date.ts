// Dates as people write them in lists. What could be two different days is not guessed.

export type DateReading = { date: string } | { problem: 'start_date_unclear' | 'start_date_malformed' }

// A month is known by its beginning, in English, German and Russian.
const MONTHS: [RegExp, number][] = [
  [/^(jan|jän|янв)/, 1],
  [/^(feb|фев)/, 2],
  [/^(mar|mär|maer|мар)/, 3],
  [/^(apr|апр)/, 4],
  [/^(may|mai|ма[йя])/, 5],
  [/^(jun|июн)/, 6],
  [/^(jul|июл)/, 7],
  [/^(aug|авг)/, 8],
  [/^(sep|сен)/, 9],
  [/^(oct|okt|окт)/, 10],
  [/^(nov|ноя)/, 11],
  [/^(dec|dez|дек)/, 12],
]
/** A spreadsheet writes midnight behind a date. */
const MIDNIGHT = /[ t]0{1,2}:00(:00(\.0+)?)?z?$/
const LONGEST = 40
const FIRST_YEAR = 1950
const LAST_YEAR = 2100

/**
 * Gives a date as YYYY-MM-DD: 2026-03-04, 2026/3/4, 4.3.2026 (day first where dots are used), 4 March 2026, 25/12/2026
 * and 12/25/2026 (25 is no month). 03/04/2026 and two-digit years are unclear; 31.02.2026 is malformed.
 */
export function readStartDate(text: string): DateReading {
  const malformed: DateReading = { problem: 'start_date_malformed' }
  if (text.length > LONGEST) return malformed
  const input = text.normalize('NFKC').trim().toLowerCase().replace(MIDNIGHT, '')
  const yearFirst = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/.exec(input)
  if (yearFirst) return dateOf(yearFirst[1], yearFirst[3], yearFirst[4])
  if (/^\d{1,2}([-/.])\d{1,2}\1\d{2}$/.test(input)) return { problem: 'start_date_unclear' }
  const dots = /^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?: г\.?)?$/.exec(input)
  if (dots) return dateOf(dots[3], dots[2], dots[1])
  const signs = /^(\d{1,2})([-/])(\d{1,2})\2(\d{4})$/.exec(input)
  if (signs) return dateOfEither(signs[4], Number(signs[1]), Number(signs[3]))
  const dayFirst = /^(\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+(\p{L}+)\.?,?[\s-]+(\d{4})(?: г\.?| года)?$/u.exec(input)
  if (dayFirst) return dateOf(dayFirst[3], monthOf(dayFirst[2]), dayFirst[1])
  const monthFirst = /^(\p{L}+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$/u.exec(input)
  return monthFirst ? dateOf(monthFirst[3], monthOf(monthFirst[1]), monthFirst[2]) : malformed
}

/** Two numbers of which either may be the day. */
function dateOfEither(year: string | undefined, first: number, second: number): DateReading {
  if (first > 12) return dateOf(year, second, first)
  if (second > 12 || first === second) return dateOf(year, first, second)
  return { problem: 'start_date_unclear' }
}

function monthOf(name = ''): number | undefined {
  return MONTHS.find(([beginning]) => beginning.test(name))?.[1]
}

type Digits = string | number | undefined

function dateOf(year: Digits, month: Digits, day: Digits): DateReading {
  const [y, m, d] = [Number(year), Number(month ?? 0), Number(day)]
  const days = new Date(Date.UTC(y, m, 0)).getUTCDate()
  if (y < FIRST_YEAR || y > LAST_YEAR || m < 1 || m > 12 || d < 1 || d > days)
    return { problem: 'start_date_malformed' }
  return { date: `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}` }
}
