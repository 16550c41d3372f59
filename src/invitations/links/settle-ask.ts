// What becomes of an address that was given on a registration link's page: an invitation, a request, a message that
// the account exists, or nothing. Worked out by a job, in one transaction, once.
import { record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { inSqlTransaction, newId, type Role, type SqlTransaction } from '../../database/index.ts'
import { type KnownMember, ROLE_NAMES, USER_TYPE_NAMES } from '../../organisation/index.ts'
import { readEmailAddress } from '../../people/index.ts'
import { openRequest } from '../approvals/open-request.ts'
import { insertInvitation, insertPerson } from '../store.ts'
import { type AskOutcome, type AskSituation, decideAsk } from './link-rules.ts'
import { type LinkRow, readLink } from './store.ts'

type AskRow = { id: string; linkId: string; email: string; emailKey: string; language: string; outcome: string }
type OpenInvitation = {
  id: string
  generation: number
  status: 'awaiting_approval' | 'waiting' | 'pending'
  sentAt: Date | null
}
type Known = {
  personId: string | null
  personIsActive: boolean | null
  hasAccount: boolean
  isInHub: boolean
  messagesToday: number
}
type Settling = { ask: AskRow; link: LinkRow; known: Known; open: OpenInvitation | undefined; at: Date }

const DAY = 24 * 60 * 60 * 1000
const ORIGIN = 'registration link'
/** Who acts when somebody asks for themselves. */
const BY_LINK = { id: null, name: 'The registration link' }

/** Settles one address; safe to run again. Gives what became of it; undefined when it was settled before, or is gone. */
export async function settleAsk(
  c: Pick<Collaborators, 'db' | 'followUp' | 'now'>,
  askId: string,
): Promise<AskOutcome | undefined> {
  return inSqlTransaction(c.db, async (tx) => {
    const [ask] = await tx.$queryRaw<AskRow[]>`SELECT "id", "linkId", "email", "emailKey", "language", "outcome"
      FROM "RegistrationAsk" WHERE "id" = ${askId}::uuid FOR UPDATE`
    if (ask?.outcome !== 'asked') return undefined
    const before = await readLink(tx, ask.linkId)
    if (!before) return undefined
    const open = await lockAddress(tx, before, ask.emailKey)
    // Read after the locks: whoever was faster has ended.
    const link = (await readLink(tx, ask.linkId)) ?? before
    const at = c.now()
    const known = await loadKnown(tx, link, { emailKey: ask.emailKey, since: new Date(at.getTime() - DAY) })
    const situation: AskSituation = { ...link, ...known, emailKey: ask.emailKey, openInvitation: open ?? null }
    const outcome = await carryOut(tx, c, decideAsk(situation, at), { ask, link, known, open, at })
    await tx.$executeRaw`UPDATE "RegistrationAsk" SET "outcome" = ${outcome} WHERE "id" = ${ask.id}::uuid`
    return outcome
  })
}

/**
 * From here on nobody else invites this address, and nobody who was invited by it signs up, until this ends. Invitations
 * are locked before their person, as everywhere. Gives the open invitation into the link's hub.
 */
async function lockAddress(tx: SqlTransaction, link: LinkRow, emailKey: string): Promise<OpenInvitation | undefined> {
  const { organisationId, hubId } = link
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`${organisationId} ${emailKey}`}, 0))::text`
  const open = await tx.$queryRaw<(OpenInvitation & { hubId: string })[]>`
    SELECT i."id", i."generation", i."status"::text AS "status", i."sentAt", i."hubId" FROM "Invitation" i
    WHERE i."personId" = (SELECT p."id" FROM "Person" p
        WHERE p."organisationId" = ${organisationId}::uuid AND p."emailKey" = ${emailKey})
      AND i."status" IN ('awaiting_approval', 'waiting', 'pending') ORDER BY i."id" FOR UPDATE`
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "Person"
    WHERE "organisationId" = ${organisationId}::uuid AND "emailKey" = ${emailKey} FOR NO KEY UPDATE`
  return open.find((invitation) => invitation.hubId === hubId)
}

async function loadKnown(
  tx: SqlTransaction,
  { organisationId, hubId }: LinkRow,
  { emailKey, since }: { emailKey: string; since: Date },
): Promise<Known> {
  const [known] = await tx.$queryRaw<Known[]>`
    SELECT p."id" AS "personId", p."isActive" AS "personIsActive",
      EXISTS (SELECT 1 FROM "Account" a WHERE a."personId" = p."id"
        -- One that was paused because its person left does not count once they are back.
        AND NOT (p."isActive" AND a."status" = 'inactive' AND a."leftAt" IS NOT NULL)) AS "hasAccount",
      EXISTS (SELECT 1 FROM "HubMembership" m WHERE m."personId" = p."id" AND m."hubId" = ${hubId}::uuid) AS "isInHub",
      (SELECT count(*)::int FROM "Sending" s WHERE s."organisationId" = ${organisationId}::uuid
        AND s."emailKey" = ${emailKey} AND s."at" > ${since}) AS "messagesToday"
    FROM (SELECT 1) AS one LEFT JOIN "Person" p
      ON p."organisationId" = ${organisationId}::uuid AND p."emailKey" = ${emailKey}`
  if (!known) throw new Error('a row was expected')
  return known
}

