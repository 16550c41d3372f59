// Resend and revoke: one conditional update each, and one more generation, which makes every older link dead.
import { type Act, record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { type InvitationStatus, inTransaction, isId, Prisma, type Transaction } from '../database/index.ts'
import {
  findMember,
  findOrganisation,
  grantsOf,
  isWithinReach,
  type KnownMember,
  mayGive,
  reachOf,
  STATUS_NAMES,
} from '../organisation/index.ts'
import { Refusal } from '../refusal.ts'
import { contactKey, lockPhonesOf } from './contact-limit.ts'
import { countSingleSending } from './limits.ts'
import { takeOutOfHubs } from './settle-additions.ts'
import { RESENDABLE, REVOCABLE } from './states.ts'

export type ChangeRequest = {
  organisationId: string
  actorId: string
  invitationId: string
  /** What the person saw when they pressed: a button pressed twice, or an old one, changes nothing. */
  generation: number
  origin: string
}

/**
 * Sends a pending, expired or failed invitation again with a new link. Gives its address.
 * Throws Refusal `invitation_unknown` (also: out of reach), `invitation_changed` (answered, revoked or resent
 * meanwhile), `may_not_give` (what it grants is no longer the actor's to give), `person_inactive`,
 * `hub_archived` and `could_not_be_invited` (an open invitation to the same hub stands in the way).
 */
export async function resendInvitation(
  c: Pick<Collaborators, 'db' | 'followUp' | 'now'>,
  request: ChangeRequest,
): Promise<{ email: string }> {
  return inTransaction(c.db, async (tx) => {
    if (isId(request.invitationId)) await lockPhonesOf(tx, [request.invitationId])
    const { invitation, organisation, actor, mayGiveIt } = await load(tx, request)
    if (!mayGiveIt) throw new Refusal('may_not_give')
    if (invitation.channel === 'slip') throw new Refusal('is_a_slip')
    await ensureHubIsOpen(tx, invitation.hubId)
    if (await isBlocked(tx, invitation)) throw new Refusal('could_not_be_invited')
    const at = c.now()
    const { organisationId, actorId } = request
    const emailKey = contactKey(invitation.channel, invitation.email)
    await countSingleSending(tx, { ...organisation, organisationId, actorId, emailKey, at })
    const { count } = await tx.invitation.updateMany({
      where: { id: invitation.id, generation: request.generation, status: { in: [...RESENDABLE] } },
      data: {
        status: 'waiting',
        generation: { increment: 1 },
        queuedAt: at,
        expiresAt: null,
        deliveryAttempts: 0,
        nextAttemptAt: null,
        deliveryProblem: null,
        maybeSentAt: null,
        nextReminderAt: null,
        remindersSent: 0,
        carriedById: null,
        bouncedAt: null,
      },
    })
    if (count !== 1) throw new Refusal('invitation_changed')
    const generation = request.generation + 1
    await tell(tx, { act: 'invitation.resent', at, actor, invitation, request, to: 'waiting' })
    await c.followUp(tx, [{ kind: 'deliver', invitationId: invitation.id, generation }])
    return { email: invitation.email }
  })
}

/**
 * Revokes a waiting, pending or failed invitation: its link is dead, its mail is not sent any more, and whoever it added
 * to a hub is out of it again. Gives its address.
 * Throws Refusal `invitation_unknown` and `invitation_changed` like `resendInvitation`.
 */
export async function revokeInvitation(
  c: Pick<Collaborators, 'db' | 'now'>,
  request: ChangeRequest,
): Promise<{ email: string }> {
  return inTransaction(c.db, async (tx) => {
    const { invitation, actor } = await load(tx, request)
    const { count } = await tx.invitation.updateMany({
      where: { id: invitation.id, generation: request.generation, status: { in: [...REVOCABLE] } },
      data: { status: 'revoked', generation: { increment: 1 }, nextAttemptAt: null, nextReminderAt: null },
    })
    if (count !== 1) throw new Refusal('invitation_changed')
    await takeOutOfHubs(tx, Prisma.sql`i."id" = ${invitation.id}::uuid`)
    await tell(tx, { act: 'invitation.revoked', at: c.now(), actor, invitation, request, to: 'revoked' })
    return { email: invitation.email }
  })
}

type Loaded = {
  id: string
  email: string
  hubId: string
  personId: string
  status: InvitationStatus
  isAddition: boolean
}

async function load(tx: Transaction, request: ChangeRequest) {
  const { organisationId } = request
  if (!isId(request.invitationId)) throw new Refusal('invitation_unknown')
  // Every act locks an invitation before its person, so that no two wait for each other.
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "Invitation" WHERE "id" = ${request.invitationId}::uuid FOR UPDATE`
  const invitation = await tx.invitation.findUnique({ where: { id: request.invitationId, organisationId } })
  const organisation = await findOrganisation(tx, { id: organisationId })
  const actor = await findMember(tx, { id: request.actorId, organisationId })
  if (!invitation || !organisation || !actor) throw new Refusal('invitation_unknown')
  const grants = grantsOf(actor, organisation)
  // Whoever may invite nobody any more may not act on what they once sent either.
  if (grants.length === 0) throw new Refusal('may_not_invite')
  if (!isWithinReach(reachOf(actor, organisation), invitation)) throw new Refusal('invitation_unknown')
  return { invitation, organisation, actor, mayGiveIt: mayGive(grants, invitation) }
}

/** Holds the hub until the transaction ends: it is not archived in between. */
async function ensureHubIsOpen(tx: Transaction, hubId: string): Promise<void> {
  const open = await tx.$queryRaw<unknown[]>`
    SELECT 1 AS "held" FROM "Hub" WHERE "id" = ${hubId}::uuid AND "archivedAt" IS NULL FOR KEY SHARE`
  if (open.length === 0) throw new Refusal('hub_archived')
}

/**
 * Whether the person joined the hub otherwise, or another invitation to it is open: then this one stays as it is.
 * Throws Refusal `person_inactive`.
 */
async function isBlocked(tx: Transaction, invitation: Loaded): Promise<boolean> {
  const { hubId, personId, id, isAddition } = invitation
  // When the person is just accepting another invitation, what is read next knows of their account.
  const [person] = await tx.$queryRaw<{ isActive: boolean }[]>`
    SELECT "isActive" FROM "Person" WHERE "id" = ${personId}::uuid FOR NO KEY UPDATE`
  if (!person?.isActive) throw new Refusal('person_inactive')
  if (isAddition) return !(await isInHub(tx, invitation))
  const [row] = await tx.$queryRaw<{ blocked: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM "HubMembership" m
        WHERE m."hubId" = ${hubId}::uuid AND m."personId" = ${personId}::uuid)
      OR EXISTS (SELECT 1 FROM "Account" a WHERE a."personId" = ${personId}::uuid
        AND NOT (a."status" = 'inactive' AND a."leftAt" IS NOT NULL))
      OR EXISTS (SELECT 1 FROM "Invitation" i WHERE i."hubId" = ${hubId}::uuid AND i."personId" = ${personId}::uuid
        AND i."id" <> ${id}::uuid AND i."status" IN ('awaiting_approval', 'waiting', 'pending')) AS "blocked"`
  return row?.blocked ?? true
}

/** Whether somebody who was added to a hub is in it still, with an account that is open. */
async function isInHub(tx: Transaction, { hubId, personId }: Loaded): Promise<boolean> {
  const account = await tx.account.findUnique({ where: { personId, status: 'active' }, select: { id: true } })
  const where = { hubId_personId: { hubId, personId } }
  return account !== null && (await tx.hubMembership.findUnique({ where, select: { hubId: true } })) !== null
}

async function tell(
  tx: Transaction,
  told: { act: Act; at: Date; actor: KnownMember; invitation: Loaded; request: ChangeRequest; to: InvitationStatus },
): Promise<void> {
  const { act, at, actor, invitation, request, to } = told
  await record(tx, [
    {
      organisationId: request.organisationId,
      at,
      act,
      actor: { id: actor.id, name: actor.name },
      subject: { kind: 'invitation', id: invitation.id, name: invitation.email },
      origin: request.origin,
      before: { status: STATUS_NAMES[invitation.status] },
      after: { status: STATUS_NAMES[to] },
    },
  ])
}
