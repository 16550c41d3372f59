// Response URLs: five messages within 30 minutes back to where something happened, whoever is a member there.
import { randomBytes } from 'node:crypto'
import { isRecord } from './block-kit-checks.ts'
import { type MessageBody, readMessageBody } from './message-body.ts'
import { stateOf } from './view-state.ts'
import { changeMessage, deleteMessage, findMessage, type Message, post, type Workspace } from './workspace.ts'

export interface ResponseTarget {
  userId: string
  channel: string
  /** the message whose element was used; absent for commands and shortcuts */
  messageTs?: string
}

export interface ResponseUrls {
  /** A fresh absolute URL for one interaction. */
  make(target: ResponseTarget, kind: 'commands' | 'actions'): string
  /** Handles a POST to one of them: HTTP status and body. */
  receive(path: string, body: string): { status: number; body: string }
}

const lifetime = 30 * 60 * 1000
const maximumUses = 5

/** Replaces the content of a message; what was chosen in unchanged elements is kept. */
export function replaceMessage(workspace: Workspace, message: Message, body: MessageBody): void {
  const states = Object.fromEntries(
    Object.entries(message.states).map(([userId, values]) => [userId, stateOf(body.blocks ?? [], values)]),
  )
  changeMessage(workspace, message, { text: body.text, blocks: body.blocks, edited: true, states })
}

/**
 * Posts an app's answer to a command or interaction: ephemeral unless `response_type` is in_channel.
 * @returns Slack's error name when the body is not a message
 */
export function postAnswer(
  workspace: Workspace,
  target: ResponseTarget,
  given: Record<string, unknown>,
): { error: string; messages?: string[] } | undefined {
  const read = readMessageBody(given)
  if ('error' in read) return read
  const visibleTo = given.response_type === 'in_channel' ? undefined : target.userId
  const thread_ts = typeof given.thread_ts === 'string' ? given.thread_ts : undefined
  post(workspace, { channel: target.channel, user: workspace.app.botUserId, visibleTo, thread_ts, ...read.body })
  return undefined
}

/**
 * @param origin where response URLs are received
 * @param complain takes every answer that Slack would have refused, in words
 */
export function createResponseUrls(
  workspace: Workspace,
  options: { origin: () => string; complain: (text: string) => void },
): ResponseUrls {
  const open = new Map<string, { target: ResponseTarget; until: number; uses: number }>()

  const refuse = (status: number, error: string, messages?: string[]) => {
    options.complain(`response_url: ${error} ${messages?.join('; ') ?? ''}`.trim())
    return { status, body: JSON.stringify({ ok: false, error, ...(messages && { response_metadata: { messages } }) }) }
  }

  return {
    make(target, kind) {
      if (open.size > 5000) for (const id of [...open.keys()].slice(0, 1000)) open.delete(id)
      const path = `/${kind}/${workspace.team.id}/${Math.floor(workspace.now())}/${randomBytes(12).toString('base64url')}`
      open.set(path, { target, until: workspace.now() + lifetime, uses: 0 })
      return `${options.origin()}${path}`
    },
    receive(path, text) {
      const entry = open.get(path)
      if (!entry) return refuse(404, 'invalid_url')
      if (workspace.now() > entry.until) return refuse(404, 'expired_url')
      if (entry.uses >= maximumUses) return refuse(404, 'used_url')
      let given: unknown
      try {
        given = JSON.parse(text)
      } catch {
        return refuse(400, 'invalid_payload')
      }
      if (!isRecord(given)) return refuse(400, 'invalid_payload')
      const { target } = entry
      const original = target.messageTs ? findMessage(workspace, target.channel, target.messageTs) : undefined
      if (given.delete_original === true) {
        if (original) deleteMessage(workspace, original)
      } else if (given.replace_original === true && target.messageTs) {
        const read = readMessageBody(given)
        if ('error' in read) return refuse(400, read.error, read.messages)
        if (!original) return refuse(404, 'message_not_found')
        replaceMessage(workspace, original, read.body)
      } else {
        const refusal = postAnswer(workspace, target, given)
        if (refusal) return refuse(400, refusal.error, refusal.messages)
      }
      entry.uses += 1
      return { status: 200, body: 'ok' }
    },
  }
}
