// The words of letters about somebody's own account, in English. Another language is another file of this shape.
import type { AccountLetter } from '../../../accounts/index.ts'

export type LetterKind = AccountLetter['kind']

/** `code`, `until`, `url` are there where the kind has them; `detail`: see the letter's row. */
export type Told = { organisation: string; code: string; until: string; url: string; detail: string }

export type AccountMessage = {
  subject: (told: Told) => string
  lead: (told: Told) => string
  /** What to do next, or that there is nothing to do. */
  next?: (told: Told) => string
  /** Of the link. */
  button?: string
  /** What to do if it was somebody else. */
  notYou: (told: Told) => string
  /** All of it as an SMS. */
  text: (told: Told) => string
}

export type AccountWords = {
  /** BCP 47, for dates. */
  locale: string
  greeting: (firstName: string) => string
  /** Above the link's address in full. */
  address: string
  messages: Record<LetterKind, AccountMessage>
}

const FACTORS: Record<string, string> = {
  app: 'an authenticator app',
  email: 'codes by e-mail',
  sms: 'codes by SMS',
}
const factorIn = ({ detail }: Told) => FACTORS[detail] ?? 'a second factor'

const changeYourPassword =
  'If it was not you, somebody else may be in your account: choose "Forgot your password?" on the sign-in page at once, and tell an admin of your organisation.'
const tellAnAdmin = 'If it was not you, tell an admin of your organisation at once.'
const ifNotYou = 'Not you? Tell an admin at once.'

export const en: AccountWords = {
  locale: 'en-GB',
  greeting: (firstName) => (firstName === '' ? 'Hello,' : `Hello ${firstName},`),
  address: 'If the button does not work, copy this address into your browser:',
  messages: {
    code: {
      // Not the code itself: subjects are shown on locked screens.
      subject: ({ organisation }) => `Your code for ${organisation}`,
      lead: ({ organisation }) => `This is your code for ${organisation}. Type it on the page that asked for it:`,
      next: ({ until }) => `It works once, until ${until}. Nobody will ever ask you for it by telephone or by message.`,
      notYou: () =>
        'If you did not ask for a code, somebody may know your password: do not give the code to anybody, and change your password.',
      text: ({ organisation, code }) => `${code} is your code for ${organisation}. Give it to nobody.`,
    },
    password_reset: {
      subject: ({ organisation }) => `A new password for ${organisation}`,
      lead: ({ organisation }) =>
        `Somebody, probably you, has asked for a new password for your account at ${organisation}.`,
      next: ({ until }) => `The link is for you alone. It works once, until ${until}.`,
      button: 'Choose a new password',
      notYou: () => 'If you did not ask for this, you can ignore it: your password stays as it is.',
      text: ({ organisation, url }) => `New password for ${organisation} (30 minutes, once): ${url}`,
    },
    password_changed: {
      subject: ({ organisation }) => `Your password for ${organisation} was changed`,
      lead: ({ organisation }) =>
        `The password of your account at ${organisation} was changed. Everybody who was signed in to it elsewhere has been signed out.`,
      next: () => 'If it was you, there is nothing to do.',
      notYou: () => changeYourPassword,
      text: ({ organisation }) => `Your password for ${organisation} was changed. ${ifNotYou}`,
    },
    factor_added: {
      subject: ({ organisation }) => `A second factor was added at ${organisation}`,
      lead: (told) => `Your account at ${told.organisation} now also takes ${factorIn(told)} as a second factor.`,
      next: () => 'If it was you, there is nothing to do.',
      notYou: () => changeYourPassword,
      text: (told) => `${told.organisation}: ${factorIn(told)} added to your account as a second factor. ${ifNotYou}`,
    },
    factor_removed: {
      subject: ({ organisation }) => `A second factor was removed at ${organisation}`,
      lead: (told) =>
        `Your account at ${told.organisation} does not take ${factorIn(told)} as a second factor any more.`,
      next: () => 'If it was you, there is nothing to do.',
      notYou: () => changeYourPassword,
      text: (told) => `${told.organisation}: ${factorIn(told)} removed from your account. ${ifNotYou}`,
    },
    factors_reset: {
      subject: ({ organisation }) => `Your second factors at ${organisation} were reset`,
      lead: ({ organisation }) =>
        `An admin has removed the second factors and the recovery codes of your account at ${organisation}, and signed you out everywhere.`,
      next: () =>
        'Sign in with your password. Where your organisation demands a second factor, you are asked to set one up.',
      notYou: () => 'If you did not ask an admin for this, tell your organisation at once.',
      text: ({ organisation }) =>
        `An admin reset your second factors at ${organisation}. Not asked for? Tell them at once.`,
    },
    recovery_code_used: {
      subject: ({ organisation }) => `A recovery code was used at ${organisation}`,
      lead: ({ organisation, detail }) =>
        `Somebody, probably you, has signed in to your account at ${organisation} with a recovery code. Codes left: ${detail}.`,
      next: () => 'If few are left, make new ones in your account, and set up a second factor that you have at hand.',
      notYou: () => changeYourPassword,
      text: ({ organisation, detail }) => `A recovery code was used at ${organisation}, ${detail} left. ${ifNotYou}`,
    },
    recovery_codes_renewed: {
      subject: ({ organisation }) => `New recovery codes at ${organisation}`,
      lead: ({ organisation }) =>
        `New recovery codes were made for your account at ${organisation}. The older ones do not work any more.`,
      next: () => 'If it was you, there is nothing to do.',
      notYou: () => changeYourPassword,
      text: ({ organisation }) => `New recovery codes were made for your account at ${organisation}. ${ifNotYou}`,
    },
    mobile_changed: {
      subject: ({ organisation }) => `Your mobile number at ${organisation} was changed`,
      lead: ({ organisation }) => `The mobile number of your account at ${organisation} was changed.`,
      next: () => 'If it was you, there is nothing to do.',
      notYou: () => changeYourPassword,
      text: ({ organisation }) => `The mobile number of your account at ${organisation} was changed. ${ifNotYou}`,
    },
    email_changed: {
      subject: ({ organisation }) => `Your e-mail address at ${organisation} was changed`,
      lead: ({ organisation }) =>
        `Your organisation has given your account at ${organisation} another e-mail address. From now on you sign in with that one, and messages go there.`,
      next: () => 'If you know of this, there is nothing to do.',
      notYou: () => tellAnAdmin,
      text: ({ organisation }) => `The e-mail address of your account at ${organisation} was changed. ${ifNotYou}`,
    },
  },
}
