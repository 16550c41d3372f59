// Somebody asks a person in: one form, one transaction, one invitation.

import { record } from '../audit/index.ts'
import { cleanText } from '../clean-text.ts'
import type { Collaborators } from '../collaborators.ts'
import {
  type DeliveryMode,
  inSqlTransaction,
  isId,
  newId,
  type Role,
  type SqlTransaction,
  type UserType,
} from '../database/index.ts'
import { isLanguage } from '../languages/index.ts'
import { grantsOf, isCorporateAdmin, mayGive, REQUESTABLE, ROLE_NAMES, USER_TYPE_NAMES } from '../organisation/index.ts'
import { withinRights } from '../people/index.ts'
import { Refusal, Refusals } from '../refusal.ts'
import { type Addressee, findCountries, readAddressee } from './addressee.ts'
import { channelFor, ensureUserNameIsFree, goesBy, lookedUpBy, toKnownContact, writePerson } from './addressing.ts'
import { openRequest } from './approvals/open-request.ts'
import { contactKey, lockPhones } from './contact-limit.ts'
import { countSingleSending, ensureMayAskNow } from './limits.ts'
import { type MadeSlip, writeSlip } from './make-slip.ts'
import { statusOfAddition } from './settle-additions.ts'
import {
  addToHub,
  claimBooking,
  findBySubmission,
  insertInvitation,
  loadSituation,
  type Situation,
  waitForAnswer,
} from './store.ts'

/** What a form holds, before anything of it is believed. */
export type InvitationForm = {
  email: string
  /** Somebody who has none: a name instead, with a mobile number where there is one. */
  withoutEmail?: boolean
  firstName?: string
  lastName?: string
  mobile?: string
  /** Empty: made from the name. */
  userName?: string
  /** A link where it is not said otherwise. */
  mode?: DeliveryMode
  hubId: string | null
  userType: UserType | null
  role: Role | null
  departmentId: string | null
  locationId: string | null
  /** A language's code; null: the invitee's own, if known, else the organisation's. */
  language: string | null
  note: string
}

export type InvitationRequest = {
  organisationId: string
  actorId: string
  /** The form's own identity: the same form submitted twice invites once. */
  submissionKey: string
  form: InvitationForm
  origin: string
  /** It was booked: taken with the act, and only from somebody who may still invite. */
  bookingId?: string
}

/**
 * The same for a new invitation and for an address that was added to the hub at once (SPEC, section 2). `isRequest`:
 * whoever may not invite has asked for it, and somebody else decides.
 */
export type SentInvitation = {
  invitationId: string
  /** Whom it is for, as it is shown. */
  email: string
  hubName: string
  isRequest: boolean
  /** To be handed over by the inviter; shown now, and never again. */
  slip?: MadeSlip
}

/** Longest personal note, in characters; it goes into a mail and into a Slack message. */
export const NOTE_LENGTH = 600

/**
 * Invites one person, or adds somebody who has an account to the hub at once. Row, audit event and delivery are one
 * transaction. Throws Refusals (fields `email`, `hubId`, `userType`, `role`, `departmentId`, `locationId`, `note`),
 * and Refusal `may_not_invite`, `may_not_give`, `could_not_be_invited`, `hourly_limit`, `request_limit`, `address_limit`
 * and `booking_unknown`.
 */
