// The invitee's task: open the link, fill in the form, join. Looking (GET, HEAD) changes nothing.
import type { Request, RequestHandler, Response } from 'express'
import type { JoinForm, JoinPage } from '../invitations/index.ts'
import { Refusal } from '../refusal.ts'
import { answer, browserLanguage, clientAddress } from './answer.ts'
import type { WebDoor } from './door.ts'
import { readFormLanguage, readJoinForm } from './form.ts'
import type { Headers } from './headers.ts'
import { joinPage } from './pages/join.ts'
import { askedPage, deadLinkPage } from './pages/notes.ts'
import { problemsOf, refusalsIn } from './problems.ts'
import { languageCodes, textsOf } from './texts/index.ts'

const retryAfterSeconds = 5

// Made once: a dead link costs the same and looks the same whatever killed it.
const deadLinkPages = new Map(
  languageCodes.map((language) => [language, Buffer.from(deadLinkPage(textsOf(language)).toString())]),
)

export type Join = {
  open: RequestHandler<{ token: string }>
  accept: RequestHandler<{ token: string }>
  dead: RequestHandler
}

/** Makes the handlers of /join/:token. What they cannot answer they throw. */
export function createJoin(door: WebDoor, headers: Headers): Join {
  async function open(request: Request<{ token: string }>, response: Response): Promise<void> {
    const page = await door.openJoinLink(request.params.token).catch(deadAsUndefined)
    if (!page) return dead(request, response)
    const { firstName, lastName, mobile } = page
    const body = joinPage(textsOf(page.language), page, { typed: { firstName, lastName, mobile, termsAgreed: false } })
    answer(response, { status: 200, headers, body })
    if (request.method === 'GET') door.noteOpening(page.invitationId)
  }

  async function accept(request: Request<{ token: string }>, response: Response): Promise<void> {
    const { token } = request.params
    if (asksForNew(request)) {
      door.askForNewLink(token, clientAddress(request))
      return asked(request, response)
    }
    const form = readJoinForm(request.body)
    try {
      await door.acceptInvitation(token, { form, from: clientAddress(request) })
    } catch (error) {
      const refusals = refusalsIn(error)
      if (refusals.length === 0) throw error
      if (refusals.some(({ code }) => code === 'link_dead')) return dead(request, response)
      const page = await door.openJoinLink(token).catch(deadAsUndefined)
      if (!page) return dead(request, response)
      return again(response, page, { form, refusals })
    }
    // A path without a host: nothing that a request says can lead anybody elsewhere.
    const address = `/welcome?language=${readFormLanguage(request.body)}`
    answer(response, { status: 303, headers, body: '', more: { Location: address } })
  }

  function again(
    response: Response,
    page: JoinPage,
    { form, refusals }: { form: JoinForm; refusals: Refusal[] },
  ): void {
    const texts = textsOf(page.language)
    const problems = problemsOf(refusals, { form, texts })
    const { isBusy, fields } = problems
    const { firstName, lastName, mobile } = form
    const termsAgreed = form.termsAgreed && !fields.some(({ field }) => field === 'termsAgreed')
    const body = joinPage(texts, page, { typed: { firstName, lastName, mobile, termsAgreed }, problems })
    const more: Headers = isBusy ? { 'Retry-After': String(retryAfterSeconds) } : {}
    answer(response, { status: isBusy ? 503 : 422, headers, body, more })
  }

  function dead(request: Request<{ token: string }> | Request, response: Response): void {
    if (asksForNew(request)) {
      asked(request, response)
      return
    }
    const body = deadLinkPages.get(browserLanguage(request)) ?? ''
    answer(response, { status: 404, headers, body })
    const { token } = request.params
    const how = request.method === 'POST' ? 'sent' : 'opened'
    door.noteDeadLink(typeof token === 'string' ? token : '', { from: clientAddress(request), how })
  }

  /** The same to everybody, whatever the link was. */
  function asked(request: Request<{ token: string }> | Request, response: Response): void {
    answer(response, { status: 200, headers, body: askedPage(textsOf(browserLanguage(request))) })
  }

  return { open, accept, dead }
}

/** The dead page's button: the form's own address with `?ask`. */
function asksForNew(request: Request<{ token: string }> | Request): boolean {
  return request.method === 'POST' && request.query.ask !== undefined
}

function deadAsUndefined(error: unknown): undefined {
  if (error instanceof Refusal && error.code === 'link_dead') return undefined
  throw error
}
