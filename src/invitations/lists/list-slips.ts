// The slips of a list: made when it cannot be undone any more, and drawn for its sender when all of it is done.
import type { Collaborators } from '../../collaborators.ts'
import { inSqlTransaction } from '../../database/index.ts'
import { type MadeSlip, writeSlip } from '../make-slip.ts'
import { makeSlipCode } from '../slip-code.ts'

const CHUNK = 100

type Waiting = { id: string; generation: number }

/** Makes the slips that a list waits for; gives how many. Safe to run twice, and to be cut short. */
export async function makeListSlips(
  c: Pick<Collaborators, 'db' | 'now' | 'slipKey'>,
  batchId: string,
): Promise<number> {
  for (let made = 0; ; ) {
    const count = await inSqlTransaction(c.db, async (tx) => {
      const waiting = await tx.$queryRaw<Waiting[]>`
        SELECT i."id", i."generation" FROM "Invitation" i JOIN "Batch" b ON b."id" = i."batchId"
        WHERE i."batchId" = ${batchId}::uuid AND i."channel" = 'slip' AND i."status" = 'waiting' AND NOT i."isAddition"
          AND b."status" = 'confirmed' AND b."startsAt" <= ${c.now()}
        ORDER BY i."id" LIMIT ${CHUNK} FOR UPDATE OF i SKIP LOCKED`
      for (const { id, generation } of waiting) await writeSlip(tx, c, { invitationId: id, generation })
      return waiting.length
    })
    made += count
    if (count < CHUNK) return made
  }
}

/** The slips of a list that still work, some at a time, in the order of the names. */
export async function* readListSlips(
  c: Pick<Collaborators, 'db' | 'now' | 'slipKey'>,
  batchId: string,
  size: number,
): AsyncGenerator<MadeSlip[]> {
  for (let from = 0; ; from += size) {
    const { rows } = await c.db.pool.query<Omit<MadeSlip, 'code'> & Waiting & { organisationId: string }>({
      name: 'read-list-slips',
      text: READ_LIST_SLIPS,
      values: [batchId, c.now(), size, from],
    })
    if (rows.length > 0) {
      yield rows.map(({ id, generation, organisationId, ...slip }) => ({
        ...slip,
        code: makeSlipCode(c.slipKey, { organisationId, invitationId: id, generation }),
      }))
    }
    if (rows.length < size) return
  }
}

const READ_LIST_SLIPS = `
  SELECT i."id", i."generation", i."organisationId", trim(p."firstName" || ' ' || p."lastName") AS "name", p."userName",
    h."name" AS "hubName", o."displayName" AS "organisationName", i."language", o."timeZone", i."expiresAt"
  FROM "Invitation" i JOIN "SlipCode" s ON s."invitationId" = i."id" AND s."generation" = i."generation"
  JOIN "Person" p ON p."id" = i."personId" JOIN "Hub" h ON h."id" = i."hubId"
  JOIN "Organisation" o ON o."id" = i."organisationId"
  WHERE i."batchId" = $1 AND i."channel" = 'slip' AND i."status" = 'pending' AND i."expiresAt" > $2
  ORDER BY p."lastName", p."firstName", i."id" LIMIT $3 OFFSET $4`
