// A dead link helps: whoever has one asks for a new one, and it lands with the inviter. The page says the same to
// everybody, and waits for nothing of this.
import { record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { type Database, type InvitationStatus, inTransaction } from '../database/index.ts'
import { isJoinToken, readInvitationId } from './join-token.ts'

/** One invitation is asked for again once in this time, in ms: an inviter is not written to by impatience. */
const ONCE_IN = 60 * 60 * 1000
/** Whoever joined needs no new link; what still works needs none either. */
const ASKABLE: InvitationStatus[] = ['pending', 'expired', 'revoked', 'error']

/**
 * Tells the inviter that somebody with an older link asks for a new one. True when they are told: the token was one of
 * this invitation's, it does not work any more, and nobody asked within the hour.
 */
export async function askForNewLink(
  c: Pick<Collaborators, 'followUp' | 'now'> & { db: Database; joinKey: Buffer },
  token: string,
  from: string,
): Promise<boolean> {
  const id = readInvitationId(token)
  if (id === undefined) return false
  const row = await c.db.prisma.invitation.findUnique({
    where: { id, status: { in: ASKABLE }, isAddition: false },
    select: { id: true, organisationId: true, generation: true, email: true, status: true, expiresAt: true },
  })
  if (!row || !wasIssued(c.joinKey, token, row)) return false
  const at = c.now()
  const isLive = row.status === 'pending' && (row.expiresAt === null || row.expiresAt > at)
  if (isLive && isJoinToken(c.joinKey, token, { ...row, invitationId: id })) return false
  return inTransaction(c.db, async (tx) => {
    // Two who ask at once: the second finds the first's event.
    await tx.$queryRaw`SELECT 1 AS "locked" FROM "Invitation" WHERE "id" = ${id}::uuid FOR UPDATE`
    const asked = await tx.auditEvent.findFirst({
      where: { subjectId: id, act: 'invitation.asked_again', at: { gt: new Date(at.getTime() - ONCE_IN) } },
      select: { id: true },
    })
    if (asked) return false
    await record(tx, [
      {
        organisationId: row.organisationId,
        at,
        act: 'invitation.asked_again',
        actor: { id: null, name: 'Somebody with an older link' },
        subject: { kind: 'invitation', id, name: row.email },
        origin: `web ${from}`,
      },
    ])
    await c.followUp(tx, [{ kind: 'notify', invitationId: id, news: 'asked_again' }])
    return true
  })
}

/** Whether a token was ever sent for this invitation: by its present generation or by an earlier one. */
function wasIssued(
  joinKey: Buffer,
  token: string,
  { id, organisationId, generation }: { id: string; organisationId: string; generation: number },
): boolean {
  for (let earlier = generation; earlier >= 1; earlier -= 1) {
    if (isJoinToken(joinKey, token, { organisationId, invitationId: id, generation: earlier })) return true
  }
  return false
}
