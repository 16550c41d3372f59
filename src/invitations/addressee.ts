// Whom an invitation is for, as a form says it: an address, or a person without one.
import { cleanLine } from '../clean-text.ts'
import type { Database } from '../database/index.ts'
import { type EmailAddress, readEmailAddress, readMobile, readUserName, userNameFrom } from '../people/index.ts'
import { Refusal } from '../refusal.ts'
import type { InvitationForm } from './send-invitation.ts'

const NAME_LENGTH = 80

/** By `key` the same person is told again: an address, a user name, or a mobile number. */
export type Addressee =
  | { kind: 'address'; address: EmailAddress; key: string; shown: string; wantedUserName: string }
  | {
      kind: 'person'
      firstName: string
      lastName: string
      /** As it was typed; null: one is made of the name. */
      userName: string | null
      /** E.164. */
      mobile: string | null
      key: string
      shown: string
      wantedUserName: string
    }

/** The countries that a form's phone number is read by: those that the organization sends text messages to. */
export async function findCountries(
  db: Database,
  { organisationId, form }: { organisationId: string; form: InvitationForm },
): Promise<readonly string[]> {
  if (!form.withoutEmail || !form.mobile?.trim()) return []
  const where = { id: organisationId }
  const found = await db.prisma.organisation.findUnique({ where, select: { smsCountries: true } })
  return found?.smsCountries ?? []
}

/**
 * Reads who it is for; `countries`: those that the organization sends text messages to. Gives the refusals instead, one for each field that cannot be read.
 */
export function readAddressee(form: InvitationForm, countries: readonly string[]): Addressee | Refusal[] {
  const refusals: Refusal[] = []
  const userName = attempt(refusals, () => (form.userName?.trim() ? readUserName(form.userName) : null)) ?? null
  if (!form.withoutEmail) {
    const address = readEmailAddress(form.email)
    if (!address) refusals.unshift(new Refusal('address_malformed', { field: 'email' }))
    if (!address || refusals.length > 0) return refusals
    const local = address.written.slice(0, address.written.lastIndexOf('@'))
    return {
      kind: 'address',
      address,
      key: address.key,
      shown: address.shown,
      wantedUserName: userName ?? userNameFrom(local),
    }
  }
  const firstName = readName(form.firstName ?? '', 'firstName', refusals)
  const lastName = readName(form.lastName ?? '', 'lastName', refusals)
  const mobile = attempt(refusals, () => (form.mobile?.trim() ? readMobile(form.mobile, countries) : null)) ?? null
  if (refusals.length > 0) return refusals
  const name = `${firstName} ${lastName}`
  const wantedUserName = userName ?? userNameFrom(name)
  return {
    kind: 'person',
    firstName,
    lastName,
    userName,
    mobile,
    key: mobile ?? `user ${wantedUserName}`,
    shown: name,
    wantedUserName,
  }
}

function readName(typed: string, field: 'firstName' | 'lastName', refusals: Refusal[]): string {
  const name = cleanLine(typed)
  if (name === '')
    refusals.push(new Refusal(field === 'firstName' ? 'first_name_missing' : 'last_name_missing', { field }))
  if (name.length > NAME_LENGTH) refusals.push(new Refusal('name_too_long', { field, detail: { most: NAME_LENGTH } }))
  return name
}

function attempt<T>(refusals: Refusal[], read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    refusals.push(error)
    return undefined
  }
}
