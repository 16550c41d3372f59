// The secret in a link. Nothing of it is stored: it is derived from the invitation's id and generation with a key that
// only this installation has, so one more generation makes every older link dead. Pure.
import { createHmac, timingSafeEqual } from 'node:crypto'

const ID_BYTES = 16
/** A mail has room for the whole HMAC; a text message for half of it, 128 bits (RFC 2104, section 5, allows that). */
const SIGNATURE_BYTES = { long: 32, short: 16 }

/** The purpose that the key is derived for (src/keys.ts): a token of another purpose never fits. */
export const JOIN_PURPOSE = 'join'

export type JoinClaim = { organisationId: string; invitationId: string; generation: number }
type Length = keyof typeof SIGNATURE_BYTES

/**
 * The token of one generation of an invitation, base64url of its id and a signature: 64 characters, or 43 for a text
 * message. One cannot be made of the other: each length is signed as itself.
 */
export function makeJoinToken(joinKey: Buffer, claim: JoinClaim, length: Length = 'long'): string {
  return Buffer.concat([idBytes(claim.invitationId), sign(joinKey, claim, length)]).toString('base64url')
}

/** Reads which invitation a token is about. It proves nothing: `isJoinToken` does. */
export function readInvitationId(token: string): string | undefined {
  if (!/^(?:[A-Za-z0-9_-]{64}|[A-Za-z0-9_-]{43})$/.test(token)) return undefined
  const hex = Buffer.from(token, 'base64url').subarray(0, ID_BYTES).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Whether a token is the one of exactly this claim; takes the same time for every token of one length. */
export function isJoinToken(joinKey: Buffer, token: string, claim: JoinClaim): boolean {
  const given = Buffer.from(token, 'base64url')
  const length = given.length === ID_BYTES + SIGNATURE_BYTES.short ? 'short' : 'long'
  const expected = Buffer.concat([idBytes(claim.invitationId), sign(joinKey, claim, length)])
  if (given.length !== expected.length || given.toString('base64url') !== token) return false
  return timingSafeEqual(given, expected)
}

function sign(joinKey: Buffer, { organisationId, invitationId, generation }: JoinClaim, length: Length): Buffer {
  const claim = `${organisationId}|${invitationId}|${generation}`
  const signed = length === 'long' ? claim : `${claim}|short`
  return createHmac('sha256', joinKey).update(signed).digest().subarray(0, SIGNATURE_BYTES[length])
}

function idBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex')
}
