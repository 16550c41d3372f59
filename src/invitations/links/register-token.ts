// The secret in a registration link's address: made as an invitation's is, with a key of its own, so that neither opens
// what the other is for. One more generation makes the older address dead. Pure.
import { isJoinToken, makeJoinToken, readInvitationId } from '../join-token.ts'

/** The purpose that the key is derived for (src/keys.ts). */
export const REGISTER_PURPOSE = 'register'

export type RegisterClaim = { organisationId: string; id: string; generation: number }

/** The token of one generation of a link: 64 characters of base64url. */
export function makeRegisterToken(registerKey: Buffer, claim: RegisterClaim): string {
  return makeJoinToken(registerKey, { ...claim, invitationId: claim.id })
}

/** Reads which link a token is about. It proves nothing: `isRegisterToken` does. */
export function readLinkId(token: string): string | undefined {
  return readInvitationId(token)
}

/** Whether a token is the one of exactly this claim; takes the same time for every token of the right length. */
export function isRegisterToken(registerKey: Buffer, token: string, claim: RegisterClaim): boolean {
  return isJoinToken(registerKey, token, { ...claim, invitationId: claim.id })
}
