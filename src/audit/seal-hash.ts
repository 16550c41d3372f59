// The seal of one event: a keyed hash over the whole of it, its place, and the seal before. Pure.
import { createHash, createHmac } from 'node:crypto'

/** The purpose that the key of the seals is derived for (src/keys.ts). */
export const SEAL_PURPOSE = 'audit-seal'

/** An event as the table has it; `before` and `after` are PostgreSQL's own text of the jsonb, which is always the same. */
export type SealableEvent = {
  id: string
  organisationId: string
  at: Date
  act: string
  actorId: string | null
  actorName: string
  subjectKind: string
  subjectId: string
  subjectName: string
  origin: string
  before: string | null
  after: string | null
}

/** `previous`: the hash of the seal before; '' for the first one. */
export type Place = { sequence: number; previous: string; sealedAt: Date }

/**
 * HMAC-SHA-256, in hex, over one JSON array: previous hash, sequence, time of sealing, then every field of the event in the
 * order of the table. Times in ISO 8601, UTC, with milliseconds. The key is derived from USHER_SECRET, so the database
 * alone is not enough to make a seal; with the key, a seal can be checked without Usher.
 */
export function sealOf(sealKey: Buffer, event: SealableEvent, place: Place): string {
  return createHmac('sha256', sealKey).update(formOf(event, place)).digest('hex')
}

/** SHA-256 over the same array: how seals were made before they had a key. Only the beginning of a chain may have them. */
export function unkeyedSealOf(event: SealableEvent, place: Place): string {
  return createHash('sha256').update(formOf(event, place)).digest('hex')
}

function formOf(event: SealableEvent, { sequence, previous, sealedAt }: Place): string {
  return JSON.stringify([
    previous,
    sequence,
    sealedAt.toISOString(),
    event.id,
    event.organisationId,
    event.at.toISOString(),
    event.act,
    event.actorId,
    event.actorName,
    event.subjectKind,
    event.subjectId,
    event.subjectName,
    event.origin,
    event.before,
    event.after,
  ])
}
