// Who is not let through to the form's handler: too many at once, forms of other sites, bodies that cannot be read.
import express, { type ErrorRequestHandler, type Request, type RequestHandler } from 'express'
import { rateLimit } from 'express-rate-limit'
import { textsOf } from '../languages/index.ts'
import { answer } from './answer.ts'
import type { Headers } from './headers.ts'
import { browserLanguage } from './page-language.ts'
import { plainPage, tooManyPage } from './pages/notes.ts'

const minute = 60_000

/** At most so many requests a minute from one client address (IPv6: from one network of it). */
export function limitPerMinute(limit: number, headers: Headers): RequestHandler {
  return rateLimit({
    windowMs: minute,
    limit,
    standardHeaders: false,
    legacyHeaders: false,
    // Anybody can send X-Forwarded-For; it counts only where the setting says that a proxy stands before us.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler(request: Request & { rateLimit?: { resetTime?: Date } }, response) {
      const endsAt = request.rateLimit?.resetTime?.getTime() ?? Date.now() + minute
      const seconds = Math.max(1, Math.ceil((endsAt - Date.now()) / 1000))
      const body = tooManyPage(textsOf(browserLanguage(request)), seconds)
      answer(response, { status: 429, headers, body, more: { 'Retry-After': String(seconds) } })
    },
  })
}

/**
 * Refuses forms that a page of another site sends, a sign-in with somebody else's password above all: those that carry a
 * token of ours are safe without it. A form of ours says where it comes from, because our pages tell our own site (and no
 * other) their origin: headers.ts.
 */
export function refuseForeignForms(publicUrl: string, headers: Headers): RequestHandler {
  const ours = new URL(publicUrl).origin
  return (request, response, next) => {
    if (isFormOfOurs(request, ours)) return next()
    const body = plainPage(textsOf(browserLanguage(request)), 'foreign')
    answer(response, { status: 403, headers, body })
  }
}

/**
 * Where a form comes from, by the headers that browsers write and pages can't. `Sec-Fetch-Site` is the plainest; browsers
 * leave it out where the site isn't https, and then `Origin` decides: "null" (a sandboxed frame, a redirect) and a sister
 * site are as foreign as any. Browsers from before 2020 send neither; of them `Referer` is believed where there is one.
 * A request with none of the three is let through: it comes from a program, which has no cookies of a victim and can't be
 * led to send anything by a page.
 */
function isFormOfOurs(request: Request, ours: string): boolean {
  const site = request.get('Sec-Fetch-Site')
  const origin = request.get('Origin')
  // "none": the person's own act, such as sending a form again after the browser was restarted.
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  if (origin === ours) return true
  if (origin === undefined) {
    const referer = request.get('Referer')
    return site !== undefined || referer === undefined || URL.parse(referer)?.origin === ours
  }
  // By another name of this server (127.0.0.1 for localhost) the browser itself says that it is the same one.
  return site === 'same-origin' && (origin === 'null' || URL.parse(origin)?.host === request.get('Host'))
}

/** Reads the body of a form, at most 16 kB; a larger or a broken one is answered in words. */
export function readBody(headers: Headers): (RequestHandler | ErrorRequestHandler)[] {
  const unreadable: ErrorRequestHandler = (error, request, response, next) => {
    const status = statusOf(error)
    if (status === undefined || response.headersSent) return next(error)
    const body = plainPage(textsOf(browserLanguage(request)), 'unreadable')
    // The rest of a body that was not read must not be taken for the next request.
    answer(response, { status, headers, body, more: { Connection: 'close' } })
  }
  return [express.urlencoded({ extended: false, limit: '16kb', parameterLimit: 50, inflate: false }), unreadable]
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500 ? error.status : undefined
}
