// /scim/v2: the door of an organisation's directory (Okta, Entra …). The library scimmy knows the schemas; its routers
// are not used: they read bodies before they ask who sends them, let filters loose on patterns that can run for hours,
// and answer a fault of the database with "there is no such user", upon which a directory makes that user once more.
import { type ErrorRequestHandler, type RequestHandler, type Response, Router } from 'express'
import type { Log } from '../../collaborators.ts'
import type { ScimCaller, ScimDirectory } from '../../people/index.ts'
import { newReference } from '../../reference.ts'
import type { Headers } from '../headers.ts'
import { type DiscoveryKind, discover } from './discovery.ts'
import { createGroupRoutes } from './groups.ts'
import { type Locals, limitDirectory, readJson, requireToken, type Vouch } from './guards.ts'
import { ScimError, scimErrorOf } from './scim-error.ts'
import { readSearch } from './scim-query.ts'
import { searchEverything } from './search.ts'
import { createSend, type Reply, type Send } from './send.ts'
import { createUserRoutes } from './users.ts'

/** Where the directory's address ends. */
export const SCIM_PATH = '/scim/v2'

export type ScimSettings = {
  directory: ScimDirectory
  publicUrl: string
  /** Requests a minute and client address. */
  limit: number
  /** Called for each request with a token that is known, before its body is read. */
  vouchFor?: Vouch | undefined
  headers: Headers
  log: Log
  databaseIsAway: () => Promise<boolean>
}

/** One request of a directory that was let in. `id`: what stands in the address. */
export type Ask = { caller: ScimCaller; id: string; query: Record<string, unknown>; body: unknown }
type Work = (ask: Ask) => Promise<Reply>

/** Makes the door, to be put at SCIM_PATH. It answers everything that comes there. */
export function createScim(settings: ScimSettings): Router {
  const { directory, publicUrl, limit, vouchFor, headers, log, databaseIsAway } = settings
  const base = new URL(SCIM_PATH, publicUrl).href
  const send = createSend(headers)
  const users = createUserRoutes(directory, base)
  const groups = createGroupRoutes(directory, base)
  const router = Router()
  router.use(limitDirectory(limit, send), requireToken(directory, { send, vouchFor }), readJson)

  const on = (work: Work): RequestHandler => handle(work, send)
  const withBody = (work: Work): RequestHandler => handle(work, send, { needsBody: true })
  for (const [path, routes] of [
    ['/Users', users],
    ['/Groups', groups],
  ] as const) {
    router.post(`${path}/.search`, withBody(routes.search))
    router.route(path).get(on(routes.list)).post(withBody(routes.create)).all(notAllowed('GET, POST'))
    router
      .route(`${path}/:id`)
      .get(on(routes.read))
      .put(withBody(routes.replace))
      .patch(withBody(routes.patch))
      .delete(on(routes.remove))
      .all(notAllowed('GET, PUT, PATCH, DELETE'))
  }
  router.post(
    '/.search',
    withBody(({ caller, body }) => searchEverything({ users, groups }, { caller, query: readSearch(body) })),
  )
  const kinds: DiscoveryKind[] = ['ServiceProviderConfig', 'ResourceTypes', 'Schemas']
  for (const kind of kinds) {
    router.get(
      `/${kind}`,
      on(async () => ({ status: 200, document: await discover(kind, { base }) })),
    )
    if (kind === 'ServiceProviderConfig') continue
    router.get(
      `/${kind}/:id`,
      on(async ({ id }) => ({ status: 200, document: await discover(kind, { base, id }) })),
    )
  }
  router.all(['/Bulk', '/Me'], () => {
    throw new ScimError(501, undefined, 'This is not done here; ServiceProviderConfig says what is.')
  })
  router.use(() => {
    throw new ScimError(404, undefined, 'There is nothing at this address. The SCIM address ends in /scim/v2.')
  })
  router.use(answerErrors({ send, log, databaseIsAway }))
  return router
}

type Params = { id?: string | string[] }

function handle(
  work: Work,
  send: Send,
  { needsBody = false } = {},
): RequestHandler<Params, unknown, unknown, Ask['query']> {
  return async (request, response: Response<unknown, Locals>) => {
    const { caller } = response.locals
    if (!caller) throw new Error('a request came in by SCIM without a token')
    const { body, query } = request
    if (needsBody && body === undefined) {
      throw new ScimError(415, undefined, 'Send JSON, with the content type application/scim+json.')
    }
    const { id = '' } = request.params
    send.reply(response, await work({ caller, id: String(id), query, body }))
  }
}

function notAllowed(methods: string): RequestHandler {
  return () => {
    throw new ScimError(405, undefined, `Only ${methods} are understood at this address.`)
  }
}

/** What a refusal, a body that cannot be read, and a fault are answered with. */
function answerErrors({
  send,
  log,
  databaseIsAway,
}: Pick<ScimSettings, 'log' | 'databaseIsAway'> & { send: Send }): ErrorRequestHandler {
  return async (error, request, response, _next) => {
    const refusal = scimErrorOf(error) ?? unreadable(error)
    // The rest of a body that was not read must not be taken for the next request.
    const more: Headers = refusal?.status === 413 ? { Connection: 'close' } : {}
    if (refusal && !response.headersSent) return send.refusal(response, refusal, more)
    // It was answered already, and only the rest of it could not be read: no fault of ours.
    if (refusal) return void response.destroy()
    const reference = newReference()
    log.error({ err: error, reference, method: request.method }, 'A request by SCIM failed')
    if (response.headersSent) return void response.destroy()
    const isAway = await databaseIsAway().catch(() => true)
    const message = isAway
      ? `Usher cannot reach its database at this moment: try again in half a minute (number ${reference}).`
      : `Something went wrong on our side: tell whoever runs Usher the number ${reference}.`
    send.refusal(
      response,
      { status: isAway ? 503 : 500, scimType: undefined, message },
      isAway ? { 'Retry-After': '30' } : {},
    )
  }
}

/** What the reader of bodies and of addresses says, as SCIM. */
function unreadable(error: unknown): ScimError | undefined {
  if (error instanceof URIError) return new ScimError(404, undefined, 'This address cannot be read.')
  if (!(error instanceof Error) || !('status' in error) || !('type' in error)) return undefined
  const status = Number(error.status)
  if (status === 413)
    return new ScimError(413, undefined, 'One request may carry at most 1 MB. Send large groups in parts.')
  if (status === 415) return new ScimError(415, undefined, 'Send JSON in UTF-8, and not compressed.')
  return status >= 400 && status < 500
    ? new ScimError(400, 'invalidSyntax', 'The body is no JSON that can be read.')
    : undefined
}
