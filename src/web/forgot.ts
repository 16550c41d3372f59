// The task of whoever forgot the password: ask for a link, and choose a new one by it. Asking says the same to everybody.
import type { Request, RequestHandler, Response } from 'express'
import type { AccountDoor } from '../accounts/index.ts'
import { isLanguage, languageCodes, textsOf } from '../languages/index.ts'
import { Refusal } from '../refusal.ts'
import { lineIn, typedIn } from './account-form.ts'
import { accountProblemsIn } from './account-problems.ts'
import { answer, clientAddress } from './answer.ts'
import type { WebDoor } from './door.ts'
import { readFormLanguage } from './form.ts'
import type { Headers } from './headers.ts'
import { browserLanguage, pageLanguage } from './page-language.ts'
import { deadResetPage, forgotPage, forgotSentPage, resetPage } from './pages/forgot.ts'

// Made once: a dead link costs the same and looks the same whatever killed it.
const deadPages = new Map(
  languageCodes.map((language) => [language, Buffer.from(deadResetPage(textsOf(language)).toString())]),
)

export type Forgot = {
  open: RequestHandler
  ask: RequestHandler
  sent: RequestHandler
  openLink: RequestHandler<{ token: string }>
  useLink: RequestHandler<{ token: string }>
  dead: RequestHandler
}

/** Makes the handlers of /forgot and /reset. What they cannot answer they throw. */
export function createForgot(
  accounts: AccountDoor,
  { headers, noteDeadLink }: Pick<WebDoor, 'noteDeadLink'> & { headers: Headers },
): Forgot {
  function open(request: Request, response: Response): void {
    answer(response, { status: 200, headers, body: forgotPage(textsOf(browserLanguage(request))) })
  }

  async function ask(request: Request, response: Response): Promise<void> {
    const language = readFormLanguage(request.body)
    await accounts.askForNewPassword({
      name: lineIn(request.body, 'name'),
      language,
      from: clientAddress(request),
    })
    answer(response, { status: 303, headers, body: '', more: { Location: `/forgot/sent?language=${language}` } })
  }

  function sent(request: Request, response: Response): void {
    const { language } = request.query
    const texts = textsOf(isLanguage(language) ? language : browserLanguage(request))
    answer(response, { status: 200, headers, body: forgotSentPage(texts) })
  }

  async function openLink(request: Request<{ token: string }>, response: Response): Promise<void> {
    const page = await accounts.openReset(request.params.token).catch(deadAsUndefined)
    if (!page) return dead(request, response)
    answer(response, { status: 200, headers, body: resetPage(textsOf(pageLanguage(request, page)), page) })
  }

  async function useLink(request: Request<{ token: string }>, response: Response): Promise<void> {
    const { token } = request.params
    try {
      const password = typedIn(request.body, 'password')
      await accounts.resetPassword(token, { password, from: clientAddress(request) })
    } catch (error) {
      const page = await accounts.openReset(token).catch(deadAsUndefined)
      if (!page) return dead(request, response)
      const texts = textsOf(pageLanguage(request, page))
      const problems = accountProblemsIn(error, texts)
      if (!problems) throw error
      const more: Headers = problems.retryAfter === undefined ? {} : { 'Retry-After': String(problems.retryAfter) }
      const body = resetPage(texts, page, { problems: problems.items })
      return answer(response, { status: problems.status, headers, body, more })
    }
    // A path without a host: nothing that a request says can lead anybody elsewhere.
    answer(response, { status: 303, headers, body: '', more: { Location: '/sign-in?changed' } })
  }

  function dead(request: Request<{ token: string }> | Request, response: Response): void {
    answer(response, { status: 404, headers, body: deadPages.get(browserLanguage(request)) ?? '' })
    const how = request.method === 'POST' ? 'sent' : 'opened'
    noteDeadLink('', { from: clientAddress(request), how, isReset: true })
  }

  return { open, ask, sent, openLink, useLink, dead }
}

function deadAsUndefined(error: unknown): undefined {
  if (error instanceof Refusal && error.code === 'link_dead') return undefined
  throw error
}
