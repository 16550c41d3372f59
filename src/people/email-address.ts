// E-mail addresses as people write them and as they mean them. Pure; nothing here takes time that grows with tricks.
import { domainToASCII } from 'node:url'

export type EmailAddress = {
  /** As it was written, without surrounding spaces and name. */
  written: string
  /** What two writings of the same mailbox share: lower case, the domain in ASCII (IDNA, RFC 5891). */
  key: string
  /** What a mail server is given: the local part as written, the domain in ASCII. */
  deliverable: string
  /** What an inviter is shown: beside a domain with letters outside ASCII stands what it really is. */
  shown: string
}

/** RFC 5321, 4.5.3.1: 64 octets before the @, 254 in all. */
const LOCAL_LENGTH = 64
const ADDRESS_LENGTH = 254
/** Longer input is not looked at: an address with a display name fits well within. */
const INPUT_LENGTH = 500

const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
// Everything that a header could be broken with, or that hides what stands there: controls, right-to-left marks,
// zero-width characters (Unicode categories Cc, Cf, Zl, Zp).
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/**
 * Reads one address: `ana@example.org` or `Ana Diaz <ana@example.org>`, full-width signs included (NFKC first, then
 * validated). Gives undefined for anything else: two addresses, quoted local parts, IP literals, control characters.
 */
export function readEmailAddress(text: string): EmailAddress | undefined {
  if (text.length > INPUT_LENGTH) return undefined
  const input = text.normalize('NFKC').trim()
  if (INVISIBLE.test(input)) return undefined
  const written = withoutDisplayName(input)
  if (written === undefined) return undefined
  const parts = written.split('@')
  const [local, domain] = parts
  if (parts.length !== 2 || !local || !domain) return undefined
  if (local.length > LOCAL_LENGTH || !LOCAL_PART.test(local)) return undefined
  const asciiDomain = domainToASCII(domain).toLowerCase()
  if (!isMailDomain(asciiDomain)) return undefined
  const deliverable = `${local}@${asciiDomain}`
  if (deliverable.length > ADDRESS_LENGTH) return undefined
  const isPlain = domain.toLowerCase() === asciiDomain
  return {
    written,
    deliverable,
    key: `${local.toLowerCase()}@${asciiDomain}`,
    shown: isPlain ? written : `${written} (${asciiDomain})`,
  }
}

function withoutDisplayName(input: string): string | undefined {
  const open = input.indexOf('<')
  if (open === -1) return input
  const close = input.indexOf('>', open)
  if (close !== input.length - 1 || input.indexOf('<', open + 1) !== -1) return undefined
  if (input.slice(0, open).includes('@')) return undefined
  return input.slice(open + 1, close).trim()
}

function isMailDomain(domain: string): boolean {
  const labels = domain.split('.')
  const last = labels.at(-1) ?? ''
  return labels.length >= 2 && labels.every((label) => LABEL.test(label)) && /[a-z]/.test(last)
}
