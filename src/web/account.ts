// The task of whoever is signed in: look after their own account. Every request shows anew whose session it is; every form
// carries what only this browser's pages hold.
import type { Request, RequestHandler, Response } from 'express'
import { type AccountDoor, formTokenOf, type SignedIn } from '../accounts/index.ts'
import { type Html, html } from '../html.ts'
import { type DoneKey, type Texts, textsOf } from '../languages/index.ts'
import { Refusal } from '../refusal.ts'
import type { AccountCookies } from './account-cookies.ts'
import { isOurForm, kindIn, lineIn, typedIn } from './account-form.ts'
import { accountProblemsIn } from './account-problems.ts'
import { answer, clientAddress, type MoreHeaders } from './answer.ts'
import type { WebDoor } from './door.ts'
import type { Headers } from './headers.ts'
import { pageLanguage } from './page-language.ts'
import { accountPage, mobilePage, type OfAccount, passwordPage, profilePage, sessionsPage } from './pages/account.ts'
import { factorsPage, newCodesPage } from './pages/account-factors.ts'
import type { StepProblem } from './pages/factor-forms.ts'
import { plainPage } from './pages/notes.ts'

/** The pages under /account, by their last part. */
export type AccountPageName = 'profile' | 'mobile' | 'password' | 'factors' | 'sessions'

export type AccountPages = {
  overview: RequestHandler
  open: (name: AccountPageName) => RequestHandler
  take: (name: AccountPageName) => RequestHandler
  /** Accepts an invitation into a further hub. */
  join: RequestHandler
  signOut: RequestHandler
}

type Given = { headers: Headers; cookies: AccountCookies } & Pick<
  WebDoor,
  'listInvitationsToAccept' | 'joinFromAccount'
>
/** One request of somebody who is signed in. */
type Visit = { request: Request; response: Response; session: SignedIn; token: string; texts: Texts; origin: string }

