// What became of a text message that was offered to Twilio, in plain words. Pure. The codes: twilio.com/docs/api/errors.
import type { Outcome } from '../outcome.ts'

export type SmsError = {
  /** HTTP status; undefined where no answer came. */
  status?: number | undefined
  /** Twilio's own code, or Node's for a connection. */
  code?: number | string | undefined
}

const NUMBER_PROBLEMS: Record<number, string> = {
  21211: 'This is not a number that can be sent a text message',
  21214: 'This number cannot be reached',
  21217: 'This is not a number that can be sent a text message',
  21265: 'This number cannot be the sender and the receiver',
  21401: 'This is not a number that can be sent a text message',
  21407: 'This number cannot receive text messages',
  21421: 'This is not a number that can be sent a text message',
  21608: 'The Twilio account is a trial, which sends to verified numbers only',
  21610: 'The owner of this number has asked for no more messages from us (STOP)',
  21612: 'Twilio cannot send from our number to this one',
  21614: 'This is not a mobile number',
  21635: 'This is a landline, which takes no text messages',
}

/** Twilio or our account with it is out of order: nobody's invitation fails for it. */
const OURS: Record<number, string> = {
  20003: 'Twilio refused our sign-in. Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN',
  20404: 'Twilio does not know our account. Check TWILIO_ACCOUNT_SID',
  21212: 'Twilio refuses our sender. Check TWILIO_FROM',
  21408: 'Our Twilio account may not send to this country: allow it in Twilio, Messaging, Geo permissions',
  21603: 'Twilio refuses our sender. Check TWILIO_FROM',
  21606: 'Twilio refuses our sender. Check TWILIO_FROM',
  21611: 'Twilio has too many of our messages in its queue',
  21659: 'Twilio refuses our sender. Check TWILIO_FROM',
  30001: 'Twilio has too many of our messages in its queue',
  30002: 'Our Twilio account is suspended',
}

/** A receipt's codes: how a message that Twilio took failed later. */
const LATER_PROBLEMS: Record<number, string> = {
  30003: 'The phone is switched off, or cannot be reached',
  30004: 'The message was blocked by the receiver or the network',
  30005: 'This number does not exist, or is not in use any more',
  30006: 'This is a landline, or its network takes no text messages',
  30007: 'The network took the message for an unwanted one',
  30008: 'The network did not say why',
}

// Before the request had left: it may be tried again without a second message.
const NEVER_LEFT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'CERT_HAS_EXPIRED']

/** A message that Twilio did not take, or of which nobody can say whether it did. */
export function outcomeOfSmsError({ status, code }: SmsError): Outcome {
  if (status === undefined) {
    if (typeof code === 'string' && NEVER_LEFT.includes(code)) {
      return { kind: 'temporary', problem: 'Twilio cannot be reached.', serverWide: true }
    }
    return { kind: 'uncertain', problem: 'Twilio did not answer. The message may have been sent.' }
  }
  const twilio = typeof code === 'number' ? code : 0
  const ofNumber = NUMBER_PROBLEMS[twilio]
  if (ofNumber) return { kind: 'permanent', problem: `${ofNumber} (Twilio ${twilio}).` }
  const ours = OURS[twilio]
  // A country that is closed to us is no trouble of the others.
  if (ours) return { kind: 'temporary', problem: `${ours} (Twilio ${twilio}).`, serverWide: twilio !== 21408 }
  const told = twilio ? `Twilio ${twilio}` : `HTTP ${status}`
  if (status === 429) return { kind: 'temporary', problem: `Twilio asks us to slow down (${told}).`, serverWide: true }
  if (status === 401 || status === 403) {
    return { kind: 'temporary', problem: `${OURS[20003]} (${told}).`, serverWide: true }
  }
  if (status >= 500) return { kind: 'temporary', problem: `Twilio has trouble now (${told}).`, serverWide: true }
  return { kind: 'permanent', problem: `Twilio refused the message (${told}).` }
}

/** Why a message that Twilio took was not delivered, as a sentence. */
export function laterProblem(code: number | undefined): string {
  const known = code === undefined ? undefined : (LATER_PROBLEMS[code] ?? NUMBER_PROBLEMS[code])
  const told = code === undefined ? '' : ` (Twilio ${code})`
  return known ? `${known}${told}.` : `The text message could not be delivered${told}.`
}
