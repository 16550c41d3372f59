// The web pages in English.
import { html } from '../html.ts'
import { accountEn } from './account-en.ts'
import { factorsEn } from './factors-en.ts'
import type { Texts } from './texts.ts'

export const en: Texts = {
  language: 'en',
  errorTitle: (title) => `Error: ${title}`,

  join: {
    title: (organisation) => `Join ${organisation}`,
    heading: (organisation) => html`Join ${organisation}`,
    invites: ({ inviter, hub, organisation }) => html`${inviter} invites you to ${hub} at ${organisation}.`,
    registers: ({ hub, organisation }) => html`You asked to register for ${hub} at ${organisation}.`,
    until: (date) => html`You can accept until ${date}.`,
    alsoJoins: (hubs) => `The same account also opens ${hubs}.`,
    userName: 'User name',
    userNameHint: 'You sign in with this name. Write it down: it cannot be changed here.',
    email: 'E-mail address',
    emailHint: 'The invitation was sent to this address. It cannot be changed here.',
    firstName: 'First name',
    lastName: 'Last name',
    mobile: 'Mobile number',
    mobileHint: 'With the country code, for example +44\u00a07400\u00a0123456',
    optional: '(optional)',
    password: 'Choose a password',
    passwordHint: '12 to 128 characters. A few words that only you would put together are a good choice.',
    terms: 'Terms',
    termsScroll: 'Terms, text that can be scrolled',
    termsLink: 'Read the terms (opens in a new tab)',
    agree: 'I agree to the terms',
    send: 'Create my account',
    nothingYet: 'Nothing is saved until you press this button.',
  },
  errors: {
    heading: 'Please check the form',
    busyHeading: 'Many people are signing up right now',
    busy: 'Nothing is lost: wait a few seconds, type your password again and send the form once more.',
    typePasswordAgain: 'Please type your password again: for your safety it is not kept on this page.',
    stepHeading: 'Please look at this once more',
    termsChanged: 'The terms have changed since you opened this page. Please read them again and agree.',
    of: {
      first_name_missing: () => 'Enter your first name.',
      last_name_missing: () => 'Enter your last name.',
      name_too_long: (field) =>
        field === 'lastName' ? 'This last name is too long. Shorten it.' : 'This first name is too long. Shorten it.',
      mobile_malformed: () => 'This is not a mobile number. Check it, or leave the field empty.',
      mobile_without_country: () =>
        'Enter the mobile number with its country code, for example +44\u00a07400\u00a0123456.',
      password_too_short: () => 'This password is too short. Use at least 12 characters.',
      password_too_long: () => 'This password is too long. Use at most 128 characters.',
      password_common: () => 'This password is easy to guess. Choose one that nobody else would think of.',
      password_personal: () => 'This password is made of your own or your organisation’s name. Choose another one.',
      terms_not_agreed: () => 'Tick the box to agree to the terms.',
    },
  },
  factors: factorsEn,
  accounts: accountEn,
  welcome: {
    title: 'Welcome',
    heading: 'Welcome, your account is ready',
    ready:
      'You have joined. From now on, your e-mail address and the password that you have just chosen are yours to sign in with.',
    told: 'The person who invited you hears that you have joined.',
    signIn: 'Sign in',
  },
  dead: {
    title: 'This link does not work',
    heading: 'This link does not work (any more)',
    why: 'An invitation works once and for a limited time, and only the latest message counts.',
    alreadyIn: 'If you have just signed up, all is well: your account is ready.',
    askAgain: 'Otherwise look for a newer message from us, or ask for a new invitation here.',
    button: 'Ask for a new one',
  },
  asked: {
    title: 'Thank you',
    heading: 'Thank you for telling us',
    told: 'If this link came with an invitation, the person who sent it hears that you would like a new one.',
    wait: 'A new message will come to the same mailbox if they send one. Nothing else is needed here.',
  },
  activate: {
    title: 'Activate your access',
    heading: 'Activate your access',
    lead: 'Type the code from your slip. It has sixteen signs in four groups.',
    code: 'Code',
    codeHint: 'For example 7K3M-9QXW-0TRA-5HDN. Small letters and spaces are fine.',
    wrong: 'This code does not work (any more). Compare it with your slip; if it is right, ask for a new slip.',
    send: 'Go on',
    lost: 'Lost your slip? Ask whoever gave it to you for a new one. The older code stops working then.',
  },
  register: {
    title: (organisation) => `Register at ${organisation}`,
    heading: ({ hub }) => html`Register for ${hub}`,
    lead: ({ organisation }) => html`Give your e-mail address to get an account at ${organisation}.`,
    email: 'E-mail address',
    emailHint: 'For example ana@example.org',
    malformed: 'Enter an e-mail address. It should look like ana@example.org.',
    send: 'Send me a message',
    next: 'The message says how to go on. If you have an account already, it says so.',
  },
  mailbox: {
    title: 'Look into your mailbox',
    heading: 'Look into your mailbox',
    told: 'We have sent a message to that address, if it can join.',
    wait: 'It can take a few minutes, and it may lie among unwanted mail. You can close this page.',
  },
  deadRegister: {
    title: 'This link does not work',
    heading: 'This link does not work (any more)',
    what: 'Ask whoever gave it to you for a newer one, or for an invitation.',
  },
  notFound: {
    title: 'Page not found',
    heading: 'There is no such page',
    what: 'Check the address. If you came here by a link in a message, open that link once more.',
  },
  notAllowed: {
    title: 'This does not work here',
    heading: 'This does not work here',
    what: 'Open the link in your message with a web browser.',
  },
  tooMany: {
    title: 'Please wait a moment',
    heading: 'Please wait a moment',
    what: (seconds) =>
      `There were too many requests from your network. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
  },
  unreadable: {
    title: 'The form could not be read',
    heading: 'The form could not be read',
    what: 'Nothing was saved. Open the link in your message once more, and fill in the form again.',
  },
  foreign: {
    title: 'The form came from another site',
    heading: 'The form came from another site',
    what: 'Nothing was saved. Open the link in your message, and fill in the form there.',
  },
  outage: {
    title: 'Back in a moment',
    heading: 'Usher cannot be reached right now',
    what: 'Please try again in a minute. Your invitation is safe.',
  },
  broken: {
    title: 'Something went wrong',
    heading: 'Something went wrong on our side',
    what: 'Please try again in a minute. If it happens again, tell the person who invited you.',
  },
  reference: (number) => html`Reference number, in case you ask for help: ${number}`,
}