export async function sendInvitation(
  c: Pick<Collaborators, 'db' | 'followUp' | 'now' | 'canText' | 'slipKey'>,
  request: InvitationRequest,
): Promise<SentInvitation> {
  const asked = readInvitationForm(request.form, await findCountries(c.db, request))
  return inSqlTransaction(c.db, async (tx) => {
    const { organisationId } = request
    const { addressee: asks } = asked
    if (asks.kind === 'person' && asks.mobile !== null) await lockPhones(tx, organisationId)
    await waitForAnswer(tx, organisationId, asks.key)
    const situation = await loadFor(tx, request, asked)
    const told = { email: asks.shown, hubName: situation.hubName ?? '' }
    if (situation.sameSubmission) {
      return { ...told, invitationId: situation.sameSubmission, isRequest: situation.sameIsRequest }
    }
    const { outcome, hubName } = decide(situation, asked)
    const at = c.now()
    const addressee = toKnownContact(situation, asks)
    const channel = channelFor(c, situation, addressee)
    const sentTo = goesBy(channel, addressee, situation.personUserName ?? addressee.wantedUserName)
    const counted = { ...situation, ...request, emailKey: contactKey(channel, sentTo), at }
    if (outcome === 'ask') {
      if (request.bookingId) throw new Refusal('may_not_invite')
      await ensureMayAskNow(tx, counted)
    } else {
      // Taken first: what is booked does not stand in its own way.
      if (request.bookingId && !(await claimBooking(tx, request.bookingId))) throw new Refusal('booking_unknown')
      await countSingleSending(tx, counted)
    }
    // Only after the limits: whoever tries addresses out learns nothing more past them.
    ensureUserNameIsFree(situation, addressee)
    ensureInvitable(situation)
    const isAddition = outcome === 'add'
    const isRequest = outcome === 'ask'
    const { personId, userName } = await writePerson(tx, { situation, addressee, organisationId, mode: asked.mode, at })
    const invitation = {
      id: newId(),
      organisationId: request.organisationId,
      hubId: asked.hubId,
      personId,
      inviterId: request.actorId,
      email: goesBy(channel, addressee, userName),
      channel,
      mode: asked.mode,
      userType: asked.userType,
      role: asked.role,
      departmentId: asked.departmentId,
      locationId: asked.locationId,
      language: asked.language ?? situation.language,
      languageChosen: asked.language !== null || situation.isOwnLanguage,
      note: asked.note,
      status: isAddition
        ? statusOfAddition(channel)
        : isRequest
          ? ('awaiting_approval' as const)
          : ('waiting' as const),
      submissionKey: request.submissionKey,
      isAddition,
      createdAt: at,
    }
    if (!(await insertInvitation(tx, invitation))) {
      // Somebody else was faster: either the same form again, or another invitation of the same person.
      const same = await findBySubmission(tx, request.organisationId, request.submissionKey)
      if (!same) throw couldNotBeInvited({ ...situation, hasOpenInvitation: true })
      return { ...told, invitationId: same, isRequest }
    }
    const wanted = {
      hub: hubName,
      userType: USER_TYPE_NAMES[asked.userType],
      role: ROLE_NAMES[asked.role],
      department: situation.departmentName,
      location: situation.locationName,
    }
    if (isRequest) {
      await openRequest(tx, c, {
        organisationId: request.organisationId,
        requesterId: request.actorId,
        requesterName: situation.actor?.name ?? '',
        subject: { invitationId: invitation.id },
        subjectName: invitation.email,
        hubId: asked.hubId,
        departmentId: asked.departmentId,
        approvalHours: situation.approvalHours,
        origin: request.origin,
        wanted,
      })
      return { ...told, invitationId: invitation.id, isRequest }
    }
    if (isAddition) await addToHub(tx, { hubId: asked.hubId, personId, userType: asked.userType, joinedAt: at })
    await record(tx, [
      {
        organisationId: request.organisationId,
        at,
        act: isAddition ? 'invitation.added_to_hub' : 'invitation.asked',
        actor: { id: request.actorId, name: situation.actor?.name ?? '' },
        subject: { kind: 'invitation', id: invitation.id, name: invitation.email },
        origin: request.origin,
        after: wanted,
      },
    ])
    if (channel === 'slip' && !isAddition) {
      const slip = await writeSlip(tx, c, { invitationId: invitation.id, generation: 1 })
      return { ...told, invitationId: invitation.id, isRequest, slip }
    }
    await c.followUp(tx, [{ kind: 'deliver', invitationId: invitation.id, generation: 1 }])
    return { ...told, invitationId: invitation.id, isRequest }
  })
}

/**
 * What decides over an invitation. Somebody without an address who is known already is found only by who has rights over
 * them: to all others what they typed names somebody new, as a free user name would.
 */
async function loadFor(tx: SqlTransaction, request: InvitationRequest, asked: Asked): Promise<Situation> {
  const about = { ...request, ...asked, ...lookedUpBy(asked.addressee) }
  const situation = await loadSituation(tx, about)
  const { actor, personId } = situation
  if (asked.addressee.kind === 'address' || personId === null || !actor) return situation
  const organisation = { ...situation, id: request.organisationId }
  if ((await withinRights(tx, { actor, organisation }, [personId])).has(personId)) return situation
  return loadSituation(tx, { ...about, userNameKey: null, mobile: null })
}

