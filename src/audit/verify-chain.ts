// The proof: every seal is worked out again from its event and the one before, and compared with what stands there.
import type { Database } from '../database/index.ts'
import { type Place, type SealableEvent, sealOf, unkeyedSealOf } from './seal-hash.ts'

/** Seals in memory at a time. */
const PAGE = 2_000
/** Usher seals within a minute, and looks for what it missed once an hour: what took longer than this, in ms, is told. */
const LATE = 2 * 60 * 60 * 1000

export type Break = {
  /** Its place in the chain, from 1. */
  sequence: number
  /**
   * `changed`: event or seal are not what was sealed. `missing`: the event is gone. `out_of_place`: another event of the
   * chain belongs here. `seal_missing`: the seal of this place is gone. `key_missing`: this seal has no key, though one
   * before it has. `no_keys`: none of the seals has a key, though Usher makes them with one.
   */
  kind: 'changed' | 'missing' | 'out_of_place' | 'seal_missing' | 'key_missing' | 'no_keys'
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
  /** So many of the proved seals, from the first one on, have no key: they were made before there was one. */
  unkeyed: number
  /** When the first proved seal with a key was made. */
  keyedSince: Date | undefined
  /** Proved seals with a key that were made long after their events, and the first of them. */
  late: { count: number; first: number }
  /** Events that have no seal yet. */
  unsealed: number
}

/**
 * Proves the chain of every organisation, a page at a time, with the key that it was sealed with (derived for
 * SEAL_PURPOSE). Changes nothing, and may run beside the app.
 */
export async function verifyChains(db: Database, sealKey: Buffer): Promise<ChainVerdict[]> {
  const organisations = await db.prisma.organisation.findMany({
    select: { id: true, displayName: true },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  const verdicts: ChainVerdict[] = []
  for (const { id, displayName } of organisations) {
    const proof = await proveChain(db, sealKey, id)
    const unsealed = await countUnsealed(db, id)
    verdicts.push({ organisationId: id, organisationName: displayName, ...proof, unsealed })
  }
  return verdicts
}

/** A seal that was written down once, outside the database: its place and its hash. */
export type NotedSeal = { sequence: number; hash: string }

/** Which of the noted seals no longer stand in the proved part of a chain: it was rewritten, or its end was cut off. */
export async function findLostSeals(db: Database, noted: NotedSeal[], verdicts: ChainVerdict[]): Promise<NotedSeal[]> {
  const found = await db.prisma.auditSeal.findMany({
    where: { hash: { in: noted.map(({ hash }) => hash) }, sequence: { in: noted.map(({ sequence }) => sequence) } },
    select: { organisationId: true, sequence: true, hash: true },
  })
  const isProved = ({ sequence, hash }: NotedSeal) =>
    found.some(
      (seal) =>
        Number(seal.sequence) === sequence &&
        seal.hash === hash &&
        verdicts.some(({ organisationId, proved }) => organisationId === seal.organisationId && proved >= sequence),
    )
  return noted.filter((seal) => !isProved(seal))
}

type Seal = Omit<SealableEvent, 'id'> & {
  sequence: string
  hash: string
  sealedAt: Date
  isKeyed: boolean
  /** The event's id; null where the event is gone. */
  id: string | null
}

type Proof = Pick<ChainVerdict, 'proved' | 'broken' | 'last' | 'unkeyed' | 'keyedSince' | 'late'>

async function proveChain(db: Database, sealKey: Buffer, organisationId: string): Promise<Proof> {
  const proof: Proof = {
    proved: 0,
    broken: undefined,
    last: undefined,
    unkeyed: 0,
    keyedSince: undefined,
    late: { count: 0, first: 0 },
  }
  for (;;) {
    const page = await readPage(db, organisationId, proof.proved)
    for (const seal of page) {
      const place = { sequence: proof.proved + 1, previous: proof.last?.hash ?? '', sealedAt: seal.sealedAt }
      const kind = breakOf(sealKey, { seal, place, page, isKeyDue: proof.keyedSince !== undefined })
      if (kind) {
        const event = kind === 'seal_missing' || !hasEvent(seal) ? undefined : seal
        return { ...proof, broken: { sequence: place.sequence, kind, event } }
      }
      addTo(proof, seal)
    }
    if (page.length < PAGE) break
  }
  // A chain that Usher goes on with has a key: the first pass after the update gives it one.
  if (proof.unkeyed > 0 && proof.keyedSince === undefined)
    return { ...proof, broken: { sequence: proof.proved, kind: 'no_keys', event: undefined } }
  return proof
}

function addTo(proof: Proof, seal: Seal): void {
  proof.proved += 1
  proof.last = { sequence: proof.proved, hash: seal.hash }
  if (!seal.isKeyed) {
    proof.unkeyed += 1
    return
  }
  proof.keyedSince ??= seal.sealedAt
  if (seal.sealedAt.getTime() - seal.at.getTime() < LATE) return
  if (proof.late.count === 0) proof.late.first = proof.proved
  proof.late.count += 1
}

/** `isKeyDue`: a seal with a key came before, so that nobody can take a key away from what was sealed with one. */
function breakOf(
  sealKey: Buffer,
  { seal, place, page, isKeyDue }: { seal: Seal; place: Place; page: Seal[]; isKeyDue: boolean },
): Break['kind'] | undefined {
  if (Number(seal.sequence) !== place.sequence) return 'seal_missing'
  if (!hasEvent(seal)) return 'missing'
  if (isKeyDue && !seal.isKeyed) return 'key_missing'
  const fits = (event: SealableEvent) =>
    (seal.isKeyed ? sealOf(sealKey, event, place) : unkeyedSealOf(event, place)) === seal.hash
  if (fits(seal)) return undefined
  return page.some((other) => other !== seal && hasEvent(other) && fits(other)) ? 'out_of_place' : 'changed'
}

function hasEvent(seal: Seal): seal is Seal & SealableEvent {
  return seal.id !== null
}

async function readPage(db: Database, organisationId: string, after: number): Promise<Seal[]> {
  const { rows } = await db.pool.query<Seal>({
    name: 'audit-verify',
    text: `SELECT s."sequence", s."hash", s."sealedAt", s."isKeyed", e."id", e."organisationId", e."at", e."act", e."actorId",
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
