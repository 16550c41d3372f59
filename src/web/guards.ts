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
 * Refuses forms that a page of another site sends. The link's token is what lets somebody in, so this is a second
 * wall. A form of ours has the Origin "null", because our pages send no referrer.
 */
export function refuseForeignForms(publicUrl: string, headers: Headers): RequestHandler {
  const ours = new URL(publicUrl).origin
  return (request, response, next) => {
    const origin = request.get('Origin')
    const isForeign = origin !== undefined && origin !== 'null' && origin !== ours
    if (!isForeign && request.get('Sec-Fetch-Site') !== 'cross-site') return next()
    const body = plainPage(textsOf(browserLanguage(request)), 'foreign')
    answer(response, { status: 403, headers, body })
  }
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
  return [express.urlencoded({ extended: false, limit: '16kb', parameterLimit: 50 }), unreadable]
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500 ? error.status : undefined
}
