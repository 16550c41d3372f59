// OUT, to invitees: what a message says (wording/) and how it gets there (channels/). It knows no row and no queue.
import type { Log } from '../collaborators.ts'
import type { Delivery } from '../invitations/index.ts'
import type { Channel } from './channels/channel.ts'
import { createEmailChannel, type EmailOptions } from './channels/email.ts'
import type { Outcome } from './outcome.ts'
import { writeLetter } from './wording/index.ts'

export type { Outcome } from './outcome.ts'

export type DeliveryOptions = {
  smtpUrl: string
  mailFrom: string
  /** Every link is made from it alone. */
  publicUrl: string
  /** Connections to the mail server at once: 5. */
  connections?: number
  timeouts?: EmailOptions['timeouts']
  now: () => Date
  log: Log
}

/** A channel's name and what makes it. One more channel: its file, a line here, and a line in `channelFor`. */
type Channels = { email: Channel }

export type Sent = Outcome & { /** When the link in this message dies. */ expiresAt: Date }

export type Deliverer = {
  /** How many messages are handed over at once; more only wait. */
  readonly lanes: number
  /** Offers one message to the other side; whatever that does is in the outcome. Throws only for a bug. */
  send(delivery: Delivery): Promise<Sent>
  /** Whether messages could be handed over now, with words for an admin where not. */
  verify(): Promise<{ ok: true } | { ok: false; problem: string }>
  close(): void
}

const DAY = 24 * 60 * 60 * 1000

/** Throws when `mailFrom` holds no address. Connects to nothing before the first message. */
export function createDelivery(options: DeliveryOptions): Deliverer {
  const { now, connections = 5 } = options
  const base = options.publicUrl.replace(/\/+$/, '')
  const channels: Channels = { email: createEmailChannel({ ...options, connections }) }
  return {
    lanes: connections,
    async send(delivery) {
      const expiresAt = new Date(now().getTime() + delivery.validDays * DAY)
      const letter = writeLetter(delivery, { url: linkOf(delivery, base), expiresAt })
      return { ...(await channels[channelFor(delivery)].send(delivery, letter)), expiresAt }
    },
    verify: () => channels.email.verify(),
    close: () => {
      for (const channel of Object.values(channels)) channel.close()
    },
  }
}

function channelFor(_delivery: Delivery): keyof Channels {
  return 'email'
}

/** Somebody who has an account has nothing to open: they are in. */
function linkOf(delivery: Delivery, base: string): string | undefined {
  const hasAccount = delivery.kind === 'addition' || delivery.kind === 'account_exists'
  return hasAccount ? undefined : `${base}/join/${encodeURIComponent(delivery.token)}`
}
