// Enough people who invite: one alone may send only thirty an hour.
import { randomUUID } from 'node:crypto'
import type { Scene } from './with-usher.ts'

const EACH_SENDS = 25

/** Makes admins of the workspace, enough for so many invitations; gives the Slack id for each invitation's number. */
export async function makeInviters({ query }: Scene, invitations: number): Promise<(invitation: number) => string> {
  const count = Math.ceil(invitations / EACH_SENDS)
  const rows = Array.from({ length: count }, (_, index) => `('${randomUUID()}', 'U0INVITER${index}')`)
  await query(`
    INSERT INTO "Person" ("id", "organisationId", "slackUserId", "slackName", "isWorkspaceAdmin", "slackSeenAt", "createdAt")
    SELECT made.id::uuid, o."id", made.slack_id, 'Max Power', true, now(), now()
    FROM (VALUES ${rows.join(', ')}) AS made(id, slack_id), "Organisation" o`)
  return (invitation) => `U0INVITER${invitation % count}`
}
