// What a browser keeps of signing in: the session, the way to it, and that it has signed in before. With the prefix __Host-
// (RFC 6265bis) where the world comes by https: then no other name of the domain can set them.
import type { Request } from 'express'
import { type CookieRules, cookie, noCookie, readCookie } from './cookie.ts'

const HALF_A_YEAR = 180 * 24 * 60 * 60

export type AccountCookies = {
  session: (request: Pick<Request, 'headers'>) => string | undefined
  signIn: (request: Pick<Request, 'headers'>) => string | undefined
  known: (request: Pick<Request, 'headers'>) => string | undefined
  /** Headers' values. The way there ends where the session begins. */
  began: (token: string) => string[]
  onTheWay: (token: string) => string[]
  remember: (known: string) => string
  ended: () => string[]
}

export function createAccountCookies({ isHttps }: { isHttps: boolean }): AccountCookies {
  const prefix = isHttps ? '__Host-' : ''
  const rules = (name: string, maxAge?: number): CookieRules => ({
    name: `${prefix}${name}`,
    path: '/',
    isHttps,
    ...(maxAge === undefined ? {} : { maxAge }),
  })
  // Without an age of its own: it goes with the browser, and after 12 idle hours it means nothing.
  const session = rules('usher_session')
  const signIn = rules('usher_sign_in')
  const known = rules('usher_known', HALF_A_YEAR)
  return {
    session: (request) => readCookie(request, session.name),
    signIn: (request) => readCookie(request, signIn.name),
    known: (request) => readCookie(request, known.name),
    began: (token) => [cookie(session, token), noCookie(signIn)],
    onTheWay: (token) => [cookie(signIn, token)],
    remember: (value) => cookie(known, value),
    ended: () => [noCookie(session), noCookie(signIn)],
  }
}
