// The client API of the browser page (client-api.ts): it can act as any person, so only the page itself may use it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientActions } from './client-actions.ts'
import type { Boot, State } from './client-api.ts'
import type { Core } from './core.ts'
import { storeFile } from './files.ts'
import { readBody } from './request-body.ts'
import { toClientView } from './views.ts'
import { conversationsOf, messagesFor, toClientMessage } from './workspace.ts'

const shownMessages = 200
const maximumBody = 12 * 1024 * 1024

/** Everything that tells the page what there is to be and to do. */
export function bootOf(core: Core): Boot {
  const { workspace, manifest } = core
  const { features, display_information: about } = manifest
  return {
    ok: true,
    team: workspace.team,
    users: [...workspace.users.values()],
    channels: [...workspace.channels.values()],
    user_groups: [...workspace.userGroups.values()],
    commands: (features?.slash_commands ?? []).map(({ command, description, usage_hint = '' }) => ({
      ...{ command, description, usage_hint },
    })),
    shortcuts: (features?.shortcuts ?? []).map(({ name, callback_id, description, type }) => ({
      ...{ name, callback_id, description, type },
    })),
    app: {
      ...{ id: workspace.app.id, name: about.name, description: about.description ?? '' },
      botUserId: workspace.app.botUserId,
      homeTab: features?.app_home?.home_tab_enabled === true,
      messagesTab: features?.app_home?.messages_tab_enabled !== false,
    },
  }
}

/** What one person's client shows. */
export function stateOfClient(core: Core, userId: string): State {
  const { workspace, views } = core
  const conversations = conversationsOf(workspace, userId)
  const messages = conversations.map(({ id }) => {
    const seen = messagesFor(workspace, userId, id).slice(-shownMessages)
    return [id, seen.map((message) => toClientMessage(message, userId))]
  })
  const home = views.home(userId)
  return {
    ...{ ok: true, conversations, messages: Object.fromEntries(messages) },
    ...{ views: views.stack(userId).map(toClientView), home: home && toClientView(home) },
  }
}

// A page of another site, or a name that was made to point here, must not act for people.
function isForeign(request: IncomingMessage, appUrl: string): boolean {
  const { host = '', origin } = request.headers
  const own = new URL(appUrl).host
  const isLoopback = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host)
  if (!isLoopback && host !== own) return true
  if (request.headers['sec-fetch-site'] === 'cross-site') return true
  return origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`
}

export interface ClientApi {
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Ends all open streams. */
  close(): void
}

/** @param options.appUrl where the page is served from, which is the only other host that is let in */
export function createClientApi(core: Core, options: { appUrl: () => string }): ClientApi {
  const streams = new Set<ServerResponse>()

  function json(response: ServerResponse, status: number, body: object): void {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    response.end(JSON.stringify(body))
  }

  function stream(response: ServerResponse, userId: string): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    })
    const send = (event: object) => response.write(`data: ${JSON.stringify(event)}\n\n`)
    const listener = (audience: string[], event: object) => {
      if (audience.includes(userId)) send(event)
    }
    const ping = setInterval(() => response.write(': ping\n\n'), 15_000).unref()
    core.workspace.listeners.add(listener)
    streams.add(response)
    response.on('close', () => {
      clearInterval(ping)
      core.workspace.listeners.delete(listener)
      streams.delete(response)
    })
    send({ type: 'state', state: stateOfClient(core, userId) })
  }

  function get(path: string, query: URLSearchParams, response: ServerResponse): unknown {
    const userId = query.get('as') ?? ''
    const fileId = /^file\/(F\w+)$/.exec(path)?.[1]
    const stored = fileId === undefined ? undefined : core.workspace.files.get(fileId)
    if (path === 'boot') return json(response, 200, bootOf(core))
    if (stored) {
      const name = encodeURIComponent(stored.file.name)
      response.writeHead(200, {
        'content-type': stored.file.mimetype === 'text/html' ? 'text/plain' : stored.file.mimetype,
        'content-disposition': `attachment; filename*=UTF-8''${name}`,
        'x-content-type-options': 'nosniff',
      })
      return response.end(stored.content)
    }
    if (path !== 'state' && path !== 'stream') return json(response, 404, { ok: false, error: 'not_found' })
    if (!core.workspace.users.has(userId)) return json(response, 400, { ok: false, error: 'user_not_found' })
    if (path === 'state') return json(response, 200, stateOfClient(core, userId))
    return stream(response, userId)
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    if (isForeign(request, options.appUrl())) return json(response, 403, { ok: false, error: 'foreign_origin' })
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const path = pathname.replace(/^\/api\//, '')
    if (request.method === 'GET') return get(path, searchParams, response)
    if (request.method !== 'POST') return json(response, 405, { ok: false, error: 'method_not_allowed' })
    const body = await readBody(request, maximumBody)
    if (path === 'file') {
      const user = searchParams.get('as') ?? ''
      if (!core.workspace.users.has(user)) return json(response, 400, { ok: false, error: 'user_not_found' })
      const file = storeFile(core, { name: searchParams.get('name') ?? 'file', user, content: body })
      return json(response, 200, { ok: true, file })
    }
    const action = Object.hasOwn(clientActions, path) ? clientActions[path] : undefined
    if (!action) return json(response, 404, { ok: false, error: 'not_found' })
    let given: unknown
    try {
      given = JSON.parse(body.toString('utf8'))
    } catch {
      return json(response, 400, { ok: false, error: 'invalid_json' })
    }
    const result = (await action(core, given)) ?? {}
    if ('error' in result && result.error !== undefined)
      return json(response, result.error === 'invalid_arguments' ? 400 : 200, { ok: false, ...result })
    return json(response, 200, { ok: true, ...result })
  }

  return {
    handle(request, response) {
      answer(request, response).catch((error: Error) => {
        core.log.error({ err: error }, 'The client API of the local Slack failed')
        if (response.headersSent) response.end()
        else json(response, 500, { ok: false, error: 'internal_error' })
      })
    },
    close() {
      for (const response of streams) response.end()
    },
  }
}
