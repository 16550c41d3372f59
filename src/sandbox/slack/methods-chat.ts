// Web API: chat.*
import type { Core } from './core.ts'
import { botScopes } from './manifest.ts'
import { type MessageBody, readMessageBody } from './message-body.ts'
import { type Arguments, fail, type Methods, optional, required } from './method.ts'
import { slackMessage } from './payloads.ts'
import { replaceMessage } from './response-urls.ts'
import {
  deleteMessage,
  findConversationId,
  findMessage,
  isPerson,
  type Message,
  membersOf,
  openDirectMessage,
  post,
} from './workspace.ts'

// A channel id, a channel's name, or a user id, whose direct message is then opened.
function targetOf(core: Core, reference: string): string {
  const { workspace, manifest } = core
  const user = workspace.users.get(reference)
  if (user) {
    if (!isPerson(user) || user.deleted) fail(user.deleted ? 'channel_not_found' : 'cannot_dm_bot')
    if (manifest.features?.app_home?.messages_tab_enabled === false) fail('messages_tab_disabled')
    return openDirectMessage(workspace, workspace.app.botUserId, user.id).id
  }
  const id = findConversationId(workspace, reference)
  const channel = id ? workspace.channels.get(id) : undefined
  const isMember = id !== undefined && membersOf(workspace, id).includes(workspace.app.botUserId)
  if (id === undefined) fail('channel_not_found')
  if (!channel && !isMember) fail('channel_not_found')
  if (channel?.is_archived) fail('is_archived')
  if (channel && !isMember) {
    if (channel.is_private) fail('channel_not_found')
    if (!botScopes(manifest).includes('chat:write.public')) fail('not_in_channel')
  }
  return id
}

function bodyOf(core: Core, given: Arguments): MessageBody {
  const read = readMessageBody(given)
  if ('body' in read) return read.body
  core.complain(`message: ${read.error} ${read.messages?.join('; ') ?? ''}`.trim())
  return fail(read.error, read.messages)
}

// Only what the app itself wrote, and nothing ephemeral, can be changed later.
function ownMessage(core: Core, given: Arguments, refusal: string): Message {
  const channel = required(given, 'channel')
  const ts = required(given, 'ts')
  if (membersOf(core.workspace, channel).length === 0) fail('channel_not_found')
  const message = findMessage(core.workspace, channel, ts)
  if (!message || message.visibleTo !== undefined) fail('message_not_found')
  if (message.user !== core.workspace.app.botUserId) fail(refusal)
  return message
}

export const chatMethods: Methods = {
  'chat.postMessage': {
    scope: 'chat:write',
    run(core, given) {
      const channel = targetOf(core, required(given, 'channel'))
      const body = bodyOf(core, given)
      const message = post(core.workspace, {
        ...{ channel, user: core.workspace.app.botUserId, ...body, username: optional(given, 'username') },
        ...{ thread_ts: optional(given, 'thread_ts') },
      })
      return { channel, ts: message.ts, message: slackMessage(core, message) }
    },
  },
  'chat.postEphemeral': {
    scope: 'chat:write',
    run(core, given) {
      const channel = findConversationId(core.workspace, required(given, 'channel'))
      const user = required(given, 'user')
      if (channel === undefined) fail('channel_not_found')
      if (core.workspace.channels.get(channel)?.is_archived) fail('is_archived')
      const members = membersOf(core.workspace, channel)
      if (!members.includes(core.workspace.app.botUserId)) fail('not_in_channel')
      if (!members.includes(user) || core.workspace.users.get(user)?.deleted) fail('user_not_in_channel')
      const body = bodyOf(core, given)
      const draft = { channel, user: core.workspace.app.botUserId, visibleTo: user, ...body }
      return { message_ts: post(core.workspace, draft).ts }
    },
  },
  'chat.update': {
    scope: 'chat:write',
    run(core, given) {
      const message = ownMessage(core, given, 'cant_update_message')
      const body = bodyOf(core, given)
      // Blocks that are not mentioned stay as they are.
      const blocks = given.blocks === undefined ? message.blocks : body.blocks
      replaceMessage(core.workspace, message, { text: body.text === '' ? message.text : body.text, blocks })
      const { channel, ts, text } = message
      return { channel, ts, text, message: slackMessage(core, message) }
    },
  },
  'chat.delete': {
    scope: 'chat:write',
    run(core, given) {
      const message = ownMessage(core, given, 'cant_delete_message')
      deleteMessage(core.workspace, message)
      return { channel: message.channel, ts: message.ts }
    },
  },
}
