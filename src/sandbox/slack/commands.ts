// What a person types: messages, and slash commands with everything that Slack makes of the app's answer.
import { isRecord } from './block-kit-checks.ts'
import type { Core } from './core.ts'
import { sendMessageEvents } from './events.ts'
import { type Delivery, formType } from './outgoing.ts'
import { postAnswer } from './response-urls.ts'
import { conversationName, type Message, membersOf, post, slackbotSays, type Workspace } from './workspace.ts'

export interface CommandOutcome {
  /** what the app answered with; undefined for a command that no app has */
  status?: number
  body?: string
  /** what the person was told went wrong: operation_timeout, dispatch_failed, unknown_command */
  error?: string
}

// Mentions as Slack writes them into text: <@U…> and <#C…|name>.
function escapeMentions(workspace: Workspace, text: string): string {
  const users = [...workspace.users.values()]
  const withNames = users.reduce((line, user) => line.replaceAll(`@${user.real_name}`, `<@${user.id}>`), text)
  return withNames
    .replace(/(^|\s)@([\w.-]+)/g, (whole, before: string, name: string) => {
      const user = users.find((other) => other.name === name)
      return user ? `${before}<@${user.id}>` : whole
    })
    .replace(/(^|\s)#([\w-]+)/g, (whole, before: string, name: string) => {
      const channel = [...workspace.channels.values()].find((other) => other.name === name)
      return channel ? `${before}<#${channel.id}|${channel.is_private ? '' : channel.name}>` : whole
    })
    .replace(/(^|\s)(https?:\/\/[^\s<>]+)/g, '$1<$2>')
}

function plainMentions(workspace: Workspace, text: string): string {
  return text.replace(/<@(U\w+)(\|[^>]*)?>/g, (whole, id: string) => {
    const user = workspace.users.get(id)
    return user ? `@${user.name}` : whole
  })
}

/** A person writes a message into a conversation; undefined when they are not in it. */
export function sayMessage(core: Core, userId: string, channel: string, text: string): Message | undefined {
  const { workspace } = core
  if (!membersOf(workspace, channel).includes(userId) || workspace.channels.get(channel)?.is_archived) return undefined
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const mentionsKept = escaped.replace(/&lt;([@#!][^&\s]+)&gt;/g, '<$1>')
  const message = post(workspace, { channel, user: userId, text: escapeMentions(workspace, mentionsKept) })
  void sendMessageEvents(core, message)
  return message
}

/** A person types a slash command (the whole line); resolves when the app has answered or its time is over. */
export async function runCommand(core: Core, userId: string, channel: string, line: string): Promise<CommandOutcome> {
  const { workspace } = core
  const [, name = '', typed = ''] = /^(\S+)\s*([\s\S]*)$/.exec(line.trim()) ?? []
  const command = core.manifest.features?.slash_commands?.find((known) => known.command === name)
  const to = { user: userId, channel }
  if (!command) {
    slackbotSays(
      workspace,
      to,
      `\`${name.replaceAll('`', '')}\` is not a valid command. In Slack, all messages that start with “/” are commands.`,
    )
    return { error: 'unknown_command' }
  }
  const text = (command.should_escape === true ? escapeMentions : plainMentions)(workspace, typed.trim())
  const { team, app } = workspace
  const form = new URLSearchParams({
    ...{ token: core.verificationToken, team_id: team.id, team_domain: team.domain, channel_id: channel },
    ...{ channel_name: conversationName(workspace, channel), user_id: userId },
    ...{ user_name: workspace.users.get(userId)?.name ?? userId, command: name, text, api_app_id: app.id },
    is_enterprise_install: 'false',
    response_url: core.responseUrls.make({ userId, channel }, 'commands'),
    trigger_id: core.triggers.make(userId, channel),
  })
  const delivery = await core.outgoing.send('command', form.toString(), formType)
  const error = failure(delivery)
  if (error) slackbotSays(workspace, to, `${name} failed with the error “${error}”`)
  if (delivery.outcome !== 'answered') return { error }
  const { status, body } = delivery
  if (!error && body.trim() !== '') takeAnswer(core, { userId, channel, line: line.trim() }, body)
  return { status, body, error }
}

function failure(delivery: Delivery): string | undefined {
  if (delivery.outcome === 'timeout') return 'operation_timeout'
  return delivery.outcome === 'answered' && delivery.status === 200 ? undefined : 'dispatch_failed'
}

function takeAnswer(core: Core, from: { userId: string; channel: string; line: string }, body: string): void {
  let given: unknown
  try {
    given = JSON.parse(body)
  } catch {
    given = { text: body }
  }
  const answer = isRecord(given) ? given : { text: body }
  // A command that is answered for everybody is itself shown to everybody.
  if (answer.response_type === 'in_channel')
    post(core.workspace, { channel: from.channel, user: from.userId, text: from.line })
  const refusal = postAnswer(core.workspace, from, answer)
  if (refusal) core.complain(`answer to ${from.line}: ${refusal.error} ${refusal.messages?.join('; ') ?? ''}`.trim())
}
