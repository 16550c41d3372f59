// The clock's side of approvals: the next approvers are asked in time, and what nobody decides on lapses.
import { record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { inTransaction } from '../../database/index.ts'
import { endSubject } from './decide-request.ts'

const BATCH = 100

type Tending = Pick<Collaborators, 'db' | 'followUp' | 'now'>

/** Asks the next approvers, and lets lapse what is seven days old. Safe to run twice, and on several instances. */
export async function tendRequests(c: Tending): Promise<{ escalated: number; lapsed: number }> {
  return { escalated: await repeat(() => escalate(c)), lapsed: await repeat(() => lapse(c)) }
}

async function repeat(pass: () => Promise<number>): Promise<number> {
  for (let total = 0; ; ) {
    const done = await pass()
    total += done
    if (done < BATCH) return total
  }
}

async function escalate(c: Tending): Promise<number> {
  const at = c.now()
  return inTransaction(c.db, async (tx) => {
    const due = await tx.$queryRaw<{ id: string }[]>`
      UPDATE "ApprovalRequest" SET "escalatesAt" = NULL WHERE "id" IN (
        SELECT "id" FROM "ApprovalRequest" WHERE "status" = 'open' AND "escalatesAt" <= ${at}
        ORDER BY "escalatesAt" LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
      RETURNING "id"`
    await c.followUp(
      tx,
      due.map(({ id }) => ({ kind: 'request', requestId: id, step: 'ask_more' })),
    )
    return due.length
  })
}

async function lapse(c: Tending): Promise<number> {
  const at = c.now()
  return inTransaction(c.db, async (tx) => {
    const due = await tx.$queryRaw<{ id: string }[]>`
      UPDATE "ApprovalRequest" SET "status" = 'lapsed', "decidedAt" = ${at}, "escalatesAt" = NULL WHERE "id" IN (
        SELECT "id" FROM "ApprovalRequest" WHERE "status" = 'open' AND "lapsesAt" <= ${at}
        ORDER BY "lapsesAt" LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
      RETURNING "id"`
    for (const { id } of due) {
      const request = await tx.approvalRequest.findUniqueOrThrow({ where: { id } })
      const name = await endSubject(tx, request)
      await record(tx, [
        {
          organisationId: request.organisationId,
          at,
          act: 'request.lapsed',
          actor: { id: null, name: 'Usher' },
          subject: {
            kind: request.invitationId ? 'invitation' : 'list',
            id: request.invitationId ?? request.batchId ?? id,
            name,
          },
          origin: 'scheduler',
        },
      ])
    }
    await c.followUp(
      tx,
      due.map(({ id }) => ({ kind: 'request', requestId: id, step: 'tell' })),
    )
    return due.length
  })
}
