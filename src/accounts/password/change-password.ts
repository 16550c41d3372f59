// A new password: chosen in the account by whoever knows the old one, or by a link. Everybody else who is signed in to the
// account is signed out, and the person is told.
import { record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { inSqlTransaction, type SqlTransaction } from '../../database/index.ts'
import { Refusal, Refusals } from '../../refusal.ts'
import { tellAccountHolder } from '../letters.ts'
import { passwordProblem } from '../password-rules.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import { type ByHolder, ensureSession } from '../sessions/sessions.ts'
import { type ConfirmCollaborators, confirmPassword } from './confirm-password.ts'
import { endLinks } from './forgotten-password.ts'

/**
 * Changes one's own password. Throws Refusals (fields `oldPassword`: `password_wrong`, `sign_in_wait`; `password`), Refusal
 * `session_ended`, `too_busy`.
 */
export async function changePassword(
  c: ConfirmCollaborators & Pick<Collaborators, 'followUp'>,
  { session, origin, oldPassword, password }: ByHolder & { oldPassword: string; password: string },
): Promise<void> {
  const problem = passwordProblem(password, { personalWords: await personalWordsOf(c, session.personId) })
  const refusals = problem ? [new Refusal(problem, { field: 'password' })] : []
  try {
    await confirmPassword(c, { session, password: oldPassword, field: 'oldPassword' })
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || refusal.field === undefined) throw refusal
    refusals.unshift(refusal)
  }
  if (refusals.length > 0) throw new Refusals(refusals)
  const passwordHash = await c.hasher.hash(password)
  await inSqlTransaction(c.db, async (tx) => {
    await ensureSession(tx, session)
    const { accountId, sessionId } = session
    await setPassword(tx, c, { accountId, passwordHash, at: c.now(), origin, how: 'account', exceptId: sessionId })
  })
}

/** Writes a new password, and what follows from it, in a transaction that has locked the account. */
export async function setPassword(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'followUp' | 'now'>,
  given: {
    accountId: string
    passwordHash: string
    at: Date
    origin: string
    how: 'account' | 'link'
    /** The session that goes on. */
    exceptId?: string
  },
): Promise<void> {
  const { accountId, at, origin, how, exceptId } = given
  const [person] = await tx.$queryRaw<{ organisationId: string; id: string; name: string }[]>`
    UPDATE "Account" a SET "passwordHash" = ${given.passwordHash} FROM "Person" p
    WHERE a."id" = ${accountId}::uuid AND p."id" = a."personId"
    RETURNING p."organisationId", p."id",
      coalesce(nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email", p."userName", 'Somebody') AS "name"`
  if (!person) throw new Error('the account whose password is set is not there')
  const { organisationId, id, name } = person
  await endSessions(tx, exceptId === undefined ? { personIds: [id] } : { personIds: [id], exceptId })
  await endLinks(tx, { accountId, at })
  await record(tx, [
    {
      organisationId,
      at,
      act: 'account.password_changed',
      actor: { id, name },
      subject: { kind: 'person', id, name },
      origin,
      after: { how },
    },
  ])
  await tellAccountHolder(tx, c, { personId: id, kind: 'password_changed' })
}

async function personalWordsOf({ db }: Pick<Collaborators, 'db'>, personId: string): Promise<string[]> {
  const person = await db.prisma.person.findUniqueOrThrow({
    where: { id: personId },
    select: {
      firstName: true,
      lastName: true,
      email: true,
      userName: true,
      organisation: { select: { displayName: true } },
      memberships: { select: { hub: { select: { name: true } } }, take: 50 },
    },
  })
  const { firstName, lastName, email, userName, organisation, memberships } = person
  const hubs = memberships.map(({ hub }) => hub.name)
  return [firstName, lastName, email, userName, organisation.displayName, ...hubs].filter((words) => words !== null)
}
