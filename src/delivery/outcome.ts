// What became of a message that was offered to the mail server, worked out from what nodemailer reports. Pure.
import { aboutRecipient, cleaned } from './refusal-words.ts'

/** `problem` is said to admins and inviters: plain words, no secret, no link. */
export type Outcome =
  | { kind: 'handed'; answer: string }
  | { kind: 'temporary'; problem: string; serverWide: boolean }
  | { kind: 'permanent'; problem: string }
  | { kind: 'uncertain'; problem: string }

/**
 * How far the conversation had come. nodemailer reports a connection lost after the body like one lost before it, so
 * the channel watches this itself.
 */
export type Phase = 'connecting' | 'envelope' | 'body'

/** The fields of nodemailer's errors that are looked at. */
export type SendError = {
  code?: string | undefined
  responseCode?: number | undefined
  response?: string | undefined
  command?: string | undefined
}

/** A message that the server took: what it answered, or, where it refused the recipient all the same, that. */
export function outcomeOfAnswer(result: { response: string; rejectedErrors?: SendError[] | undefined }): Outcome {
  const refused = result.rejectedErrors?.[0]
  if (refused !== undefined) return outcomeOfError(refused, 'envelope')
  return { kind: 'handed', answer: cleaned(result.response) }
}

/** A message that was not taken, or of which nobody can say whether it was. */
export function outcomeOfError(error: SendError, phase: Phase): Outcome {
  const { code, responseCode } = error
  if (responseCode !== undefined && responseCode >= 400) return outcomeOfRefusal(error, responseCode)
  if (phase === 'body') {
    return {
      kind: 'uncertain',
      problem:
        code === 'ETIMEDOUT'
          ? 'The mail server took the message but did not answer in time. It may have been sent.'
          : 'The connection was lost after the message had been given to the mail server. It may have been sent.',
    }
  }
  if (code === 'EENVELOPE') return { kind: 'permanent', problem: 'This address cannot be used for e-mail.' }
  return {
    kind: 'temporary',
    problem: connectionProblems[code ?? ''] ?? 'The connection to the mail server was lost.',
    // A connection cut in the middle may be about this one message: the others need not wait for it.
    serverWide: phase === 'connecting' || code === 'ETIMEDOUT' || code === 'EAUTH',
  }
}

const connectionProblems: Record<string, string> = {
  EDNS: 'The mail server’s name cannot be found. Check SMTP_URL.',
  ESOCKET: 'The mail server cannot be reached.',
  ETIMEDOUT: 'The mail server does not answer.',
  ETLS: 'A secure connection to the mail server could not be made.',
  EAUTH: 'The mail server refused our sign-in. Check SMTP_URL.',
  ENOAUTH: 'The mail server wants us to sign in. Check SMTP_URL.',
  ECONNECTION: 'The mail server closed the connection.',
}

function outcomeOfRefusal(error: SendError, responseCode: number): Outcome {
  const step = stepOf(error)
  const told = toldBy(error, responseCode)
  if (responseCode === 421) {
    return { kind: 'temporary', problem: `The mail server is not available now${told}.`, serverWide: true }
  }
  // Greeting, sign-in and sender are about us, not about this message: nobody's invitation fails for them.
  if (step === 'session') {
    return { kind: 'temporary', problem: `The mail server does not let us in${told}.`, serverWide: true }
  }
  if (step === 'sign-in') {
    return {
      kind: 'temporary',
      problem: `The mail server refused our sign-in${told}. Check SMTP_URL.`,
      serverWide: true,
    }
  }
  if (step === 'sender') {
    return {
      kind: 'temporary',
      problem: `The mail server refuses our sender address${told}. Check MAIL_FROM.`,
      serverWide: responseCode >= 500,
    }
  }
  const about =
    step === 'recipient'
      ? aboutRecipient({ status: enhancedStatus(error), responseCode })
      : messageProblem(error, responseCode)
  // 503 says that the conversation was out of order, not that the message is unwanted.
  if (responseCode < 500 || responseCode === 503) {
    return { kind: 'temporary', problem: `${about}${told}.`, serverWide: false }
  }
  return { kind: 'permanent', problem: `${about}${told}.` }
}

function stepOf({ command = '', code }: SendError): 'session' | 'sign-in' | 'sender' | 'recipient' | 'message' {
  if (command.startsWith('AUTH') || code === 'EAUTH' || code === 'ENOAUTH') return 'sign-in'
  if (command === 'MAIL FROM') return 'sender'
  if (command === 'RCPT TO') return 'recipient'
  if (command === 'DATA') return 'message'
  return 'session'
}

function messageProblem(error: SendError, responseCode: number): string {
  const status = enhancedStatus(error)
  if (status?.endsWith('.2.2')) return 'The mailbox is full'
  if (responseCode === 552 || status?.endsWith('.3.4')) return 'The message is too large for the mailbox'
  return responseCode < 500 ? 'The mail server could not take the message now' : 'The mail server refused the message'
}

function enhancedStatus({ response = '' }: SendError): string | undefined {
  return /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1]
}

// ` (550 5.1.1)`, or where the server gives no such status, its own words: ` (451: try again later)`.
function toldBy(error: SendError, responseCode: number): string {
  const status = enhancedStatus(error)
  if (status !== undefined) return ` (${responseCode} ${status})`
  // What is said to a sign-in may quote its secrets.
  if (stepOf(error) === 'sign-in') return ` (${responseCode})`
  const text = cleaned((error.response ?? '').replace(/^\d{3}[ -]?/, ''), 100)
  return text === '' ? ` (${responseCode})` : ` (${responseCode}: ${text})`
}
