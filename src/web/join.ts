// The invitee's task: open the link, fill in the form, join; with a second factor where the organisation demands one.
// Looking (GET, HEAD) changes nothing.
import type { Request, RequestHandler, Response } from 'express'
import type { Html } from '../html.ts'
import type { JoinAnswer, JoinForm, JoinPage, JoinStep } from '../invitations/index.ts'
import { languageCodes, textsOf } from '../languages/index.ts'
import { Refusal } from '../refusal.ts'
import { answer, clientAddress } from './answer.ts'
import { cookie, noCookie, readCookie } from './cookie.ts'
import type { WebDoor } from './door.ts'
import { readFormLanguage, readJoinAnswer, readJoinForm } from './form.ts'
import type { Headers } from './headers.ts'
import { browserLanguage, invitedLanguage, wishedLanguage } from './page-language.ts'
import { joinPage, signInToJoinPage } from './pages/join.ts'
import { joinStepPage, type StepProblem } from './pages/join-steps.ts'
import { askedPage, deadLinkPage } from './pages/notes.ts'
import { problemsOf, refusalsIn } from './problems.ts'
import { stepProblemsIn } from './step-problems.ts'

const retryAfterSeconds = 5
/** The cookie of a sign-up on its way, and how long it is kept, in seconds. */
const PASSAGE = 'usher_join'
const PASSAGE_SECONDS = 60 * 60

// Made once: a dead link costs the same and looks the same whatever killed it.
const deadLinkPages = new Map(
  languageCodes.map((language) => [language, Buffer.from(deadLinkPage(textsOf(language)).toString())]),
)

export type Join = {
  open: RequestHandler<{ token: string }>
  accept: RequestHandler<{ token: string }>
  dead: RequestHandler
}

/** Makes the handlers of /join/:token. What they cannot answer they throw. `isHttps`: the world reaches Usher by https. */
export function createJoin(door: WebDoor, headers: Headers, { isHttps }: { isHttps: boolean }): Join {
  // With the prefix no other name of the domain can set it (RFC 6265bis); browsers then want the whole site as its path.
  const rules = isHttps
    ? { name: `__Host-${PASSAGE}`, path: '/', maxAge: PASSAGE_SECONDS, isHttps }
    : { name: PASSAGE, path: '/join', maxAge: PASSAGE_SECONDS, isHttps }

  async function open(request: Request<{ token: string }>, response: Response): Promise<void> {
    const opened = await look(request, readCookie(request, rules.name))
    if (!opened) return dead(request, response)
    answer(response, { status: 200, headers, body: pageAt(opened) })
    if (request.method === 'GET') door.noteOpening(opened.page.invitationId)
  }

  /** Where this browser stands, in the language that it is shown; undefined for a dead link. */
  async function look(
    request: Request<{ token: string }>,
    passage: string | undefined,
  ): Promise<{ page: JoinPage; step: JoinStep } | undefined> {
    const opened = await door.openJoinStep(request.params.token, passage).catch(deadAsUndefined)
    return opened && { ...opened, page: { ...opened.page, language: invitedLanguage(request, opened.page) } }
  }

  async function accept(request: Request<{ token: string }>, response: Response): Promise<void> {
    const { token } = request.params
    if (asksForNew(request)) {
      door.askForNewLink(token, clientAddress(request))
      return asked(request, response)
    }
    const step = readJoinAnswer(request.body)
    if (step) return goOn(request, response, step)
    const form = readJoinForm(request.body)
    try {
      const from = clientAddress(request)
      const taken = await door.acceptInvitation(token, { form, from, before: readCookie(request, rules.name) })
      const { passage, hasAccount } = taken
      if (hasAccount) return onward(request, response)
      if (passage === undefined) return welcome(request, response)
      return onward(request, response, { 'Set-Cookie': cookie(rules, passage) })
    } catch (error) {
      const refusals = refusalsIn(error)
      if (refusals.length === 0) throw error
      if (refusals.some(({ code }) => code === 'link_dead')) return dead(request, response)
      const opened = await look(request, undefined)
      if (!opened) return dead(request, response)
      return again(response, opened.page, { form, refusals })
    }
  }

  /** A page after the first was sent. */
  async function goOn(request: Request<{ token: string }>, response: Response, step: JoinAnswer): Promise<void> {
    const { token } = request.params
    const passage = readCookie(request, rules.name)
    try {
      const from = clientAddress(request)
      const wished = wishedLanguage(request)
      const { joined } = await door.takeJoinStep(token, { answer: step, passageToken: passage, from, wished })
      return joined ? welcome(request, response) : onward(request, response)
    } catch (error) {
      if (error instanceof Refusal && error.code === 'link_dead') return dead(request, response)
      const opened = await look(request, passage)
      if (!opened) return dead(request, response)
      const problems = stepProblemsIn(error, textsOf(opened.page.language))
      if (!problems) throw error
      answer(response, { status: 422, headers, body: pageAt(opened, problems) })
    }
  }

  // Paths without a host: nothing that a request says can lead anybody elsewhere.
  function welcome(request: Request, response: Response): void {
    const address = `/welcome?language=${readFormLanguage(request.body)}`
    answer(response, { status: 303, headers, body: '', more: { Location: address, 'Set-Cookie': noCookie(rules) } })
  }

  /** To the page on which this browser stands now; reloading that sends nothing again. */
  function onward(request: Request<{ token: string }>, response: Response, more: Headers = {}): void {
    const address = `/join/${encodeURIComponent(request.params.token)}`
    answer(response, { status: 303, headers, body: '', more: { Location: address, ...more } })
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

/** The page on which a browser stands. */
function pageAt({ page, step }: { page: JoinPage; step: JoinStep }, problems: StepProblem[] = []): Html {
  const texts = textsOf(page.language)
  if (step.at === 'sign_in') return signInToJoinPage(texts, page)
  if (step.at !== 'form') return joinStepPage(texts, page, { step, problems })
  const { firstName, lastName, mobile } = page
  const typed = { firstName, lastName, mobile, termsAgreed: false }
  const fields = problems.map(({ words }) => ({ field: undefined, words }))
  return joinPage(texts, page, { typed, ...(fields.length > 0 ? { problems: { fields, isBusy: false } } : {}) })
}

/** The dead page's button: the form's own address with `?ask`. */
function asksForNew(request: Request<{ token: string }> | Request): boolean {
  return request.method === 'POST' && request.query.ask !== undefined
}

function deadAsUndefined(error: unknown): undefined {
  if (error instanceof Refusal && error.code === 'link_dead') return undefined
  throw error
}
