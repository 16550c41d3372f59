// The proof: every seal is worked out again from its event and the one before, and compared with what stands there.
import type { Database } from '../database/index.ts'
import { type SealableEvent, sealOf } from './seal-hash.ts'

/** Seals in memory at a time. */
const PAGE = 2_000

export type Break = {
  /** Its place in the chain, from 1. */
  sequence: number
  /**
   * `changed`: event or seal are not what was sealed. `missing`: the event is gone. `out_of_place`: another event of the
   * chain belongs here. `seal_missing`: the seal of this place is gone.
   */
  kind: 'changed' | 'missing' | 'out_of_place' | 'seal_missing'
  /** What stands there now; undefined where nothing does. */
  event: Pick<SealableEvent, 'id' | 'at' | 'act' | 'actorName' | 'subjectName'> | undefined
}

export type ChainVerdict = {
  organisationId: string
  organisationName: string
  /** Events whose seals fit, from the first one on. */
  proved: number
  /** The first that does not fit; undefined: the chain is whole. */
  broken: Break | undefined
  /** The last seal that fits. */
  last: { sequence: number; hash: string } | undefined
  /** Events that have no seal yet. */
  unsealed: number
}

/** Proves the chain of every organisation, a page at a time. Changes nothing, and may run beside the app. */
export async function verifyChains(db: Database): Promise<ChainVerdict[]> {
  const organisations = await db.prisma.organisation.findMany({
    select: { id: true, displayName: true },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  const verdicts: ChainVerdict[] = []
  for (const { id, displayName } of organisations) {
    const proof = await proveChain(db, id)
    const unsealed = await countUnsealed(db, id)
    verdicts.push({ organisationId: id, organisationName: displayName, ...proof, unsealed })
  }
  return verdicts
}

/** Whether a seal that was written down once (its number and its hash) still stands in a chain. */
export async function isInChain(db: Database, noted: { sequence: number; hash: string }): Promise<boolean> {
  return (await db.prisma.auditSeal.count({ where: noted })) > 0
}

type Seal = Omit<SealableEvent, 'id'> & {
  sequence: string
  hash: string
  sealedAt: Date
  /** The event's id; null where the event is gone. */
  id: string | null
}

async function proveChain(
  db: Database,
  organisationId: string,
): Promise<Pick<ChainVerdict, 'proved' | 'broken' | 'last'>> {
  let last: ChainVerdict['last']
  for (;;) {
    const page = await readPage(db, organisationId, last?.sequence ?? 0)
    for (const seal of page) {
      const place = { sequence: (last?.sequence ?? 0) + 1, previous: last?.hash ?? '', sealedAt: seal.sealedAt }
      const kind = breakOf(seal, place, page)
      if (kind) {
        const event = kind === 'seal_missing' || !hasEvent(seal) ? undefined : seal
        return { proved: last?.sequence ?? 0, broken: { sequence: place.sequence, kind, event }, last }
      }
      last = { sequence: place.sequence, hash: seal.hash }
    }
    if (page.length < PAGE) return { proved: last?.sequence ?? 0, broken: undefined, last }
  }
}

function breakOf(seal: Seal, place: Parameters<typeof sealOf>[1], page: Seal[]): Break['kind'] | undefined {
  if (Number(seal.sequence) !== place.sequence) return 'seal_missing'
  if (!hasEvent(seal)) return 'missing'
  if (sealOf(seal, place) === seal.hash) return undefined
  const belongsHere = (other: Seal) => other !== seal && hasEvent(other) && sealOf(other, place) === seal.hash
  return page.some(belongsHere) ? 'out_of_place' : 'changed'
}

function hasEvent(seal: Seal): seal is Seal & SealableEvent {
  return seal.id !== null
}

async function readPage(db: Database, organisationId: string, after: number): Promise<Seal[]> {
  const { rows } = await db.pool.query<Seal>({
    name: 'audit-verify',
    text: `SELECT s."sequence", s."hash", s."sealedAt", e."id", e."organisationId", e."at", e."act", e."actorId",
        e."actorName", e."subjectKind", e."subjectId", e."subjectName", e."origin", e."before"::text AS "before",
        e."after"::text AS "after"
      FROM "AuditSeal" s LEFT JOIN "AuditEvent" e ON e."id" = s."eventId"
      WHERE s."organisationId" = $1 AND s."sequence" > $2 ORDER BY s."sequence" LIMIT $3`,
    values: [organisationId, after, PAGE],
  })
  return rows
}

async function countUnsealed(db: Database, organisationId: string): Promise<number> {
  const { rows } = await db.pool.query<{ count: string }>({
    text: `SELECT count(*) FROM "AuditEvent" e WHERE e."organisationId" = $1
      AND NOT EXISTS (SELECT 1 FROM "AuditSeal" s WHERE s."eventId" = e."id")`,
    values: [organisationId],
  })
  return Number(rows[0]?.count ?? 0)
}