/** Makes the handlers of /account and what is below it. What they cannot answer they throw. */
export function createAccount(accounts: AccountDoor, given: Given): AccountPages {
  const { headers, cookies } = given
  /** Only for whoever is signed in; all others are led to the sign-in page. */
  const signedIn =
    (handle: (visit: Visit) => Promise<void>): RequestHandler =>
    async (request, response) => {
      const token = cookies.session(request)
      const found = token === undefined ? undefined : await accounts.findSession(token)
      if (token === undefined || !found) return redirect(response, '/sign-in')
      // Dates follow the words.
      const session = { ...found, language: pageLanguage(request, found) }
      const texts = textsOf(session.language)
      await handle({ request, response, session, token, texts, origin: `web ${clientAddress(request)}` })
    }

  const withForm = (handle: (visit: Visit) => Promise<void>): RequestHandler =>
    signedIn(async (visit) => {
      const { request, response, token } = visit
      if (isOurForm(request.body, token)) return handle(visit)
      answer(response, { status: 403, headers, body: plainPage(visit.texts, 'foreign') })
    })

  async function overview(visit: Visit): Promise<void> {
    const { request, response, texts } = visit
    const invitations = await given.listInvitationsToAccept(visit.session)
    const shown = { ...(await read(visit)), invitations, done: doneIn(request.query.done, texts) }
    const body = accountPage(texts, shown)
    answer(response, { status: 200, headers, body })
  }

  async function open(visit: Visit, name: AccountPageName): Promise<void> {
    answer(visit.response, { status: 200, headers, body: pageOf(visit.texts, name, await read(visit)) })
  }

  async function take(visit: Visit, name: AccountPageName): Promise<void> {
    const { request, response, texts } = visit
    try {
      await acts[name](visit)
    } catch (error) {
      if (error instanceof Refusal && error.code === 'session_ended') return redirect(response, '/sign-in')
      const problems = accountProblemsIn(error, texts)
      if (!problems) throw error
      const more: Headers = problems.retryAfter === undefined ? {} : { 'Retry-After': String(problems.retryAfter) }
      const shown = { ...(await read(visit)), problems: problems.items, body: request.body }
      answer(response, { status: problems.status, headers, body: pageOf(texts, name, shown), more })
    }
  }

  const acts: Record<AccountPageName, (visit: Visit) => Promise<void>> = {
    async profile({ request: { body }, response, session, origin }) {
      const form = { firstName: lineIn(body, 'firstName'), lastName: lineIn(body, 'lastName') }
      await accounts.changeProfile({ session, origin, form: { ...form, language: lineIn(body, 'language') } })
      done(response, 'profile')
    },
    async mobile({ request: { body }, response, session, origin }) {
      const oldPassword = typedIn(body, 'oldPassword')
      await accounts.changeMobile({ session, origin, mobile: lineIn(body, 'mobile'), oldPassword })
      done(response, 'mobile')
    },
    async password({ request: { body }, response, session, origin }) {
      const oldPassword = typedIn(body, 'oldPassword')
      await accounts.changePassword({ session, origin, oldPassword, password: typedIn(body, 'password') })
      done(response, 'password')
    },
    factors,
    async sessions({ request: { body }, response, session, origin }) {
      const sessionId = lineIn(body, 'session')
      if (sessionId === 'others') await accounts.endOtherSessions({ session, origin })
      else await accounts.endSession({ session, origin, sessionId })
      done(response, 'sessions')
    },
  }

  async function factors(visit: Visit): Promise<void> {
    const { request, response, session, origin } = visit
    const { body } = request
    const own = { session, origin }
    switch (lineIn(body, 'step')) {
      case 'act':
        return beginAct(visit)
      case 'prove': {
        const codes = await accounts.finishOwnFactor({ ...own, code: lineIn(body, 'code') })
        return codes ? showCodes(visit, codes) : done(response, 'factor')
      }
      case 'again':
        await accounts.sendOwnFactorCode(own)
        return redirect(response, '/account/factors')
      case 'other':
        await accounts.dropOwnFactor(own)
        return redirect(response, '/account/factors')
      default:
        return redirect(response, '/account')
    }
  }

  async function beginAct(visit: Visit): Promise<void> {
    const { request, response, session, origin } = visit
    const own = { session, origin, oldPassword: typedIn(request.body, 'oldPassword') }
    const [act, what = ''] = lineIn(request.body, 'act').split(' ')
    const kind = kindIn(what)
    if (act === 'codes') return showCodes(visit, await accounts.renewOwnCodes(own))
    if (act === 'remove') {
      await accounts.removeOwnFactor({ ...own, factorId: what })
      return done(response, 'removed')
    }
    if (!kind) throw new Refusal('factor_missing', { field: 'kind' })
    await accounts.beginOwnFactor({ ...own, kind })
    redirect(response, '/account/factors')
  }

  function showCodes({ response, texts, token }: Visit, codes: string[]): void {
    answer(response, { status: 200, headers, body: newCodesPage(texts, { codes, hidden: hiddenFor(token) }) })
  }

  async function join({ request, response, session, origin }: Visit): Promise<void> {
    const invitationId = lineIn(request.body, 'invitation')
    try {
      await given.joinFromAccount({ holder: session, invitationId, origin })
    } catch (error) {
      if (error instanceof Refusal && error.code === 'invitation_changed') return done(response, 'notOpen')
      throw error
    }
    done(response, 'joined')
  }

  async function signOut({ response, session, origin }: Visit): Promise<void> {
    await accounts.signOut({ session, origin })
    redirect(response, '/sign-in?signed-out', cookies.ended())
  }

  async function read({ session, token }: Visit): Promise<OfAccount> {
    return { session, account: await accounts.readAccount(session), hidden: hiddenFor(token) }
  }

  function done(response: Response, key: DoneKey): void {
    redirect(response, `/account?done=${key}`)
  }

  // Paths without a host: nothing that a request says can lead anybody elsewhere.
  function redirect(response: Response, path: string, setCookies: string[] = []): void {
    const more: MoreHeaders = setCookies.length > 0 ? { 'Set-Cookie': setCookies } : {}
    answer(response, { status: 303, headers, body: '', more: { Location: path, ...more } })
  }

  return {
    overview: signedIn(overview),
    open: (name) => signedIn((visit) => open(visit, name)),
    take: (name) => withForm((visit) => take(visit, name)),
    join: withForm(join),
    signOut: withForm(signOut),
  }
}

/** One page, fresh, or with what was typed (`body`) and what is to be mended. */
function pageOf(
  texts: Texts,
  name: AccountPageName,
  given: OfAccount & { problems?: StepProblem[]; body?: unknown },
): Html {
  const { body } = given
  switch (name) {
    case 'profile': {
      if (body === undefined) return profilePage(texts, given)
      const typed = { firstName: lineIn(body, 'firstName'), lastName: lineIn(body, 'lastName') }
      return profilePage(texts, { ...given, typed: { ...typed, language: lineIn(body, 'language') } })
    }
    case 'mobile':
      return mobilePage(texts, body === undefined ? given : { ...given, typed: lineIn(body, 'mobile') })
    case 'password':
      return passwordPage(texts, given)
    case 'factors':
      return factorsPage(texts, given)
    case 'sessions':
      return sessionsPage(texts, given)
  }
}

function doneIn(done: unknown, texts: Texts): DoneKey | undefined {
  const keys = Object.keys(texts.accounts.account.done) as DoneKey[]
  return keys.find((key) => key === done)
}

function hiddenFor(token: string): Html {
  return html`<input type="hidden" name="form" value="${formTokenOf(token)}">`
}
