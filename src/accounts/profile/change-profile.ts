// What somebody changes of themselves: names, mobile number, language. It is what they say ("self"), so that it never
// overwrites what their organisation keeps.

import { cleanLine } from '../../clean-text.ts'
import type { Collaborators } from '../../collaborators.ts'
import { type Database, inSqlTransaction } from '../../database/index.ts'
import { isLanguage } from '../../languages/index.ts'
import { learnPerson, readMobile } from '../../people/index.ts'
import { Refusal, Refusals } from '../../refusal.ts'
import { tellAccountHolder } from '../letters.ts'
import { type ConfirmCollaborators, confirmPassword } from '../password/confirm-password.ts'
import { type ByHolder, ensureSession } from '../sessions/sessions.ts'

const NAME_LENGTH = 80

export type ProfileForm = { firstName: string; lastName: string /** '': the organisation's. */; language: string }

type Changer = Pick<Collaborators, 'db' | 'now' | 'letGo' | 'followUp'>

/** Changes names and language. Throws Refusals (fields `firstName`, `lastName`), Refusal `session_ended`. */
export async function changeProfile(
  c: Changer,
  { session, origin, form }: ByHolder & { form: ProfileForm },
): Promise<void> {
  const refusals: Refusal[] = []
  const firstName = readName(form.firstName, 'firstName', refusals)
  const lastName = readName(form.lastName, 'lastName', refusals)
  if (refusals.length > 0) throw new Refusals(refusals)
  const language = isLanguage(form.language) ? form.language : null
  const { organisationId, personId, name } = session
  await inSqlTransaction(c.db, async (tx) => {
    await learnPerson(tx, c, {
      organisationId,
      personId,
      source: 'self',
      said: { firstName, lastName, language },
      actor: { id: personId, name },
      origin,
      at: c.now(),
    })
    await ensureSession(tx, session)
  })
}

function readName(text: string, field: 'firstName' | 'lastName', refusals: Refusal[]): string {
  const name = cleanLine(text)
  if (name === '') {
    refusals.push(new Refusal(field === 'firstName' ? 'first_name_missing' : 'last_name_missing', { field }))
  }
  if (name.length > NAME_LENGTH) {
    refusals.push(new Refusal('name_too_long', { field, detail: { most: NAME_LENGTH } }))
  }
  return name
}

/**
 * Changes or takes away the mobile number, with the password once more; the person is told at their address, or at the
 * former number. Throws Refusals (fields `mobile`, `oldPassword`), Refusal `session_ended`, `too_busy`. Without an e-mail
 * address a number has to stay (`mobile_needed`).
 */
export async function changeMobile(
  c: Changer & ConfirmCollaborators,
  { session, origin, mobile, oldPassword }: ByHolder & { mobile: string; oldPassword: string },
): Promise<void> {
  const { organisationId, personId, name } = session
  const before = await readBefore(c.db, personId)
  const refusals: Refusal[] = []
  const number = readNumber(mobile, { refusals, countries: before.organisation.smsCountries })
  if (number === null && before.email === null && refusals.length === 0) {
    refusals.push(new Refusal('mobile_needed', { field: 'mobile' }))
  }
  try {
    await confirmPassword(c, { session, password: oldPassword })
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || refusal.field === undefined) throw refusal
    refusals.push(refusal)
  }
  if (refusals.length > 0) throw new Refusals(refusals)
  const learning = { organisationId, personId, source: 'self' as const, actor: { id: personId, name }, origin }
  await inSqlTransaction(c.db, async (tx) => {
    const at = c.now()
    // Only what one has said oneself can be taken back: a number from the sign-up may be nobody's word yet.
    if (number === null && before.mobile !== null) {
      await learnPerson(tx, c, { ...learning, said: { mobile: before.mobile }, at })
    }
    const { changed } = await learnPerson(tx, c, { ...learning, said: { mobile: number }, at })
    await ensureSession(tx, session)
    if (!changed) return
    const former = before.email === null && before.mobile !== null ? before.mobile : undefined
    await tellAccountHolder(tx, c, {
      personId,
      kind: 'mobile_changed',
      ...(former === undefined ? {} : { to: { channel: 'sms', sentTo: former } }),
    })
  })
}

function readNumber(
  typed: string,
  { refusals, countries }: { refusals: Refusal[]; countries: readonly string[] },
): string | null {
  if (typed.trim() === '') return null
  try {
    return readMobile(typed, countries)
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal
    refusals.push(refusal)
    return null
  }
}

type Before = { email: string | null; mobile: string | null; organisation: { smsCountries: string[] } }

function readBefore({ prisma }: Database, id: string): Promise<Before> {
  const select = { email: true, mobile: true, organisation: { select: { smsCountries: true } } }
  return prisma.person.findUniqueOrThrow({ where: { id }, select })
}
