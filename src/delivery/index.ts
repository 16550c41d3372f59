// OUT, to invitees: what a message says (wording/) and how it gets there (channels/). It knows no row and no queue.
import type { AccountLetter } from '../accounts/index.ts'
import type { Log } from '../collaborators.ts'
import type { Delivery } from '../invitations/index.ts'
import type { Channel } from './channels/channel.ts'
import { createEmailChannel, type EmailOptions } from './channels/email.ts'
import { createSmsChannel, type SmsChannel, type SmsOptions, type SmsReceipt } from './channels/sms.ts'
import type { Outcome } from './outcome.ts'
import { writeAccountLetter, writeAccountText, writeLetter, writeText } from './wording/index.ts'

export {
  type BouncedMessage,
  type BounceMailbox,
  type BounceReader,
  type BounceReading,
  createBounceMailbox,
  createBounceReader,
  MOST_READ,
  type OpenMailbox,
  readBounce,
} from './bounces/index.ts'
export type { Outcome } from './outcome.ts'
export { renderSlips } from './slips/render-slips.ts'
export { laterProblem } from './sms/outcome.ts'

export type DeliveryOptions = {
  smtpUrl: string
  mailFrom: string
  /** To whom messages come back that cannot be delivered: the address of `mailFrom` where it is not said. */
  returnPath?: string | undefined
  /** Every link is made from it alone. */
  publicUrl: string
  /** Connections to the mail server at once: 5. */
  connections?: number
  timeouts?: EmailOptions['timeouts']
  /** Without it nothing is sent by SMS. */
  sms?: Omit<SmsOptions, 'log'> | undefined
  now: () => Date
  log: Log
}

/** A channel's name and what makes it. One more channel: its file, a line here, and its place in `send`. */
type Channels = { email: Channel; sms: SmsChannel | undefined }

export type Sent = Outcome & { /** When the link in this message dies. */ expiresAt: Date }

export type Deliverer = {
  /** How many messages are handed over at once; more only wait. */
  readonly lanes: number
  /** Offers one message to the other side; whatever that does is in the outcome. Throws only for a bug. */
  send(delivery: Delivery): Promise<Sent>
  /** Offers one letter about somebody's own account. */
  sendLetter(letter: AccountLetter): Promise<Outcome>
  /** Offers one text message that is no invitation. */
  text(message: { to: string; body: string; about: string }): Promise<Outcome>
  /** Whether text messages can be sent at all. */
  readonly hasSms: boolean
  /** Whether a receipt of a text message comes from Twilio. `path`: of the address that it was sent to. */
  isGenuineReceipt(receipt: Omit<SmsReceipt, 'url'> & { path: string }): Promise<boolean>
  /** Whether messages could be handed over now, with words for an admin where not. */
  verify(): Promise<{ ok: true } | { ok: false; problem: string }>
  /** The same for text messages; undefined where none are sent. */
  verifySms(): Promise<{ ok: true } | { ok: false; problem: string }> | undefined
  close(): void
}

const DAY = 24 * 60 * 60 * 1000
/** The path under which Twilio tells what became of a message; what it is about follows. */
const RECEIPTS = '/sms/receipts'

/** Throws when `mailFrom` holds no address. Connects to nothing before the first message. */
export function createDelivery(options: DeliveryOptions): Deliverer {
  const { now, connections = 5 } = options
  const base = options.publicUrl.replace(/\/+$/, '')
  const channels: Channels = {
    email: createEmailChannel({ ...options, connections }),
    sms: options.sms ? createSmsChannel({ ...options.sms, log: options.log }) : undefined,
  }
  async function text({ to, body, about }: { to: string; body: string; about: string }): Promise<Outcome> {
    if (!channels.sms) return { kind: 'permanent', problem: 'Text messages are not set up here.' }
    return channels.sms.send({ to, body, receiptUrl: `${base}${RECEIPTS}/${about}` })
  }
  return {
    lanes: connections,
    async send(delivery) {
      const expiresAt = delivery.endsAt ?? new Date(now().getTime() + delivery.validDays * DAY)
      const place = { url: linkOf(delivery, base), expiresAt }
      if (delivery.channel === 'sms') {
        // What becomes of a reminder says nothing of the first message: its receipt is about no invitation.
        const about = `${delivery.reminder ? 'reminder.' : ''}${delivery.invitationId}.${delivery.generation}`
        return { ...(await text({ to: delivery.to, body: writeText(delivery, place), about })), expiresAt }
      }
      return { ...(await channels.email.send(delivery, writeLetter(delivery, place))), expiresAt }
    },
    async sendLetter(letter) {
      const { letterId, channel, to, resetToken } = letter
      const url = resetToken === undefined ? undefined : `${base}/reset/${encodeURIComponent(resetToken)}`
      if (channel === 'sms') return text({ to, body: writeAccountText(letter, { url }), about: `letter.${letterId}` })
      return channels.email.send({ to, invitationId: letterId, generation: 1 }, writeAccountLetter(letter, { url }))
    },
    text,
    hasSms: channels.sms !== undefined,
    isGenuineReceipt: async ({ path, ...receipt }) =>
      (await channels.sms?.isGenuine({ ...receipt, url: `${base}${path}` })) ?? false,
    verify: () => channels.email.verify(),
    verifySms: () => channels.sms?.verify(),
    close: () => channels.email.close(),
  }
}

/** Somebody who has an account is in: they sign in as always. */
function linkOf(delivery: Delivery, base: string): string {
  const hasAccount = delivery.kind === 'addition' || delivery.kind === 'account_exists'
  return hasAccount || delivery.credentials ? `${base}/sign-in` : `${base}/join/${encodeURIComponent(delivery.token)}`
}
