// The pieces of Slack's payloads and answers: a user, a message, and what every interaction starts with.
import type { ClientUser } from './client-api.ts'
import type { Core } from './core.ts'
import { botScopes } from './manifest.ts'
import { conversationName, type Message, nextTs } from './workspace.ts'

function offsetSeconds(timeZone: string, at: number): number {
  const name = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find((part) => part.type === 'timeZoneName')?.value
  const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(name ?? '') ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60)
}

const FIRST_UPDATE = 1_700_000_000
/** The Enterprise Grid of those who are of one. */
const GRID = 'E0GRID'

/** The workspace that a user belongs to. */
export function teamOf(core: Core, user: ClientUser | undefined): string {
  return user?.team_id ?? core.workspace.team.id
}

/** A user as users.info gives it; the e-mail address only with the scope users:read.email, `locale` where it is asked for. */
export function slackUser(core: Core, user: ClientUser, { withLocale = false } = {}): Record<string, unknown> {
  const [first_name = '', ...rest] = user.real_name.split(' ')
  const email = botScopes(core.manifest).includes('users:read.email') && !user.is_bot ? { email: user.email } : {}
  const { id, name, deleted, real_name, tz, is_bot, is_admin, is_owner, is_primary_owner } = user
  const { is_restricted, is_ultra_restricted } = user
  const offset = offsetSeconds(tz, core.workspace.now())
  return {
    ...{ id, team_id: teamOf(core, user), name, deleted, color: '9f69e7', real_name },
    ...{
      tz,
      tz_label: tz,
      tz_offset: offset,
      is_admin,
      is_owner,
      is_primary_owner,
      is_restricted,
      is_ultra_restricted,
    },
    ...{ is_bot, is_app_user: false, is_email_confirmed: !is_bot, updated: user.updated ?? FIRST_UPDATE },
    ...(withLocale && user.locale && { locale: user.locale }),
    ...(user.is_stranger !== undefined && { is_stranger: user.is_stranger }),
    ...(user.grid_team_ids && { enterprise_user: { id, enterprise_id: GRID, teams: user.grid_team_ids } }),
    profile: {
      ...{ real_name, real_name_normalized: real_name, display_name: name, display_name_normalized: name },
      ...{ first_name, last_name: rest.join(' '), title: user.title ?? '', team: teamOf(core, user), ...email },
      ...{ phone: user.phone ?? '', ...(user.start_date !== undefined && { start_date: user.start_date }) },
    },
  }
}

/** A message as the Web API and payloads give it. */
export function slackMessage(core: Core, message: Message): Record<string, unknown> {
  const { app, team } = core.workspace
  const { user, ts, text, blocks, files, thread_ts, metadata, username } = message
  const byApp = user === app.botUserId ? { bot_id: app.botId, app_id: app.id, ...(username && { username }) } : {}
  const edited = message.edited ? { edited: { user, ts } } : {}
  return {
    ...{ type: 'message', user, ts, text, team: team.id, ...byApp, ...edited },
    ...{ ...(blocks && { blocks }), ...(files && { files }), ...(thread_ts && { thread_ts }) },
    ...(metadata !== undefined && { metadata }),
  }
}

/** What every interaction's payload has in common. */
export function interactionBase(core: Core, userId: string, type: string): Record<string, unknown> {
  const { team, app, users } = core.workspace
  const user = users.get(userId)
  const name = user?.name ?? userId
  return {
    type,
    team: { id: team.id, domain: team.domain },
    user: { id: userId, username: name, name, team_id: teamOf(core, user) },
    enterprise: user?.grid_team_ids ? { id: GRID, name: 'Grid' } : null,
    ...{ api_app_id: app.id, token: core.verificationToken, is_enterprise_install: false },
  }
}

/** The channel of a payload. */
export function channelOf(core: Core, conversationId: string): { id: string; name: string } {
  return { id: conversationId, name: conversationName(core.workspace, conversationId) }
}

/** The time of an action, growing with every call. */
export function actionTs(core: Core): string {
  return nextTs(core.workspace)
}
