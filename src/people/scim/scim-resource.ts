// A user as a directory has them: what is read out of a resource, leniently, for what Usher keeps of a person. Pure.

import { cleanLine } from '../../clean-text.ts'
import { languageOfTag } from '../../languages/index.ts'
import { Refusal } from '../../refusal.ts'
import { type EmailAddress, readEmailAddress } from '../email-address.ts'
import { readMobile } from '../mobile.ts'
import { NAME_LENGTH, splitName, UNIT_LENGTH } from '../person-row.ts'
import type { Said } from '../sources.ts'
import { readStartDate } from '../start-date.ts'
import { ScimRefusal } from './scim-refusal.ts'

/** What a directory sent, as JSON: attributes by their names, extensions by theirs. */
export type ScimResource = { [attribute: string]: unknown }

/** The extensions that are read beside the user's own attributes. */
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const USHER = 'urn:ietf:params:scim:schemas:extension:usher:2.0:User'

/** Characters of a user name or of a directory's own id; bytes of a whole resource. */
export const NAME_MOST = 255
const RESOURCE_BYTES = 64 * 1024

export type ReadUser = {
  userName: string
  userNameKey: string
  externalId: string | null
  /** Every address in it, by its key. */
  emailKeys: string[]
  /** What is said of the person, all but the department, which is known by its name. */
  said: Said
  departmentName: string
}

/**
 * Reads a user; `countries`: those that the organization sends text messages to. What cannot be understood of a mobile number, a date, a type or a language counts as not said. Throws
 * ScimRefusal `user_name_missing`, `address_malformed` (the one that would be theirs) and `user_too_large`.
 */
export function readScimUser(resource: ScimResource, countries: readonly string[]): ReadUser {
  if (Buffer.byteLength(JSON.stringify(resource)) > RESOURCE_BYTES) throw new ScimRefusal('user_too_large')
  const userName = text(resource.userName)
  if (userName === '' || userName.length > NAME_MOST) throw new ScimRefusal('user_name_missing')
  const addresses = itemsOf(resource.emails).map(({ value }) => readEmailAddress(text(value)))
  const own = ownAddress(resource, userName)
  const keys = [...addresses, own].flatMap((address) => address?.key ?? [])
  const enterprise = objectOf(resource[ENTERPRISE])
  const usher = objectOf(resource[USHER])
  return {
    userName,
    userNameKey: keyOf(userName),
    externalId: text(resource.externalId).slice(0, NAME_MOST) || null,
    emailKeys: [...new Set(keys)],
    departmentName: text(enterprise.department).slice(0, UNIT_LENGTH),
    said: {
      email: own?.written ?? null,
      emailKey: own?.key ?? null,
      ...nameOf(resource),
      mobile: mobileOf(resource, countries),
      employeeType:
        employeeTypeOf(usher.employeeType) ??
        employeeTypeOf(enterprise.employeeType) ??
        employeeTypeOf(resource.userType) ??
        null,
      startDate: startDateOf(usher.startDate),
      language: languageOf(resource.preferredLanguage) ?? languageOf(resource.locale) ?? null,
      active: resource.active !== false,
    },
  }
}

/** How two writings of one name are the same. */
export function keyOf(name: string): string {
  return cleanLine(name.normalize('NFKC')).toLowerCase()
}

/** The address by which the person is known: the primary one, else that of work, else the first, else the user name. */
function ownAddress(resource: ScimResource, userName: string): EmailAddress | undefined {
  const emails = itemsOf(resource.emails).filter(({ value }) => text(value) !== '')
  const chosen =
    emails.find(({ primary }) => primary === true) ??
    emails.find(({ type }) => text(type).toLowerCase() === 'work') ??
    emails[0]
  if (!chosen) return readEmailAddress(userName)
  const address = readEmailAddress(text(chosen.value))
  if (!address) throw new ScimRefusal('address_malformed', text(chosen.value).slice(0, NAME_MOST))
  return address
}

function nameOf(resource: ScimResource): { firstName: string; lastName: string } {
  const name = objectOf(resource.name)
  const own = { firstName: line(name.givenName), lastName: line(name.familyName) }
  if (own.firstName !== '' || own.lastName !== '') return own
  const whole = splitName(cleanLine(text(name.formatted) || text(resource.displayName)))
  return { firstName: line(whole.firstName), lastName: line(whole.lastName) }
}

function mobileOf(resource: ScimResource, countries: readonly string[]): string | null {
  const numbers = itemsOf(resource.phoneNumbers).filter(({ type }) => text(type).toLowerCase() === 'mobile')
  const chosen = numbers.find(({ primary }) => primary === true) ?? numbers[0]
  if (!chosen) return null
  try {
    return readMobile(text(chosen.value).replace(/^tel:/i, ''), countries)
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

function employeeTypeOf(value: unknown): 'employee' | 'contractor' | undefined {
  const type = text(value).toLowerCase()
  return type === 'employee' || type === 'contractor' ? type : undefined
}

/** A day, or a moment of one: directories write "2026-12-01T00:00:00Z". */
function startDateOf(value: unknown): string | null {
  const reading = readStartDate(text(value).replace(/^(\d{4}-\d{2}-\d{2})T[\d:.]+(Z|[+-][\d:]+)?$/, '$1'))
  return 'date' in reading ? reading.date : null
}

function languageOf(value: unknown): string | undefined {
  return languageOfTag(text(value))
}

function itemsOf(value: unknown): ScimResource[] {
  return Array.isArray(value) ? value.map(objectOf) : []
}

function objectOf(value: unknown): ScimResource {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function line(value: unknown): string {
  return cleanLine(text(value)).slice(0, NAME_LENGTH)
}

function text(value: unknown): string {
  return typeof value === 'string' ? cleanLine(value) : ''
}
