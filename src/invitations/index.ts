// Invitations: decide and record.
export { acceptInvitation, type JoinForm } from './accept-invitation.ts'
export {
  type Approval,
  approveRequest,
  type Decision,
  rejectRequest,
} from './approvals/decide-request.ts'
export {
  type Audience,
  approvalsChannelIsOpen,
  findApprovers,
  listRequests,
  type RequestCopy,
  type RequestDetails,
  readCopies,
  readRequest,
  readRequestToDecide,
  rememberCopy,
  searchListPeople,
} from './approvals/follow-requests.ts'
export { tendRequests } from './approvals/tend-requests.ts'
export { askForNewLink } from './ask-for-new-link.ts'
export { type AutoNews, loadAutoNews, noteAutoTold } from './auto/auto-news.ts'
export {
  type AutoRule,
  dayIn,
  MOST_IN_PASS,
  type RuleGroup,
  type StopReason,
} from './auto/auto-rule.ts'
export { type AutoForm, draftAutoRule } from './auto/draft-rule.ts'
export { type ExplainedPerson, explainPerson } from './auto/explain-person.ts'
export { type AutoKind, type AutoPerson, type AutoWeighed, listAutoPeople, weighAutoRule } from './auto/preview.ts'
export { runAutoPass } from './auto/run-pass.ts'
export { findRulesThatAreOn, readAutoDraft, readAutoRule, searchGroups } from './auto/store.ts'
export { agreeToHeld, turnOffAutoRule, turnOnAutoRule } from './auto/switch-rule.ts'
export { CONDITIONS, type Condition, type ConditionName, type RulePerson, reasonOf, whyOf } from './auto/why-of.ts'
export {
  type Booked,
  type BookingOutcome,
  bookInvitation,
  cancelBooking,
  listBookings,
  runBooking,
} from './bookings.ts'
export { type BouncePlace, keepBouncePlace, readBouncePlace } from './bounce-place.ts'
export { tendCarried } from './carry-together.ts'
export { type ChangeRequest, resendInvitation, revokeInvitation } from './change-invitation.ts'
export { type Delivery, type DeliveryOrder, loadDeliveries } from './deliveries.ts'
export { letExpiredGo } from './digest/let-go.ts'
export {
  type Digest,
  findDigestInviter,
  type NamedInvitation,
  readDigest,
  recordDigestTold,
} from './digest/read-digest.ts'
export { forgetDigests, startDigests } from './digest/start-digests.ts'
export { expireInvitations } from './expire-invitations.ts'
export { exportInvitations } from './export-invitations.ts'
export {
  countByStatus,
  type InvitationStory,
  type Overview,
  readOverview,
  readStory,
} from './follow-invitations.ts'
export type { InvitationSummary } from './invitation-summary.ts'
export { type InvitationToAccept, joinFromAccount, listInvitationsToAccept } from './join-from-account.ts'
export { type JoinAnswer, type JoinStep, openJoinStep, takeJoinStep } from './join-steps.ts'
export { JOIN_PURPOSE, readInvitationId } from './join-token.ts'
export {
  countLeftInvitations,
  type LeftInvitation,
  type LeftInvitations,
  listLeftInvitations,
  revokeLeftInvitations,
} from './leavers.ts'
export { finishLeaversNews, type LeaversNews, noteLeaversTold, takeUpLeaversNews } from './leavers-news.ts'
export { letPeopleGo } from './let-people-go.ts'
export { ADDRESS_LIMIT, forgetSendings, readAllowance } from './limits.ts'
export { askToRegister } from './links/ask-to-register.ts'
export { lastDayBefore } from './links/end-of-day.ts'
export {
  forgetAsks,
  loadAccountNews,
  loadPauseNotice,
  type PauseNotice,
  recordAccountTold,
} from './links/follow-link.ts'
export { createLinkOpenings } from './links/link-openings.ts'
export { type AskOutcome, BURST, type LinkState, MOST_DOMAINS, MOST_USES } from './links/link-rules.ts'
export { findLink, type LinkInList, listLinks } from './links/list-links.ts'
export { openRegistrationLink, type RegisterPage } from './links/open-link.ts'
export { makeRegisterToken, REGISTER_PURPOSE, type RegisterClaim } from './links/register-token.ts'
export { type LinkForm, type LinkSetUp, setUpLink } from './links/set-up-link.ts'
export { settleAsk } from './links/settle-ask.ts'
export { type LinkSwitch, renewLink, turnOffLink, turnOnLink } from './links/switch-link.ts'
export {
  countInvitations,
  INVITATIONS_COUNTED,
  type InvitationPlace,
  type InvitationsPage,
  type InvitationsPlace,
  listInvitations,
} from './list-invitations.ts'
export { type ConfirmedList, confirmList } from './lists/confirm-list.ts'
export {
  countWays,
  finishList,
  forgetDrafts,
  type ListProgress,
  type ListRow,
  readDraft,
  readListProgress,
  readListRows,
  readUndelivered,
  rememberProgressMessage,
  type Ways,
  weighImport,
} from './lists/follow-list.ts'
export { LIST_PEOPLE_A_DAY, UNDO_WITHIN } from './lists/limits.ts'
export { makeListSlips, readListSlips } from './lists/list-slips.ts'
export { type ListChoices, type ListDraft, mayImport, prepareList, type ReadRow } from './lists/prepare-list.ts'
export { undoList } from './lists/undo-list.ts'
export { loadNotice, type Notice } from './load-notice.ts'
export { findBySlipCode, type MadeSlip, renewSlip } from './make-slip.ts'
export {
  closeGathering,
  type Gathering,
  NAMES_SHOWN,
  readGathering,
  recordGatheringTold,
} from './notices/gathering.ts'
export { forgetNotices, placeIn, placeNotice } from './notices/place-notice.ts'
export { openByCredentials, openBySlip } from './open-by-name.ts'
export { type JoinPage, openJoinLink } from './open-join-link.ts'
export { createOpenings, type Openings, type PageOpenings } from './openings.ts'
export { type Funnel, type HomeFigures, readHomeFigures } from './read-home.ts'
export { type Bounce, type BounceVerdict, recordBounce } from './record-bounce.ts'
export {
  type HandedOver,
  type PermanentFailure,
  recordHandedOver,
  recordMaybeSent,
  recordPermanentFailure,
  recordTemporaryFailure,
  type TemporaryFailure,
  type Uncertain,
} from './record-deliveries.ts'
export { recordTextReceipt, type TextReceipt } from './record-text-receipt.ts'
export { claimReminders } from './reminders/claim-reminders.ts'
export { loadReminders, type ReminderDelivery, recordReminderFailure } from './reminders/load-reminders.ts'
export { renewMoved } from './renew-moved.ts'
export { countResendable, type ResendSelection, type ResentMany, resendMany } from './resend-many.ts'
export {
  type InvitationForm,
  type InvitationRequest,
  NOTE_LENGTH,
  type SentInvitation,
  sendInvitation,
} from './send-invitation.ts'
export { SLIP_PURPOSE } from './slip-code.ts'
export { mayResend, mayRevoke } from './states.ts'
