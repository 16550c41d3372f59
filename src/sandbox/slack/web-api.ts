// The HTTP server that stands for slack.com: Web API methods, response URLs, uploads and file downloads.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { isRecord } from './block-kit-checks.ts'
import type { Core } from './core.ts'
import type { Fault, Faults } from './faults.ts'
import { fileAt, fileMethods, receiveUpload, uploadedBytes } from './files.ts'
import { botScopes } from './manifest.ts'
import { type Arguments, MethodFailure, type Methods } from './method.ts'
import { chatMethods } from './methods-chat.ts'
import { directoryMethods } from './methods-directory.ts'
import { viewMethods } from './methods-views.ts'
import type { OpenIdServer } from './open-id.ts'
import { type BodyTooLarge, readBody } from './request-body.ts'
import type { SocketModeServer } from './socket-mode.ts'

/** One Web API call, for tests; `body` without the token. */
export interface ApiCall {
  method: string
  body: Arguments
  /** undefined while unanswered and for faults without an answer */
  answer?: Record<string, unknown>
  status: number
}

interface Answer {
  status: number
  body: Record<string, unknown>
  headers?: Record<string, string>
}

const methods: Methods = { ...directoryMethods, ...chatMethods, ...viewMethods, ...fileMethods }
const maximumBody = 50 * 1024 * 1024
const maximumCalls = 2000

function readArguments(contentType: string, body: string, query: URLSearchParams): Arguments | undefined {
  const given: Arguments = Object.fromEntries(query)
  if (!contentType.startsWith('application/json')) return { ...given, ...Object.fromEntries(new URLSearchParams(body)) }
  try {
    const json: unknown = JSON.parse(body)
    return isRecord(json) ? { ...given, ...json } : undefined
  } catch {
    return undefined
  }
}

/**
 * @param options.calls gets every Web API call (bounded)
 * @returns what to give to node:http's createServer
 */
export function createWebApi(
  core: Core,
  options: {
    tokens: { bot: string; app: string }
    faults: Faults
    calls: ApiCall[]
    socketMode: SocketModeServer | undefined
    openId: OpenIdServer
  },
): RequestListener {
  const scopes = () => botScopes(core.manifest)
  const { tokens, socketMode } = options
  const served: Methods = socketMode
    ? { ...methods, 'apps.connections.open': { token: 'app', run: () => ({ ...socketMode.open() }) } }
    : methods

  function runMethod(name: string, given: Arguments, token: string | undefined): Answer {
    const headers = { 'x-oauth-scopes': scopes().join(',') }
    const method = Object.hasOwn(served, name) ? served[name] : undefined
    const refuse = (error: string, more = {}) => ({ status: 200, body: { ok: false, error, ...more }, headers })
    if (!method) return refuse('unknown_method', { req_method: name })
    if (method.token !== false && !token) return { status: 200, body: { ok: false, error: 'not_authed' } }
    if (method.token !== false && token !== undefined && token !== tokens[method.token ?? 'bot'])
      return refuseToken(token)
    if (method.scope && !scopes().includes(method.scope))
      return refuse('missing_scope', { needed: method.scope, provided: scopes().join(',') })
    try {
      return { status: 200, body: { ok: true, ...method.run(core, given) }, headers }
    } catch (error) {
      if (error instanceof MethodFailure) return { status: 200, body: error.answer, headers }
      throw error
    }
  }

  function refuseToken(token: string): Answer {
    const isOfTheOtherKind = Object.values(tokens).includes(token)
    return { status: 200, body: { ok: false, error: isOfTheOtherKind ? 'not_allowed_token_type' : 'invalid_auth' } }
  }

  async function answerMethod(
    name: string,
    request: IncomingMessage,
    response: ServerResponse,
    query: URLSearchParams,
  ) {
    const body = (await readBody(request, maximumBody)).toString('utf8')
    const all = readArguments(request.headers['content-type'] ?? '', body, query)
    const { token: argument, ...given } = all ?? {}
    const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    const token = bearer ?? (typeof argument === 'string' ? argument : undefined)
    const call: ApiCall = { method: name, body: given, status: 0 }
    options.calls.push(call)
    if (options.calls.length > maximumCalls) options.calls.shift()

    const fault = options.faults.take(name)
    if (fault?.kind === 'hang') return
    const answer = faultAnswer(fault)
    const invalid: Answer = { status: 200, body: { ok: false, error: 'invalid_json' } }
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms).unref())
    const { status, body: result, headers } = answer ?? (all ? runMethod(name, given, token) : invalid)
    Object.assign(call, { status, answer: result })
    if (fault?.kind === 'lost_answer') return response.destroy()
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    response.end(JSON.stringify(result))
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    if (options.openId.serves(pathname)) {
      const fault = options.faults.take('openid')
      if (fault) return response.writeHead(fault.kind === 'status' ? fault.status : 500).end('not now')
      return options.openId.answer(request, response)
    }
    if (pathname.startsWith('/api/')) return answerMethod(pathname.slice(5), request, response, searchParams)
    const body = await readBody(request, maximumBody)
    if (/^\/(commands|actions)\//.test(pathname) && request.method === 'POST') {
      const result = core.responseUrls.receive(pathname, body.toString('utf8'))
      return response.writeHead(result.status, { 'content-type': 'text/plain' }).end(result.body)
    }
    if (pathname.startsWith('/upload/v1/') && request.method === 'POST') {
      const content = uploadedBytes(request.headers['content-type'] ?? '', body)
      const taken = receiveUpload(core, pathname, content)
      return response.writeHead(taken ? 200 : 400).end(taken ? `OK - ${content.length}` : 'upload failed')
    }
    if (pathname.startsWith('/files-pri/')) return download(pathname, request, response)
    return response.writeHead(404).end('not found')
  }

  function download(path: string, request: IncomingMessage, response: ServerResponse): void {
    const stored = fileAt(core, path)
    const fault = options.faults.take('files-pri')
    if (fault?.kind === 'hang') return
    if (fault?.kind === 'status') {
      response.writeHead(fault.status, { 'content-type': 'text/plain' }).end('not now')
      return
    }
    if (fault?.kind === 'lost_answer' && stored) {
      response.writeHead(200, { 'content-type': stored.file.mimetype, 'content-length': stored.content.length })
      response.write(stored.content.subarray(0, stored.content.length / 2), () => response.destroy())
      return
    }
    const isTheApp = request.headers.authorization === `Bearer ${tokens.bot}` && scopes().includes('files:read')
    const allowed = isTheApp && fault?.kind !== 'error'
    if (!allowed) {
      // Slack shows its sign-in page to a wrong or missing token, with a good status.
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      response.end('<!DOCTYPE html><html><head><title>Sign in to Slack</title></head><body>Sign in</body></html>')
    } else if (!stored) response.writeHead(404).end('not found')
    else response.writeHead(200, { 'content-type': stored.file.mimetype }).end(stored.content)
  }

  return (request, response) => {
    answer(request, response).catch((error: Error | BodyTooLarge) => {
      core.log.error({ err: error, path: request.url }, 'The local Slack could not answer')
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  }
}

// The answer of a fault in whose stead nothing is done.
function faultAnswer(fault: Fault | undefined): Answer | undefined {
  switch (fault?.kind) {
    case 'rate_limited':
      return {
        ...{ status: 429, headers: { 'retry-after': String(fault.retryAfter) } },
        body: { ok: false, error: 'ratelimited' },
      }
    case 'status':
      return { status: fault.status, body: { ok: false, error: 'internal_error' } }
    case 'error':
      return { status: 200, body: { ok: false, error: fault.error } }
    default:
      return undefined
  }
}
