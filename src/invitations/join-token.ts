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
  return idOf(Buffer.from(token, 'base64url').subarray(0, ID_BYTES))
}

/** Whether a token is the one of exactly this claim; takes the same time for every token of one length. */
export function isJoinToken(joinKey: Buffer, token: string, claim: JoinClaim): boolean {
  const given = Buffer.from(token, 'base64url')
  const length = given.length === ID_BYTES + SIGNATURE_BYTES.short ? 'short' : 'long'
  const expected = Buffer.concat([idBytes(claim.invitationId), sign(joinKey, claim, length)])
  if (given.length !== expected.length || given.toString('base64url') !== token) return false
  return timingSafeEqual(given, expected)
}

/** Another invitation of the same person, in the generation that a page showed. */
export type ShownInvitation = { id: string; generation: number }

const SHOWN_SIGNATURE_BYTES = 16
const SHOWN_BYTES = ID_BYTES + 4

/**
 * What a sign-up page states of itself in its form: the further invitations that it names. Signed for this one invitation,
 * so that a form joins what its page showed and nothing else.
 */
export function stateShown(joinKey: Buffer, claim: JoinClaim, shown: ShownInvitation[]): string {
  const bytes = Buffer.concat(shown.map(shownBytes))
  return Buffer.concat([bytes, signShown(joinKey, claim, bytes)]).toString('base64url')
}

/** Reads what a page stated; nothing where it was changed, is missing, or was made for another invitation. */
export function readShown(joinKey: Buffer, claim: JoinClaim, stated: string): ShownInvitation[] {
  const given = Buffer.from(stated, 'base64url')
  const bytes = given.subarray(0, Math.max(0, given.length - SHOWN_SIGNATURE_BYTES))
  const signature = given.subarray(bytes.length)
  const expected = signShown(joinKey, claim, bytes)
  if (bytes.length % SHOWN_BYTES !== 0 || signature.length !== expected.length) return []
  if (!timingSafeEqual(signature, expected)) return []
  return Array.from({ length: bytes.length / SHOWN_BYTES }, (_, index) => {
    const at = index * SHOWN_BYTES
    return { id: idOf(bytes.subarray(at, at + ID_BYTES)), generation: bytes.readUInt32BE(at + ID_BYTES) }
  })
}

function shownBytes({ id, generation }: ShownInvitation): Buffer {
  const bytes = Buffer.alloc(SHOWN_BYTES)
  idBytes(id).copy(bytes)
  bytes.writeUInt32BE(generation, ID_BYTES)
  return bytes
}

function signShown(joinKey: Buffer, { organisationId, invitationId, generation }: JoinClaim, bytes: Buffer): Buffer {
  const hmac = createHmac('sha256', joinKey).update(`shown|${organisationId}|${invitationId}|${generation}|`)
  return hmac.update(bytes).digest().subarray(0, SHOWN_SIGNATURE_BYTES)
}

function sign(joinKey: Buffer, { organisationId, invitationId, generation }: JoinClaim, length: Length): Buffer {
  const claim = `${organisationId}|${invitationId}|${generation}`
  const signed = length === 'long' ? claim : `${claim}|short`
  return createHmac('sha256', joinKey).update(signed).digest().subarray(0, SIGNATURE_BYTES[length])
}

function idOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function idBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex')
}
