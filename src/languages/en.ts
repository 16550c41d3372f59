// Every word that Usher says in English. Long because a language is one file: a further one is a copy of this, translated.
import { html } from '../html.ts'
import type { AccountTexts } from './account-pages.ts'
import type { FactorTexts } from './factor-pages.ts'
import type { AccountWords, Told } from './letters.ts'
import type { Words } from './messages.ts'
import type { Texts } from './pages.ts'
import type { SlipWords } from './slips.ts'
import type { Translation } from './translation.ts'

// The second factors, on the pages.
const factorPages: FactorTexts = {
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

// Signing in, one's own account, a forgotten password.
const accountPages: AccountTexts = {
  signIn: {
    title: 'Sign in',
    name: 'E-mail address or user name',
    nameHint: 'The one that you were invited with.',
    password: 'Password',
    send: 'Sign in',
    forgot: 'Forgot your password?',
    over: 'This took too long, or something about the account changed meanwhile. Please sign in once more.',
    changed: 'Your new password is set. Sign in with it.',
    signedOut: 'You are signed out.',
    stopped: 'You were not signed in, because you stopped it at Slack. Try again, or use your password.',
  },
  slack: {
    title: 'Sign in with Slack',
    back: 'Back to the sign-in page',
    of: {
      over: {
        heading: 'Please begin once more',
        what: [
          'This sign-in took longer than ten minutes, was begun in another browser, or was used already. Nobody was signed in.',
        ],
      },
      unknown: {
        heading: 'No account for this Slack address',
        what: [
          'There is no account here for this Slack address. If you were invited, open the link in the invitation first.',
          'If you sign in here by another address, use it with your password. Otherwise ask the people who run this Slack workspace.',
        ],
      },
      away: {
        heading: 'Slack does not answer',
        what: ['Nobody was signed in. Try again in a few minutes, or sign in with your password.'],
      },
      failed: {
        heading: 'Slack could not sign you in',
        what: [
          'What Slack answered could not be used, so nobody was signed in. Try again, or sign in with your password. If it happens again, give the number below to the people who run this Slack workspace.',
        ],
      },
    },
  },
  steps: {
    organisation: {
      heading: 'Choose an organisation',
      lead: 'You have accounts in more than one organisation here.',
      legend: 'Where do you want to sign in?',
    },
    factor: {
      heading: 'Show that it is you',
      lead: (organisation) => html`Your account at ${organisation} has a second factor besides the password.`,
      app: 'Code that your authenticator app shows',
      email: (address) => html`Code that was sent to ${address}`,
      sms: (number) => html`Code that was sent by SMS to ${number}`,
      sendEmail: 'Send a code by e-mail',
      sendSms: 'Send a code by SMS',
      later: (wait) => `The next code can be sent in ${wait}: press “Send a code” then.`,
      notYet: 'Code',
      sent: 'Six digits. If there are several messages, the newest one counts.',
      otherWays: 'Another way',
      recovery: 'Recovery code',
      recoveryHint: 'One of the ten that you kept. Each works once.',
      useRecovery: 'Use a recovery code',
      lost: 'No recovery codes are left. If you cannot get a code, ask an admin of your organisation to reset your second factors.',
    },
    terms: {
      heading: 'The terms have changed',
      lead: (organisation) => html`${organisation} asks you to agree to the new terms before you go on.`,
      agree: 'Agree and go on',
    },
    ready: { heading: 'You can go on', lead: 'Nothing is left to do.' },
    signIn: 'Back to the beginning',
    goOn: 'Go on',
  },
  forgot: {
    title: 'Forgot your password?',
    lead: 'Give your e-mail address or your user name. If there is an account, a link to a new password is sent to it.',
    name: 'E-mail address or user name',
    send: 'Send me a link',
    back: 'Back to the sign-in page',
    sent: {
      title: 'Look for a message from us',
      told: 'If there is an account with that name, a message with a link is on its way to the e-mail address of the account, or to its mobile number where it has no address.',
      wait: 'It can take a few minutes, and it may lie among unwanted mail. The link works once, for 30 minutes. If no message comes, ask an admin of your organisation.',
    },
    dead: {
      title: 'This link does not work (any more)',
      what: 'A link to a new password works once, for 30 minutes, and only the newest one counts.',
      again: 'Ask for a new link',
    },
    reset: {
      title: 'Choose a new password',
      lead: (organisation) => html`For your account at ${organisation}.`,
      name: 'Account',
      password: 'New password',
      hint: '12 to 128 characters. A few words that only you would put together are a good choice.',
      send: 'Set the new password',
      after: 'Everybody who is signed in to the account is signed out, and you sign in with the new password.',
    },
  },
  account: {
    title: 'Your account',
    hello: (name) => html`Hello ${name}`,
    at: (organisation) => html`Your account at ${organisation}`,
    done: {
      profile: 'Your profile is saved.',
      mobile: 'Your mobile number is saved.',
      password: 'Your password is changed. Everybody else who was signed in to your account has been signed out.',
      factor: 'Your second factor is set up.',
      removed: 'The second factor is removed.',
      sessions: 'Signed out there.',
      joined: 'You’ve joined.',
      notOpen: 'This invitation has expired, was taken back or was already accepted.',
    },
    back: 'Back to your account',
    invitations: {
      heading: 'Invitations',
      invites: ({ inviter, hub }) => html`${inviter} invites you to ${hub}.`,
      until: (date) => html`You can accept until ${date}.`,
      join: (hub) => `Join ${hub}`,
    },
    links: {
      profile: 'Change names or language',
      mobile: 'Change the mobile number',
      addMobile: 'Add a mobile number',
      factors: 'Set up or change second factors',
      password: 'Change the password',
      sessions: 'See where, and sign out there',
    },
    save: 'Save',
    oldPassword: 'Your present password',
    oldPasswordHint: 'So that nobody changes this who finds your browser open.',
    kept: 'Kept by your organisation: it cannot be changed here.',
    none: 'none',
    profile: {
      heading: 'Profile',
      firstName: 'First name',
      lastName: 'Last name',
      language: 'Language of pages and messages',
      asOrganisation: 'As my organisation has it',
      email: 'E-mail address',
      emailKept: 'It cannot be changed here. If it is wrong, ask an admin of your organisation.',
      userName: 'User name',
      mobile: 'Mobile number',
    },
    mobile: {
      heading: 'Mobile number',
      hint: 'With the country code, for example +44\u00a07400\u00a0123456',
      takeAway: 'Leave it empty to take the number away.',
    },
    place: {
      heading: 'Your organisation',
      role: 'Role',
      department: 'Department',
      location: 'Location',
      hubs: 'Hubs',
      noHubs: 'You are in no hub.',
      askAnAdmin: 'If something here is wrong, ask an admin of your organisation.',
    },
    password: {
      heading: 'Password',
      lead: 'Everybody else who is signed in to your account is signed out.',
      new: 'New password',
      hint: '12 to 128 characters. A few words that only you would put together are a good choice.',
    },
    factors: {
      heading: 'Second factors',
      lead: 'With a second factor nobody gets in who knows your password alone.',
      none: 'You have none.',
      demanded: 'Your organisation demands one: the last one cannot be removed, but it can be set up anew.',
      app: 'Authenticator app',
      email: (address) => html`Codes by e-mail to ${address}`,
      sms: (number) => html`Codes by SMS to ${number}`,
      since: (date) => html`Since ${date}`,
      codesLeft: (count) =>
        count === 0
          ? 'No recovery codes are left.'
          : `${count} recovery ${count === 1 ? 'code is' : 'codes are'} left.`,
      legend: 'What do you want to do?',
      add: {
        app: 'Add an authenticator app',
        email: 'Add codes by e-mail',
        sms: 'Add codes by SMS',
      },
      replace: {
        app: 'Set up the authenticator app anew',
        email: 'Set up codes by e-mail anew',
        sms: 'Set up codes by SMS anew',
      },
      remove: (factor) => html`Remove: ${factor}`,
      newCodes: 'Make new recovery codes (the older ones stop working)',
    },
    sessions: {
      heading: 'Where you are signed in',
      lead: 'A browser that is not used for 12 hours is signed out by itself.',
      count: (count) => (count === 1 ? 'In this browser alone.' : `In ${count} browsers.`),
      unknown: 'A browser',
      this: 'This browser',
      from: (address) => html`From ${address}`,
      begun: (date) => html`Signed in ${date}`,
      seen: (date) => html`Last used ${date}`,
      end: 'Sign out there',
      endOf: (client) => `Sign out there: ${client}`,
      endOthers: 'Sign out everywhere else',
    },
    signOut: 'Sign out',
  },
  roles: {
    corporate_admin: 'Corporate Admin',
    quality_admin: 'Quality Admin',
    hr_admin: 'HR Admin',
    team_lead: 'Team Lead',
    employee: 'Employee',
  },
  userTypes: { hub_admin: 'Hub Admin', team_member: 'Team Member', external_member: 'External Member' },
  of: {
    sign_in_wrong: () => 'The name or the password is wrong. Check both, and whether Caps Lock is on.',
    sign_in_wait: (wait) => `There were too many tries. Wait ${wait}, then try again.`,
    password_wrong: () => 'This is not your present password. Type it again.',
    mobile_needed: () => 'Your account has no e-mail address, so a mobile number has to stay.',
    factor_unknown: () => 'This second factor is not there any more. Choose again.',
    factor_last: () => 'This is your only second factor, and your organisation demands one. Add another one first.',
    recovery_code_wrong: () => 'This is none of your recovery codes. Check it and type it again.',
    recovery_code_used: () => 'This recovery code was used already. Take another one.',
    too_busy: () => 'Many people are signing in right now. Wait a few seconds, and send the form once more.',
  },
}

// The pages of sign-up, and what every page may say.
const pages: Texts = {
  language: 'en',
  errorTitle: (title) => `Error: ${title}`,

  join: {
    title: (organisation) => `Join ${organisation}`,
    heading: (organisation) => html`Join ${organisation}`,
    invites: ({ inviter, hub, organisation }) => html`${inviter} invites you to ${hub} at ${organisation}.`,
    registers: ({ hub, organisation }) => html`You asked to register for ${hub} at ${organisation}.`,
    until: (date) => html`You can accept until ${date}.`,
    alsoJoins: (hubs) => `The same account also opens ${hubs}.`,
    signIn: {
      heading: 'You already have an account',
      what: (hub) => html`Sign in, then choose “Join” beside ${hub} in your account.`,
      go: 'Sign in',
    },
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
      mobile_without_country: () => 'Enter a phone number with its country code, like +1\u00a0555\u00a0123\u00a04567.',
      password_too_short: () => 'This password is too short. Use at least 12 characters.',
      password_too_long: () => 'This password is too long. Use at most 128 characters.',
      password_common: () => 'This password is easy to guess. Choose one that nobody else would think of.',
      password_personal: () => 'This password is made of your own or your organisation’s name. Choose another one.',
      terms_not_agreed: () => 'Tick the box to agree to the terms.',
    },
  },
  factors: factorPages,
  accounts: accountPages,
  welcome: {
    title: 'Welcome',
    heading: 'Welcome, your account is ready',
    ready:
      'You have joined. From now on, sign in with your e-mail address or your user name, and the password that you have just chosen.',
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
    lead: 'Type the code from your slip. It has sixteen characters in four groups.',
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

// Messages to invitees, as mail and as SMS.
const messages: Words = {
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

// Letters about somebody's own account.
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

const letters: AccountWords = {
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

// An activation slip.
const slip: SlipWords = {
  title: 'Your access',
  forPerson: ({ hub, organisation }) => `You are invited to ${hub} at ${organisation}.`,
  userName: 'User name',
  code: 'Code',
  how: 'Scan the picture, or open this address and type the code:',
  until: (date) => `The code works once, until ${date}.`,
  keep: 'It is for you alone. Lost it? Ask whoever gave it to you for a new one.',
}

export const en: Translation = {
  name: 'English',
  locale: 'en-GB',
  isMostlyAscii: true,
  pages,
  messages,
  letters,
  slip,
}
