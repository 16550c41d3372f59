// What people do who sign up with a second factor: a browser that keeps its cookie, codes out of a mailbox, a telephone
// or an authenticator app.
import { generateSync } from 'otplib'
import { expect } from 'vitest'
import { formBody, linkIn, type Usher } from '../setup/usher.ts'
import { invite, mailTo, signUpFields, waitForStatus } from './acts.ts'

export type Answer = { status: number; text: string; setCookie: string }

/** A browser on a link: it keeps its cookie and follows where it is sent. */
export function openBrowser(usher: Usher, link: string) {
  let cookie = ''
  let last: Answer = { status: 0, text: '', setCookie: '' }
  let shown = ''

  async function go(address: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { ...(init.headers as Record<string, string>), ...(cookie ? { cookie } : {}) }
    const response = await usher.visit(address, { ...init, headers })
    const setCookie = response.headers.get('set-cookie') ?? ''
    if (setCookie) cookie = /Max-Age=0/.test(setCookie) ? '' : (setCookie.split(';')[0] ?? '')
    last = { status: response.status, text: await response.text(), setCookie }
    shown = /name="shown" value="([^"]+)"/.exec(last.text)?.[1] ?? shown
    const to = response.headers.get('location')
    if (!to) return last
    const { text } = await go(new URL(to, link).href)
    last = { status: response.status, text, setCookie }
    return last
  }

  return {
    open: () => go(link),
    send: (fields: Record<string, string>) => go(link, formBody(fields)),
    /** The first page, as everybody fills it in. */
    async begin(fields: Record<string, string> = {}) {
      await go(link)
      return go(link, formBody({ ...signUpFields, termsAgreed: '', shown, ...fields }))
    },
    cookie: () => cookie,
    take(other: string) {
      cookie = other
    },
  }
}
export type Visitor = ReturnType<typeof openBrowser>

export const heading = ({ text }: Answer) => /<h1>(.*?)<\/h1>/.exec(text)?.[1]
/** What the summary above a form says. */
export const problems = ({ text }: Answer) =>
  [
    ...(/<div class="summary".*?<\/div>/s.exec(text)?.[0] ?? '').matchAll(/<li>(?:<a [^>]*>)?(.*?)(?:<\/a>)?<\/li>/g),
  ].map(([, words = '']) => words.replaceAll('&#39;', "'"))

/** The key that a page shows as text. */
export function keyOn({ text }: Answer): string {
  const [, key] = /<p class="key"[^>]*>([A-Z2-7 ]+)<\/p>/.exec(text) ?? []
  if (!key) throw new Error(`no key on the page: ${text}`)
  return key.replaceAll(' ', '')
}

/** The recovery codes that a page shows. */
export const codesOn = ({ text }: Answer) => [...text.matchAll(/<li>(\w{5}-\w{5})<\/li>/g)].map(([, code = '']) => code)

/** What an app with this key shows now, or so many seconds from now. */
export const shownBy = (usher: Usher, key: string, seconds = 0) =>
  generateSync({ secret: key, epoch: Math.floor(usher.clock.now.getTime() / 1000) + seconds })

/** The code in a message. */
export function codeIn(text: string): string {
  const [code, ...others] = [...new Set(text.match(/(?<!\d)\d{6}(?!\d)/g) ?? [])]
  if (!code || others.length > 0) throw new Error(`one code was expected in: ${text}`)
  return code
}

/** Invites somebody and opens a browser on the link of their mail. */
export async function inviteAndOpen(usher: Usher, email: string): Promise<{ link: string; browser: Visitor }> {
  expect(await invite(usher, email)).toEqual({ closed: true })
  const link = linkIn(await mailTo(usher, email))
  await waitForStatus(usher, email, 'pending')
  return { link, browser: openBrowser(usher, link) }
}

/** Goes from the first page to the terms with an app; gives the app's key and the recovery codes. */
export async function walkToTerms(usher: Usher, browser: Visitor): Promise<{ key: string; codes: string[] }> {
  await browser.begin()
  const key = keyOn(await browser.send({ step: 'choose', kind: 'app' }))
  const page = await browser.send({ step: 'prove', code: shownBy(usher, key) })
  await browser.send({ step: 'kept', codesKept: 'yes' })
  return { key, codes: codesOn(page) }
}

export const agreed = { step: 'agree', termsAgreed: 'yes', termsVersion: '1', language: 'en' }
