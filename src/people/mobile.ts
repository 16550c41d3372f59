// Mobile numbers as people write them, kept as E.164.
import { getCountries, parsePhoneNumberFromString } from 'libphonenumber-js/mobile'
import { Refusal } from '../refusal.ts'
import { isNationalElsewhere } from './national-mobiles.ts'

/** The country of a mobile number in E.164 (ISO 3166-1, "DE"); undefined where it has none of its own. */
export function countryOfMobile(mobile: string): string | undefined {
  return parsePhoneNumberFromString(mobile)?.country
}

/** Every country that has mobile numbers, by its code. */
export const COUNTRIES: readonly string[] = getCountries()

/** E.164 allows 15 digits; the rest is room for spaces and signs. */
const INPUT_LENGTH = 40

/** A number as spreadsheets write one that they took for a quantity: 491711234567.0, and 4.91711234567E+11. */
const WITH_DECIMALS = /^(\+?\d+)[.,]0+$/
const WITH_EXPONENT = /^(\+?\d)(?:[.,](\d+))?e\+?(\d{1,3})$/i

/** A single digit after a sign, or a few after a slash, is an extension or a second number, and no part of this one. */
const WITH_EXTENSION = /[.\-/]\s*\d\s*$|\/\s*\d{1,3}\s*$/

/** Signs that are pasted along with numbers: hyphens and dashes of all lengths, and marks that nobody sees. */
const DASHES = /[\u2010-\u2015\u2212]/g
const INVISIBLE = /\p{Cf}/gu

/**
 * Reads a mobile number with its country code (+7 905 111-11-11, 79051111111 and 0079051111111 are the same) and gives
 * it as E.164. `countries`: those that the organization sends text messages to. Without + or 00 a number counts only if
 * its country is one of them (of any, where none is chosen) and no country writes mobile numbers of its own like that:
 * it might be somebody else's. Throws Refusal `mobile_without_country` when it may lack a country code, and
 * `mobile_malformed` when it never can be a number (with `shortened` in its detail: a spreadsheet cut off its digits).
 */
export function readMobile(text: string, countries: readonly string[]): string {
  const input = text.normalize('NFKC').replaceAll(DASHES, '-').replaceAll(INVISIBLE, '').trim()
  const written = withoutExponent(input).replace(WITH_DECIMALS, '$1')
  const digits = written.replaceAll(/\D/g, '')
  const isReadable = /^\+?[\d\s().\-/]+$/.test(written) && !WITH_EXTENSION.test(written)
  if (input.length > INPUT_LENGTH || digits.length < 5 || !isReadable) throw malformed()
  if (written.startsWith('+') || digits.startsWith('00')) {
    const whole = written.startsWith('+') ? digits : digits.slice(2)
    const number = parsePhoneNumberFromString(`+${whole}`)
    if (!number?.isValid() || isDialledOut(digits)) throw malformed()
    return number.number
  }
  const number = parsePhoneNumberFromString(`+${digits}`)
  const isAllowed = countries.length === 0 || (number?.country !== undefined && countries.includes(number.country))
  if (!number?.isValid() || !isAllowed || isNationalElsewhere(digits)) {
    throw new Refusal('mobile_without_country', { field: 'mobile' })
  }
  return number.number
}

/** 4.91711234567E+11 has all its digits; 4.91711E+11 has lost some, and nobody knows which. */
function withoutExponent(input: string): string {
  const [, first, decimals = '', exponent] = WITH_EXPONENT.exec(input.replaceAll(/\s/g, '')) ?? []
  if (first === undefined) return input
  if (decimals.length !== Number(exponent)) throw malformed({ shortened: 1 })
  return first + decimals
}

/** Where 001 and not 00 leads abroad, the 1 is no country's: 001 65 8234 5678 is in Singapore, and not in Jamaica. */
function isDialledOut(digits: string): boolean {
  return digits.startsWith('001') && Boolean(parsePhoneNumberFromString(`+${digits.slice(3)}`)?.isValid())
}

function malformed(detail: Record<string, number> = {}): Refusal {
  return new Refusal('mobile_malformed', { field: 'mobile', detail })
}
