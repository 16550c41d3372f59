// "Send invitations": the draft becomes people, invitations, audit events and jobs, all in one transaction. The first
// message leaves a minute later, so that the list can still be undone.
import { type AuditEvent, record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { type Batch, inTransaction, isId, type Transaction } from '../../database/index.ts'
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
import { ensureUnitsAreThere } from './ensure-units.ts'
import { inviteRows } from './invite-rows.ts'
import { LIST_LENGTH_FOR_ALL, LIST_PEOPLE_A_DAY, UNDO_WITHIN } from './limits.ts'
import { ensureMaySend } from './prepare-list.ts'
import { findBatch, goodRows, markVerdicts, writeGroups, writePeople } from './store.ts'

const DAY = 24 * 60 * 60 * 1000
/** Ten thousand rows take well under a second; a slow disk may take its time. In ms. */
const TIMEOUT = 60_000

export type Confirmation = { organisationId: string; actorId: string; batchId: string; origin: string }

/** How a confirmed list begins: the rest is told by its progress. */
export type ConfirmedList = { batchId: string; invited: number; couldNot: number; added: number; changed: number }

/**
 * Carries out a draft. Throws Refusal `list_unknown`, `list_changed` (confirmed or undone before), `list_empty`,
 * `list_sent_today` (with when and by whom), `list_needs_admin`, `list_past_daily_limit`, and as `ensureMaySend` does.
 */
export async function confirmList(
  c: Pick<Collaborators, 'db' | 'followUp' | 'now'>,
  request: Confirmation,
): Promise<ConfirmedList> {
  const { organisationId, actorId, batchId } = request
  if (!isId(batchId)) throw new Refusal('list_unknown')
  const at = c.now()
  return inTransaction(
    c.db,
    async (tx) => {
      const { batch, actor, organisation } = await load(tx, request)
      const isImport = batch.source === 'import'
      ensureMaySend(actor, organisation, { choices: { ...batch }, isImport })
      if (batch.sendInvitations) await ensureUnitsAreThere(c.db, organisationId, batch)
      await ensureWithinLimits(tx, { batch, actor, organisation, at })
      const { count } = await tx.batch.updateMany({
        where: { id: batchId, inviterId: actorId, organisationId, status: 'draft' },
        data: { status: 'confirmed', confirmedAt: at, startsAt: new Date(at.getTime() + UNDO_WITHIN) },
      })
      if (count !== 1) throw new Refusal('list_changed')

      const total = { invited: 0, couldNot: 0, added: 0, changed: 0, unchanged: 0 }
      const ownDepartment = isCorporateAdmin(actor, organisation) ? null : actor.departmentId
      let after = 0
      for (;;) {
        const rows = await goodRows(tx, batchId, after)
        const to = rows.at(-1)?.position
        if (to === undefined) break
        const range = { from: after + 1, to, at }
        const departmentId = isImport ? ownDepartment : null
        const people = await writePeople(tx, { ...batch, isImport }, { ...range, departmentId })
        await writeGroups(tx, batch, range)
        total.added += people.added
        total.changed += people.changed
        total.unchanged += people.unchanged
        if (batch.sendInvitations) {
          const chunk = await inviteRows(tx, { batch, organisation, actor, range, rows, origin: request.origin })
          await c.followUp(tx, chunk.followUps)
          total.invited += chunk.invited
          total.couldNot += rows.length - chunk.invited
        } else {
          await markVerdicts(tx, batchId, { ...range, verdict: 'invited' })
        }
        after = to
      }
      await tx.batch.update({ where: { id: batchId }, data: total })
      await record(tx, [told(batch, { actor, at, origin: request.origin, total })])
      await c.followUp(tx, [{ kind: 'report', batchId }])
      return { batchId, ...total }
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

type Weighed = { batch: Batch; actor: KnownMember; organisation: Organisation; at: Date }

async function ensureWithinLimits(tx: Transaction, { batch, actor, organisation, at }: Weighed): Promise<void> {
  if (!batch.sendInvitations) return
  if (batch.good > LIST_LENGTH_FOR_ALL && !isCorporateAdmin(actor, organisation)) {
    throw new Refusal('list_needs_admin', { detail: { length: batch.good, most: LIST_LENGTH_FOR_ALL } })
  }
  // Two lists of one organisation that are confirmed at once are counted one after the other.
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`lists ${batch.organisationId}`}, 0))::text`
  const since = new Date(at.getTime() - DAY)
  const sent = { status: { in: ['confirmed' as const, 'done' as const] }, confirmedAt: { gt: since } }
  const same = await tx.batch.findFirst({
    where: { ...sent, organisationId: batch.organisationId, contentKey: batch.contentKey },
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

function told(
  batch: Batch,
  { actor, at, origin, total }: { actor: KnownMember; at: Date; origin: string; total: Record<string, number> },
): AuditEvent {
  return {
    organisationId: batch.organisationId,
    at,
    act: batch.source === 'import' ? 'people.imported' : 'list.sent',
    actor: { id: actor.id, name: actor.name },
    subject: { kind: 'list', id: batch.id, name: batch.fileName || 'a list' },
    origin,
    after: {
      ...total,
      ...(batch.userType ? { userType: USER_TYPE_NAMES[batch.userType] } : {}),
      ...(batch.role ? { role: ROLE_NAMES[batch.role] } : {}),
    },
  }
}
