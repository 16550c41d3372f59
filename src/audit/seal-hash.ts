// The seal of one event: a hash over the whole of it, its place, and the seal before. Pure.
import { createHash } from 'node:crypto'

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
 * SHA-256, in hex, over one JSON array: previous hash, sequence, time of sealing, then every field of the event in the
 * order of the table. Times in ISO 8601, UTC, with milliseconds. Whoever wants to check it without Usher can.
 */
export function sealOf(event: SealableEvent, { sequence, previous, sealedAt }: Place): string {
  const form = [
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
  ]
  return createHash('sha256').update(JSON.stringify(form)).digest('hex')
}
