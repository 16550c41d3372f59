// What every message to an invitee says, as mail and as SMS: the shape of it, which each language fills.

export type ShortNames = { inviter: string; hub: string; organisation: string }

/** What an SMS says, from the fullest to the shortest; each is complete. */
export type ShortWords = (names: ShortNames, message: { url: string | undefined; until: string }) => string[]

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
