// The words of every message to an invitee, in English. Another language is another file of this shape.
import type { ShortNames, ShortWords } from '../sms/short-message.ts'

type Names = { inviter: string; hub: string; organisation: string }

type Message = {
  subject: (names: Names) => string
  lead: (names: Names) => string
  /** Of the link; a message without one asks for nothing. */
  button?: string
  /** The link is no secret, and does not end: the sign-in page. */
  isLasting?: true
  /** Instead of the usual last words. */
  unexpected?: string
  /** The whole of it as an SMS, from the fullest to the shortest. */
  text: ShortWords
}

/** A user name and a one-time password in place of a link. */
type CredentialWords = {
  lead: string
  userName: string
  password: string
  button: string
  validity: (until: string) => string
  text: (
    names: ShortNames,
    message: { url: string | undefined; until: string; userName: string; password: string },
  ) => string[]
}

export type Words = {
  /** BCP 47, for dates. */
  locale: string
  /** `firstName` may be empty. */
  greeting: (firstName: string) => string
  invitation: Message
  addition: Message
  registration: Message
  account_exists: Message
  credentials: CredentialWords
  reminder: Message
  registration_reminder: Message
  /** Before an SMS with user name and password that is sent once more. */
  reminded: string
  validity: (until: string) => string
  noteFrom: (inviter: string) => string
  /** A further hub that the same link joins; `inviter` only where somebody else invites into it. */
  also: (names: { hub: string; inviter: string | undefined }) => string
  /** Above the link's address in full. */
  address: string
  unexpected: string
}

export const en: Words = {
  locale: 'en-GB',
  greeting: (firstName) => (firstName === '' ? 'Hello,' : `Hello ${firstName},`),
  invitation: {
    subject: ({ inviter, hub, organisation }) => `${inviter} invites you to ${hub} at ${organisation}`,
    lead: ({ inviter, hub, organisation }) => `${inviter} invites you to join ${hub} at ${organisation}.`,
    button: 'Accept the invitation',
    text: ({ inviter, hub, organisation }, { url, until }) => [
      `${inviter} invites you to ${hub}, ${organisation}. Accept until ${until}: ${url}`,
      `${inviter} invites you to ${organisation}. Until ${until}: ${url}`,
    ],
  },
  addition: {
    subject: ({ hub, organisation }) => `You have been added to ${hub} at ${organisation}`,
    lead: ({ inviter, hub, organisation }) =>
      `${inviter} has added you to ${hub} at ${organisation}. Your account opens it from now on: there is nothing to do.`,
    button: 'Sign in',
    isLasting: true,
    text: ({ inviter, hub, organisation }) => [
      `${inviter} has added you to ${hub}, ${organisation}. There is nothing to do.`,
    ],
  },
  registration: {
    subject: ({ hub, organisation }) => `Your registration for ${hub} at ${organisation}`,
    lead: ({ hub, organisation }) =>
      `You asked to register for ${hub} at ${organisation}. One step is left: open the link and create your account.`,
    button: 'Create my account',
    unexpected: 'If you did not ask for this, somebody typed your address. You can ignore it: nothing happens.',
    text: ({ hub, organisation }, { url, until }) => [
      `Register for ${hub}, ${organisation} until ${until}: ${url}`,
      `Register for ${organisation} until ${until}: ${url}`,
    ],
  },
  account_exists: {
    subject: ({ organisation }) => `You already have an account at ${organisation}`,
    lead: ({ hub, organisation }) =>
      `You asked to register for ${hub} at ${organisation}, but this address has an account there already, and nothing was changed. If ${hub} is missing from your account, ask the people who work there to invite you.`,
    button: 'Sign in',
    isLasting: true,
    unexpected: 'If you did not ask for this, somebody typed your address. You can ignore it: nothing was changed.',
    text: ({ organisation }) => [`You already have an account at ${organisation}. Nothing was changed.`],
  },
  reminder: {
    subject: ({ inviter, hub, organisation }) => `Reminder: ${inviter} invites you to ${hub} at ${organisation}`,
    lead: ({ inviter, hub, organisation }) =>
      `This is a reminder: ${inviter} invited you to join ${hub} at ${organisation}, and your answer is still missing. What you need for it is below, the same as in the first message.`,
    button: 'Accept the invitation',
    text: ({ inviter, hub, organisation }, { url, until }) => [
      `Reminder: ${inviter} invites you to ${hub}, ${organisation}. Accept until ${until}: ${url}`,
      `Reminder: ${inviter} invites you to ${organisation}. Until ${until}: ${url}`,
    ],
  },
  registration_reminder: {
    subject: ({ hub, organisation }) => `Reminder: your registration for ${hub} at ${organisation}`,
    lead: ({ hub, organisation }) =>
      `This is a reminder: you asked to register for ${hub} at ${organisation}, and one step is left: open the link and create your account. It is the same link as in the first message.`,
    button: 'Create my account',
    unexpected: 'If you did not ask for this, somebody typed your address. You can ignore it: nothing happens.',
    text: ({ hub, organisation }, { url, until }) => [
      `Reminder: register for ${hub}, ${organisation} until ${until}: ${url}`,
      `Reminder: register for ${organisation} until ${until}: ${url}`,
    ],
  },
  reminded: 'Reminder: ',
  credentials: {
    lead: 'Sign in with this user name and this one-time password. You choose a password of your own then.',
    userName: 'User name',
    password: 'One-time password',
    button: 'Sign in',
    validity: (until) =>
      `The password is for you alone. It works until ${until}, and only until you have chosen your own.`,
    text: ({ inviter, organisation }, { url, until, userName, password }) => [
      `${inviter} invites you to ${organisation}. Sign in until ${until}: ${url} User name ${userName}, password ${password}`,
      `${organisation}: ${url} user name ${userName}, password ${password}, until ${until}`,
    ],
  },
  validity: (until) => `The link is for you alone. It works once, until ${until}.`,
  noteFrom: (inviter) => `A note from ${inviter}:`,
  also: ({ hub, inviter }) =>
    `The same link also lets you join ${hub}${inviter ? `, to which ${inviter} invites you` : ''}.`,
  address: 'If the button does not work, copy this address into your browser:',
  unexpected: 'If you did not expect this message, you can ignore it.',
}
