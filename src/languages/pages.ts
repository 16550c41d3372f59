// The list of everything the web pages say. Fragments (`Html`) are escaped already: names keep their own direction.

import type { Html } from '../html.ts'
import type { RefusalCode } from '../refusal.ts'
import type { AccountTexts } from './account-pages.ts'
import type { FactorTexts } from './factor-pages.ts'
import type { Language } from './index.ts'

export type FieldName = 'firstName' | 'lastName' | 'mobile' | 'password' | 'termsAgreed'

/** The refusals that a person can mend in the form. */
export type FormRefusalCode = Extract<
  RefusalCode,
  | 'first_name_missing'
  | 'last_name_missing'
  | 'name_too_long'
  | 'mobile_malformed'
  | 'mobile_without_country'
  | 'password_too_short'
  | 'password_too_long'
  | 'password_common'
  | 'password_personal'
  | 'terms_not_agreed'
>

export type Texts = {
  language: Language
  errorTitle: (title: string) => string

  join: {
    title: (organisation: string) => string
    heading: (organisation: Html) => Html
    invites: (names: { inviter: Html; hub: Html; organisation: Html }) => Html
    /** For whoever asked for the invitation by a registration link. */
    registers: (names: { hub: Html; organisation: Html }) => Html
    until: (date: Html) => Html
    /** Further hubs that the same sign-up joins. */
    alsoJoins: (hubs: string) => string
    /** Where the invitee has an account by now. */
    signIn: { heading: string; what: (hub: Html) => Html; go: string }
    email: string
    emailHint: string
    userName: string
    userNameHint: string
    firstName: string
    lastName: string
    mobile: string
    mobileHint: string
    optional: string
    password: string
    passwordHint: string
    terms: string
    termsScroll: string
    termsLink: string
    agree: string
    send: string
    nothingYet: string
  }
  errors: {
    heading: string
    /** Above the form when nothing is wrong with what was typed. */
    busyHeading: string
    busy: string
    typePasswordAgain: string
    /** Above a form in which one thing is wrong that was not typed. */
    stepHeading: string
    termsChanged: string
    of: Record<FormRefusalCode, (field: FieldName) => string>
  }
  factors: FactorTexts
  accounts: AccountTexts
  welcome: { title: string; heading: string; ready: string; told: string; signIn: string }
  dead: { title: string; heading: string; why: string; alreadyIn: string; askAgain: string; button: string }
  asked: { title: string; heading: string; told: string; wait: string }
  activate: {
    title: string
    heading: string
    lead: string
    code: string
    codeHint: string
    wrong: string
    send: string
    lost: string
  }
  register: {
    title: (organisation: string) => string
    heading: (names: { hub: Html; organisation: Html }) => Html
    lead: (names: { hub: Html; organisation: Html }) => Html
    email: string
    emailHint: string
    malformed: string
    send: string
    next: string
  }
  mailbox: { title: string; heading: string; told: string; wait: string }
  deadRegister: { title: string; heading: string; what: string }
  notFound: { title: string; heading: string; what: string }
  notAllowed: { title: string; heading: string; what: string }
  tooMany: { title: string; heading: string; what: (seconds: number) => string }
  unreadable: { title: string; heading: string; what: string }
  foreign: { title: string; heading: string; what: string }
  outage: { title: string; heading: string; what: string }
  broken: { title: string; heading: string; what: string }
  reference: (number: Html) => Html
}
