// The secret in a link to a new password. Nothing of it is stored: it is derived from the row's id with a key of its
// own, so that no other link's token opens it. Pure.
import { createHmac, timingSafeEqual } from 'node:crypto'

const ID_BYTES = 16
/** Half of the HMAC, 128 bits (RFC 2104, section 5): the link fits into a text message. */
const SIGNATURE_BYTES = 16

/** The purpose that the key is derived for (src/keys.ts): a token of another purpose never fits. */
export const RESET_PURPOSE = 'reset'

export type ResetClaim = { organisationId: string; resetId: string }

/** The token of a link: 43 characters of base64url, its id and a signature. */
export function makeResetToken(resetKey: Buffer, claim: ResetClaim): string {
  return tokenBytes(resetKey, claim).toString('base64url')
}

/** Reads which link a token is about. It proves nothing: `isResetToken` does. */
export function readResetId(token: string): string | undefined {
  if (!/^[A-Za-z0-9_-]{43}$/.test(token)) return undefined
  const hex = Buffer.from(token, 'base64url').subarray(0, ID_BYTES).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Whether a token is the one of exactly this claim; takes the same time for every token of the right length. */
export function isResetToken(resetKey: Buffer, token: string, claim: ResetClaim): boolean {
  const given = Buffer.from(token, 'base64url')
  const expected = tokenBytes(resetKey, claim)
  // The last character of a token has bits to spare: only one writing of it counts.
  if (given.length !== expected.length || given.toString('base64url') !== token) return false
  return timingSafeEqual(given, expected)
}

function tokenBytes(resetKey: Buffer, { organisationId, resetId }: ResetClaim): Buffer {
  const signature = createHmac('sha256', resetKey).update(`${organisationId}|${resetId}`).digest()
  return Buffer.concat([Buffer.from(resetId.replaceAll('-', ''), 'hex'), signature.subarray(0, SIGNATURE_BYTES)])
}
