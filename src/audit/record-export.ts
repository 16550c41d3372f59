// Somebody takes data out as a file: written down before the file leaves.
import type { Collaborators } from '../collaborators.ts'
import { inSqlTransaction } from '../database/index.ts'
import type { Actor, AuditSubject } from './audit-event.ts'
import { record } from './record.ts'

export type Export = {
  organisation: { id: string; name: string }
  actor: Actor
  what: 'audit log' | 'people' | 'invitations'
  /** What was chosen of it, in words; undefined: all that the actor may see. */
  filter?: string
  origin: string
}

/** Writes the event of an export. Throws what the database says: then no file may leave. */
export async function recordExport(c: Pick<Collaborators, 'db' | 'now'>, given: Export): Promise<void> {
  const { organisation, actor, what, filter, origin } = given
  const subject: AuditSubject = { kind: 'organisation', ...organisation }
  const after = { what, ...(filter === undefined ? {} : { filter }) }
  await inSqlTransaction(c.db, (tx) =>
    record(tx, [{ organisationId: organisation.id, at: c.now(), act: 'data.exported', actor, subject, origin, after }]),
  )
}
