// What the web door is given: the use cases behind it, and the few settings it needs. Bound by app.ts.
import type { IncomingMessage } from 'node:http'
import type { AccountDoor } from '../accounts/index.ts'
import type { Log } from '../collaborators.ts'
import type {
  InvitationToAccept,
  JoinAnswer,
  JoinForm,
  JoinPage,
  JoinStep,
  RegisterPage,
} from '../invitations/index.ts'
import type { Language } from '../languages/index.ts'
import type { ScimDirectory } from '../people/index.ts'
import type { Health } from './health.ts'
import type { SlackSignIn } from './slack-sign-in.ts'
import type { TextReceiptDoor } from './text-receipts.ts'

/** The core's use cases as the door calls them, with their collaborators already bound. */
export type WebDoor = TextReceiptDoor & {
  /** The page on which a browser stands, by the token of its passage. Throws Refusal('link_dead'). Changes nothing. */
  openJoinStep: (token: string, passage: string | undefined) => Promise<{ page: JoinPage; step: JoinStep }>
  /** Throws Refusal('link_dead'), and what the step refuses: src/invitations/join-steps.ts. */
  takeJoinStep: (
    token: string,
    request: { answer: JoinAnswer; passageToken: string | undefined; from: string; wished: Language | undefined },
  ) => Promise<{ joined: boolean }>
  /** Tells the inviter that somebody with an older link asks for a new one; never waited for. */
  askForNewLink: (token: string, from: string) => void
  /** Notes for the statistics that a page was opened; never waited for. */
  noteOpening: (invitationId: string) => void
  /** Notes for the audit log that a link which does not work was opened, or its form sent; never waited for. */
  noteDeadLink: (token: string, look: { from: string; how: 'opened' | 'sent'; isReset?: boolean }) => void
  /** Notes a sign-in that failed, whether the name is anybody's or not; never waited for. */
  noteFailedSignIn: (name: string, given: { from: string; because: 'wrong' | 'too_many' }) => void
  /** Notes a slip's code that does not work; never waited for. */
  noteWrongSlip: (given: { from: string }) => void
  /**
   * Throws Refusals (fields), Refusal('link_dead'), Refusal('too_busy'). `from`: the client's IP address. `passage`: the
   * token with which this browser goes on, where there are more pages; `before`: the one that it had.
   */
  acceptInvitation: (
    token: string,
    acceptance: { form: JoinForm; from: string; before: string | undefined },
  ) => Promise<{ passage: string | undefined; hasAccount: boolean }>
  /** The token of the sign-up that a slip's code opens; undefined for a code that does not work. Changes nothing. */
  openBySlip: (code: string) => Promise<string | undefined>
  /** The same for a user name and its one-time password. */
  openByCredentials: (given: { name: string; password: string }) => Promise<string | undefined>
  /** The invitations that the holder of an account can accept. Changes nothing. */
  listInvitationsToAccept: (holder: { personId: string }) => Promise<InvitationToAccept[]>
  /** Accepts one. Throws Refusal('invitation_changed'). */
  joinFromAccount: (request: {
    holder: { organisationId: string; personId: string; name: string }
    invitationId: string
    origin: string
  }) => Promise<void>
  /** Throws Refusal('link_dead'). Changes nothing. */
  openRegistrationLink: (token: string) => Promise<RegisterPage>
  /** Counts an opening of a registration link's page; never waited for. */
  noteLinkOpening: (linkId: string) => void
  /** Throws Refusal('link_dead'), Refusals (field `email`). */
  askToRegister: (token: string, ask: { email: string; language: string; from: string }) => Promise<void>
  /** For pages that belong to no organisation, where the browser wishes for none that is spoken here. Never waited for. */
  usualLanguage: () => Language
  /** What an organisation's directory may do. */
  scim: ScimDirectory
}

/**
 * Requests per minute and client address: opening pages, sending forms, giving addresses to registration links, and a
 * directory's by SCIM.
 */
export type WebLimits = { open: number; send: number; ask: number; scim: number }

export type WebSettings = {
  door: WebDoor
  accounts: AccountDoor
  /** Undefined: nobody signs in with Slack. */
  slackSignIn?: SlackSignIn | undefined
  health: Health
  /** Lets requests for metrics in that do not come from this machine; undefined: none. */
  metricsToken?: string | undefined
  /** Where the world reaches Usher; links and redirects come from here alone. */
  publicUrl: string
  /** Express's "trust proxy": a count of proxies or their addresses; false trusts none. */
  trustProxy: false | number | string | readonly string[]
  limits?: Partial<WebLimits>
  /** Called for requests with a token that is known, before their bodies are read. */
  vouchFor?: (request: IncomingMessage) => void
  log: Log
  /** Asked after an unexpected error: an outage is answered with 503, anything else is a bug and 500. */
  databaseIsAway: () => Promise<boolean>
}
