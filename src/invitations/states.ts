// The life of an invitation: which status allows what. Pure.
import type { InvitationStatus } from '../database/index.ts'

/** Still to be answered: nobody else may invite the same person into the same hub meanwhile. */
export const OPEN: readonly InvitationStatus[] = ['awaiting_approval', 'waiting', 'pending']
/** A new message with a new link can be sent; the older link dies. */
export const RESENDABLE: readonly InvitationStatus[] = ['pending', 'expired', 'error']
export const REVOCABLE: readonly InvitationStatus[] = ['waiting', 'pending', 'error']

export function mayResend(status: InvitationStatus): boolean {
  return RESENDABLE.includes(status)
}

export function mayRevoke(status: InvitationStatus): boolean {
  return REVOCABLE.includes(status)
}
