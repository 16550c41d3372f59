// What travels into every use case as one plain object; a function asks only for the fields it uses.
import type { Actor } from './audit/index.ts'
import type { Database, SqlTransaction } from './database/index.ts'

/** pino's shape: data first, then a constant text. */
export type Log = {
  debug: (details: object, text: string) => void
  info: (details: object, text: string) => void
  warn: (details: object, text: string) => void
  error: (details: object, text: string) => void
}

/** What must follow a committed act. The core says it; src/jobs decides how. */
export type FollowUp =
  | { kind: 'deliver'; invitationId: string; generation: number; notBefore?: Date }
  | { kind: 'notify'; invitationId: string; news: News }
  /** An invitation was booked for its minute. */
  | { kind: 'booking'; bookingId: string; notBefore: Date }
  /** What follows from a registration link's page: `settle` and `tell` are about an address, `paused` about a link. */
  | { kind: 'registration'; step: RegistrationStep; id: string }
  /** Somebody has to decide, or has decided: those whom it concerns are asked, or told. */
  | { kind: 'request'; requestId: string; step: RequestStep }
  /** A list was sent or taken back: its one message is to be brought up to date until it is done. */
  | { kind: 'report'; batchId: string; notBefore?: Date }
  /** A pending invitation is to be called to mind. */
  | { kind: 'remind'; invitationId: string; generation: number }
  /** A message to somebody about their own account; its row says what it is. */
  | { kind: 'letter'; letterId: string }
  /** Somebody asked for a new password: whose name it is, is to be found out. */
  | { kind: 'forgotten'; forgottenId: string }
  /** Slack is to be read: the next step of a reading of all, or who is in one group. */
  | { kind: 'directory'; order: DirectoryWork; notBefore?: Date }
  /** Members are told something that is not about one invitation; `id` is whom or what it is about. */
  | { kind: 'tell'; what: Telling; id: string; notBefore?: Date }

export type DirectoryWork = { passId: string; step: number } | { groupId: string }

/**
 * `left`: a person is gone, and open invitations of theirs remain. `admin_kept`: the last Corporate Admin was to go. `auto_held`: a pass would invite so many that somebody
 * has to agree. `auto_stopped`: the automatic invitations cannot go on. `digest`: an inviter's week.
 * `notices`: what a minute brought past the first five news. `audit_anchor`: the last audit seal of a day.
 */
export type Telling = 'left' | 'admin_kept' | 'auto_held' | 'auto_stopped' | 'digest' | 'notices' | 'audit_anchor'

/** `settle`: what becomes of the address. `tell`: it has an account, and reads so in its mailbox. */
export type RegistrationStep = 'settle' | 'tell' | 'paused'

/** `ask_more`: nobody decided in time, the next approvers are asked too. */
export type RequestStep = 'ask' | 'ask_more' | 'tell'

/** What members hear of an invitation. */
export type News = 'accepted' | 'expired' | 'failed' | 'maybe_sent' | 'asked_again' | 'moved'

/** Adds follow-ups to the transaction that they follow: both are committed, or neither. */
export type RecordFollowUps = (tx: SqlTransaction, followUps: FollowUp[]) => Promise<void>

/** People who have just become inactive, and by whose word. `kept`: the last Corporate Admin, who stays all the same. */
export type Leaving = {
  organisationId: string
  personIds: string[]
  kept?: { id: string; name: string }
  actor: Actor
  origin: string
  at: Date
}

/**
 * Lets people go in the transaction that made them inactive (src/invitations/let-people-go.ts): handed to those parts of
 * the core that learn of it and stand below invitations and accounts.
 */
export type LetGo = (tx: SqlTransaction, leaving: Leaving) => Promise<void>

export type Collaborators = {
  db: Database
  followUp: RecordFollowUps
  letGo: LetGo
  /** Whether text messages can be sent at all: by the installation, not by an organisation's settings. */
  canText: boolean
  /** Derived for SLIP_PURPOSE: makes the codes of activation slips. */
  slipKey: Buffer
  now: () => Date
  log: Log
}
