// What people who left had sent, as far as it is open still: it stays valid, and somebody looks at it.
import { type AuditEvent, record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import {
  type Database,
  type InvitationStatus,
  inTransaction,
  isId,
  Prisma,
  type Transaction,
} from '../database/index.ts'
import { findMember, findOrganisation, grantsOf, reachOf, STATUS_NAMES } from '../organisation/index.ts'
import { Refusal } from '../refusal.ts'
import { type InvitationSummary, SUMMARY_JOINS, summaryFor } from './invitation-summary.ts'
import { INVITATIONS_COUNTED, INVITATIONS_PAGE, type InvitationsPlace } from './list-invitations.ts'
import { takeOutOfHubs } from './settle-additions.ts'
import { type Viewer, within } from './viewer.ts'

export type LeftInvitation = InvitationSummary & { inviterId: string }

export type LeftInvitations = {
  invitations: LeftInvitation[]
  /** Counted up to INVITATIONS_COUNTED + 1. */
  total: number
  hasPrevious: boolean
  hasNext: boolean
}

type Asked = { senderId: string | null; at?: InvitationsPlace; size?: number }

const CHUNK = 500
/** Ten thousand take some seconds. In ms. */
const TIMEOUT = 60_000

/** The open invitations "i" that somebody sent who is not active any more; of one sender, or of all of them. */
function leftOpen(viewer: Viewer, senderId: string | null): Prisma.Sql {
  const one = senderId === null ? Prisma.sql`true` : Prisma.sql`left_behind."personId" = ${senderId}::uuid`
  return Prisma.sql`"Leaver" left_behind
    JOIN "Person" sender ON sender."id" = left_behind."personId" AND NOT sender."isActive"
    JOIN "Invitation" i ON i."inviterId" = left_behind."personId" AND i."status" IN ('waiting', 'pending')
    WHERE left_behind."organisationId" = ${viewer.organisationId}::uuid AND ${one} AND ${within(viewer)}`
}

/** One page, newest first; a page that would be empty or half empty because some are gone is moved to a full one. */
export async function listLeftInvitations(db: Database, viewer: Viewer, asked: Asked): Promise<LeftInvitations> {
  const { senderId, at = 'first', size = INVITATIONS_PAGE } = asked
  if (senderId !== null && !isId(senderId)) return { invitations: [], total: 0, hasPrevious: false, hasNext: false }
  const [rows, total] = await Promise.all([
    readRows(db, viewer, { senderId, at, limit: size + 1 }),
    countLeftInvitations(db, viewer, senderId),
  ])
  if (at === 'last' || (at !== 'first' && 'before' in at)) {
    if (rows.length <= size) return listLeftInvitations(db, viewer, { senderId, at: 'first', size })
    const invitations = rows.slice(0, size).reverse()
    return { invitations, total, hasPrevious: true, hasNext: at !== 'last' }
  }
  if (at !== 'first' && rows.length === 0) return listLeftInvitations(db, viewer, { senderId, at: 'last', size })
  return { invitations: rows.slice(0, size), total, hasPrevious: at !== 'first', hasNext: rows.length > size }
}

async function readRows(
  db: Database,
  viewer: Viewer,
  { senderId, at, limit }: { senderId: string | null; at: InvitationsPlace; limit: number },
): Promise<LeftInvitation[]> {
  const isBackwards = at === 'last' || (at !== 'first' && 'before' in at)
  const order = isBackwards
    ? Prisma.sql`ORDER BY i."createdAt", i."id"`
    : Prisma.sql`ORDER BY i."createdAt" DESC, i."id" DESC`
  return read<LeftInvitation>(
    db,
    Prisma.sql`WITH page AS (SELECT i."id" FROM ${leftOpen(viewer, senderId)} AND ${beyond(at)} ${order} LIMIT ${limit})
      SELECT ${summaryFor(viewer)}, i."inviterId" FROM page JOIN "Invitation" i ON i."id" = page."id" ${SUMMARY_JOINS} ${order}`,
  )
}

function beyond(at: InvitationsPlace): Prisma.Sql {
  if (at === 'first' || at === 'last') return Prisma.sql`true`
  const [{ createdAt, id }, sign] = 'after' in at ? [at.after, Prisma.sql`<`] : [at.before, Prisma.sql`>`]
  return Prisma.sql`(i."createdAt", i."id") ${sign} (${createdAt}::timestamptz, ${id}::uuid)`
}

/** How many there are; counted up to INVITATIONS_COUNTED + 1. */
export async function countLeftInvitations(
  db: Database,
  viewer: Viewer,
  senderId: string | null = null,
): Promise<number> {
  const [row] = await read<{ count: number }>(
    db,
    Prisma.sql`SELECT count(*)::int AS "count" FROM (SELECT 1 FROM ${leftOpen(viewer, senderId)}
      LIMIT ${INVITATIONS_COUNTED + 1}) AS counted`,
  )
  return row?.count ?? 0
}

/** Unnamed, so that it is planned for this viewer and this sender. */
async function read<Row extends object>(db: Database, query: Prisma.Sql): Promise<Row[]> {
  const { rows } = await db.pool.query<Row>({ text: query.text, values: query.values })
  return rows
}

/**
 * Revokes what one person who left had sent, as far as it is open and within the actor's reach, 10,000 at the most; gives
 * how many. Throws Refusal `may_not_invite`.
 */
export async function revokeLeftInvitations(
  c: Pick<Collaborators, 'db' | 'now'>,
  request: { organisationId: string; actorId: string; senderId: string; origin: string },
): Promise<number> {
  const { organisationId, actorId, senderId, origin } = request
  if (!isId(senderId)) return 0
  return inTransaction(
    c.db,
    async (tx) => {
      const organisation = await findOrganisation(tx, { id: organisationId })
      const actor = await findMember(tx, { id: actorId, organisationId })
      if (!organisation || !actor || grantsOf(actor, organisation).length === 0) throw new Refusal('may_not_invite')
      const viewer = { organisationId, reach: reachOf(actor, organisation) }
      const rows = await tx.$queryRaw<{ id: string }[]>`
        SELECT i."id" FROM ${leftOpen(viewer, senderId)} ORDER BY i."id" LIMIT ${INVITATIONS_COUNTED} FOR UPDATE OF i`
      const common = { organisationId, at: c.now(), actor: { id: actor.id, name: actor.name }, origin }
      let count = 0
      for (let from = 0; from < rows.length; from += CHUNK) {
        const ids = rows.slice(from, from + CHUNK).map(({ id }) => id)
        count += await revoke(tx, ids, common)
      }
      return count
    },
    { timeoutMs: TIMEOUT },
  )
}

async function revoke(
  tx: Transaction,
  ids: string[],
  common: Pick<AuditEvent, 'organisationId' | 'at' | 'actor' | 'origin'>,
): Promise<number> {
  const revoked = await tx.$queryRaw<{ id: string; email: string; before: InvitationStatus }[]>`
    WITH open AS (SELECT "id", "status" FROM "Invitation" WHERE "id" = ANY(${ids}::uuid[])
      AND "status" IN ('waiting', 'pending'))
    UPDATE "Invitation" i SET "status" = 'revoked', "generation" = i."generation" + 1, "nextAttemptAt" = NULL,
      "nextReminderAt" = NULL
    FROM open WHERE i."id" = open."id" RETURNING i."id", i."email", open."status"::text AS "before"`
  await takeOutOfHubs(tx, Prisma.sql`i."id" = ANY(${revoked.map(({ id }) => id)}::uuid[])`)
  await record(
    tx,
    revoked.map(
      ({ id, email, before }): AuditEvent => ({
        ...common,
        act: 'invitation.revoked',
        subject: { kind: 'invitation', id, name: email },
        before: { status: STATUS_NAMES[before] },
        after: { status: STATUS_NAMES.revoked, because: 'whoever sent it has left' },
      }),
    ),
  )
  return revoked.length
}
