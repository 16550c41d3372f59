// How people write mobile numbers within each country: digits that could be meant so are no number of another country.
import metadata from 'libphonenumber-js/mobile/metadata'

type Plan = {
  callingCode: string
  /** A whole national number, without its trunk prefix. */
  mobile: RegExp
  /** What is dialled in front of it within the country; `transform` says what becomes of it, '' that it falls away. */
  trunk: RegExp | undefined
  transform: string
}

/** Where the library's records keep what (its source/metadata.js, version 4). */
const AT = { callingCode: 0, general: 2, trunk: 5, trunkPattern: 7, transform: 8, types: 11 }
/** And within its types and one of those. */
const AT_MOBILE = 1
const AT_PATTERN = 0

const PLANS: readonly Plan[] = Object.values(metadata.countries).map((record) => planOf(record))

/**
 * Whether digits (without + or 00) may be somebody's mobile number as it is written within a country, and another number
 * than the one that they are with a + in front: then nobody can know whose they are. Pure.
 */
export function isNationalElsewhere(digits: string): boolean {
  return PLANS.some((plan) =>
    nationalReadings(digits, plan).some(
      (national) => plan.mobile.test(national) && plan.callingCode + national !== digits,
    ),
  )
}

/** The digits as they are, and without what is dialled in front within the country. */
function nationalReadings(digits: string, { trunk, transform }: Plan): string[] {
  return trunk?.test(digits) ? [digits, digits.replace(trunk, transform)] : [digits]
}

function planOf(record: readonly unknown[]): Plan {
  const types = listIn(record, AT.types)
  const mobile = textIn(listIn(types, AT_MOBILE), AT_PATTERN) || textIn(record, AT.general)
  const trunk = textIn(record, AT.trunkPattern) || textIn(record, AT.trunk)
  return {
    callingCode: textIn(record, AT.callingCode),
    mobile: new RegExp(`^(?:${mobile})$`),
    trunk: trunk === '' ? undefined : new RegExp(`^(?:${trunk})`),
    transform: textIn(record, AT.transform),
  }
}

function listIn(list: readonly unknown[], at: number): readonly unknown[] {
  const item = list[at]
  return Array.isArray(item) ? item : []
}

function textIn(list: readonly unknown[], at: number): string {
  const item = list[at]
  return typeof item === 'string' ? item : ''
}
