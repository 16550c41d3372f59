// "Send invitations": the draft is carried out, or goes to those who decide.
import type { Collaborators } from '../../collaborators.ts'
import { type Batch, type Database, inSqlTransaction, isId, type SqlTransaction } from '../../database/index.ts'
import {
  findMember,
  findOrganisation,
  isCorporateAdmin,
  type KnownMember,
  type Organisation,
  ROLE_NAMES,
  USER_TYPE_NAMES,
} from '../../organisation/index.ts'
import { Refusal } from '../../refusal.ts'
import { openRequest } from '../approvals/open-request.ts'
import { lockBulk, readBulkLeft, readSentAlone } from './allowance.ts'
import { type CarriedOut, carryOutList } from './carry-out-list.ts'
import { ensureUnitsAreThere } from './ensure-units.ts'
import { LIST_PEOPLE_A_DAY } from './limits.ts'
import { ensureMaySend } from './prepare-list.ts'
import { findBatch } from './store.ts'

const DAY = 24 * 60 * 60 * 1000

export type Confirmation = { organisationId: string; actorId: string; batchId: string; origin: string }

/** A list is on its way, or somebody else has to agree first; the rest is told by messages. */
export type ConfirmedList = { batchId: string; isRequest: boolean; sendInvitations: boolean }

/**
 * Carries out a draft, or asks for it: whoever may not invite needs a second person, and so does what is above the
 * organisation's threshold with their other lists of the day, unless a Corporate Admin sends it. Throws Refusal `list_unknown`, `list_changed` (confirmed or
 * undone before), `list_empty`, `list_sent_today` (with when and by whom), `list_past_daily_limit`, and as
 * `ensureMaySend` and `carryOutList` do.
 */
export async function confirmList(
  c: Pick<Collaborators, 'db' | 'followUp' | 'letGo' | 'now'>,
  request: Confirmation,
): Promise<ConfirmedList> {
  const { organisationId, batchId } = request
  if (!isId(batchId)) throw new Refusal('list_unknown')
  const { batch, actor, organisation } = await load(c.db.prisma, request)
  const isImport = batch.source === 'import'
  const right = ensureMaySend(actor, organisation, { choices: { ...batch }, isImport })
  return inSqlTransaction(c.db, async (tx) => {
    if (batch.sendInvitations) await ensureUnitsAreThere(tx, organisationId, batch)
    await ensureWithinLimits(tx, { batch, actor, at: c.now() })
    const mustAsk = right === 'ask' || (await isPastThreshold(tx, { batch, actor, organisation, at: c.now() }))
    if (batch.sendInvitations && mustAsk)
      return askForList(tx, c, { batch, actor, organisation, origin: request.origin })
    await carryOutList(tx, c, { batch, actor, organisation, origin: request.origin })
    return { batchId, isRequest: false, sendInvitations: batch.sendInvitations }
  })
}

async function load(reader: Database['prisma'], { organisationId, actorId, batchId }: Confirmation) {
  const batch = await findBatch(reader, { id: batchId, organisationId, inviterId: actorId })
  const organisation = await findOrganisation(reader, { id: organisationId })
  const actor = await findMember(reader, { id: actorId, organisationId })
  if (!batch || !organisation || !actor) throw new Refusal('list_unknown')
  if (batch.status !== 'draft') throw new Refusal('list_changed')
  if (batch.good === 0) throw new Refusal('list_empty')
  return { batch, organisation, actor }
}

/** Whether a second person has to agree: the batch, with what its sender sent alone today, is above the threshold. */
async function isPastThreshold(
  tx: SqlTransaction,
  { batch, actor, organisation, at }: Weighed & { organisation: Organisation },
): Promise<boolean> {
  if (isCorporateAdmin(actor, organisation)) return false
  return batch.good + (await readSentAlone(tx, { actorId: actor.id, at })) > organisation.listThreshold
}

type Weighed = { batch: Batch; actor: KnownMember; at: Date }

async function ensureWithinLimits(tx: SqlTransaction, { batch, actor, at }: Weighed): Promise<void> {
  if (!batch.sendInvitations) return
  await ensureWithinDailyLimit(tx, { batch, at, isApproval: false })
  const [same] = await tx.$queryRaw<{ waits: boolean; at: Date; senderId: string; sender: string }[]>`
    SELECT (b."status" = 'awaiting_approval') AS "waits", coalesce(b."confirmedAt", b."createdAt") AS "at",
      b."inviterId" AS "senderId",
      coalesce(nullif(p."slackName", ''), nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email", 'somebody')
        AS "sender"
    FROM "Batch" b JOIN "Person" p ON p."id" = b."inviterId"
    WHERE b."organisationId" = ${batch.organisationId}::uuid AND b."contentKey" = ${batch.contentKey}
      AND b."sendInvitations" AND (b."status" = 'awaiting_approval'
        OR (b."status" IN ('confirmed', 'done') AND b."confirmedAt" > ${new Date(at.getTime() - DAY)}))
    ORDER BY b."createdAt" DESC LIMIT 1`
  if (!same) return
  const when = same.at.toISOString()
  throw new Refusal('list_sent_today', {
    detail: {
      at: same.waits ? `on ${when.slice(0, 10)}` : `at ${when.slice(11, 16)} UTC`,
      by: same.senderId === actor.id ? 'you' : same.sender,
      ...(same.waits ? { waits: 'yes' } : {}),
    },
  })
}

/**
 * Asked when a list is confirmed and again when it is approved; what counts is who sends it. Throws Refusal
 * `list_past_daily_limit`.
 */
export async function ensureWithinDailyLimit(
  tx: SqlTransaction,
  { batch, at, isApproval }: { batch: Batch; at: Date; isApproval: boolean },
): Promise<void> {
  // Two lists of one organisation that are confirmed at once are counted one after the other.
  await lockBulk(tx, batch.organisationId)
  const left = await readBulkLeft(tx, { actorId: batch.inviterId, at })
  if (batch.good <= left) return
  const detail = { left, most: LIST_PEOPLE_A_DAY, ...(isApproval ? { request: 'yes' } : {}) }
  throw new Refusal('list_past_daily_limit', { detail })
}

/** A list that needs a second person waits for them; nobody on it is invited before. */
async function askForList(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'followUp' | 'now'>,
  { batch, actor, organisation, origin }: CarriedOut,
): Promise<ConfirmedList> {
  const count = await tx.$executeRaw`
    UPDATE "Batch" SET "status" = 'awaiting_approval' WHERE "id" = ${batch.id}::uuid AND "status" = 'draft'`
  if (count !== 1 || !batch.hubId) throw new Refusal('list_changed')
  await openRequest(tx, c, {
    organisationId: batch.organisationId,
    requesterId: actor.id,
    requesterName: actor.name,
    subject: { batchId: batch.id },
    subjectName: batch.fileName || 'a list',
    hubId: batch.hubId,
    departmentId: batch.departmentId,
    approvalHours: organisation.approvalHours,
    origin,
    wanted: {
      people: batch.good,
      ...(batch.userType ? { userType: USER_TYPE_NAMES[batch.userType] } : {}),
      ...(batch.role ? { role: ROLE_NAMES[batch.role] } : {}),
    },
  })
  return { batchId: batch.id, isRequest: true, sendInvitations: true }
}
