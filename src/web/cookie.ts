// Cookies of the pages: few, for one path each, and never read by a script.
import type { Request } from 'express'

export type CookieRules = {
  name: string
  /** It is sent to this path and to what is below it, and nowhere else. */
  path: string
  /** In seconds; without it until the browser is closed. */
  maxAge?: number
  /** Only over https, where the world reaches Usher so. */
  isHttps: boolean
}

/** The value of a cookie; undefined where there is none, or none that we made. */
export function readCookie(request: Pick<Request, 'headers'>, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (pair.slice(0, at).trim() !== name) continue
    const value = pair.slice(at + 1).trim()
    return /^[A-Za-z0-9_-]{1,200}$/.test(value) ? value : undefined
  }
  return undefined
}

/** The header's value. SameSite=Lax: a link in a mail leads to the page with its cookie, another site's form does not. */
export function cookie({ name, path, maxAge, isHttps }: CookieRules, value: string): string {
  const until = maxAge === undefined ? '' : `; Max-Age=${maxAge}`
  return `${name}=${value}; Path=${path}${until}; HttpOnly; SameSite=Lax${isHttps ? '; Secure' : ''}`
}

/** The header's value that takes it away. */
export function noCookie(rules: CookieRules): string {
  return cookie({ ...rules, maxAge: 0 }, '')
}
