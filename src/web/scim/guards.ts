// Who comes in by SCIM and with what: not too many at once, with the organisation's token, with a body that can be read.
// The body is read last, so that nobody without a token makes Usher read anything.
import type { IncomingMessage } from 'node:http'
import express, { type Request, type RequestHandler, type Response } from 'express'
import { rateLimit } from 'express-rate-limit'
import type { ScimCaller, ScimDirectory } from '../../people/index.ts'
import { clientAddress } from '../answer.ts'
import { refuseDeepJson } from './json-bounds.ts'
import { ScimError } from './scim-error.ts'
import type { Send } from './send.ts'

/** Whose directory asks. */
export type Locals = { caller?: ScimCaller }
export type Vouch = (request: IncomingMessage) => void

const minute = 60_000
/** 1 MB holds a group of 10,000 members and more. */
const BODY = '1mb'
/** A token of ours is shorter; longer ones are not looked at. */
const LONGEST_TOKEN = 200

/** At most so many requests a minute from one client address (IPv6: from one network of it). */
export function limitDirectory(limit: number, send: Send): RequestHandler {
  return rateLimit({
    windowMs: minute,
    limit,
    standardHeaders: false,
    legacyHeaders: false,
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler(request: Request & { rateLimit?: { resetTime?: Date } }, response) {
      const endsAt = request.rateLimit?.resetTime?.getTime() ?? Date.now() + minute
      const seconds = Math.max(1, Math.ceil((endsAt - Date.now()) / 1000))
      const error = new ScimError(429, undefined, `Too many requests. Try again in ${seconds} seconds.`)
      send.refusal(response, error, { 'Retry-After': String(seconds), Connection: 'close' })
    },
  })
}

/** Lets in whoever has a token; everybody else hears the same, whatever was wrong with theirs. */
export function requireToken(
  directory: Pick<ScimDirectory, 'findCaller'>,
  { send, vouchFor }: { send: Send; vouchFor?: Vouch | undefined },
): RequestHandler {
  return async (request, response: Response<unknown, Locals>, next) => {
    const [, token] = /^Bearer +([\w-]+) *$/i.exec(request.get('Authorization') ?? '') ?? []
    const isLikely = token !== undefined && token.length <= LONGEST_TOKEN
    const organisationId = isLikely ? await directory.findCaller(token) : undefined
    if (organisationId === undefined) {
      const error = new ScimError(401, undefined, 'The token is missing, or it does not work (any more).')
      return send.refusal(response, error, { 'WWW-Authenticate': 'Bearer realm="SCIM"', Connection: 'close' })
    }
    vouchFor?.(request)
    response.locals.caller = { organisationId, from: clientAddress(request) }
    next()
  }
}

/** Reads JSON, at most 1 MB of it, none that is deep, and none that is compressed: nobody knows how large that gets. */
export const readJson: RequestHandler = express.json({
  type: ['application/scim+json', 'application/json'],
  limit: BODY,
  inflate: false,
  verify: refuseDeepJson,
})
