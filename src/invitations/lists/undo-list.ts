// "Undo", within the minute before the first message leaves: as if the list had never been sent.
import { record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { inTransaction, isId, Prisma } from '../../database/index.ts'
import { findMember, STATUS_NAMES } from '../../organisation/index.ts'
import { Refusal } from '../../refusal.ts'
import { takeOutOfHubs } from '../settle-additions.ts'
import { findBatch, nameOfList } from './store.ts'

/**
 * Takes a confirmed list back: its invitations are revoked, and who was added to the hub with it is out again. The
 * people stay known. Throws Refusal `list_unknown`, `list_not_undoable` (a minute is over), and `may_not_invite` for a
 * sender who has left.
 */
export async function undoList(
  c: Pick<Collaborators, 'db' | 'followUp' | 'now'>,
  request: { organisationId: string; actorId: string; batchId: string; origin: string },
): Promise<void> {
  const { organisationId, actorId, batchId } = request
  if (!isId(batchId)) throw new Refusal('list_unknown')
  const at = c.now()
  await inTransaction(c.db, async (tx) => {
    const batch = await findBatch(c.db.prisma, { id: batchId, organisationId, inviterId: actorId })
    const actor = await findMember(tx, { id: actorId, organisationId })
    if (!batch || !actor) throw new Refusal('list_unknown')
    if (!actor.isActive) throw new Refusal('may_not_invite')
    const { count } = await tx.batch.updateMany({
      where: { id: batchId, status: 'confirmed', startsAt: { gt: at }, sendInvitations: true },
      data: { status: 'undone', finishedAt: at },
    })
    if (count !== 1) {
      const { status } = await tx.batch.findUniqueOrThrow({ where: { id: batchId }, select: { status: true } })
      // The button was pressed twice: it is done.
      if (status === 'undone') return
      throw new Refusal('list_not_undoable')
    }
    await takeOutOfHubs(tx, Prisma.sql`i."batchId" = ${batchId}::uuid`)
    const revoked = await tx.$queryRaw<{ id: string; email: string }[]>`
      UPDATE "Invitation" SET "status" = 'revoked', "generation" = "generation" + 1, "nextAttemptAt" = NULL
      WHERE "batchId" = ${batchId}::uuid AND ("status" = 'waiting' OR "isAddition") RETURNING "id", "email"`
    const common = { organisationId, at, actor: { id: actor.id, name: actor.name }, origin: request.origin }
    await record(tx, [
      ...revoked.map(({ id, email }) => ({
        ...common,
        act: 'invitation.revoked' as const,
        subject: { kind: 'invitation' as const, id, name: email },
        after: { status: STATUS_NAMES.revoked, list: batchId },
      })),
      {
        ...common,
        act: 'list.undone',
        subject: { kind: 'list', id: batchId, name: nameOfList(batch) },
        after: { revoked: revoked.length },
      },
    ])
    await c.followUp(tx, [{ kind: 'report', batchId }])
  })
}
