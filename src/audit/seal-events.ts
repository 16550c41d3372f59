// The seal, a moment after the acts, so that no act waits for another: what is new is put into the organisation's chain.
import type { Collaborators } from '../collaborators.ts'
import { inSqlTransaction, type SqlTransaction } from '../database/index.ts'
import { writeAnchor } from './anchors.ts'
import { record } from './record.ts'
import { type SealableEvent, sealOf } from './seal-hash.ts'

const BATCH = 1_000
/** In one pass of one organisation; the rest is for the next pass. */
const MOST_BATCHES = 100
/**
 * An event becomes visible when its transaction commits, which is after its `at`, and others that are younger may have
 * been sealed by then. So every pass looks back so far behind the youngest that was sealed, in ms: an hour. A transaction
 * ends within a minute; the rest is for clocks that differ.
 */
const HORIZON = 60 * 60 * 1000
const BEGINNING = new Date(0)

/** `sealKey`: derived for SEAL_PURPOSE. */
export type Sealer = Pick<Collaborators, 'db' | 'now' | 'followUp'> & { sealKey: Buffer }

export type Sealing = {
  /** Looks at every event there is, and not only at those within the horizon: nothing is left out, however late. */
  everything?: boolean
}

/**
 * Seals what is not sealed yet, organisation by organisation, in the order in which it happened, as far as it is seen
 * now; what is seen later is sealed later. Gives how many. Safe to run twice, at once, and to be cut short: a batch is
 * one transaction, and one instance at a time extends an organisation's chain.
 */
export async function sealEvents(c: Sealer, { everything = false }: Sealing = {}): Promise<number> {
  const organisations = await c.db.prisma.organisation.findMany({ select: { id: true } })
  let total = 0
  for (const { id } of organisations) total += await sealOrganisation(c, id, everything)
  return total
}

async function sealOrganisation(c: Sealer, organisationId: string, everything: boolean): Promise<number> {
  let total = 0
  let from = everything ? BEGINNING : undefined
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
    const sealed = await inSqlTransaction(c.db, (tx) => sealBatch(tx, c, { organisationId, from, sealedAt: c.now() }))
    total += sealed.count
    if (sealed.count < BATCH) break
    // Behind it everything that was to be seen is sealed.
    from = sealed.upTo
  }
  return total
}

type Head = { sequence: string; hash: string; sealedAt: Date; isKeyed: boolean; at: Date | null }

async function sealBatch(
  tx: SqlTransaction,
  c: Sealer,
  batch: { organisationId: string; from: Date | undefined; sealedAt: Date },
): Promise<{ count: number; upTo: Date | undefined }> {
  const { organisationId, sealedAt } = batch
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`seal ${organisationId}`}, 0))::text`
  const [head] = await tx.$queryRaw<Head[]>`
    SELECT s."sequence", s."hash", s."sealedAt", s."isKeyed", e."at"
    FROM "AuditSeal" s LEFT JOIN "AuditEvent" e ON e."id" = s."eventId"
    WHERE s."organisationId" = ${organisationId}::uuid ORDER BY s."sequence" DESC LIMIT 1`
  const isKeyStart = head !== undefined && !head.isKeyed
  if (isKeyStart) await recordKeyStart(tx, { organisationId, head, at: sealedAt })
  const events = await unsealed(tx, organisationId, batch.from ?? horizonOf(head, sealedAt))
  if (events.length === 0) return { count: 0, upTo: undefined }
  let previous = head?.hash ?? ''
  let sequence = Number(head?.sequence ?? 0)
  const seals = events.map((event) => {
    sequence += 1
    previous = sealOf(c.sealKey, event, { sequence, previous, sealedAt })
    return { sequence, eventId: event.id, hash: previous }
  })
  await tx.$executeRaw`
    INSERT INTO "AuditSeal" ("organisationId", "sequence", "eventId", "hash", "sealedAt", "isKeyed")
    SELECT ${organisationId}::uuid, seal."sequence", seal."eventId", seal."hash", ${sealedAt}, true
    FROM unnest(${seals.map((seal) => seal.sequence)}::bigint[], ${seals.map((seal) => seal.eventId)}::uuid[],
      ${seals.map((seal) => seal.hash)}::text[]) AS seal("sequence", "eventId", "hash")`
  const [first] = seals
  if (isKeyStart && first) await writeAnchor(tx, c, { organisationId, seal: { ...first, sealedAt }, at: sealedAt })
  return { count: seals.length, upTo: events.at(-1)?.at }
}

/**
 * Once in the life of a chain, after the update that brought the key. Whoever owns the database can bring it about again by
 * putting seals without a key in place of those with one: so it is an event, and leaves the database at once as an anchor.
 */
async function recordKeyStart(
  tx: SqlTransaction,
  { organisationId, head, at }: { organisationId: string; head: Head; at: Date },
): Promise<void> {
  const [organisation] = await tx.$queryRaw<{ name: string }[]>`
    SELECT "displayName" AS "name" FROM "Organisation" WHERE "id" = ${organisationId}::uuid`
  await record(tx, [
    {
      organisationId,
      at,
      act: 'audit.keyed',
      actor: { id: null, name: 'Usher' },
      subject: { kind: 'organisation', id: organisationId, name: organisation?.name ?? '' },
      origin: 'scheduler',
      after: { unkeyed: Number(head.sequence), lastUnkeyed: head.hash },
    },
  ])
}

/** A clock that was fast must not move the horizon into the future: the earliest of what is known counts. */
function horizonOf(head: Head | undefined, now: Date): Date {
  if (!head) return BEGINNING
  const youngest = Math.min(head.sealedAt.getTime(), head.at?.getTime() ?? now.getTime(), now.getTime())
  return new Date(youngest - HORIZON)
}

/** The ids come out of indexes alone; the rows are read only of what is to be sealed. */
function unsealed(tx: SqlTransaction, organisationId: string, from: Date): Promise<SealableEvent[]> {
  return tx.$queryRaw<SealableEvent[]>`
    WITH unsealed AS MATERIALIZED (
      SELECT e."id" FROM "AuditEvent" e
      WHERE e."organisationId" = ${organisationId}::uuid AND e."at" >= ${from}
        AND NOT EXISTS (SELECT 1 FROM "AuditSeal" s WHERE s."eventId" = e."id")
      ORDER BY e."at", e."id" LIMIT ${BATCH}
    )
    SELECT e."id", e."organisationId", e."at", e."act", e."actorId", e."actorName", e."subjectKind", e."subjectId",
      e."subjectName", e."origin", e."before"::text AS "before", e."after"::text AS "after"
    FROM unsealed JOIN "AuditEvent" e USING ("id") ORDER BY e."at", e."id"`
}
