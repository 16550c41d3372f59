// The door of the invited: sign-up pages without any script, and what machines ask about Usher's health.
import { type ErrorRequestHandler, type Express, type RequestHandler, Router } from 'express'
import { isLanguage, textsOf } from '../languages/index.ts'
import { newReference } from '../reference.ts'
import { accountRoutes } from './account-routes.ts'
import { createActivate } from './activate.ts'
import { answer } from './answer.ts'
import type { WebLimits, WebSettings } from './door.ts'
import { limitPerMinute, readBody, refuseForeignForms } from './guards.ts'
import { buildHeaders, type HeaderSets, type Headers } from './headers.ts'
import { createObservability, routeOf } from './health.ts'
import { createJoin } from './join.ts'
import { browserLanguage, noteUsualLanguage } from './page-language.ts'
import { mailboxPage, plainPage, troublePage, welcomePage } from './pages/notes.ts'
import { createRegister } from './register.ts'
import { createScim, SCIM_PATH } from './scim/index.ts'
import { icon, stylesheet } from './style.ts'
import { createTextReceipts } from './text-receipts.ts'

export type { WebDoor, WebLimits, WebSettings } from './door.ts'
export type { Health } from './health.ts'
export { SCIM_PATH } from './scim/index.ts'

// Entra sends 25 requests a second and more.
const usualLimits: WebLimits = { open: 600, send: 60, ask: 10, scim: 3000 }

export type Web = {
  /** Call before anything else is put on the app: its settings, the measuring and the pages. */
  attach: (app: Express) => void
  /** Call after everything else: "no such page", and the one place where unexpected errors end. */
  attachLast: (app: Express) => void
}

/** Makes the web door. `limits`: 600 pages, 60 forms, 10 addresses for registration links and 3,000 requests by SCIM a
 * minute and client address, unless it says otherwise. */
export function createWeb(settings: WebSettings): Web {
  const headers = buildHeaders({ isHttps: settings.publicUrl.startsWith('https:') })
  const { observe, alive, ready, metrics } = createObservability(settings.health, {
    headers: headers.machine,
    metricsToken: settings.metricsToken,
  })
  return {
    attach(app) {
      app.set('trust proxy', settings.trustProxy)
      app.disable('x-powered-by')
      app.use(observe)
      app.use(noteUsualLanguage(settings.door.usualLanguage))
      app.use(pages(settings, headers))
      app.use(createTextReceipts(settings.door, { ...headers.machine, 'Content-Type': 'text/plain; charset=utf-8' }))
      app.use(SCIM_PATH, directory(settings, headers))
      app.get('/healthz', alive)
      app.get('/readyz', ready)
      app.get('/metrics', metrics)
    },
    attachLast(app) {
      app.use(notFound(headers))
      app.use(lastResort(settings, headers))
    },
  }
}

function directory(settings: WebSettings, { machine }: HeaderSets): Router {
  const { door, publicUrl, limits, vouchFor, log, databaseIsAway } = settings
  const { scim: limit } = { ...usualLimits, ...limits }
  return createScim({ directory: door.scim, publicUrl, limit, vouchFor, headers: machine, log, databaseIsAway })
}

function pages(settings: WebSettings, { page, lasting }: HeaderSets): Router {
  const limits = { ...usualLimits, ...settings.limits }
  const join = createJoin(settings.door, page, { isHttps: settings.publicUrl.startsWith('https:') })
  const router = Router({ caseSensitive: true })

  const opening = limitPerMinute(limits.open, page)
  router
    .route('/join/:token')
    .get(opening, join.open)
    .post(limitPerMinute(limits.send, page), refuseForeignForms(settings.publicUrl, page), readBody(page), join.accept)
    .all(notAllowed(page))
  // A link that a mail program broke in two.
  router.use('/join', opening, join.dead)
  router.use('/join', deadWhereUnreadable(join))

  const register = createRegister(settings.door, page)
  router
    .route('/register/:token')
    .get(opening, register.open)
    .post(limitPerMinute(limits.ask, page), refuseForeignForms(settings.publicUrl, page), readBody(page), register.ask)
    .all(notAllowed(page))
  router.use('/register', opening, register.dead)
  router.use('/register', deadWhereUnreadable(register))

  const activate = createActivate(settings.door, page)
  router
    .route('/activate')
    .get(opening, activate.open)
    .post(limitPerMinute(limits.ask, page), refuseForeignForms(settings.publicUrl, page), readBody(page), activate.take)
    .all(notAllowed(page))
  router.get('/activate/:code', opening, activate.open)

  const { publicUrl } = settings
  router.use(
    accountRoutes(settings.accounts, {
      ...{ headers: page, publicUrl, limits, notAllowed: notAllowed(page) },
      ...settings.door,
      slackSignIn: settings.slackSignIn,
      log: settings.log,
    }),
  )

  router.get('/mailbox', (request, response) => {
    const { language } = request.query
    const texts = textsOf(isLanguage(language) ? language : browserLanguage(request))
    answer(response, { status: 200, headers: page, body: mailboxPage(texts) })
  })

  router.get('/welcome', (request, response) => {
    const { language } = request.query
    const texts = textsOf(isLanguage(language) ? language : browserLanguage(request))
    answer(response, { status: 200, headers: page, body: welcomePage(texts) })
  })

  router.get('/style.css', (request, response) => {
    const isOfThisVersion = request.query.v === stylesheet.version
    const more = { 'Content-Type': 'text/css; charset=utf-8', ...(!isOfThisVersion && { 'Cache-Control': 'no-cache' }) }
    answer(response, { status: 200, headers: lasting, body: stylesheet.body, more })
  })
  router.get(['/favicon.svg', '/favicon.ico'], (_request, response) => {
    const more = { 'Content-Type': 'image/svg+xml', 'Cache-Control': 'public, max-age=86400' }
    answer(response, { status: 200, headers: lasting, body: icon.body, more })
  })
  return router
}

/** A link with a broken percent sign in it is as dead as any other. */
function deadWhereUnreadable({ dead }: { dead: RequestHandler }): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (error instanceof URIError && !response.headersSent) return dead(request, response, next)
    next(error)
  }
}

function notAllowed(headers: Headers): RequestHandler {
  return (request, response) => {
    const body = plainPage(textsOf(browserLanguage(request)), 'notAllowed')
    answer(response, { status: 405, headers, body, more: { Allow: 'GET, HEAD, POST' } })
  }
}

function notFound({ page }: HeaderSets): RequestHandler {
  return (request, response) => {
    const body = plainPage(textsOf(browserLanguage(request)), 'notFound')
    answer(response, { status: 404, headers: page, body })
  }
}

function lastResort({ log, databaseIsAway }: WebSettings, { page }: HeaderSets): ErrorRequestHandler {
  return async (error, request, response, _next) => {
    // The sender was gone before its end: nobody waits for an answer.
    if (isCutShort(error)) return void response.destroy()
    const reference = newReference()
    // The route and never the address: addresses hold tokens.
    log.error({ err: error, reference, method: request.method, route: routeOf(request.path) }, 'A web request failed')
    if (response.headersSent) return void response.destroy()
    const isAway = await databaseIsAway().catch(() => true)
    const body = troublePage(textsOf(browserLanguage(request)), { trouble: isAway ? 'outage' : 'broken', reference })
    const more: Headers = isAway ? { 'Retry-After': '30' } : {}
    answer(response, { status: isAway ? 503 : 500, headers: page, body, more })
  }
}

function isCutShort(error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'request.aborted'
}
