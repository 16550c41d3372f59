// The first decision counts: one conditional update. What an approver gives is checked against what they may give.
import { type Act, record } from '../../audit/index.ts'
import { cleanText } from '../../clean-text.ts'
import type { Collaborators } from '../../collaborators.ts'
import {
  type ApprovalRequest,
  inTransaction,
  isId,
  Prisma,
  type Role,
  type Transaction,
  type UserType,
} from '../../database/index.ts'
import {
  findMember,
  findOrganisation,
  grantsOf,
  type KnownMember,
  mayDecide,
  mayGive,
  type Organisation,
  ROLE_NAMES,
  USER_TYPE_NAMES,
} from '../../organisation/index.ts'
import { Refusal, Refusals } from '../../refusal.ts'
import { contactKey, lockPhonesOf } from '../contact-limit.ts'
import { countOtherSending } from '../limits.ts'
import { carryOutList } from '../lists/carry-out-list.ts'
import { ensureWithinDailyLimit } from '../lists/confirm-list.ts'
import { ensureUnitsAreThere } from '../lists/ensure-units.ts'
import { mayImport } from '../lists/prepare-list.ts'
import { statusOfAddition } from '../settle-additions.ts'
import { addToHub } from '../store.ts'

export type Decision = {
  organisationId: string
  actorId: string
  requestId: string
  /** The approver's words to the requester; a rejection has a reason. */
  answer: string
  origin: string
}

export type Approval = Decision & {
  /** What is given: as asked for, or as the approver changed it. */
  access: { hubId: string | null; userType: UserType | null; role: Role | null; departmentId: string | null }
  /** Those of a list who are left out: their addresses as people mean them (`emailKey`). */
  leaveOut: string[]
}

type Deciding = Pick<Collaborators, 'db' | 'followUp' | 'letGo' | 'now'>

/**
 * Approves a request, with changes. Throws Refusals (fields of the access), Refusal `request_unknown`,
 * `request_decided` (by whom, and what), `request_own`, `may_not_decide`, `may_not_give`, and, when something changed
 * since it was asked for, `could_not_be_invited` (the person joined the hub, or was invited into it), `address_limit`,
 * `list_past_daily_limit`, `may_not_import` and `nobody_left`.
 */
export async function approveRequest(c: Deciding, approval: Approval): Promise<void> {
  const { hubId, userType, role, departmentId } = approval.access
  const refusals = [
    ...(hubId && isId(hubId) ? [] : [new Refusal('hub_unknown', { field: 'hubId' })]),
    ...(userType ? [] : [new Refusal('user_type_missing', { field: 'userType' })]),
    ...(role ? [] : [new Refusal('role_missing', { field: 'role' })]),
    ...(departmentId === null || isId(departmentId)
      ? []
      : [new Refusal('department_unknown', { field: 'departmentId' })]),
  ]
  if (!hubId || !userType || !role || refusals.length > 0) throw new Refusals(refusals)
  const access = { hubId, userType, role, departmentId }
  await inTransaction(
    c.db,
    async (tx) => {
      const { request, actor, organisation } = await claim(tx, c, approval, 'approved')
      await ensureUnitsAreThere(tx, organisation.id, { hubId, departmentId, locationId: null })
      if (!mayGive(grantsOf(actor, organisation), access)) throw new Refusal('may_not_give')
      const name = request.invitationId
        ? await approveInvitation(tx, c, { request, access })
        : await approveList(tx, c, { request, access, approval, actor, organisation })
      const after = await inWords(tx, access)
      await tell(tx, c, { act: 'request.approved', request, actor, approval, name, after })
    },
    { timeoutMs: 60_000 },
  )
}

/** Rejects a request with a reason. Throws as `approveRequest` does. */
export async function rejectRequest(c: Deciding, decision: Decision): Promise<void> {
  await inTransaction(c.db, async (tx) => {
    const { request, actor } = await claim(tx, c, decision, 'rejected')
    const name = await endSubject(tx, request)
    await tell(tx, c, { act: 'request.rejected', request, actor, approval: decision, name, after: {} })
  })
}

