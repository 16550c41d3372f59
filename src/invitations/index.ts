// Invitations: decide and record.
export { acceptInvitation, type JoinForm, type JoinPage, openJoinLink } from './accept-invitation.ts'
export { type ChangeRequest, resendInvitation, revokeInvitation } from './change-invitation.ts'
export {
  type Delivery,
  type DeliveryOrder,
  type HandedOver,
  loadDeliveries,
  type PermanentFailure,
  recordHandedOver,
  recordMaybeSent,
  recordPermanentFailure,
  recordTemporaryFailure,
  type TemporaryFailure,
  type Uncertain,
} from './deliveries.ts'
export { expireInvitations } from './expire-invitations.ts'
export {
  countByStatus,
  type InvitationStory,
  type InvitationSummary,
  type Overview,
  readOverview,
  readStory,
} from './follow-invitations.ts'
export { JOIN_PURPOSE } from './join-token.ts'
export { loadNotice, type Notice } from './load-notice.ts'
export {
  type InvitationForm,
  type InvitationRequest,
  NOTE_LENGTH,
  type SentInvitation,
  sendInvitation,
} from './send-invitation.ts'
export { mayResend, mayRevoke } from './states.ts'
