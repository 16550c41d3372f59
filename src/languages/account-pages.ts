// What the pages say of signing in, of one's own account, and of a forgotten password.
import type { AccountPage } from '../accounts/index.ts'
import type { Html } from '../html.ts'
import type { RefusalCode } from '../refusal.ts'

/** The refusals that a person can mend on these pages, beside those of second factors. `wait`: as words. */
export type AccountRefusalCode = Extract<
  RefusalCode,
  | 'sign_in_wrong'
  | 'sign_in_wait'
  | 'password_wrong'
  | 'mobile_needed'
  | 'factor_unknown'
  | 'factor_last'
  | 'recovery_code_wrong'
  | 'recovery_code_used'
  | 'too_busy'
>

/** What was done, said at the top of the page that follows. */
export type DoneKey = 'profile' | 'mobile' | 'password' | 'factor' | 'removed' | 'sessions' | 'joined' | 'notOpen'

export type AccountTexts = {
  signIn: {
    title: string
    name: string
    nameHint: string
    password: string
    send: string
    forgot: string
    /** The way from the password on took too long, or its account was changed. */
    over: string
    /** A password was chosen by a link. */
    changed: string
    signedOut: string
    /** At Slack somebody chose not to. */
    stopped: string
  }
  slack: {
    /** The button, and the title of the pages. */
    title: string
    back: string
    of: Record<'over' | 'unknown' | 'away' | 'failed', { heading: string; what: string[] }>
  }
  steps: {
    organisation: { heading: string; lead: string; legend: string }
    factor: {
      heading: string
      lead: (organisation: Html) => Html
      app: string
      email: (address: Html) => Html
      sms: (number: Html) => Html
      sendEmail: string
      sendSms: string
      /** Where the first code could not be sent by itself. `wait`: until it can, as words. */
      later: (wait: string) => string
      /** The code's label there. */
      notYet: string
      sent: string
      otherWays: string
      recovery: string
      recoveryHint: string
      useRecovery: string
      /** Where no recovery code is left. */
      lost: string
    }
    terms: { heading: string; lead: (organisation: Html) => Html; agree: string }
    ready: { heading: string; lead: string }
    signIn: string
    goOn: string
  }
  forgot: {
    title: string
    lead: string
    name: string
    send: string
    back: string
    sent: { title: string; told: string; wait: string }
    dead: { title: string; what: string; again: string }
    reset: {
      title: string
      lead: (organisation: Html) => Html
      name: string
      password: string
      hint: string
      send: string
      after: string
    }
  }
  account: {
    title: string
    hello: (name: Html) => Html
    at: (organisation: Html) => Html
    done: Record<DoneKey, string>
    back: string
    /** What is open to them: further hubs. */
    invitations: {
      heading: string
      invites: (names: { inviter: Html; hub: Html }) => Html
      until: (date: Html) => Html
      join: (hub: string) => string
    }
    /** Where the links lead. */
    links: Record<'profile' | 'mobile' | 'addMobile' | 'factors' | 'password' | 'sessions', string>
    save: string
    oldPassword: string
    oldPasswordHint: string
    kept: string
    none: string
    profile: {
      heading: string
      firstName: string
      lastName: string
      language: string
      /** Instead of a language of one's own. */
      asOrganisation: string
      email: string
      emailKept: string
      userName: string
      mobile: string
    }
    mobile: { heading: string; hint: string; takeAway: string }
    place: {
      heading: string
      role: string
      department: string
      location: string
      hubs: string
      noHubs: string
      askAnAdmin: string
    }
    password: { heading: string; lead: string; new: string; hint: string }
    factors: {
      heading: string
      lead: string
      none: string
      demanded: string
      app: string
      email: (address: Html) => Html
      sms: (number: Html) => Html
      since: (date: Html) => Html
      codesLeft: (count: number) => string
      legend: string
      add: Record<'app' | 'email' | 'sms', string>
      replace: Record<'app' | 'email' | 'sms', string>
      remove: (factor: Html) => Html
      newCodes: string
    }
    sessions: {
      heading: string
      lead: string
      count: (count: number) => string
      unknown: string
      this: string
      from: (address: Html) => Html
      begun: (date: Html) => Html
      seen: (date: Html) => Html
      end: string
      /** For those who hear the buttons alone. */
      endOf: (client: string) => string
      endOthers: string
    }
    signOut: string
  }
  roles: Record<NonNullable<AccountPage['role']>, string>
  userTypes: Record<AccountPage['hubs'][number]['userType'], string>
  of: Record<AccountRefusalCode, (wait: string) => string>
}
