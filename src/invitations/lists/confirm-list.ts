// "Send invitations": the draft is carried out, or goes to those who decide.
import type { Collaborators } from '../../collaborators.ts'
import { type Batch, inTransaction, isId, type Transaction } from '../../database/index.ts'
import {
  findMember,
  findOrganisation,
  isCorporateAdmin,
  type KnownMember,
  ROLE_NAMES,
  USER_TYPE_NAMES,
} from '../../organisation/index.ts'
import { Refusal } from '../../refusal.ts'
import { openRequest } from '../approvals/open-request.ts'
import { type CarriedOut, carryOutList } from './carry-out-list.ts'
import { ensureUnitsAreThere } from './ensure-units.ts'
import { LIST_PEOPLE_A_DAY } from './limits.ts'
import { ensureMaySend } from './prepare-list.ts'
import { findBatch } from './store.ts'

const DAY = 24 * 60 * 60 * 1000
/** Ten thousand rows take well under a second; a slow disk may take its time. In ms. */
const TIMEOUT = 60_000

export type Confirmation = { organisationId: string; actorId: string; batchId: string; origin: string }

/** A list is on its way, or somebody else has to agree first; the rest is told by messages. */
export type ConfirmedList = { batchId: string; isRequest: boolean }

/**
 * Carries out a draft, or asks for it: whoever may not invite needs a second person, and so does a list above the
 * organisation's threshold unless a Corporate Admin sends it. Throws Refusal `list_unknown`, `list_changed` (confirmed or
 * undone before), `list_empty`, `list_sent_today` (with when and by whom), `list_past_daily_limit`, and as
 * `ensureMaySend` and `carryOutList` do.
 */
export async function confirmList(
  c: Pick<Collaborators, 'db' | 'followUp' | 'now'>,
  request: Confirmation,
): Promise<ConfirmedList> {
  const { organisationId, batchId } = request
  if (!isId(batchId)) throw new Refusal('list_unknown')
  const at = c.now()
  return inTransaction(
    c.db,
    async (tx) => {
      const { batch, actor, organisation } = await load(tx, request)
      const isImport = batch.source === 'import'
      const right = ensureMaySend(actor, organisation, { choices: { ...batch }, isImport })
      if (batch.sendInvitations) await ensureUnitsAreThere(tx, organisationId, batch)
      const isLong = batch.good > organisation.listThreshold && !isCorporateAdmin(actor, organisation)
      const mustAsk = batch.sendInvitations && (right === 'ask' || isLong)
      await ensureWithinLimits(tx, { batch, actor, at })
      if (mustAsk) return askForList(tx, c, { batch, actor, organisation, origin: request.origin })
      await carryOutList(tx, c, { batch, actor, organisation, origin: request.origin })
      return { batchId, isRequest: false }
    },
    { timeoutMs: TIMEOUT },
  )
}

async function load(tx: Transaction, { organisationId, actorId, batchId }: Confirmation) {
  const batch = await findBatch(tx, { id: batchId, organisationId, inviterId: actorId })
  const organisation = await findOrganisation(tx, { id: organisationId })
  const actor = await findMember(tx, { id: actorId, organisationId })
  if (!batch || !organisation || !actor) throw new Refusal('list_unknown')
  if (batch.status !== 'draft') throw new Refusal('list_changed')
  if (batch.good === 0) throw new Refusal('list_empty')
  return { batch, organisation, actor }
}

type Weighed = { batch: Batch; actor: KnownMember; at: Date }

async function ensureWithinLimits(tx: Transaction, { batch, actor, at }: Weighed): Promise<void> {
  if (!batch.sendInvitations) return
  // Two lists of one organisation that are confirmed at once are counted one after the other.
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`lists ${batch.organisationId}`}, 0))::text`
  const since = new Date(at.getTime() - DAY)
  const sent = { status: { in: ['confirmed' as const, 'done' as const] }, confirmedAt: { gt: since } }
  const same = await tx.batch.findFirst({
    where: { ...sent, organisationId: batch.organisationId, contentKey: batch.contentKey, sendInvitations: true },
    orderBy: { confirmedAt: 'desc' },
    select: { confirmedAt: true, inviterId: true },
  })
  if (same?.confirmedAt) {
    const sender = await findMember(tx, { id: same.inviterId, organisationId: batch.organisationId })
    const when = same.confirmedAt.toISOString().slice(11, 16)
    throw new Refusal('list_sent_today', {
      detail: { at: `at ${when} UTC`, by: same.inviterId === actor.id ? 'you' : (sender?.name ?? 'somebody') },
    })
  }
  const { _sum } = await tx.batch.aggregate({
    where: { ...sent, inviterId: batch.inviterId, sendInvitations: true },
    _sum: { good: true },
  })
  const left = LIST_PEOPLE_A_DAY - (_sum.good ?? 0)
  if (batch.good > left) {
    throw new Refusal('list_past_daily_limit', { detail: { left: Math.max(left, 0), most: LIST_PEOPLE_A_DAY } })
  }
}

/** A list that needs a second person waits for them; nobody on it is invited before. */
async function askForList(
  tx: Transaction,
  c: Pick<Collaborators, 'followUp' | 'now'>,
  { batch, actor, organisation, origin }: CarriedOut,
): Promise<ConfirmedList> {
  const { count } = await tx.batch.updateMany({
    where: { id: batch.id, status: 'draft' },
    data: { status: 'awaiting_approval' },
  })
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
  return { batchId: batch.id, isRequest: true }
}
