// Which address leads to which page of signing in, of one's own account, and of a forgotten password.
import { type ErrorRequestHandler, type RequestHandler, Router } from 'express'
import type { AccountDoor } from '../accounts/index.ts'
import type { Log } from '../collaborators.ts'
import { type AccountPageName, createAccount } from './account.ts'
import { createAccountCookies } from './account-cookies.ts'
import type { WebDoor, WebLimits } from './door.ts'
import { createForgot } from './forgot.ts'
import { limitPerMinute, readBody, refuseForeignForms } from './guards.ts'
import type { Headers } from './headers.ts'
import { createSignIn } from './sign-in.ts'
import { createSlackSignIn, type SlackSignIn } from './slack-sign-in.ts'

const NAMES: AccountPageName[] = ['profile', 'mobile', 'password', 'factors', 'sessions']

type Given = Pick<
  WebDoor,
  'openByCredentials' | 'noteFailedSignIn' | 'noteDeadLink' | 'listInvitationsToAccept' | 'joinFromAccount'
> & {
  headers: Headers
  publicUrl: string
  limits: WebLimits
  notAllowed: RequestHandler
  slackSignIn: SlackSignIn | undefined
  log: Log
}

/** Makes the router. */
export function accountRoutes(accounts: AccountDoor, given: Given): Router {
  const { headers, publicUrl, limits, notAllowed, openByCredentials, noteFailedSignIn } = given
  const cookies = createAccountCookies({ isHttps: publicUrl.startsWith('https:') })
  const slack = createSlackSignIn(accounts, given.slackSignIn, { headers, cookies, publicUrl, log: given.log })
  const signIn = createSignIn(accounts, {
    ...{ headers, cookies, openByCredentials, noteFailedSignIn },
    isSlackOffered: slack.isOffered,
  })
  const account = createAccount(accounts, { ...given, cookies })
  const forgot = createForgot(accounts, given)
  const opening = limitPerMinute(limits.open, headers)
  const form = [refuseForeignForms(publicUrl, headers), ...readBody(headers)]
  // One count for all forms of a client, whichever page they are on.
  const sending = [limitPerMinute(limits.send, headers), ...form]
  const router = Router({ caseSensitive: true })

  router.route('/sign-in').get(opening, signIn.open).post(sending, signIn.send).all(notAllowed)
  router.route('/sign-in/next').get(opening, signIn.step).post(sending, signIn.take).all(notAllowed)
  router.get('/sign-in/slack', opening, slack.go)
  router.get('/sign-in/slack/return', opening, slack.comeBack)

  router.get('/account', opening, account.overview)
  router.post('/account/invitations', sending, account.join)
  router.post('/account/sign-out', sending, account.signOut)
  for (const name of NAMES) {
    router.route(`/account/${name}`).get(opening, account.open(name)).post(sending, account.take(name)).all(notAllowed)
  }

  router.get('/forgot/sent', opening, forgot.sent)
  router
    .route('/forgot')
    .get(opening, forgot.open)
    .post(limitPerMinute(limits.ask, headers), form, forgot.ask)
    .all(notAllowed)
  router.route('/reset/:token').get(opening, forgot.openLink).post(sending, forgot.useLink).all(notAllowed)
  router.use('/reset', opening, forgot.dead)
  router.use('/reset', deadWhereUnreadable(forgot.dead))
  return router
}

/** A link with a broken percent sign in it is as dead as any other. */
function deadWhereUnreadable(dead: RequestHandler): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (error instanceof URIError && !response.headersSent) return dead(request, response, next)
    next(error)
  }
}
