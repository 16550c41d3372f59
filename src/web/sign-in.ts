// The task of whoever has an account: sign in. Name and password, then what is left to do, then the account.
import type { Request, RequestHandler, Response } from 'express'
import { type AccountDoor, type Admission, clientName, formTokenOf, type SignInStep } from '../accounts/index.ts'
import { html } from '../html.ts'
import { isLanguage, type Language, textsOf } from '../languages/index.ts'
import { Refusal } from '../refusal.ts'
import type { AccountCookies } from './account-cookies.ts'
import { isOurForm, kindIn, lineIn, typedIn } from './account-form.ts'
import { accountProblemsIn } from './account-problems.ts'
import { answer, clientAddress, type MoreHeaders } from './answer.ts'
import type { WebDoor } from './door.ts'
import { sendFirstCode } from './first-code.ts'
import { readFormLanguage } from './form.ts'
import type { Headers } from './headers.ts'
import { browserLanguage, pageLanguage } from './page-language.ts'
import type { StepProblem } from './pages/factor-forms.ts'
import { plainPage } from './pages/notes.ts'
import { type SignInNote, signInCodesPage, signInPage, signInStepPage } from './pages/sign-in.ts'
import { waitIn } from './wait.ts'

export type SignInPages = Record<'open' | 'send' | 'step' | 'take', RequestHandler>

type Given = Pick<WebDoor, 'openByCredentials' | 'noteFailedSignIn'> & {
  headers: Headers
  cookies: AccountCookies
  /** Whether the page shows "Sign in with Slack". */
  isSlackOffered: () => Promise<boolean>
}

