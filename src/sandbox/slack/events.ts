// Events API: what happens in the workspace, told to the app if its manifest asks for it, and again when it is not heard.
import type { Core } from './core.ts'
import { botEvents } from './manifest.ts'
import { jsonType } from './outgoing.ts'
import { slackMessage } from './payloads.ts'
import { canSee, type Message, membersOf, newId, nextTs } from './workspace.ts'

export interface SlackEvent {
  type: string
  [field: string]: unknown
}

/**
 * Sends an event if the manifest subscribes to it; resolves after the first try. Later tries follow by themselves.
 * @param subscription the name in the manifest where it differs from the type (message.im)
 * @returns whether the app took it at the first try; undefined when it does not subscribe
 */
export async function sendEvent(
  core: Core,
  event: SlackEvent,
  subscription = event.type,
): Promise<boolean | undefined> {
  if (!botEvents(core.manifest).includes(subscription)) return undefined
  const { team, app, now } = core.workspace
  const body = JSON.stringify({
    ...{ token: core.verificationToken, team_id: team.id, context_team_id: team.id, context_enterprise_id: null },
    ...{ api_app_id: app.id, event: { event_ts: nextTs(core.workspace), ...event }, type: 'event_callback' },
    ...{ event_id: newId('Ev'), event_time: Math.floor(now() / 1000), is_ext_shared_channel: false },
    authorizations: [
      { enterprise_id: null, team_id: team.id, user_id: app.botUserId, is_bot: true, is_enterprise_install: false },
    ],
  })
  return deliver(core, event.type, body, 0)
}

async function deliver(core: Core, kind: string, body: string, attempt: number, reason = ''): Promise<boolean> {
  const retry: Record<string, string> =
    attempt > 0 ? { 'x-slack-retry-num': String(attempt), 'x-slack-retry-reason': reason } : {}
  const delivery = await core.outgoing.send(kind, body, jsonType, retry)
  if (delivery.outcome === 'answered' && delivery.status === 200) return true
  const wait = core.limits.eventRetries[attempt]
  const stopped = delivery.outcome === 'answered' && delivery.headers['x-slack-no-retry'] === '1'
  if (wait === undefined || stopped) return false
  const why = { answered: 'http_error', timeout: 'http_timeout', failed: 'connection_failed' }[delivery.outcome]
  setTimeout(() => deliver(core, kind, body, attempt + 1, why), wait).unref()
  return false
}

/** Tells the app of a message that a person wrote, where it is there to see it. */
export async function sendMessageEvents(core: Core, message: Message): Promise<void> {
  const { app, channels, directMessages } = core.workspace
  const toApp = membersOf(core.workspace, message.channel).includes(app.botUserId)
  if (!toApp || !canSee(core.workspace, app.botUserId, message)) return
  const isPrivate = channels.get(message.channel)?.is_private === true
  const channel_type = directMessages.has(message.channel) ? 'im' : isPrivate ? 'group' : 'channel'
  const subscription = { im: 'message.im', group: 'message.groups', channel: 'message.channels' }[channel_type]
  const event = { ...slackMessage(core, message), channel: message.channel, type: 'message', channel_type }
  await sendEvent(core, event, subscription)
  if (message.text.includes(`<@${app.botUserId}>`)) await sendEvent(core, { ...event, type: 'app_mention' })
}
