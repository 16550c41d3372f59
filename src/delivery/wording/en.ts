// The words of every message to an invitee, in English. Another language is another file of this shape.

type Names = { inviter: string; hub: string; organisation: string }

export type Words = {
  /** BCP 47, for dates. */
  locale: string
  /** `firstName` may be empty. */
  greeting: (firstName: string) => string
  invitation: { subject: (names: Names) => string; lead: (names: Names) => string; button: string }
  addition: { subject: (names: Names) => string; lead: (names: Names) => string; button: string }
  validity: (until: string) => string
  noteFrom: (inviter: string) => string
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
  },
  addition: {
    subject: ({ hub, organisation }) => `You have been added to ${hub} at ${organisation}`,
    lead: ({ inviter, hub, organisation }) =>
      `${inviter} has added you to ${hub} at ${organisation}. Sign in with the account that you already have.`,
    button: 'Sign in',
  },
  validity: (until) => `The link is for you alone. It works once, until ${until}.`,
  noteFrom: (inviter) => `A note from ${inviter}:`,
  address: 'If the button does not work, copy this address into your browser:',
  unexpected: 'If you did not expect this message, you can ignore it.',
}
