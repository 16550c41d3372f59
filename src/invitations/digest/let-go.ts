// "Let go": an inviter does not want to hear of what expired any more. Nothing is sent, nothing else is changed.
import { type AuditEvent, record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { inTransaction, Prisma, type Transaction } from '../../database/index.ts'
import { findMember, type KnownMember } from '../../organisation/index.ts'
import { Refusal } from '../../refusal.ts'
import { expiredLately, WITH_PERSON_AND_HUB } from './unanswered.ts'

export type LetGoRequest = {
  organisationId: string
  actorId: string
  /** No more than the digest named. */
  most: number
  origin: string
}

const CHUNK = 500

/**
 * Lets the actor's own expired invitations go, oldest first; gives how many. Pressed twice, the second finds nothing.
 * Throws Refusal `may_not_invite` for somebody who has left.
 */
export async function letExpiredGo(c: Pick<Collaborators, 'db' | 'now'>, request: LetGoRequest): Promise<number> {
  let all = 0
  while (all < request.most) {
    const size = Math.min(CHUNK, request.most - all)
    const gone = await inTransaction(c.db, (tx) => letChunkGo(tx, { ...request, at: c.now(), size }))
    all += gone
    if (gone < size) break
  }
  return all
}

async function letChunkGo(tx: Transaction, chunk: LetGoRequest & { at: Date; size: number }): Promise<number> {
  const { organisationId, actorId, at, size, origin } = chunk
  const actor = await findMember(tx, { id: actorId, organisationId })
  if (!actor?.isActive) throw new Refusal('may_not_invite')
  const rows = await tx.$queryRaw<{ id: string; email: string }[]>(Prisma.sql`
    WITH chosen AS (
      SELECT i."id", i."generation", i."email" FROM ${WITH_PERSON_AND_HUB}
      WHERE i."organisationId" = ${organisationId}::uuid AND i."inviterId" = ${actorId}::uuid AND ${expiredLately(at)}
      ORDER BY i."expiresAt", i."id" LIMIT ${size} FOR UPDATE OF i
    ), gone AS (
      INSERT INTO "LetGoInvitation" AS known ("invitationId", "generation", "at")
      SELECT "id", "generation", ${at}::timestamptz FROM chosen
      ON CONFLICT ("invitationId") DO UPDATE SET "generation" = excluded."generation", "at" = excluded."at"
      WHERE known."generation" <> excluded."generation" RETURNING "invitationId"
    )
    SELECT chosen."id", chosen."email" FROM chosen JOIN gone ON gone."invitationId" = chosen."id"`)
  await record(tx, rows.map(eventOf(actor, { organisationId, at, origin })))
  return rows.length
}

function eventOf(actor: KnownMember, common: { organisationId: string; at: Date; origin: string }) {
  return ({ id, email }: { id: string; email: string }): AuditEvent => ({
    ...common,
    act: 'invitation.let_go',
    actor: { id: actor.id, name: actor.name },
    subject: { kind: 'invitation', id, name: email },
  })
}