async function carryOut(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'followUp' | 'now'>,
  outcome: AskOutcome,
  settling: Settling,
): Promise<AskOutcome> {
  const { ask, link, open, at } = settling
  const { owner, role } = link
  if (outcome === 'account_exists') {
    await count(tx, settling, null)
    await c.followUp(tx, [{ kind: 'registration', step: 'tell', id: ask.id }])
  }
  if (outcome === 'sent_again' && open) {
    await sendAgain(tx, c, { invitation: open, ask, link, at })
    await count(tx, settling, null)
  }
  if (owner && role && (outcome === 'invited' || outcome === 'awaiting_approval')) {
    if (!(await invite(tx, c, { ...settling, owner, role, outcome }))) return 'already_invited'
    if (outcome === 'invited') await count(tx, settling, owner.id)
  }
  return outcome
}

/** Counts a message for the limit of the address; a link is outside its owner's own limit. */
async function count(tx: SqlTransaction, { ask, link, at }: Settling, actorId: string | null): Promise<void> {
  await tx.$executeRaw`INSERT INTO "Sending" ("id", "organisationId", "actorId", "emailKey", "at", "isSingle")
    VALUES (${newId()}::uuid, ${link.organisationId}::uuid, ${actorId}::uuid, ${ask.emailKey}, ${at}, false)`
}

/** The same as a resend by hand: one more generation, so that the newest message alone counts. */
async function sendAgain(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'followUp'>,
  { invitation, ask, link, at }: { invitation: OpenInvitation; ask: AskRow; link: LinkRow; at: Date },
): Promise<void> {
  const generation = invitation.generation + 1
  await tx.$executeRaw`UPDATE "Invitation" SET "status" = 'waiting', "generation" = ${generation}, "queuedAt" = ${at},
    "expiresAt" = NULL, "deliveryAttempts" = 0, "nextAttemptAt" = NULL, "deliveryProblem" = NULL, "maybeSentAt" = NULL,
    "bouncedAt" = NULL, "nextReminderAt" = NULL, "remindersSent" = 0
    WHERE "id" = ${invitation.id}::uuid`
  await record(tx, [
    {
      organisationId: link.organisationId,
      at,
      act: 'invitation.resent',
      actor: BY_LINK,
      subject: { kind: 'invitation', id: invitation.id, name: ask.email },
      origin: ORIGIN,
    },
  ])
  await c.followUp(tx, [{ kind: 'deliver', invitationId: invitation.id, generation }])
}

/** False when an invitation of this person to this hub came between. */
async function invite(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'followUp' | 'now'>,
  settling: Settling & { owner: KnownMember; role: Role; outcome: 'invited' | 'awaiting_approval' },
): Promise<boolean> {
  const { ask, link, known, owner, role, outcome, at } = settling
  const { organisationId, hubId, userType } = link
  const address = readEmailAddress(ask.email)
  if (!address) throw new Error('an address that was read before cannot be read any more')
  const personId = known.personId ?? (await insertPerson(tx, organisationId, address, at))
  const id = newId()
  const isWritten = await insertInvitation(tx, {
    id,
    organisationId,
    hubId,
    personId,
    inviterId: owner.id,
    email: address.written,
    userType,
    role,
    departmentId: null,
    locationId: null,
    language: ask.language,
    note: '',
    status: outcome === 'invited' ? 'waiting' : 'awaiting_approval',
    submissionKey: `registration ${ask.id}`,
    isAddition: false,
    registrationLinkId: link.id,
    createdAt: at,
  })
  if (!isWritten) return false
  const wanted = {
    hub: link.hubName,
    userType: USER_TYPE_NAMES[userType],
    role: ROLE_NAMES[role],
    byLinkOf: owner.name,
  }
  if (outcome === 'awaiting_approval') {
    await openRequest(tx, c, {
      organisationId,
      requesterId: owner.id,
      requesterName: owner.name,
      subject: { invitationId: id },
      subjectName: address.written,
      hubId,
      departmentId: null,
      approvalHours: link.approvalHours,
      origin: ORIGIN,
      wanted,
    })
    return true
  }
  await record(tx, [
    {
      organisationId,
      at,
      act: 'invitation.asked',
      actor: BY_LINK,
      subject: { kind: 'invitation', id, name: address.written },
      origin: ORIGIN,
      after: wanted,
    },
  ])
  await c.followUp(tx, [{ kind: 'deliver', invitationId: id, generation: 1 }])
  return true
}
