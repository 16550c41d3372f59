// Mobile numbers as people write them, kept as E.164.
import { getCountries, parsePhoneNumberFromString } from 'libphonenumber-js/mobile'
import { Refusal } from '../refusal.ts'

/** The country of a mobile number in E.164 (ISO 3166-1, "DE"); undefined where it has none of its own. */
export function countryOfMobile(mobile: string): string | undefined {
  return parsePhoneNumberFromString(mobile)?.country
}

/** Every country that has mobile numbers, by its code. */
export const COUNTRIES: readonly string[] = getCountries()

/** E.164 allows 15 digits; the rest is room for spaces and signs. */
const INPUT_LENGTH = 40

/**
 * Reads a mobile number with its country code (+7 905 111-11-11, 79051111111 and 0079051111111 are the same) and gives
 * it as E.164. Throws Refusal `mobile_without_country` when it is no number without one more in front, and
 * `mobile_malformed` when it never can be one.
 */
export function readMobile(text: string): string {
  const input = text.normalize('NFKC').trim()
  const digits = input.replaceAll(/\D/g, '')
  if (input.length > INPUT_LENGTH || digits.length < 5 || !/^\+?[\d\s().\-/]+$/.test(input)) {
    throw new Refusal('mobile_malformed', { field: 'mobile' })
  }
  const hasCountry = input.startsWith('+') || input.startsWith('00')
  const number = parsePhoneNumberFromString(`+${input.startsWith('00') ? digits.slice(2) : digits}`)
  if (number?.isValid()) return number.number
  throw new Refusal(hasCountry ? 'mobile_malformed' : 'mobile_without_country', { field: 'mobile' })
}
