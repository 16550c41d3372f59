// A Corporate Admin fills in whom the clock is to invite. Nothing happens to anybody: it is a draft, to be looked at.
import type { Collaborators } from '../../collaborators.ts'
import { inTransaction, isId, newId, type Role, type Transaction, type UserType } from '../../database/index.ts'
import {
  findMember,
  findOrganisation,
  grantsOf,
  isCorporateAdmin,
  type KnownMember,
  mayGive,
  type Organisation,
} from '../../organisation/index.ts'
import { Refusal, Refusals } from '../../refusal.ts'
import { ensureUnitsAreThere } from '../lists/ensure-units.ts'
import { MOST_GROUPS, MOST_IN_PASS } from './auto-rule.ts'

/** What a form holds; nothing of it is chosen beforehand. */
export type AutoForm = {
  groupIds: string[]
  hubId: string | null
  userType: UserType | null
  role: Role | null
  departmentId: string | null
  locationId: string | null
  language: string | null
  withoutStartDate: boolean
  /** As it was typed. */
  mostInPass: string
  consent: boolean
}

export type AutoDraftRequest = {
  organisationId: string
  actorId: string
  form: AutoForm
  /** The rule that there was when the form was opened. */
  replacesId: string | null
}

/** Drafts that were left behind are forgotten when their maker begins another. */
const KEPT = 24 * 60 * 60 * 1000

/**
 * Keeps a draft and gives its id. Throws Refusal `may_not_change_settings` and `may_not_give`, and Refusals
 * `group_missing`, `too_many_groups`, `hub_unknown`, `user_type_missing`, `role_missing`, `department_unknown`,
 * `location_unknown` and `setting_out_of_range`, each beside its field.
 */
export async function draftAutoRule(c: Pick<Collaborators, 'db' | 'now'>, request: AutoDraftRequest): Promise<string> {
  const { organisationId, actorId, form, replacesId } = request
  return inTransaction(c.db, async (tx) => {
    const { actor, organisation } = await ensureMaySetRule(tx, { organisationId, actorId })
    const chosen = await readForm(tx, organisationId, form)
    if (!mayGive(grantsOf(actor, organisation), chosen)) throw new Refusal('may_not_give')
    await ensureUnitsAreThere(tx, organisationId, chosen)
    const at = c.now()
    const before = new Date(at.getTime() - KEPT)
    await tx.autoRule.deleteMany({ where: { ownerId: actorId, status: 'draft', createdAt: { lt: before } } })
    const id = newId()
    const { groupIds, ...fields } = chosen
    await tx.autoRule.create({ data: { id, organisationId, ownerId: actorId, replacesId, createdAt: at, ...fields } })
    await tx.autoRuleGroup.createMany({ data: groupIds.map((groupId) => ({ ruleId: id, groupId })) })
    return id
  })
}

/** Who sets the rule of an organisation: its Corporate Admins. Throws Refusal `may_not_change_settings`. */
export async function ensureMaySetRule(
  tx: Transaction,
  { organisationId, actorId }: { organisationId: string; actorId: string },
): Promise<{ actor: KnownMember; organisation: Organisation }> {
  const organisation = await findOrganisation(tx, { id: organisationId })
  const actor = await findMember(tx, { id: actorId, organisationId })
  if (!organisation || !actor || !isCorporateAdmin(actor, organisation)) throw new Refusal('may_not_change_settings')
  return { actor, organisation }
}

type Chosen = Omit<AutoForm, 'hubId' | 'userType' | 'role' | 'mostInPass'> & {
  hubId: string
  userType: UserType
  role: Role
  mostInPass: number
}

async function readForm(tx: Transaction, organisationId: string, form: AutoForm): Promise<Chosen> {
  const { hubId, userType, role } = form
  const refusals: Refusal[] = []
  const wanted = [...new Set(form.groupIds.filter(isId))]
  const groups = await tx.group.findMany({
    where: { organisationId, id: { in: wanted }, deletedAt: null },
    select: { id: true },
    take: MOST_GROUPS + 1,
  })
  if (groups.length === 0) refusals.push(new Refusal('group_missing', { field: 'autoGroups' }))
  if (groups.length > MOST_GROUPS) {
    refusals.push(new Refusal('too_many_groups', { field: 'autoGroups', detail: { most: MOST_GROUPS } }))
  }
  if (!hubId || !isId(hubId)) refusals.push(new Refusal('hub_unknown', { field: 'hubId' }))
  if (!userType) refusals.push(new Refusal('user_type_missing', { field: 'userType' }))
  if (!role) refusals.push(new Refusal('role_missing', { field: 'role' }))
  const mostInPass = /^\d{1,6}$/.test(form.mostInPass.trim()) ? Number(form.mostInPass) : Number.NaN
  const { least, most } = MOST_IN_PASS
  if (!(mostInPass >= least && mostInPass <= most)) {
    const detail = { least, most, of: 'people' }
    refusals.push(new Refusal('setting_out_of_range', { field: 'mostInPass', detail }))
  }
  if (refusals.length > 0 || !hubId || !userType || !role) throw new Refusals(refusals)
  return { ...form, groupIds: groups.map(({ id }) => id), hubId, userType, role, mostInPass }
}
