// What somebody does with their own account in a story: sign in, open pages, send their forms, by a browser that keeps its
// cookies.
import type { Usher } from '../setup/usher.ts'
import { PASSWORD } from './acts.ts'

export type Browser = {
  /** What it keeps. */
  cookies: Map<string, string>
  get: (path: string) => Promise<Page>
  /** Sends a form; the hidden fields of the page that was opened last go with it. */
  post: (path: string, fields: Record<string, string>, headers?: Record<string, string>) => Promise<Page>
}

export type Page = { status: number; location: string | null; body: string; headers: Headers }

/** A browser that has never been here. `agent`: its User-Agent. */
export function openBrowser(
  usher: Usher,
  agent = 'Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0',
): Browser {
  const cookies = new Map<string, string>()
  let form: string | undefined

  async function ask(path: string, init: RequestInit = {}): Promise<Page> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { 'user-agent': agent, ...(cookie === '' ? {} : { cookie }), ...init.headers }
    const response = await fetch(`${usher.app.url}${path}`, { redirect: 'manual', ...init, headers })
    for (const set of response.headers.getSetCookie()) {
      const [pair = ''] = set.split(';')
      const at = pair.indexOf('=')
      if (/Max-Age=0/.test(set)) cookies.delete(pair.slice(0, at))
      else cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    const body = await response.text()
    form = /name="form" value="([^"]+)"/.exec(body)?.[1] ?? form
    return { status: response.status, location: response.headers.get('location'), body, headers: response.headers }
  }

  return {
    cookies,
    get: (path) => ask(path),
    post: (path, fields, headers = {}) =>
      ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams({ ...(form === undefined ? {} : { form }), ...fields }).toString(),
      }),
  }
}

/** Sends the sign-in form. */
export function signIn(browser: Browser, name: string, password = PASSWORD): Promise<Page> {
  return browser.post('/sign-in', { name, password, language: 'en' })
}

/** A browser in which somebody is signed in. */
export async function signedIn(usher: Usher, name: string, password = PASSWORD, agent?: string): Promise<Browser> {
  const browser = openBrowser(usher, agent)
  const { status, location } = await signIn(browser, name, password)
  if (status !== 303 || location !== '/account') throw new Error(`not signed in: ${status} ${location}`)
  await browser.get('/account')
  return browser
}
