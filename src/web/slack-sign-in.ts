// Sign in with Slack, as pages: the way there, the way back, and everything that can go wrong between them.
import type { Request, RequestHandler, Response } from 'express'
import { type AccountDoor, clientName } from '../accounts/index.ts'
import type { Log } from '../collaborators.ts'
import { textsOf } from '../languages/index.ts'
import { newReference } from '../reference.ts'
import { Refusal } from '../refusal.ts'
import type { AccountCookies } from './account-cookies.ts'
import { answer, clientAddress } from './answer.ts'
import { sendFirstCode } from './first-code.ts'
import type { Headers } from './headers.ts'
import { browserLanguage } from './page-language.ts'
import { type SlackNote, slackNotePage } from './pages/slack-notes.ts'
import { createSlackJourneys, isSame } from './slack-journey.ts'
import { type Bound, createSlackOpenId, type SlackClient, SlackFailure, type SlackIdentity } from './slack-open-id.ts'

/** What the door is given where the app has Slack's client id and secret. */
export type SlackSignIn = {
  client: SlackClient
  /** Derived for 'slack-sign-in'. */
  key: Buffer
  now: () => Date
  /** True for the first who takes the key, on whichever instance. */
  takeOnce: (key: string) => Promise<boolean>
}

export type SlackSignInPages = {
  /** Whether somebody may sign in so. */
  isOffered: () => Promise<boolean>
  go: RequestHandler
  comeBack: RequestHandler
}

type Given = { headers: Headers; cookies: AccountCookies; publicUrl: string; log: Log }

/** Both pages are no pages at all where no organisation lets people sign in so. What they cannot answer they throw. */
export function createSlackSignIn(
  accounts: AccountDoor,
  slack: SlackSignIn | undefined,
  { headers, cookies, publicUrl, log }: Given,
): SlackSignInPages {
  if (!slack) return { isOffered: async () => false, go: pass, comeBack: pass }
  const openId = createSlackOpenId(slack.client, slack)
  const journeys = createSlackJourneys({ ...slack, isHttps: publicUrl.startsWith('https:') })
  // Never from the request: what it says of its host is anybody's.
  const redirectUri = new URL('/sign-in/slack/return', publicUrl).href

  const go: RequestHandler = async (request, response, next) => {
    const teams = await accounts.slackTeams()
    if (teams.length === 0) return next()
    const { bound, setCookie } = journeys.begin()
    try {
      const address = await openId.begin(bound, redirectUri, teams.length === 1 ? teams[0] : undefined)
      redirect(response, address, [setCookie])
    } catch (error) {
      if (!(error instanceof SlackFailure)) throw error
      failed(request, response, error)
    }
  }

  const comeBack: RequestHandler = async (request, response, next) => {
    if ((await accounts.slackTeams()).length === 0) return next()
    const bound = journeys.read(request)
    if (!bound || !isSame(bound.state, request.query.state)) return show(request, response, { note: 'over' })
    // Going back in the browser, or an address that somebody copied, signs nobody in a second time.
    if (!(await slack.takeOnce(`sign-in|${bound.state}`))) return show(request, response, { note: 'over' })
    if (request.query.error === 'access_denied') return redirect(response, '/sign-in?stopped', [journeys.ended()])
    try {
      await letIn(request, response, await identify(request, bound))
    } catch (error) {
      if (error instanceof SlackFailure) return failed(request, response, error)
      if (!isNobody(error)) throw error
      show(request, response, { note: 'unknown' })
    }
  }

  function identify(request: Request, bound: Bound): Promise<SlackIdentity> {
    const current = new URL(redirectUri)
    current.search = request.originalUrl.split('?').slice(1).join('?')
    return openId.finish(bound, current)
  }

  async function letIn(request: Request, response: Response, identity: SlackIdentity): Promise<void> {
    const { isVerified, ...proof } = identity
    if (!isVerified) throw new Refusal('sign_in_wrong')
    const client = clientName(request.get('User-Agent') ?? '')
    const { isDone, token } = await accounts.signInWithSlack({ ...proof, from: clientAddress(request), client })
    if (isDone) return redirect(response, '/account', [...cookies.began(token), journeys.ended()])
    const path = await sendFirstCode(accounts, token)
    redirect(response, path, [...cookies.onTheWay(token), journeys.ended()])
  }

  function failed(request: Request, response: Response, { kind, why }: SlackFailure): void {
    const reference = kind === 'over' ? undefined : newReference()
    if (reference !== undefined) log.error({ reference, why }, 'Signing in with Slack failed')
    show(request, response, { note: kind, reference })
  }

  function show(
    request: Request,
    response: Response,
    { note, reference }: { note: SlackNote; reference?: string | undefined },
  ) {
    const body = slackNotePage(textsOf(browserLanguage(request)), { note, reference })
    answer(response, { status: STATUS[note], headers, body, more: { 'Set-Cookie': [journeys.ended()] } })
  }

  function redirect(response: Response, address: string, setCookies: string[]): void {
    answer(response, { status: 303, headers, body: '', more: { Location: address, 'Set-Cookie': setCookies } })
  }

  return { isOffered: async () => (await accounts.slackTeams()).length > 0, go, comeBack }
}

const STATUS: Record<SlackNote, number> = { over: 400, unknown: 403, away: 503, failed: 502 }

const pass: RequestHandler = (_request, _response, next) => next()

function isNobody(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'sign_in_wrong'
}
