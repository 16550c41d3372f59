// Who comes in through Slack: their organisation and they themselves, in one statement, because a command waits for it.
import type { Database } from '../database/index.ts'
import type { KnownMember, Organisation } from './store.ts'

export type Visitor = { organisation: Organisation; member: KnownMember | undefined; slackSeenAt: Date | null }

type Row = Organisation & {
  member: KnownMember | null
  slackSeenAt: Date | null
}

/**
 * Reads an organisation and one of its members by their Slack ids. Undefined for a workspace that is not known yet;
 * `member` is undefined for somebody who is not.
 */
export async function loadVisitor(
  db: Database,
  slack: { teamId: string; userId: string },
): Promise<Visitor | undefined> {
  const { rows } = await db.pool.query<Row>({
    name: 'load-visitor',
    text: LOAD_VISITOR,
    values: [slack.teamId, slack.userId],
  })
  const [row] = rows
  if (!row) return undefined
  const { member, slackSeenAt, ...organisation } = row
  return { organisation, member: member ?? undefined, slackSeenAt }
}

const LOAD_VISITOR = `
  SELECT o."id", o."slackTeamId", o."displayName", o."timeZone", o."language", o."notificationChannelId",
    o."invitationDays", o."messageAppendix", o."terms", o."termsVersion", o."workspaceAdminsMayDoAll",
    o."tellAdminsWhyNotInvited", o."approvalsChannelId", o."hourlyLimit", o."listThreshold", o."approvalHours",
    o."confirmOnlyByEmail", o."guestsAreContractors", o."remindHalfWay", o."remindDayBefore", o."weeklyDigest",
    o."secondFactorRequired", o."smsCountries", o."smsDailyLimit", o."slipDays", o."sessionDays", o."slackSignIn",
    o."auditSealInChannel", o."settingsVersion",
    p."slackSeenAt",
    CASE WHEN p."id" IS NULL THEN NULL ELSE jsonb_build_object('id', p."id", 'organisationId', p."organisationId",
      'isActive', p."isActive", 'role', p."role", 'isWorkspaceAdmin', p."isWorkspaceAdmin",
      'isWorkspaceGuest', p."isWorkspaceGuest", 'departmentId', p."departmentId", 'slackUserId', p."slackUserId",
      'name', coalesce(nullif(p."slackName", ''), nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email",
        'Somebody'),
      'memberships', coalesce((SELECT jsonb_agg(jsonb_build_object('hubId', m."hubId", 'userType', m."userType"))
        FROM "HubMembership" m WHERE m."personId" = p."id"), '[]'::jsonb)) END AS "member"
  FROM "Organisation" o
  LEFT JOIN "Person" p ON p."organisationId" = o."id" AND p."slackUserId" = $2
  WHERE o."slackTeamId" = $1`
