// Web API: who and what there is (auth, team, bots, users, user groups, conversations).
import type { ClientChannel } from './client-api.ts'
import type { Core } from './core.ts'
import { fail, flag, type Methods, optional, pageOf, required } from './method.ts'
import { slackUser } from './payloads.ts'
import { groupAnswer } from './user-groups.ts'
import { findConversationId, isPerson, membersOf, openDirectMessage } from './workspace.ts'

function channelAnswer(core: Core, channel: ClientChannel): Record<string, unknown> {
  const { id, name, is_private, is_archived, members, topic } = channel
  return {
    ...{ id, name, name_normalized: name, is_channel: !is_private, is_group: is_private, is_im: false, is_mpim: false },
    ...{ is_private, is_archived, is_general: name === 'general', creator: 'UADA', created: 1_700_000_000 },
    ...{ is_member: members.includes(core.workspace.app.botUserId), num_members: members.length },
    ...{ topic: { value: topic, creator: '', last_set: 0 }, purpose: { value: '', creator: '', last_set: 0 } },
    context_team_id: core.workspace.team.id,
  }
}

function conversationAnswer(core: Core, id: string): Record<string, unknown> {
  const { channels, directMessages, app } = core.workspace
  const channel = channels.get(id)
  if (channel) {
    if (channel.is_private && !channel.members.includes(app.botUserId)) fail('channel_not_found')
    return channelAnswer(core, channel)
  }
  const direct = directMessages.get(id)
  if (!direct?.users.includes(app.botUserId)) fail('channel_not_found')
  const user = direct.users.find((member) => member !== app.botUserId)
  return { id, is_im: true, is_channel: false, is_private: true, is_archived: false, user, created: 1_700_000_000 }
}

export const directoryMethods: Methods = {
  'api.test': { token: false, run: (_core, given) => ({ args: given }) },
  'auth.test': {
    run(core) {
      const { team, app, users } = core.workspace
      const url = `https://${team.domain}.slack.com/`
      const user = users.get(app.botUserId)?.name
      return {
        ...{ url, team: team.name, user, team_id: team.id, user_id: app.botUserId, bot_id: app.botId },
        is_enterprise_install: false,
      }
    },
  },
  'team.info': {
    scope: 'team:read',
    run: ({ workspace: { team } }) => ({ team: { ...team, email_domain: '', icon: { image_default: true } } }),
  },
  'bots.info': {
    scope: 'users:read',
    run({ workspace: { app, users } }, given) {
      if ((optional(given, 'bot') ?? app.botId) !== app.botId) fail('bot_not_found')
      const name = users.get(app.botUserId)?.real_name
      return { bot: { id: app.botId, app_id: app.id, user_id: app.botUserId, name, deleted: false, icons: {} } }
    },
  },
  'users.info': {
    scope: 'users:read',
    run(core, given) {
      const user = core.workspace.users.get(required(given, 'user'))
      const withLocale = flag(given, 'include_locale')
      return { user: user ? slackUser(core, user, { withLocale }) : fail('user_not_found') }
    },
  },
  'users.list': {
    scope: 'users:read',
    run(core, given) {
      const { page, next_cursor } = pageOf([...core.workspace.users.values()], given, 1000)
      const withLocale = flag(given, 'include_locale')
      const members = page.map((user) => slackUser(core, user, { withLocale }))
      return { members, cache_ts: Math.floor(core.workspace.now() / 1000), response_metadata: { next_cursor } }
    },
  },
  'users.lookupByEmail': {
    scope: 'users:read.email',
    run(core, given) {
      const email = required(given, 'email').toLowerCase()
      const user = [...core.workspace.users.values()].find((one) => one.email?.toLowerCase() === email && !one.deleted)
      return { user: user ? slackUser(core, user) : fail('users_not_found') }
    },
  },
  'usergroups.list': {
    scope: 'usergroups:read',
    run(core, given) {
      const asked = { withUsers: flag(given, 'include_users'), withCount: flag(given, 'include_count') }
      const groups = [...core.workspace.userGroups.values()].filter(
        ({ date_delete }) => !date_delete || flag(given, 'include_disabled'),
      )
      return { usergroups: groups.map((group) => groupAnswer(core, group, asked)) }
    },
  },
  'usergroups.users.list': {
    scope: 'usergroups:read',
    run: ({ workspace }, given) => ({
      users: workspace.userGroups.get(required(given, 'usergroup'))?.users ?? fail('no_such_subteam'),
    }),
  },
  'conversations.open': {
    scope: 'im:write',
    run(core, given) {
      const { workspace } = core
      const id = optional(given, 'channel')
      if (id !== undefined) return { channel: conversationAnswer(core, id) }
      const wanted = required(given, 'users').split(',')
      const [userId = ''] = wanted
      const user = workspace.users.get(userId)
      if (!user) fail('users_not_found')
      if (wanted.length > 1) fail('not_enough_users')
      if (user.deleted) fail('user_disabled')
      if (!isPerson(user)) fail('cannot_dm_bot')
      const before = workspace.directMessages.size
      const conversation = openDirectMessage(workspace, workspace.app.botUserId, userId)
      const already = workspace.directMessages.size === before ? { no_op: true, already_open: true } : {}
      const channel = flag(given, 'return_im') ? conversationAnswer(core, conversation.id) : { id: conversation.id }
      return { ...already, channel }
    },
  },
  'conversations.info': {
    scope: 'channels:read',
    run: (core, given) => ({ channel: conversationAnswer(core, required(given, 'channel')) }),
  },
  'conversations.list': {
    scope: 'channels:read',
    run(core, given) {
      const types = (optional(given, 'types') ?? 'public_channel').split(',')
      const bot = core.workspace.app.botUserId
      const channels = [...core.workspace.channels.values()].filter(
        ({ is_private, is_archived, members }) =>
          types.includes(is_private ? 'private_channel' : 'public_channel') &&
          (!is_private || members.includes(bot)) &&
          !(is_archived && flag(given, 'exclude_archived')),
      )
      const { page, next_cursor } = pageOf(channels, given, 100)
      return { channels: page.map((channel) => channelAnswer(core, channel)), response_metadata: { next_cursor } }
    },
  },
  'conversations.members': {
    scope: 'channels:read',
    run(core, given) {
      const id = findConversationId(core.workspace, required(given, 'channel')) ?? fail('channel_not_found')
      conversationAnswer(core, id)
      const { page, next_cursor } = pageOf(membersOf(core.workspace, id), given, 100)
      return { members: page, response_metadata: { next_cursor } }
    },
  },
}
