// The secret in a link. Nothing of it is stored: it is derived from the invitation's id and generation with a key that
// only this installation has, so one more generation makes every older link dead. Pure.
import { createHmac, timingSafeEqual } from 'node:crypto'

const ID_BYTES = 16
const SIGNATURE_BYTES = 32

/** The purpose that the key is derived for (src/keys.ts): a token of another purpose never fits. */
export const JOIN_PURPOSE = 'join'

export type JoinClaim = { organisationId: string; invitationId: string; generation: number }

/** The token of one generation of an invitation: 64 characters of base64url, its id and a signature. */
export function makeJoinToken(joinKey: Buffer, claim: JoinClaim): string {
  return Buffer.concat([idBytes(claim.invitationId), sign(joinKey, claim)]).toString('base64url')
}

/** Reads which invitation a token is about. It proves nothing: `isJoinToken` does. */
export function readInvitationId(token: string): string | undefined {
  if (!/^[A-Za-z0-9_-]{64}$/.test(token)) return undefined
  const hex = Buffer.from(token, 'base64url').subarray(0, ID_BYTES).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Whether a token is the one of exactly this claim; takes the same time for every token of the right length. */
export function isJoinToken(joinKey: Buffer, token: string, claim: JoinClaim): boolean {
  const given = Buffer.from(token, 'base64url')
  if (given.length !== ID_BYTES + SIGNATURE_BYTES) return false
  return timingSafeEqual(given, Buffer.concat([idBytes(claim.invitationId), sign(joinKey, claim)]))
}

function sign(joinKey: Buffer, { organisationId, invitationId, generation }: JoinClaim): Buffer {
  return createHmac('sha256', joinKey).update(`${organisationId}|${invitationId}|${generation}`).digest()
}

function idBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex')
}
