// Users of other workspaces who were taken for members before: they are none any more.
import { record } from '../audit/index.ts'
import type { SqlTransaction } from '../database/index.ts'
import type { SlackProfile } from './member-facts.ts'

export type ForeignMembers = { organisationId: string; at: Date; foreign: SlackProfile[] }

/**
 * Unties people from the Slack users of another workspace who they were taken for, with the rights that came from there;
 * an account that they made by an invitation stays theirs. Does nothing for those whom nobody knows.
 */
export async function endForeignMembers(
  tx: SqlTransaction,
  { organisationId, at, foreign }: ForeignMembers,
): Promise<void> {
  if (foreign.length === 0) return
  const slackIds = foreign.map(({ slackUserId }) => slackUserId)
  const rows = await tx.$queryRaw<{ id: string; slackUserId: string; isWorkspaceAdmin: boolean }[]>`
    SELECT "id", "slackUserId", "isWorkspaceAdmin" FROM "Person"
    WHERE "organisationId" = ${organisationId}::uuid AND "slackUserId" = ANY(${slackIds}::text[])
    ORDER BY "id" FOR NO KEY UPDATE`
  if (rows.length === 0) return
  await tx.$executeRaw`
    UPDATE "Person" SET "slackUserId" = NULL, "isWorkspaceAdmin" = false, "isWorkspaceGuest" = false,
      "activity" = CASE WHEN "activity" -> 'slack' = 'true'::jsonb THEN "activity" - 'slack' ELSE "activity" END
    WHERE "id" = ANY(${rows.map(({ id }) => id)}::uuid[])`
  const names = new Map(foreign.map(({ slackUserId, name }) => [slackUserId, name]))
  await record(
    tx,
    rows.map(({ id, slackUserId, isWorkspaceAdmin }) => ({
      ...{ organisationId, at, actor: { id: null, name: 'Slack' }, origin: 'slack', act: 'person.changed' as const },
      subject: { kind: 'person' as const, id, name: names.get(slackUserId) ?? '' },
      before: { slackUserId, isWorkspaceAdmin },
      after: { slackUserId: null, isWorkspaceAdmin: false },
    })),
  )
}
