// What travels into every use case as one plain object; a function asks only for the fields it uses.
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

/** `settle`: what becomes of the address. `tell`: it has an account, and reads so in its mailbox. */
export type RegistrationStep = 'settle' | 'tell' | 'paused'

/** `ask_more`: nobody decided in time, the next approvers are asked too. */
export type RequestStep = 'ask' | 'ask_more' | 'tell'

/** What members hear of an invitation. */
export type News = 'accepted' | 'expired' | 'failed' | 'maybe_sent' | 'asked_again'

/** Adds follow-ups to the transaction that they follow: both are committed, or neither. */
export type RecordFollowUps = (tx: SqlTransaction, followUps: FollowUp[]) => Promise<void>

export type Collaborators = {
  db: Database
  followUp: RecordFollowUps
  now: () => Date
  log: Log
}