/** Makes the handlers of /sign-in and /sign-in/next. What they cannot answer they throw. */
export function createSignIn(
  accounts: AccountDoor,
  { headers, cookies, openByCredentials, noteFailedSignIn, isSlackOffered }: Given,
): SignInPages {
  async function open(request: Request, response: Response): Promise<void> {
    const token = cookies.session(request)
    if (token !== undefined && (await accounts.findSession(token))) return redirect(response, '/account')
    const { language } = request.query
    const texts = textsOf(isLanguage(language) ? language : browserLanguage(request))
    answer(response, {
      status: 200,
      headers,
      body: signInPage(texts, { note: noteIn(request), isSlackOffered: await isSlackOffered() }),
    })
  }

  async function send(request: Request, response: Response): Promise<void> {
    const name = lineIn(request.body, 'name')
    const language = readFormLanguage(request.body)
    const from = clientAddress(request)
    const client = clientName(request.get('User-Agent') ?? '')
    const known = cookies.known(request)
    let admission: Admission
    try {
      admission = await accounts.signIn({ name, password: typedIn(request.body, 'password'), from, client, known })
    } catch (error) {
      // A user name with its one-time password: the invitation is answered, and an own password chosen, at its sign-up.
      const join = isWrong(error) && (await openByCredentials({ name, password: typedIn(request.body, 'password') }))
      if (join) return redirect(response, `/join/${join}`)
      const because = failureIn(error)
      if (because) noteFailedSignIn(name, { from, because })
      const texts = textsOf(language)
      const problems = accountProblemsIn(error, texts)
      if (!problems) throw error
      const body = signInPage(texts, { name, problems: problems.items, isSlackOffered: await isSlackOffered() })
      return answer(response, { status: problems.status, headers, body, more: retryAfter(problems.retryAfter) })
    }
    const more = admission.known === undefined ? [] : [cookies.remember(admission.known)]
    return admission.isDone
      ? goOn(response, admission, more)
      : redirect(response, await sendFirstCode(accounts, admission.token), [
          ...cookies.onTheWay(admission.token),
          ...more,
        ])
  }

  async function step(request: Request, response: Response): Promise<void> {
    const token = cookies.signIn(request)
    const next = token === undefined ? undefined : await accounts.nextStep(token).catch(overAsUndefined)
    if (token === undefined || !next) return over(response)
    const later = /^\d{1,6}$/.exec(textOf(request.query.later))?.[0]
    show(request, response, { token, next, ...(later === undefined ? {} : { later: Number(later) }) })
  }

  async function take(request: Request, response: Response): Promise<void> {
    const token = cookies.signIn(request)
    if (token === undefined) return over(response)
    if (!isOurForm(request.body, token)) return foreign(request, response)
    try {
      await carryOut(request, response, token)
    } catch (error) {
      if (isOver(error)) return over(response)
      const next = await accounts.nextStep(token).catch(overAsUndefined)
      if (!next) return over(response)
      const problems = accountProblemsIn(error, textsOf(languageOf(next, request)))
      if (!problems) throw error
      show(request, response, { token, next, problems: problems.items, status: problems.status })
    }
  }

  async function carryOut(request: Request, response: Response, token: string): Promise<void> {
    const from = clientAddress(request)
    const origin = `web ${from}`
    const kind = kindIn(lineIn(request.body, 'kind'))
    const code = lineIn(request.body, 'code')
    switch (lineIn(request.body, 'step')) {
      case 'organisation': {
        const admission = await accounts.chooseAccount(token, lineIn(request.body, 'account'))
        return admission.isDone ? goOn(response, admission) : redirect(response, await sendFirstCode(accounts, token))
      }
      case 'factor':
        return goOn(response, await accounts.passFactor(token, { kind: kind ?? 'recovery', code, origin }))
      case 'send_email':
        await accounts.sendSignInCode(token, 'email')
        return redirect(response, '/sign-in/next?kind=email')
      case 'send_sms':
        await accounts.sendSignInCode(token, 'sms')
        return redirect(response, '/sign-in/next?kind=sms')
      case 'choose':
        if (!kind) throw new Refusal('factor_missing', { field: 'kind' })
        await accounts.beginFirstFactor(token, kind)
        return redirect(response, '/sign-in/next')
      case 'again':
        await accounts.sendFirstFactorCode(token)
        return redirect(response, '/sign-in/next')
      case 'other':
        await accounts.dropFirstFactor(token)
        return redirect(response, '/sign-in/next')
      case 'prove':
        return showCodes(request, response, { token, codes: await accounts.finishFirstFactor(token, { code, origin }) })
      case 'agree': {
        if (lineIn(request.body, 'termsAgreed') !== 'yes') {
          throw new Refusal('terms_not_agreed', { field: 'termsAgreed' })
        }
        const version = Number(lineIn(request.body, 'termsVersion'))
        return goOn(
          response,
          await accounts.agreeAtSignIn(token, { version: Number.isInteger(version) ? version : 0, from }),
        )
      }
      default:
        return goOn(response, await accounts.proceed(token))
    }
  }

  async function showCodes(
    request: Request,
    response: Response,
    given: { token: string; codes: string[] },
  ): Promise<void> {
    const texts = textsOf(languageOf(await accounts.nextStep(given.token), request))
    const body = signInCodesPage(texts, { codes: given.codes, hidden: hiddenFor(given.token) })
    answer(response, { status: 200, headers, body })
  }

  function show(
    request: Request,
    response: Response,
    given: { token: string; next: SignInStep; problems?: StepProblem[]; status?: number; later?: number },
  ): void {
    const { token, next, problems = [], status = 200, later } = given
    const view = kindIn(textOf(request.query.kind)) ?? (request.query.kind === 'recovery' ? 'recovery' : '')
    const texts = textsOf(languageOf(next, request))
    const wait = later === undefined ? '' : waitIn(texts.language, later)
    const body = signInStepPage(texts, { step: next, hidden: hiddenFor(token), view, problems, wait })
    answer(response, { status, headers, body })
  }

  function goOn(response: Response, { isDone, token }: Admission, more: string[] = []): void {
    if (isDone) redirect(response, '/account', [...cookies.began(token), ...more])
    else redirect(response, '/sign-in/next', [...cookies.onTheWay(token), ...more])
  }

  function over(response: Response): void {
    redirect(response, '/sign-in?over')
  }

  function foreign(request: Request, response: Response): void {
    answer(response, { status: 403, headers, body: plainPage(textsOf(browserLanguage(request)), 'foreign') })
  }

  // Paths without a host: nothing that a request says can lead anybody elsewhere.
  function redirect(response: Response, path: string, setCookies: string[] = []): void {
    const more: MoreHeaders = setCookies.length > 0 ? { 'Set-Cookie': setCookies } : {}
    answer(response, { status: 303, headers, body: '', more: { Location: path, ...more } })
  }

  return { open, send, step, take }
}

function hiddenFor(token: string) {
  return html`<input type="hidden" name="form" value="${formTokenOf(token)}">`
}

function noteIn({ query }: Request): SignInNote | undefined {
  if (query.over !== undefined) return 'over'
  if (query.changed !== undefined) return 'changed'
  if (query.stopped !== undefined) return 'stopped'
  return query['signed-out'] === undefined ? undefined : 'signedOut'
}

function languageOf(next: SignInStep, request: Request): Language {
  return next.step === 'organisation' ? browserLanguage(request) : pageLanguage(request, next)
}

function retryAfter(seconds: number | undefined): Headers {
  return seconds === undefined ? {} : { 'Retry-After': String(seconds) }
}

function isOver(error: unknown): boolean {
  return error instanceof Refusal && (error.code === 'sign_in_over' || error.code === 'sign_in_wrong')
}

function overAsUndefined(error: unknown): undefined {
  if (isOver(error)) return undefined
  throw error
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function failureIn(error: unknown): 'wrong' | 'too_many' | undefined {
  if (isWrong(error)) return 'wrong'
  return error instanceof Refusal && error.code === 'sign_in_wait' ? 'too_many' : undefined
}

function isWrong(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'sign_in_wrong'
}
