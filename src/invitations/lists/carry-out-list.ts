// A list that is confirmed, or approved, becomes people, invitations, audit events and jobs, all in one transaction.
// The first message leaves a minute later, so that the list can still be undone.
import { record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import type { Batch, SqlTransaction } from '../../database/index.ts'
import { type KnownMember, type Organisation, ROLE_NAMES, USER_TYPE_NAMES } from '../../organisation/index.ts'
import { Refusal } from '../../refusal.ts'
import { lockPhones } from '../contact-limit.ts'
import { lockBulk } from './allowance.ts'
import { inviteRows } from './invite-rows.ts'
import { UNDO_WITHIN } from './limits.ts'
import { ownDepartmentOf, placesOf } from './prepare-list.ts'
import { goodRows, namedDepartments, nameOfList, setAsideBeyondRights, setAsideOutsiders } from './store.ts'
import { writePeople } from './write-people.ts'

export type ListTotals = { invited: number; couldNot: number; added: number; changed: number; unchanged: number }

export type CarriedOut = {
  batch: Batch
  /** Who confirmed or approved it; the invitations are in the sender's name. */
  actor: KnownMember
  /** Whose list it is, where somebody else approved it: an import is placed by the rights of whoever brings it. */
  sender?: KnownMember
  organisation: Organisation
  origin: string
}

/**
 * Carries a list out, chunk by chunk. Throws Refusal `list_changed` when it was carried out or taken back before, and
 * `may_not_give` when a row names a department that whoever confirms or approves may not place people in.
 */
export async function carryOutList(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'followUp' | 'letGo' | 'now'>,
  { batch, actor, sender = actor, organisation, origin }: CarriedOut,
): Promise<ListTotals> {
  const at = c.now()
  const isImport = batch.source === 'import'
  const count = await tx.$executeRaw`
    UPDATE "Batch" SET "status" = 'confirmed', "confirmedAt" = ${at}, "startsAt" = ${new Date(at.getTime() + UNDO_WITHIN)}
    WHERE "id" = ${batch.id}::uuid AND "status" IN ('draft', 'awaiting_approval')`
  if (count !== 1) throw new Refusal('list_changed')

  // Lists of one organisation are carried out one after the other: the same people may stand on several.
  await lockBulk(tx, batch.organisationId)
  if (batch.sendInvitations && (await hasPhones(tx, batch.id))) await lockPhones(tx, batch.organisationId)
  const mayGive = placesOf(actor, organisation, { choices: batch, isImport: false })
  const mayBring = placesOf(sender, organisation, { choices: { ...batch, sendInvitations: false }, isImport })
  const named = await namedDepartments(tx, batch.id)
  if (!named.every((department) => mayGive(department) && mayBring(department))) throw new Refusal('may_not_give')

  const total = { invited: 0, couldNot: 0, added: 0, changed: 0, unchanged: 0 }
  const departmentId = isImport ? ownDepartmentOf(sender, organisation) : null
  if (departmentId) total.couldNot += await setAsideOutsiders(tx, batch.id, { departmentId, as: 'could_not' })
  if (isImport) total.couldNot += await setAsideBeyondRights(tx, batch.id, { sender, organisation })
  for (let after = 0; ; ) {
    const rows = await goodRows(tx, batch.id, after)
    const to = rows.at(-1)?.position
    if (to === undefined) break
    const range = { from: after + 1, to, at }
    const who = { actor, sender, organisation }
    const people = await writePeople(tx, c, { batch, rows, isImport, departmentId, ...who, origin, range })
    total.added += people.added
    total.changed += people.changed
    total.unchanged += people.unchanged
    if (batch.sendInvitations) {
      const chunk = await inviteRows(tx, {
        batch,
        organisation,
        actor,
        range,
        rows,
        origin,
        personIds: people.personIds,
      })
      await c.followUp(tx, chunk.followUps)
      total.invited += chunk.invited
      total.couldNot += rows.length - chunk.invited
    }
    after = to
  }
  await tx.$executeRaw`
    UPDATE "Batch" SET "invited" = ${total.invited}, "couldNot" = ${total.couldNot}, "added" = ${total.added},
      "changed" = ${total.changed}, "unchanged" = ${total.unchanged} WHERE "id" = ${batch.id}::uuid`
  await record(tx, [
    {
      organisationId: batch.organisationId,
      at,
      act: isImport ? 'people.imported' : 'list.sent',
      actor: { id: actor.id, name: actor.name },
      subject: { kind: 'list', id: batch.id, name: nameOfList(batch) },
      origin,
      after: {
        ...total,
        ...(batch.userType ? { userType: USER_TYPE_NAMES[batch.userType] } : {}),
        ...(batch.role ? { role: ROLE_NAMES[batch.role] } : {}),
      },
    },
  ])
  await c.followUp(tx, [{ kind: 'report', batchId: batch.id }])
  return total
}

async function hasPhones(tx: SqlTransaction, batchId: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ has: boolean }[]>`SELECT EXISTS (SELECT 1 FROM "BatchRow"
    WHERE "batchId" = ${batchId}::uuid AND "verdict" = 'good' AND "person"->>'channel' = 'sms') AS "has"`
  return row?.has ?? false
}
