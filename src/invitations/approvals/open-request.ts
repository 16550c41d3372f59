// Whoever may not invite asks: the request is written with what is asked for, and those who decide are told.
import { record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { newId, type SqlTransaction } from '../../database/index.ts'

/** A request that nobody decides on lapses after seven days (SPEC, section 3). In ms. */
const LAPSES_AFTER = 7 * 24 * 60 * 60 * 1000
const HOUR = 60 * 60 * 1000

export type NewRequest = {
  organisationId: string
  requesterId: string
  requesterName: string
  subject: { invitationId: string } | { batchId: string }
  /** The address, or the list's name. */
  subjectName: string
  hubId: string
  departmentId: string | null
  /** Hours until the next approvers are asked too. */
  approvalHours: number
  origin: string
  wanted: Record<string, unknown>
}

/** Writes a request in the transaction of what it asks for. Gives its id. */
export async function openRequest(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'followUp' | 'now'>,
  asked: NewRequest,
): Promise<string> {
  const id = newId()
  const at = c.now()
  const invitationId = 'invitationId' in asked.subject ? asked.subject.invitationId : null
  const batchId = 'batchId' in asked.subject ? asked.subject.batchId : null
  await tx.$executeRaw`
    INSERT INTO "ApprovalRequest" ("id", "organisationId", "requesterId", "invitationId", "batchId", "hubId",
      "departmentId", "createdAt", "escalatesAt", "lapsesAt")
    VALUES (${id}::uuid, ${asked.organisationId}::uuid, ${asked.requesterId}::uuid, ${invitationId}::uuid,
      ${batchId}::uuid, ${asked.hubId}::uuid, ${asked.departmentId}::uuid, ${at},
      ${new Date(at.getTime() + asked.approvalHours * HOUR)}, ${new Date(at.getTime() + LAPSES_AFTER)})`
  await record(tx, [
    {
      organisationId: asked.organisationId,
      at,
      act: 'request.asked',
      actor: { id: asked.requesterId, name: asked.requesterName },
      subject: {
        kind: invitationId ? 'invitation' : 'list',
        id: invitationId ?? batchId ?? id,
        name: asked.subjectName,
      },
      origin: asked.origin,
      after: asked.wanted,
    },
  ])
  await c.followUp(tx, [{ kind: 'request', requestId: id, step: 'ask' }])
  return id
}
