// Whoever comes through Slack is known, or becomes known, before anything is done for them.
import type { WebClient } from '@slack/web-api'
import type { Collaborators } from '../collaborators.ts'
import { ensureOrganisation, type KnownMember, loadVisitor, type Organisation } from '../organisation/index.ts'
import { ensureMember, type SlackProfile } from '../people/index.ts'

/** After this, what Slack says of a member is asked again (events bring changes sooner). In ms: an hour. */
const STALE_AFTER = 3_600_000

export type SlackIds = { teamId: string; userId: string }

/** A request of another workspace than the one that this installation serves. */
export class ForeignWorkspace extends Error {}

/**
 * The organisation and the member behind a request. `onSlow` is called before Slack has to be asked who somebody is.
 * Throws ForeignWorkspace, and what the Slack client throws.
 */
export async function findVisitor(
  c: Collaborators & { client: WebClient },
  ids: SlackIds,
  onSlow: () => Promise<void>,
): Promise<{ organisation: Organisation; member: KnownMember }> {
  const visitor = await loadVisitor(c.db, ids)
  if (visitor?.member) {
    if (c.now().getTime() - (visitor.slackSeenAt?.getTime() ?? 0) > STALE_AFTER) {
      refreshMember(c, visitor.organisation.id, ids.userId).catch((error: unknown) =>
        c.log.warn({ err: error }, 'A member could not be read from Slack'),
      )
    }
    return { organisation: visitor.organisation, member: visitor.member }
  }
  await onSlow()
  const organisation = visitor?.organisation ?? (await meetWorkspace(c, ids.teamId))
  return { organisation, member: await refreshMember(c, organisation.id, ids.userId) }
}

/** The organisation of the workspace that the bot's token belongs to. */
export async function meetWorkspace(
  c: Pick<Collaborators, 'db' | 'now' | 'letGo'> & { client: WebClient },
  teamId?: string,
): Promise<Organisation> {
  const identity = await c.client.auth.test()
  if (!identity.team_id || (teamId !== undefined && identity.team_id !== teamId)) throw new ForeignWorkspace()
  return ensureOrganisation(c, { slackTeamId: identity.team_id, name: identity.team ?? 'Our organisation' })
}

/** Asks Slack who somebody is and writes it down. */
export async function refreshMember(
  c: Pick<Collaborators, 'db' | 'now' | 'letGo'> & { client: WebClient },
  organisationId: string,
  userId: string,
): Promise<KnownMember> {
  const { user } = await c.client.users.info({ user: userId, include_locale: true })
  return ensureMember(c, organisationId, profileOf(userId, user ?? {}))
}

export type SlackUser = {
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
  }
}

/** Slack's user as the product sees them. */
export function profileOf(userId: string, user: SlackUser): SlackProfile {
  return {
    slackUserId: userId,
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

/** Whether a user of Slack's is a person of this workspace: no bot, and not somebody of another who is only seen here. */
export function isOwnPerson(
  user: {
    id?: string
    is_bot?: boolean
    is_stranger?: boolean
    team_id?: string
    enterprise_user?: { teams?: string[] }
  },
  teamId: string,
): boolean {
  if (!user.id || user.id === 'USLACKBOT' || user.is_bot || user.is_stranger) return false
  return user.team_id === undefined || user.team_id === teamId || Boolean(user.enterprise_user?.teams?.includes(teamId))
}
