// Mobile numbers as people write, paste and export them: read as the very number that was meant, or refused.
import fc from 'fast-check'
import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/mobile'
import examples from 'libphonenumber-js/mobile/examples'
import metadata from 'libphonenumber-js/mobile/metadata'
import { describe, expect, it } from 'vitest'
import { readMobile } from '../../src/people/mobile.ts'
import { isNationalElsewhere } from '../../src/people/national-mobiles.ts'
import { Refusal } from '../../src/refusal.ts'

const COUNTRIES = getCountries()

/** What becomes of a number: itself in E.164, or the code of its refusal. */
function outcome(text: string, countries: readonly string[] = []): string {
  try {
    return readMobile(text, countries)
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

describe('53: a number is read', () => {
  it.each([
    ['+7 905 111-11-11', '+79051111111'],
    ['79051111111', '+79051111111'],
    ['0079051111111', '+79051111111'],
    ['(00) 7 905 111 11 11', '+79051111111'],
    ['491711234567', '+491711234567'],
    ['491711234567.0', '+491711234567'],
    ['491711234567,0', '+491711234567'],
    ['+491711234567.00', '+491711234567'],
    ['4.91711234567E+11', '+491711234567'],
    ['4,91711234567e11', '+491711234567'],
    ['7.9051111111E+10', '+79051111111'],
    ['+33.6.12.34.56.00', '+33612345600'],
    ['+49 (0) 171 1234567', '+491711234567'],
    ['+７　９０５　１１１－１１－１１', '+79051111111'],
    ['\u202a+7\u00a0905\u00a0111\u201111\u201111\u202c', '+79051111111'],
  ])('“%s” as %s', (text, number) => {
    expect(outcome(text)).toBe(number)
  })
})

describe('53: a number is refused', () => {
  it.each([
    ['a national number', '9051111111', 'mobile_without_country'],
    ['one with its trunk prefix', '0171 1234567', 'mobile_without_country'],
    ['one with its trunk prefix, exported', '01711234567.0', 'mobile_without_country'],
    ['a Chinese one, which is also American', '13102345678', 'mobile_without_country'],
    ['a Brazilian one, which is also Thai', '66 91234-5678', 'mobile_without_country'],
    ['a German one, which is also American', '15512345678.0', 'mobile_without_country'],
    ['one that lost digits', '4.91711E+11', 'mobile_malformed'],
    ['one that lost digits, in German', '4,91711E+11', 'mobile_malformed'],
    ['one with more digits than it has', '4.917112345678E+11', 'mobile_malformed'],
    ['one with an extension', '+49 171 1234567 ext. 5', 'mobile_malformed'],
    ['one with an extension after a hyphen', '+49 171 1234567-5', 'mobile_malformed'],
    ['one with an end of another', '+49 171 1234567/68', 'mobile_malformed'],
    ['one with a decimal in the middle of signs', '+49 171 123456.0', 'mobile_malformed'],
    ['two numbers', '+491711234567, +491711234568', 'mobile_malformed'],
    ['one that is dialled from Hong Kong', '001 65 8234 5678', 'mobile_malformed'],
    ['one with a decimal that is not nothing', '491711234567.5', 'mobile_malformed'],
  ])('%s: %s', (_what, text, code) => {
    expect(outcome(text)).toBe(code)
  })

  it('without its plus where its country is none of those that are allowed; with it, it is read', () => {
    expect(outcome('79051111111', ['DE', 'US'])).toBe('mobile_without_country')
    expect(outcome('79051111111', ['DE', 'RU'])).toBe('+79051111111')
    expect(outcome('+79051111111', ['DE', 'US'])).toBe('+79051111111')
    expect(outcome('0079051111111', ['DE', 'US'])).toBe('+79051111111')
  })

  it('also where only the wrong country is allowed: a list says whom we write to, not whose number it is', () => {
    expect(outcome('13102345678', ['US'])).toBe('mobile_without_country')
    expect(outcome('66912345678', ['TH'])).toBe('mobile_without_country')
  })
})

/** A mobile number of a country: the library's example with other digits at its end. */
const someMobile = fc
  .record({
    country: fc.constantFrom(...COUNTRIES),
    tail: fc.stringMatching(/^\d{6}$/),
    kept: fc.integer({ min: 0, max: 6 }),
  })
  .map(({ country, tail, kept }) => {
    const example = examples[country] ?? ''
    const changed = example.slice(0, example.length - kept) + tail.slice(0, kept)
    const number = parsePhoneNumberFromString(`+${getCountryCallingCode(country)}${changed}`)
    const own = number?.isValid() ? changed : example
    return { country, national: own, e164: parsePhoneNumberFromString(own, country)?.number ?? '' }
  })

/** How people within a country write a number of theirs: its digits, grouped or not, with and without the trunk prefix. */
function formsOf(national: string, country: CountryCode): string[] {
  const trunk: unknown = metadata.countries[country]?.[5]
  const prefixes = new Set(['', '0', typeof trunk === 'string' ? trunk : '', ...(OTHER_PREFIXES[country] ?? [])])
  const spaced = `${national.slice(0, 3)} ${national.slice(3, 6)} ${national.slice(6)}`
  const forms = [national, spaced, `(${national.slice(0, 3)}) ${national.slice(3)}`]
  return [
    parsePhoneNumberFromString(national, country)?.formatNational() ?? national,
    ...forms.flatMap((form) => [...prefixes].flatMap((prefix) => [`${prefix}${form}`, `(${prefix})${form}`])),
  ]
}

/** What was or is dialled in front within a country, beside its trunk prefix. */
const OTHER_PREFIXES: Partial<Record<CountryCode, string[]>> = {
  ...{ MX: ['01', '044', '045', '1'], BR: ['0', '015', '041'], LT: ['8'], BY: ['8', '80'], KZ: ['8'], CO: ['03'] },
}

/** What becomes of a form in spreadsheets and when it is pasted. */
const DRESSED: ((form: string) => string)[] = [
  (form) => form,
  (form) => `${form}.0`,
  (form) => `${form.replaceAll(/\D/g, '')}.0`,
  (form) => `${form.replaceAll(/\D/g, '')},00`,
  (form) => form.replaceAll(' ', '\u00a0'),
  (form) => form.replaceAll(' ', '-'),
  (form) => form.replaceAll(' ', '.'),
  (form) => form.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  (form) => ` ${form} `,
  (form) => `${form} ext. 12`,
  (form) => `${form}x3`,
  (form) => `${form}-4`,
  (form) => Number(form.replaceAll(/\D/g, '')).toExponential(),
  (form) => Number(form.replaceAll(/\D/g, '')).toExponential(5),
]

describe('53: no national form becomes another person’s number', () => {
  it('of any country, however it is written, whichever countries are allowed', () => {
    fc.assert(
      fc.property(someMobile, fc.subarray(COUNTRIES, { maxLength: 5 }), ({ country, national, e164 }, others) => {
        for (const countries of [[], [country], [country, ...others], others, COUNTRIES]) {
          for (const form of formsOf(national, country)) {
            for (const dress of DRESSED) {
              const text = dress(form)
              const result = outcome(text, countries)
              expect([e164, 'mobile_without_country', 'mobile_malformed'], `${country}: “${text}”`).toContain(result)
            }
          }
        }
      }),
      { numRuns: 15 },
    )
  })

  it('the example of every country, plain and exported', () => {
    for (const country of COUNTRIES) {
      const national = examples[country] ?? ''
      const e164 = parsePhoneNumberFromString(national, country)?.number
      for (const form of formsOf(national, country)) {
        for (const text of [form, `${form.replaceAll(/\D/g, '')}.0`]) {
          expect([e164, 'mobile_without_country', 'mobile_malformed'], `${country}: “${text}”`).toContain(outcome(text))
        }
      }
    }
  })

  it('and with its country code in front every country’s number is its own', () => {
    for (const country of COUNTRIES) {
      const number = parsePhoneNumberFromString(examples[country] ?? '', country)
      const e164 = number?.number ?? ''
      for (const text of [e164, number?.formatInternational() ?? '', `00${e164.slice(1)}`, `${e164}.0`]) {
        expect(outcome(text, ['AQ']), country).toBe(e164)
      }
    }
  })

  it('as the library itself reads every country’s national numbers', () => {
    fc.assert(
      fc.property(someMobile, fc.constantFrom('', '0', '8', '1'), ({ national, e164 }, prefix) => {
        const digits = prefix + national
        const elsewhere = COUNTRIES.some((country) => {
          const number = parsePhoneNumberFromString(digits, country)
          return number?.isValid() && number.number !== `+${digits}`
        })
        expect(isNationalElsewhere(digits) || !elsewhere, `${e164}: ${digits}`).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
})
