// The one way into the audit log.
import { newId, type SqlTransaction } from '../database/index.ts'
import type { AuditEvent } from './audit-event.ts'

/**
 * Writes audit events in the transaction of the acts that they tell of: one statement for any number of them.
 * Throws nothing of its own; when it fails, the acts are not committed either.
 */
export async function record(tx: SqlTransaction, events: AuditEvent[]): Promise<void> {
  if (events.length === 0) return
  const rows = JSON.stringify(
    events.map((event) => ({
      id: event.id ?? newId(),
      organisationId: event.organisationId,
      at: event.at,
      act: event.act,
      actorId: event.actor.id,
      actorName: event.actor.name,
      subjectKind: event.subject.kind,
      subjectId: event.subject.id,
      subjectName: event.subject.name,
      origin: event.origin,
      before: event.before ?? null,
      after: event.after ?? null,
    })),
  )
  await tx.$executeRaw`
    INSERT INTO "AuditEvent" ("id", "organisationId", "at", "act", "actorId", "actorName",
      "subjectKind", "subjectId", "subjectName", "origin", "before", "after")
    SELECT "id", "organisationId", "at", "act", "actorId", "actorName",
      "subjectKind", "subjectId", "subjectName", "origin", "before", "after"
    FROM jsonb_to_recordset(${rows}::jsonb) AS event(
      "id" uuid, "organisationId" uuid, "at" timestamptz, "act" text, "actorId" uuid, "actorName" text,
      "subjectKind" text, "subjectId" uuid, "subjectName" text, "origin" text, "before" jsonb, "after" jsonb)`
}
