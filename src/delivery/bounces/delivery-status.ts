// The part of a bounce that machines read: message/delivery-status (RFC 3464), header-like fields in groups, the first
// about the message and one for each recipient. Pure.
import PostalMime from 'postal-mime'

/** What became of the message for one recipient, as the mail server that gave up says it. */
export type Fate = {
  action: 'failed' | 'delayed'
  /** Whom we wrote to and, where the message was passed on, where it ended: at least one. */
  addresses: string[]
  /** "5.1.1"; undefined where none was given. */
  status: string | undefined
  responseCode: number | undefined
  /** What the refusing server said, as it was written. */
  answer: string
}

export type DeliveryStatus = {
  /** The id that we gave the envelope (RFC 3461), where the mail server keeps it. */
  envelopeId: string
  fates: Fate[]
}

/** Far more than our messages have: each of them goes to one address. */
const MOST_GROUPS = 20
const LONGEST_ANSWER = 1_000

/** Reads the part. Groups that tell of a success, or of nothing that is known, are left out. */
export async function readDeliveryStatus(text: string): Promise<DeliveryStatus> {
  const groups = text
    .split(/\r?\n[ \t]*\r?\n/)
    .filter((group) => group.trim() !== '')
    .slice(0, MOST_GROUPS)
  const read: DeliveryStatus = { envelopeId: '', fates: [] }
  for (const group of groups) {
    const fields = await readFields(group.trim())
    read.envelopeId ||= fields.get('original-envelope-id') ?? ''
    const fate = fateOf(fields)
    if (fate) read.fates.push(fate)
  }
  return read
}

/** Fields written like those of a mail's head, by their names in small letters; the first of a name counts. */
export async function readFields(text: string): Promise<Map<string, string>> {
  const { headers } = await PostalMime.parse(`${text}\r\n\r\n`)
  return new Map(headers.map(({ key, value }): [string, string] => [key, value]).reverse())
}

function fateOf(fields: Map<string, string>): Fate | undefined {
  const action = actionOf(fields)
  if (action === undefined) return undefined
  const addresses = [fields.get('original-recipient'), fields.get('final-recipient')].flatMap(addressesIn)
  const answer = withoutType(fields.get('diagnostic-code') ?? '').slice(0, LONGEST_ANSWER)
  return { action, addresses, ...codesIn(answer, fields.get('status')), answer }
}

/** "failed" says that nobody tries any more, whatever the status is; without an action the status has to do. */
function actionOf(fields: Map<string, string>): Fate['action'] | undefined {
  const action = /^[a-z-]+/i.exec(fields.get('action') ?? '')?.[0].toLowerCase()
  if (action === 'failed' || action === 'delayed') return action
  if (action !== undefined) return undefined
  const [kind] = fields.get('status') ?? ''
  return kind === '5' ? 'failed' : kind === '4' ? 'delayed' : undefined
}

/** `rfc822; ana@example.org`, also in angle brackets; and as it reads where "+2B" stands for a sign (xtext). */
function addressesIn(field: string | undefined): string[] {
  const written = withoutType(field ?? '').replace(/^<|>$/g, '')
  const decoded = written.replaceAll(/\+([0-9A-F]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
  return [...new Set([written, decoded])].filter((address) => address.includes('@'))
}

function withoutType(field: string): string {
  return field.slice(field.indexOf(';') + 1).trim()
}

/**
 * The codes in a server's answer, and the status field. A status that says no more than "it failed" (5.0.0) gives way to
 * what the answer says.
 */
export function codesIn(answer: string, field = ''): Pick<Fate, 'status' | 'responseCode'> {
  const code = /(?:^|[\s:])([45]\d\d)[ -]/.exec(answer)?.[1]
  const own = /^\s*([45]\.\d{1,3}\.\d{1,3})\b/.exec(field)?.[1]
  const said = /(?:^|[\s(#-])([45]\.\d{1,3}\.\d{1,3})(?![.\d])/.exec(answer)?.[1]
  const status = own === undefined || own.endsWith('.0.0') ? (said ?? own) : own
  return { status, responseCode: code === undefined ? undefined : Number(code) }
}
