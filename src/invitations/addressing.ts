// How an invitation reaches whom it is for, and the person that it is written for.
import type { Collaborators } from '../collaborators.ts'
import type { DeliveryChannel, DeliveryMode, SqlTransaction } from '../database/index.ts'
import { isCorporateAdmin } from '../organisation/index.ts'
import { countryOfMobile, freeUserName, giveUserName, mayText, unrevealingName } from '../people/index.ts'
import { Refusal, Refusals } from '../refusal.ts'
import type { Addressee } from './addressee.ts'
import { insertNamedPerson, insertPerson, type Situation } from './store.ts'

export type LookedUpBy = { emailKey: string | null; userNameKey: string | null; mobile: string | null; name: string }

/**
 * By what somebody is known already: their address; the user name that was typed; or else a mobile number together with
 * the name, because several people may share one telephone.
 */
export function lookedUpBy(addressee: Addressee): LookedUpBy {
  if (addressee.kind === 'address') return { emailKey: addressee.key, userNameKey: null, mobile: null, name: '' }
  const { userName, mobile, shown: name } = addressee
  return { emailKey: null, userNameKey: userName, mobile: userName === null ? mobile : null, name }
}

/**
 * How the message goes out: by e-mail; by SMS where there is a mobile and no e-mail; else the inviter hands over a slip.
 * Throws Refusals (field `mobile`) for a number whose country may not be sent to.
 */
export function channelFor(
  { canText }: Pick<Collaborators, 'canText'>,
  settings: Situation,
  addressee: Addressee,
): DeliveryChannel {
  if (addressee.kind === 'address') return 'email'
  if (addressee.mobile === null || !canText) return 'slip'
  const obstacle = mayText(settings, addressee.mobile)
  if (obstacle === 'country') {
    const country = countryOfMobile(addressee.mobile) ?? ''
    throw new Refusals([new Refusal('text_country', { field: 'mobile', detail: { country } })])
  }
  return obstacle === 'off' ? 'slip' : 'sms'
}

/**
 * A user name that was typed may be one of somebody without an address who is invited again; of nobody else. Throws
 * Refusals (field `userName`).
 */
export function ensureUserNameIsFree(situation: Situation, addressee: Addressee): void {
  if (addressee.kind !== 'person' || addressee.userName === null || situation.personId === null) return
  if (situation.personEmail === null && situation.accountStatus === null) return
  const detail = { name: addressee.wantedUserName }
  throw new Refusals([new Refusal('user_name_taken', { field: 'userName', detail })])
}

/**
 * A message for somebody who is known goes to the contact that is known, never to a number that an inviter types: that is
 * changed as a fact, not by inviting. Throws Refusals (field `mobile`) where another one was typed.
 */
export function toKnownContact(situation: Situation, addressee: Addressee): Addressee {
  if (addressee.kind === 'address' || situation.personId === null) return addressee
  const { personMobile } = situation
  if (addressee.mobile !== null && addressee.mobile !== personMobile) {
    throw new Refusals([new Refusal('other_contact', { field: 'mobile' })])
  }
  return { ...addressee, mobile: personMobile }
}

type Writing = { situation: Situation; addressee: Addressee; organisationId: string; mode: DeliveryMode; at: Date }

/** The person of the invitation, with a user name where they will need one ('' where they do not). */
export async function writePerson(
  tx: SqlTransaction,
  { situation, addressee, organisationId, mode, at }: Writing,
): Promise<{ personId: string; userName: string }> {
  const { wantedUserName: wanted } = addressee
  if (addressee.kind === 'address') {
    const personId = situation.personId ?? (await insertPerson(tx, organisationId, addressee.address, at))
    const userName = mode === 'credentials' ? await giveUserName(tx, { organisationId, personId, wanted }) : ''
    return { personId, userName }
  }
  if (situation.personId !== null) return { personId: situation.personId, userName: situation.personUserName ?? wanted }
  const { actor } = situation
  const seesEverybody = actor !== null && isCorporateAdmin(actor, situation)
  const userName = await freeUserName(tx, organisationId, seesEverybody ? wanted : unrevealingName(wanted))
  const { firstName, lastName, mobile } = addressee
  const personId = await insertNamedPerson(tx, { organisationId, userName, firstName, lastName, mobile, at })
  return { personId, userName }
}

/** What the invitation goes by, wherever it is shown: the address, the mobile number, or the user name. */
export function goesBy(channel: DeliveryChannel, addressee: Addressee, userName: string): string {
  if (addressee.kind === 'address') return addressee.address.written
  return channel === 'sms' ? (addressee.mobile ?? userName) : userName
}