/** What was asked for is rejected: the invitation, or the list. Gives its name for the audit log. */
export async function endSubject(tx: Transaction, request: ApprovalRequest): Promise<string> {
  const { invitationId, batchId } = request
  if (invitationId) {
    await tx.invitation.updateMany({
      where: { id: invitationId, status: 'awaiting_approval' },
      data: { status: 'rejected' },
    })
    return (await tx.invitation.findUniqueOrThrow({ where: { id: invitationId }, select: { email: true } })).email
  }
  const id = batchId ?? ''
  await tx.batch.updateMany({ where: { id, status: 'awaiting_approval' }, data: { status: 'rejected' } })
  return (await tx.batch.findUniqueOrThrow({ where: { id }, select: { fileName: true } })).fileName || 'a list'
}

async function claim(tx: Transaction, c: Deciding, decision: Decision, status: 'approved' | 'rejected') {
  const { organisationId, actorId, requestId } = decision
  if (!isId(requestId)) throw new Refusal('request_unknown')
  // Locked from here on: of two approvers at the same moment the second waits, and is told who was first.
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "ApprovalRequest" WHERE "id" = ${requestId}::uuid FOR UPDATE`
  const request = await tx.approvalRequest.findUnique({ where: { id: requestId, organisationId } })
  const organisation = await findOrganisation(tx, { id: organisationId })
  const actor = await findMember(tx, { id: actorId, organisationId })
  if (!request || !organisation || !actor) throw new Refusal('request_unknown')
  if (request.requesterId === actorId) throw new Refusal('request_own')
  if (!mayDecide(actor, organisation, request)) throw new Refusal('may_not_decide')
  if (request.status !== 'open') {
    const decider = request.decidedById ? await findMember(tx, { id: request.decidedById, organisationId }) : undefined
    throw new Refusal('request_decided', { detail: { by: decider?.name ?? 'Somebody', what: request.status } })
  }
  await tx.approvalRequest.update({
    where: { id: requestId },
    data: { status, decidedAt: c.now(), decidedById: actorId, answer: cleanText(decision.answer), escalatesAt: null },
  })
  return { request, organisation, actor }
}

type Access = { hubId: string; userType: UserType; role: Role; departmentId: string | null }

/** The waiting invitation becomes a real one: sent, or added at once where the person has an account by now. */
async function approveInvitation(
  tx: Transaction,
  c: Deciding,
  { request, access }: { request: ApprovalRequest; access: Access },
): Promise<string> {
  const at = c.now()
  const id = request.invitationId ?? ''
  await lockPhonesOf(tx, [id])
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "Invitation" WHERE "id" = ${id}::uuid FOR UPDATE`
  const invitation = await tx.invitation.findUnique({ where: { id, status: 'awaiting_approval' } })
  if (!invitation) throw new Refusal('request_unknown')
  const { personId } = invitation
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "Person" WHERE "id" = ${personId}::uuid FOR NO KEY UPDATE`
  const [person, account, member, open] = [
    await tx.person.findUnique({ where: { id: personId }, select: { isActive: true } }),
    // One that was paused because its person left does not count once they are back.
    await tx.account.findUnique({ where: { personId, leftAt: null }, select: { status: true } }),
    await tx.hubMembership.findUnique({ where: { hubId_personId: { hubId: access.hubId, personId } } }),
    await tx.invitation.findFirst({
      where: {
        personId,
        hubId: access.hubId,
        id: { not: id },
        status: { in: ['awaiting_approval', 'waiting', 'pending'] },
      },
      select: { id: true },
    }),
  ]
  if (member || open || !person?.isActive || account?.status === 'inactive') {
    throw new Refusal('could_not_be_invited', { field: 'hubId', detail: { why: 'meanwhile' } })
  }
  const { organisationId, requesterId } = request
  const emailKey = contactKey(invitation.channel, invitation.email)
  await countOtherSending(tx, { organisationId, actorId: requesterId, emailKey, at })
  const isAddition = account?.status === 'active'
  const status = isAddition ? statusOfAddition(invitation.channel) : 'waiting'
  await tx.invitation.update({
    where: { id },
    data: {
      ...access,
      status,
      isAddition,
      acceptedAt: status === 'accepted' ? at : null,
      queuedAt: at,
    },
  })
  if (isAddition) await addToHub(tx, { hubId: access.hubId, personId, userType: access.userType, joinedAt: at })
  // A slip is made by whoever hands it over, from the invitation's story.
  if (invitation.channel !== 'slip' || isAddition) {
    await c.followUp(tx, [{ kind: 'deliver', invitationId: id, generation: invitation.generation }])
  }
  return invitation.email
}

type ListApproval = {
  request: ApprovalRequest
  access: Access
  approval: Approval
  actor: KnownMember
  organisation: Organisation
}

/** The waiting list is carried out with what the approver gives, without those who were left out. */
async function approveList(
  tx: Transaction,
  c: Deciding,
  { request, access, approval, actor, organisation }: ListApproval,
): Promise<string> {
  const batchId = request.batchId ?? ''
  if (approval.leaveOut.length > 0) {
    const left = await tx.$executeRaw(Prisma.sql`
      UPDATE "BatchRow" SET "verdict" = 'refused', "reason" = 'left_out'
      WHERE "batchId" = ${batchId}::uuid AND "verdict" = 'good' AND "emailKey" = ANY(${approval.leaveOut})`)
    await tx.batch.update({
      where: { id: batchId },
      data: { good: { decrement: left }, refused: { increment: left } },
    })
  }
  const batch = await tx.batch.update({ where: { id: batchId, status: 'awaiting_approval' }, data: access })
  if (batch.good === 0) throw new Refusal('nobody_left', { field: 'leaveOut' })
  await ensureWithinDailyLimit(tx, { batch, at: c.now(), isApproval: true })
  const sender = await findMember(tx, { id: batch.inviterId, organisationId: batch.organisationId })
  // Who is brought in, and where to, is still the right of whoever brings them.
  if (!sender || (batch.source === 'import' && !mayImport(sender, organisation))) throw new Refusal('may_not_import')
  await carryOutList(tx, c, { batch, actor, sender, organisation, origin: approval.origin })
  return batch.fileName || 'a list'
}

/** What is given, as the audit log says it. */
async function inWords(tx: Transaction, { hubId, userType, role, departmentId }: Access) {
  const hub = await tx.hub.findUniqueOrThrow({ where: { id: hubId }, select: { name: true } })
  const department = departmentId
    ? await tx.department.findUniqueOrThrow({ where: { id: departmentId }, select: { name: true } })
    : null
  return {
    hub: hub.name,
    userType: USER_TYPE_NAMES[userType],
    role: ROLE_NAMES[role],
    ...(department ? { department: department.name } : {}),
  }
}

async function tell(
  tx: Transaction,
  c: Deciding,
  told: {
    act: Act
    request: ApprovalRequest
    actor: KnownMember
    approval: Decision
    name: string
    after: Record<string, unknown>
  },
): Promise<void> {
  const { act, request, actor, approval, name, after } = told
  await record(tx, [
    {
      organisationId: request.organisationId,
      at: c.now(),
      act,
      actor: { id: actor.id, name: actor.name },
      subject: {
        kind: request.invitationId ? 'invitation' : 'list',
        id: request.invitationId ?? request.batchId ?? request.id,
        name,
      },
      origin: approval.origin,
      after: { ...after, answer: cleanText(approval.answer) },
    },
  ])
  await c.followUp(tx, [{ kind: 'request', requestId: request.id, step: 'tell' }])
}
