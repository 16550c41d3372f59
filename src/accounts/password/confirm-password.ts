// Before something weighty is changed, whoever is signed in shows that they know the password: a browser that was left open
// is not enough. Wrong tries are counted as at the door.
import type { Collaborators } from '../../collaborators.ts'
import { inSqlTransaction } from '../../database/index.ts'
import { Refusal } from '../../refusal.ts'
import type { PasswordHasher } from '../passwords.ts'
import type { SignedIn } from '../sessions/sessions.ts'
import { claimTry, forgiveTries } from '../sign-in/try-guard.ts'

export type ConfirmCollaborators = Pick<Collaborators, 'db' | 'now'> & { hasher: PasswordHasher; signInKey: Buffer }

/**
 * Throws Refusal `password_wrong`, `sign_in_wait` (detail `seconds`), both at `field`; `session_ended`; `too_busy`.
 */
export async function confirmPassword(
  c: ConfirmCollaborators,
  { session, password, field = 'oldPassword' }: { session: SignedIn; password: string; field?: string },
): Promise<void> {
  // The account stands for the name, and the session for where it comes from.
  const tried = { nameKey: `account|${session.accountId}`, from: session.sessionId, known: undefined }
  const seconds = await claimTry(c, tried)
  if (seconds !== undefined) throw new Refusal('sign_in_wait', { field, detail: { seconds } })
  const account = await c.db.prisma.account.findUnique({
    where: { id: session.accountId, status: 'active' },
    select: { passwordHash: true },
  })
  if (!account) throw new Refusal('session_ended')
  if (!(await c.hasher.verify(account.passwordHash, password))) throw new Refusal('password_wrong', { field })
  await inSqlTransaction(c.db, (tx) => forgiveTries(tx, c, tried))
}
