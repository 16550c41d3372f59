// A tiny app for the local Slack's own tests: records every request and answers as the test says.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLocalSlack, type LocalSlack, type LocalSlackOptions } from '../../src/sandbox/slack/local-slack.ts'

/** What JSON.parse gives: tests reach deep into payloads of every kind. */
export type Loose = ReturnType<typeof JSON.parse>

export interface Received {
  raw: string
  headers: IncomingHttpHeaders
  /** a command's fields, an interaction's payload or an event's envelope */
  body: Loose
}

export interface Reply {
  status?: number
  /** an object becomes JSON */
  body?: unknown
  headers?: Record<string, string>
  /** never answers */
  hang?: boolean
}

type Handler = (received: Received) => Promise<Reply | undefined> | Reply | undefined

export const manifest = {
  display_information: { name: 'Usher', description: 'Invitations' },
  features: {
    app_home: { home_tab_enabled: true, messages_tab_enabled: true },
    bot_user: { display_name: 'Usher' },
    slash_commands: [
      { command: '/invites', description: 'Invite people', usage_hint: '[address]', should_escape: true },
      { command: '/plain', description: 'Without escaping' },
    ],
    shortcuts: [
      { name: 'Invite someone', type: 'global' as const, callback_id: 'invite_one', description: 'Invite' },
      { name: 'Invite from message', type: 'message' as const, callback_id: 'invite_from', description: 'Invite' },
    ],
  },
  oauth_config: {
    scopes: { bot: ['commands', 'chat:write', 'users:read', 'users:read.email', 'files:read', 'files:write'] },
  },
  settings: { event_subscriptions: { bot_events: ['app_home_opened', 'team_join', 'user_change'] } },
}

function read(raw: string, contentType: string | undefined): unknown {
  if (contentType === 'application/json') return JSON.parse(raw)
  const form = Object.fromEntries(new URLSearchParams(raw))
  return form.payload === undefined ? form : JSON.parse(form.payload)
}

/** A local Slack with a fake app behind it; `handle` decides the answers and may be replaced at any time. */
export async function startFakeApp(options: Partial<LocalSlackOptions> = {}) {
  const received: Received[] = []
  const app = { handle: (() => undefined) as Handler }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', async () => {
      const raw = Buffer.concat(chunks).toString('utf8')
      const one = { raw, headers: request.headers, body: read(raw, request.headers['content-type']) }
      received.push(one)
      const { status = 200, body = '', headers = {}, hang = false } = (await app.handle(one)) ?? {}
      if (hang) return
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      const type = typeof body === 'string' ? 'text/plain' : 'application/json'
      response.writeHead(status, { 'content-type': type, ...headers }).end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const slack = await createLocalSlack({ appUrl: () => `http://127.0.0.1:${port}`, manifest, ...options })

  return {
    slack,
    app,
    received,
    port,
    /** Calls a Web API method as the app would, form-encoded. */
    api: (method: string, given: Record<string, unknown> = {}) => callApi(slack, method, given),
    async close() {
      await slack.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function callApi(slack: LocalSlack, method: string, given: Record<string, unknown>): Promise<Loose> {
  const form = new URLSearchParams()
  for (const [key, value] of Object.entries(given))
    form.set(key, typeof value === 'string' ? value : JSON.stringify(value))
  const response = await fetch(`${slack.apiUrl}${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.botToken}` },
    body: form,
  })
  return response.json()
}

export const plain = (text: string) => ({ type: 'plain_text', text })

/** A modal with one required e-mail field, block and action id as given. */
export function emailForm(more: Record<string, unknown> = {}) {
  return {
    type: 'modal',
    callback_id: 'invite',
    title: plain('Invite someone'),
    submit: plain('Send invitation'),
    blocks: [
      {
        type: 'input',
        block_id: 'email',
        label: plain('E-mail'),
        element: { type: 'email_text_input', action_id: 'value' },
      },
    ],
    ...more,
  }
}
