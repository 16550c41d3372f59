// Second factors in English.
import { html } from '../html.ts'
import type { FactorTexts } from './factors.ts'

export const factorsEn: FactorTexts = {
  step: (number, of) => `Step ${number} of ${of}`,
  next: 'Go on',
  nothingYet: 'Your account is made on the last page, when you have agreed to the terms.',
  choose: {
    heading: 'Choose a second factor',
    lead: (organisation) =>
      html`${organisation} asks for a second proof besides the password, so that nobody gets in with the password alone.`,
    legend: 'How do you want to prove that it is you?',
    app: 'An authenticator app',
    appHint:
      'An app on your telephone or a password manager that shows a new code every 30 seconds. It works without a network.',
    email: 'A code by e-mail',
    emailHint: (address) => html`Sent to ${address} each time that you sign in.`,
    sms: 'A code by SMS',
    smsHint: (number) => html`Sent to ${number} each time that you sign in.`,
  },
  app: {
    heading: 'Set up your authenticator app',
    scan: 'Open the app, add an account, and let it read this picture.',
    picture: 'QR code with the key for your authenticator app',
    open: 'The app is on this device: open it',
    key: 'The key as text',
    keyHint: 'If the app cannot read the picture, type this key. Spaces do not count.',
    code: 'Code that the app shows',
    codeHint: 'Six digits. A new one comes every 30 seconds.',
  },
  sent: {
    heading: 'Enter the code that we sent',
    lead: (address) => html`A message with a code is on its way to ${address}. The code is good for ten minutes.`,
    code: 'Code from the message',
    codeHint: 'Six digits. If there are several messages, the newest one counts.',
    again: 'Send another code',
  },
  confirm: 'Confirm',
  other: 'Choose another way',
  codes: {
    heading: 'Keep your recovery codes',
    lead: 'With one of these you get in when your telephone or your mailbox is out of reach. Each works once. They are shown here and never again: print them or write them down, and keep them apart from your telephone.',
    list: 'Recovery codes',
    kept: 'I have kept them',
  },
  terms: { heading: 'The terms', lead: 'Your account is made when you have agreed to them.' },
  of: {
    code_malformed: () => 'Enter the six digits of the code.',
    code_wrong: () => 'This code is wrong. Look at the newest code and type it again.',
    code_old: () => 'This code does not count any more. Enter the one of the newest message, or ask for another.',
    code_used: () => 'This code was used already: each works once. Wait for the next one, or ask for another.',
    code_elsewhere: () => 'This code was sent for another page of yours. Enter the one that was sent for this page.',
    code_clock: () =>
      'This code is some minutes old. If the app shows it now, the clock of its device is behind: let that set the time by itself, then enter the next code.',
    code_none: () => 'No code has been sent for this page yet. Ask for one.',
    code_wait: (wait) => `There were too many wrong codes. Wait ${wait}, then try again.`,
    code_limit: (wait) => `Codes can be sent only so often. Ask for another one in ${wait}.`,
    factor_missing: () => 'Choose one of them.',
    factor_impossible: () => 'This cannot be used here any more. Choose another one.',
    codes_not_kept: () => 'Keep the codes first, then tick the box.',
    passage_over: () =>
      'This took longer than an hour, or was begun anew elsewhere. Nothing was saved: please fill in the form once more.',
  },
}
