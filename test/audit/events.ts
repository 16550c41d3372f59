// Organisations and audit events, as plain as the log needs them.
import type { Act, AuditEvent } from '../../src/audit/index.ts'
import { type Database, newId } from '../../src/database/index.ts'

export const START = new Date('2026-11-20T09:00:00Z')
export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

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
