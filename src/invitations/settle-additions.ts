// An address that has an account is in the hub at once (SPEC, section 2). To whoever invited it, it stands as any other
// invitation: it waits, its message leaves, and it is pending until they come. Otherwise the status would say what the form
// keeps to itself. Who may see the person sees that they are in the hub.
import { record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import {
  type DeliveryChannel,
  type InvitationStatus,
  inTransaction,
  Prisma,
  type Transaction,
} from '../database/index.ts'
import { STATUS_NAMES } from '../organisation/index.ts'

const BATCH = 500

/** What an addition begins as: without a message there is nothing to wait for. */
export function statusOfAddition(channel: DeliveryChannel): 'waiting' | 'accepted' {
  return channel === 'slip' ? 'accepted' : 'waiting'
}

/**
 * Takes those whom the chosen invitations `i` added to a hub out of it again, as long as they are in it as they were added.
 */
export async function takeOutOfHubs(tx: Transaction, chosen: Prisma.Sql): Promise<void> {
  await tx.$executeRaw(Prisma.sql`
    DELETE FROM "HubMembership" m USING "Invitation" i
    WHERE ${chosen} AND i."isAddition" AND m."hubId" = i."hubId" AND m."personId" = i."personId"
      AND m."userType" = i."userType" AND m."joinedAt" >= i."createdAt"`)
}

type Settled = { id: string; organisationId: string; email: string; before: InvitationStatus; hasSignedIn: boolean }

/**
 * Makes additions Accepted whose person has signed in since, or whose time has come, and has it told; gives how many. Safe
 * to run twice and on several instances at once.
 */
export async function settleAdditions(c: Pick<Collaborators, 'db' | 'now' | 'followUp'>): Promise<number> {
  for (let settled = 0; ; ) {
    const batch = await settleBatch(c)
    settled += batch
    if (batch < BATCH) return settled
  }
}

async function settleBatch(c: Pick<Collaborators, 'db' | 'now' | 'followUp'>): Promise<number> {
  const at = c.now()
  return inTransaction(c.db, async (tx) => {
    const rows = await tx.$queryRaw<Settled[]>`
      WITH chosen AS (
        SELECT i."id", i."status" AS "before", signed."at" IS NOT NULL AS "hasSignedIn" FROM "Invitation" i
        CROSS JOIN LATERAL (SELECT min(s."createdAt") AS "at" FROM "Account" a JOIN "Session" s ON s."accountId" = a."id"
          WHERE a."personId" = i."personId" AND s."createdAt" > i."createdAt") signed
        WHERE i."isAddition" AND i."status" IN ('pending', 'error')
          AND (signed."at" IS NOT NULL OR (i."status" = 'pending' AND i."expiresAt" <= ${at}::timestamptz))
        LIMIT ${BATCH} FOR UPDATE OF i SKIP LOCKED
      )
      UPDATE "Invitation" i SET "status" = 'accepted', "acceptedAt" = ${at}::timestamptz, "nextAttemptAt" = NULL
      FROM chosen WHERE i."id" = chosen."id"
      RETURNING i."id", i."organisationId", i."email", chosen."before"::text AS "before", chosen."hasSignedIn"`
    await record(
      tx,
      rows.map((row) => ({
        organisationId: row.organisationId,
        at,
        act: 'invitation.settled' as const,
        actor: { id: null, name: 'Usher' },
        subject: { kind: 'invitation' as const, id: row.id, name: row.email },
        origin: 'scheduler',
        before: { status: STATUS_NAMES[row.before] },
        after: {
          status: STATUS_NAMES.accepted,
          because: row.hasSignedIn
            ? 'they have signed in since'
            : 'they were added when it was sent, and its time is over',
        },
      })),
    )
    await c.followUp(
      tx,
      rows.map(({ id }) => ({ kind: 'notify', invitationId: id, news: 'accepted' })),
    )
    return rows.length
  })
}