type Asked = ReturnType<typeof readInvitationForm>
type Outcome = 'invite' | 'add' | 'ask'

/** Reads a form, its phone number by the `countries` of findCountries; throws Refusals, one for each field that cannot be read. */
export function readInvitationForm(
  form: InvitationForm,
  countries: readonly string[],
): Omit<InvitationForm, 'email' | 'hubId' | 'userType' | 'role' | 'mode'> & {
  addressee: Addressee
  mode: DeliveryMode
  hubId: string
  userType: UserType
  role: Role
} {
  const read = readAddressee(form, countries)
  const addressee = Array.isArray(read) ? undefined : read
  const refusals = Array.isArray(read) ? read : []
  const note = cleanText(form.note)
  if (!form.hubId || !isId(form.hubId)) refusals.push(new Refusal('hub_unknown', { field: 'hubId' }))
  if (form.departmentId && !isId(form.departmentId)) {
    refusals.push(new Refusal('department_unknown', { field: 'departmentId' }))
  }
  if (form.locationId && !isId(form.locationId)) {
    refusals.push(new Refusal('location_unknown', { field: 'locationId' }))
  }
  if (!form.userType) refusals.push(new Refusal('user_type_missing', { field: 'userType' }))
  if (!form.role) refusals.push(new Refusal('role_missing', { field: 'role' }))
  if (note.length > NOTE_LENGTH) {
    refusals.push(new Refusal('note_too_long', { field: 'note', detail: { length: note.length, most: NOTE_LENGTH } }))
  }
  if (!addressee || !form.hubId || !form.userType || !form.role || refusals.length > 0) throw new Refusals(refusals)
  const language = isLanguage(form.language) ? form.language : null
  const mode = form.mode ?? 'link'
  return { ...form, addressee, mode, hubId: form.hubId, userType: form.userType, role: form.role, note, language }
}

/** Pure: what the situation makes of what was asked. The order is the policy, read from top to bottom. */
function decide(situation: Situation, asked: Asked): { outcome: Outcome; hubName: string } {
  if (!situation.actor?.isActive) throw new Refusal('may_not_invite')
  const grants = grantsOf(situation.actor, situation)
  const { hubName } = situation
  if (hubName === null) throw new Refusals([new Refusal('hub_unknown', { field: 'hubId' })])
  if (asked.departmentId !== null && situation.departmentName === null) {
    throw new Refusals([new Refusal('department_unknown', { field: 'departmentId' })])
  }
  if (asked.locationId !== null && situation.locationName === null) {
    throw new Refusals([new Refusal('location_unknown', { field: 'locationId' })])
  }
  // Whoever may invite nobody asks instead; whoever may invite some gives what they may, and no more.
  const mayOnlyAsk = grants.length === 0
  if (!mayGive(mayOnlyAsk ? [REQUESTABLE] : grants, asked)) throw new Refusal('may_not_give')
  if (mayOnlyAsk) return { outcome: 'ask', hubName }
  return { outcome: situation.accountStatus === 'active' ? 'add' : 'invite', hubName }
}

/** One refusal for an account in this hub, an open invitation to it, a paused account, and somebody who is inactive. */
function ensureInvitable(situation: Situation): void {
  const { isInHub, hasOpenInvitation, accountStatus, personIsActive } = situation
  if (isInHub || hasOpenInvitation || accountStatus === 'inactive' || personIsActive === false) {
    throw couldNotBeInvited(situation)
  }
}

/** One refusal for all reasons; where the settings say so, Corporate Admins are told which it was. */
function couldNotBeInvited(situation: Situation): Refusal {
  const { actor, isInHub, accountStatus, personIsActive, tellAdminsWhyNotInvited } = situation
  if (!tellAdminsWhyNotInvited || !actor || !isCorporateAdmin(actor, situation)) {
    return new Refusal('could_not_be_invited', { field: 'email' })
  }
  const ofAccount = accountStatus === 'inactive' ? 'account_paused' : isInHub ? 'is_in_hub' : 'has_open_invitation'
  const why = personIsActive === false ? 'person_inactive' : ofAccount
  return new Refusal('could_not_be_invited', { field: 'email', detail: { why } })
}
