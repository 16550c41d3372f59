// Anchors: the last seal of each day, and the first one with a key, kept outside the database as well, so that whoever owns
// the database alone cannot rewrite the chain, or cut off its end, unseen. Claimed in the database: one for each day,
// however many instances.
import type { Collaborators } from '../collaborators.ts'
import { type Database, inSqlTransaction, newId, type SqlTransaction } from '../database/index.ts'

/** `day`: "2026-11-20", in the organization's time zone. */
export type Anchor = { day: string; sequence: number; hash: string; isKeyStart: boolean; organisationName: string }

/** Appends one line to the file of anchors, unless it is there already. Throws what the file system says. */
export type AppendAnchor = (line: string) => Promise<void>

type AnchorRow = Omit<Anchor, 'sequence'> & { id: string; sequence: string }

const toAnchor = ({ day, sequence, hash, isKeyStart, organisationName }: AnchorRow): Anchor => ({
  day,
  sequence: Number(sequence),
  hash,
  isKeyStart,
  organisationName,
})

/**
 * Writes down the last seal of the days that are over, where it is not written down yet, and queues its message. Gives
 * how many. A day on which nothing was sealed has none. Safe to run twice and at once.
 */
export function claimAnchors(c: Pick<Collaborators, 'db' | 'now' | 'followUp'>): Promise<number> {
  const at = c.now()
  return inSqlTransaction(c.db, async (tx) => {
    await takeTurn(tx)
    const organisations = await tx.$queryRaw<{ id: string }[]>`SELECT "id" FROM "Organisation" ORDER BY "id"`
    const claimed: string[] = []
    for (const { id } of organisations) claimed.push(...(await claimOf(tx, id, at)))
    await tellAnchors(tx, c, claimed)
    return claimed.length
  })
}

/** Writes down the seal that is the first one with a key, in the transaction that makes it, and queues its message. */
export async function writeAnchor(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'followUp'>,
  given: { organisationId: string; seal: { sequence: number; hash: string; sealedAt: Date }; at: Date },
): Promise<void> {
  const { organisationId, seal, at } = given
  const rows = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO "AuditAnchor" ("id", "organisationId", "day", "sequence", "hash", "createdAt", "isKeyStart")
    SELECT ${newId()}::uuid, o."id", (${seal.sealedAt}::timestamptz AT TIME ZONE o."timeZone")::date,
      ${seal.sequence}::bigint, ${seal.hash}, ${at}::timestamptz, true
    FROM "Organisation" o WHERE o."id" = ${organisationId}::uuid
    ON CONFLICT ("organisationId", "sequence") DO UPDATE SET "hash" = excluded."hash", "day" = excluded."day",
      "createdAt" = excluded."createdAt", "isKeyStart" = true, "postedAt" = NULL, "filedAt" = NULL
    RETURNING "id"`
  await tellAnchors(
    tx,
    c,
    rows.map(({ id }) => id),
  )
}

function tellAnchors(tx: SqlTransaction, c: Pick<Collaborators, 'followUp'>, ids: string[]): Promise<void> {
  return c.followUp(
    tx,
    ids.map((id) => ({ kind: 'tell', what: 'audit_anchor', id })),
  )
}

async function claimOf(tx: SqlTransaction, organisationId: string, at: Date): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO "AuditAnchor" ("id", "organisationId", "day", "sequence", "hash", "createdAt")
    SELECT ${newId()}::uuid, o."id", (s."sealedAt" AT TIME ZONE o."timeZone")::date, s."sequence", s."hash", ${at}::timestamptz
    FROM "Organisation" o CROSS JOIN LATERAL (
      SELECT s."sequence", s."hash", s."sealedAt" FROM "AuditSeal" s
      WHERE s."organisationId" = o."id" AND s."sealedAt" <
        date_trunc('day', ${at}::timestamptz AT TIME ZONE o."timeZone") AT TIME ZONE o."timeZone"
      ORDER BY s."sequence" DESC LIMIT 1
    ) s
    WHERE o."id" = ${organisationId}::uuid
    ON CONFLICT ("organisationId", "sequence") DO NOTHING RETURNING "id"`
  return rows.map(({ id }) => id)
}

/** One instance at a time claims anchors and appends them to the file. */
async function takeTurn(tx: SqlTransaction): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended('audit anchors', 0))::text`
}

/** At most so many anchors are appended in one run; the rest is for the next. */
const MOST_AT_ONCE = 500

/**
 * Appends to the file what is not in it yet, oldest first; gives how many. A run that is cut short appends nothing twice,
 * because `append` looks first. Throws what `append` throws: nothing then counts as appended.
 */
export function fileAnchors(c: Pick<Collaborators, 'db' | 'now'>, append: AppendAnchor): Promise<number> {
  return inSqlTransaction(c.db, async (tx) => {
    await takeTurn(tx)
    const rows = await tx.$queryRaw<AnchorRow[]>`
      SELECT a."id", to_char(a."day", 'YYYY-MM-DD') AS "day", a."sequence"::text AS "sequence", a."hash",
        a."isKeyStart", o."displayName" AS "organisationName"
      FROM "AuditAnchor" a JOIN "Organisation" o ON o."id" = a."organisationId"
      WHERE a."filedAt" IS NULL ORDER BY a."createdAt", a."id" LIMIT ${MOST_AT_ONCE}`
    for (const row of rows) await append(lineOf(toAnchor(row)))
    const ids = rows.map(({ id }) => id)
    await tx.$executeRaw`UPDATE "AuditAnchor" SET "filedAt" = ${c.now()} WHERE "id" = ANY(${ids}::uuid[])`
    return rows.length
  })
}

/** "2026-11-20 1204:9f3a… Northwind": what one line of the file says. Pure. */
export function lineOf({ day, sequence, hash, organisationName }: Anchor): string {
  return `${day} ${sequence}:${hash} ${organisationName.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')}`
}

/** An anchor and the channel it goes to; undefined when it was posted, or goes to none. */
export async function findAnchorToPost(
  db: Database,
  anchorId: string,
): Promise<{ anchor: Anchor; channelId: string } | undefined> {
  const { rows } = await db.pool.query<AnchorRow & { channelId: string }>({
    text: `SELECT a."id", to_char(a."day", 'YYYY-MM-DD') AS "day", a."sequence", a."hash",
        a."isKeyStart", o."displayName" AS "organisationName", o."notificationChannelId" AS "channelId"
      FROM "AuditAnchor" a JOIN "Organisation" o ON o."id" = a."organisationId"
      WHERE a."id" = $1 AND a."postedAt" IS NULL AND o."auditSealInChannel" AND o."notificationChannelId" IS NOT NULL`,
    values: [anchorId],
  })
  const [row] = rows
  return row && { anchor: toAnchor(row), channelId: row.channelId }
}

/** Writes down that an anchor was posted, so that it is not posted again. */
export async function recordAnchorPosted(c: Pick<Collaborators, 'db' | 'now'>, anchorId: string): Promise<void> {
  await c.db.pool.query({
    text: `UPDATE "AuditAnchor" SET "postedAt" = $2 WHERE "id" = $1 AND "postedAt" IS NULL`,
    values: [anchorId, c.now()],
  })
}
