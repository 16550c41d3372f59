// What every way to reach an invitee looks like from the outside.
import type { Delivery } from '../../invitations/index.ts'
import type { Outcome } from '../outcome.ts'
import type { Letter } from '../wording/index.ts'

/** Whom it goes to, and what the message is known by: the same twice is the same message. */
export type Addressed = Pick<Delivery, 'to' | 'invitationId' | 'generation' | 'reminder'>

export type Channel = {
  /** Hands one message over and says what became of it. Never throws for what the other side does. */
  send(message: Addressed, letter: Letter): Promise<Outcome>
  /** Whether the other side would take messages now: connects and signs in, sends nothing. */
  verify(): Promise<{ ok: true } | { ok: false; problem: string }>
  /** Lets what is being handed over end, and closes the connections. */
  close(): void
}
