// What somebody does with their own account in a story: sign in, open pages, send their forms, by a browser that keeps its
// cookies.
import { createPasswordHasher } from '../../src/accounts/index.ts'
import { newId } from '../../src/database/index.ts'
import type { Usher } from '../setup/usher.ts'
import { mailTo, PASSWORD } from './acts.ts'

export type Browser = {
  /** What it keeps. */
  cookies: Map<string, string>
  get: (path: string, headers?: Record<string, string>) => Promise<Page>
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
  let shown: string | undefined

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
    shown = /name="shown" value="([^"]+)"/.exec(body)?.[1] ?? shown
    return { status: response.status, location: response.headers.get('location'), body, headers: response.headers }
  }

  return {
    cookies,
    get: (path, headers = {}) => ask(path, { headers }),
    post: (path, fields, headers = {}) =>
      ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams({
          ...(form === undefined ? {} : { form }),
          ...(shown === undefined ? {} : { shown }),
          ...fields,
        }).toString(),
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

const { hash } = createPasswordHasher()

/** Somebody who has joined already: without the invitation and the sign-up, which have stories of their own. */
export async function addAccount(
  usher: Usher,
  name: string,
  { organisationId, password = PASSWORD, ...person }: { organisationId?: string; password?: string } & Person = {},
): Promise<{ personId: string; accountId: string; organisationId: string }> {
  const { prisma } = usher.app.db
  const own = organisationId ?? (await prisma.organisation.findFirstOrThrow({ orderBy: { createdAt: 'asc' } })).id
  const isAddress = name.includes('@')
  const [personId, accountId] = [newId(), newId()]
  await prisma.person.create({
    data: {
      id: personId,
      organisationId: own,
      createdAt: usher.clock.now,
      firstName: 'Ana',
      lastName: 'Diaz',
      ...(isAddress ? { email: name, emailKey: name } : { userName: name, userNameKey: name.toLowerCase() }),
      ...person,
    },
  })
  await prisma.account.create({
    data: {
      id: accountId,
      organisationId: own,
      personId,
      passwordHash: await hash(password),
      termsVersion: 1,
      termsAgreedAt: usher.clock.now,
      termsAgreedFrom: '127.0.0.1',
      createdAt: usher.clock.now,
    },
  })
  return { personId, accountId, organisationId: own }
}

type Person = { firstName?: string; lastName?: string; mobile?: string; language?: string; sources?: object }

/** The path of the link in somebody's `nth` mail. */
export async function resetPath(usher: Usher, email: string, nth = 1): Promise<string> {
  const mail = await mailTo(usher, email, nth)
  const [path] = mail.text.match(/(?<=https:\/\/usher\.example\.test)\/reset\/[\w-]+/) ?? []
  if (!path) throw new Error(`a link was expected in: ${mail.text}`)
  return path
}
