// Whoever comes through Slack is known, or becomes known, before anything is done for them.
import type { WebClient } from '@slack/web-api'
import type { Collaborators } from '../collaborators.ts'
import { ensureOrganisation, type KnownMember, loadVisitor, type Organisation } from '../organisation/index.ts'
import { ensureMember, type SlackProfile } from '../people/index.ts'

/** After this, what Slack says of a member is asked again (events bring changes sooner). In ms: an hour. */
const STALE_AFTER = 3_600_000

/**
 * Who asks, as a request says it. `teamId`: the workspace that it came through. `userTeamId`: the user's own, where it is
 * said. `isGrid`: of an Enterprise Grid, where one user may be a member of several workspaces.
 */
export type SlackIds = { teamId: string; userId: string; userTeamId?: string | undefined; isGrid?: boolean }

type InteractionBody = {
  user: { id: string; team_id?: string }
  team: { id: string } | null
  enterprise?: object | null
}

/** Who pressed, chose or submitted. */
export function idsIn({ user, team, enterprise }: InteractionBody): SlackIds {
  return {
    teamId: team?.id ?? user.team_id ?? '',
    userId: user.id,
    userTeamId: user.team_id,
    isGrid: Boolean(enterprise),
  }
}

/** A request of another workspace than the one that this installation serves. */
export class ForeignWorkspace extends Error {}

/** Somebody of another workspace, who uses what they see of this one (Slack Connect). */
export class ForeignMember extends Error {}

/**
 * The organisation and the member behind a request. `onSlow` is called before Slack has to be asked who somebody is.
 * Throws ForeignWorkspace, ForeignMember, and what the Slack client throws.
 */
export async function findVisitor(
  c: Collaborators & { client: WebClient },
  ids: SlackIds,
  onSlow: () => Promise<void>,
): Promise<{ organisation: Organisation; member: KnownMember }> {
  const visitor = await loadVisitor(c.db, ids)
  if (visitor && isForeign(ids, visitor.organisation.slackTeamId)) throw new ForeignMember()
  // Within an Enterprise Grid only Slack knows whether they are a member of this workspace too.
  const isOurs = ids.userTeamId === undefined || ids.userTeamId === ids.teamId
  if (visitor?.member && isOurs) {
    if (c.now().getTime() - (visitor.slackSeenAt?.getTime() ?? 0) > STALE_AFTER) {
      refreshMember(c, visitor.organisation.id, ids.userId).catch((error: unknown) =>
        c.log.warn({ err: error }, 'A member could not be read from Slack'),
      )
    }
    return { organisation: visitor.organisation, member: visitor.member }
  }
  await onSlow()
  const organisation = visitor?.organisation ?? (await meetWorkspace(c, ids))
  return { organisation, member: await refreshMember(c, organisation.id, ids.userId) }
}

/** Whether a request itself says that its user is of another workspace. */
function isForeign({ userTeamId, isGrid }: SlackIds, slackTeamId: string): boolean {
  return userTeamId !== undefined && userTeamId !== slackTeamId && !isGrid
}

/**
 * The organisation of the workspace that the bot's token belongs to. `ids`: whose request it is; throws ForeignMember and
 * ForeignWorkspace where it is none of this workspace's.
 */
export async function meetWorkspace(
  c: Pick<Collaborators, 'db' | 'now' | 'letGo'> & { client: WebClient },
  ids?: SlackIds,
): Promise<Organisation> {
  const identity = await c.client.auth.test()
  if (!identity.team_id) throw new ForeignWorkspace()
  if (ids && isForeign(ids, identity.team_id)) throw new ForeignMember()
  if (ids && identity.team_id !== ids.teamId) throw new ForeignWorkspace()
  return ensureOrganisation(c, { slackTeamId: identity.team_id, name: identity.team ?? 'Our organisation' })
}

/** Asks Slack who somebody is and writes it down. Throws ForeignMember, and what the Slack client throws. */
export async function refreshMember(
  c: Pick<Collaborators, 'db' | 'now' | 'letGo'> & { client: WebClient },
  organisationId: string,
  userId: string,
): Promise<KnownMember> {
  const { user } = await c.client.users.info({ user: userId, include_locale: true })
  const member =
    user && isHuman({ ...user, id: userId }) && (await ensureMember(c, organisationId, profileOf(userId, user)))
  if (!member) throw new ForeignMember()
  return member
}

export type SlackUser = {
  id?: string
  team_id?: string
  /** Of another workspace, with which this one shares nothing (any more). */
  is_stranger?: boolean
  is_bot?: boolean
  /** Of an Enterprise Grid: every workspace of it that they are a member of. */
  enterprise_user?: { teams?: string[] }
  name?: string
  real_name?: string
  deleted?: boolean
  is_admin?: boolean
  is_owner?: boolean
  is_restricted?: boolean
  is_ultra_restricted?: boolean
  /** Only where it was asked for. */
  locale?: string
  /** In seconds. */
  updated?: number
  profile?: {
    real_name?: string
    display_name?: string
    email?: string
    first_name?: string
    last_name?: string
    phone?: string
    start_date?: string
    /** The workspace that the profile belongs to. */
    team?: string
  }
}

/** Slack's user as the product sees them. */
export function profileOf(userId: string, user: SlackUser): SlackProfile {
  return {
    slackUserId: userId,
    teamIds: teamIdsOf(user),
    name: user.profile?.real_name || user.real_name || user.profile?.display_name || user.name || userId,
    email: user.profile?.email ?? null,
    isWorkspaceAdmin: Boolean(user.is_admin || user.is_owner),
    isWorkspaceGuest: Boolean(user.is_restricted || user.is_ultra_restricted),
    isActive: !user.deleted,
    firstName: user.profile?.first_name,
    lastName: user.profile?.last_name,
    phone: user.profile?.phone,
    startDate: user.profile?.start_date,
    locale: user.locale,
    ...(user.updated ? { changedAt: new Date(user.updated * 1_000) } : {}),
  }
}

/** The workspaces that a user is a member of, as far as Slack says one thing and not two. */
function teamIdsOf({ is_stranger, enterprise_user, team_id, profile }: SlackUser): string[] {
  if (is_stranger) return []
  if (enterprise_user?.teams) return enterprise_user.teams
  const named = new Set([team_id, profile?.team].flatMap((id) => id || []))
  return named.size === 1 ? [...named] : []
}

/** Whether a user of Slack's is a person, and no bot. */
export function isHuman({ id, is_bot }: Pick<SlackUser, 'id' | 'is_bot'>): boolean {
  return Boolean(id) && id !== 'USLACKBOT' && !is_bot
}
