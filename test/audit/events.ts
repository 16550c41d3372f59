// Organisations and audit events, as plain as the log needs them.
import { createHash } from 'node:crypto'
import { type Act, type AuditEvent, SEAL_PURPOSE } from '../../src/audit/index.ts'
import type { SealableEvent } from '../../src/audit/seal-hash.ts'
import { type Database, newId } from '../../src/database/index.ts'
import { deriveKey } from '../../src/keys.ts'

export const START = new Date('2026-11-20T09:00:00Z')
export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

/** The secret of tests (test/setup/usher.ts), and the key of their seals. */
export const SECRET = 'a secret for tests, and for tests alone'
export const sealKey = deriveKey(SECRET, SEAL_PURPOSE)

export const later = (ms: number) => new Date(START.getTime() + ms)

export async function addOrganisation(db: Database, name = 'Northwind'): Promise<string> {
  const id = newId()
  await db.prisma.organisation.create({
    data: { id, slackTeamId: `T${id}`, createdAt: new Date(), displayName: name, terms: 'Be kind.' },
  })
  return id
}

export function event(organisationId: string, at: Date, more: Partial<AuditEvent> & { act?: Act } = {}): AuditEvent {
  return {
    organisationId,
    at,
    act: 'invitation.asked',
    actor: { id: null, name: 'Ada Lovelace' },
    subject: { kind: 'invitation', id: newId(), name: 'ana@example.org' },
    origin: 'slack',
    after: { hub: 'Main hub', role: 'Employee' },
    ...more,
  }
}

/** What a superuser does who wants to change what happened: the guards are off, and on again. */
export async function tamper(db: Database, statement: string): Promise<void> {
  const client = await db.pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('ALTER TABLE "AuditEvent" DISABLE TRIGGER ALL; ALTER TABLE "AuditSeal" DISABLE TRIGGER ALL')
    await client.query(statement)
    await client.query('ALTER TABLE "AuditEvent" ENABLE TRIGGER ALL; ALTER TABLE "AuditSeal" ENABLE TRIGGER ALL')
    await client.query('COMMIT')
  } finally {
    client.release()
  }
}

/** Every field of an event in the order of the table. */
export function fieldsOf(event: SealableEvent): unknown[] {
  const { id, at, act, actorId, actorName, subjectKind, subjectId, subjectName, origin, before, after } = event
  const subject = [subjectKind, subjectId, subjectName]
  return [id, event.organisationId, at.toISOString(), act, actorId, actorName, ...subject, origin, before, after]
}

/** The events of an organisation, as a seal is made over them. */
export async function readSealable(db: Database, organisationId: string): Promise<SealableEvent[]> {
  const { rows } = await db.pool.query<SealableEvent>(
    `SELECT "id", "organisationId", "at", "act", "actorId", "actorName", "subjectKind", "subjectId", "subjectName",
      "origin", "before"::text, "after"::text FROM "AuditEvent" WHERE "organisationId" = $1 ORDER BY "at", "id"`,
    [organisationId],
  )
  return rows
}

/** Seals events without a key, each at its own moment: what Usher did before there was one, and what a thief can do. */
export async function sealWithoutKey(db: Database, events: SealableEvent[]): Promise<void> {
  let previous = ''
  for (const [index, sealed] of events.entries()) {
    const form = JSON.stringify([previous, index + 1, sealed.at.toISOString(), ...fieldsOf(sealed)])
    previous = createHash('sha256').update(form).digest('hex')
    await db.pool.query(
      `INSERT INTO "AuditSeal" ("organisationId", "sequence", "eventId", "hash", "sealedAt", "isKeyed")
       VALUES ($1, $2, $3, $4, $5, false)`,
      [sealed.organisationId, index + 1, sealed.id, previous, sealed.at],
    )
  }
}
