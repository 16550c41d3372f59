// What every invitation gives, as fields of a form: hub, user type, role, department, location, and what goes with the
// message. One form for one person, another for many: the same fields, offering only what this member may give.

import type { KnownBlock } from '@slack/types'
import { NOTE_LENGTH } from '../invitations/index.ts'
import { languageChoices } from '../languages/index.ts'
import {
  findUnits,
  type Grant,
  grantsOf,
  loadChoices,
  REQUESTABLE,
  ROLE_NAMES,
  ROLES_TO_GIVE,
  type Role,
  type Unit,
  type UnitKind,
  USER_TYPE_NAMES,
  type UserType,
} from '../organisation/index.ts'
import { Refusal, Refusals } from '../refusal.ts'
import { type Choice, choiceField, MOST_OPTIONS, textField } from './blocks.ts'
import type { Feature, Visit } from './feature.ts'

/** One more than a menu holds, so that the form knows when it has to load them as the person types. */
const MOST_SHOWN = MOST_OPTIONS + 1
const USER_TYPES: UserType[] = ['hub_admin', 'team_member', 'external_member']

/** What the fields hold; null where nothing is chosen. User type and role are never chosen beforehand (SPEC, 1). */
export type AccessValues = {
  hubId: string | null
  userType: UserType | null
  role: Role | null
  departmentId: string | null
  locationId: string | null
  language: string | null
  note: string
}

export const NOTHING_CHOSEN: AccessValues = {
  hubId: null,
  userType: null,
  role: null,
  departmentId: null,
  locationId: null,
  language: null,
  note: '',
}

/** Menus with more than a hundred entries load as the person types: a feature with these fields has these choices. */
export const accessChoices: NonNullable<Feature['choices']> = {
  hubId: (visit, typed) => unitsToChoose(visit, 'hub', typed),
  departmentId: (visit, typed) => unitsToChoose(visit, 'department', typed),
  locationId: (visit, typed) => unitsToChoose(visit, 'location', typed),
}

/** Reads the fields out of a submitted form; what is no user type or no role counts as not chosen. */
export function readAccess(values: Record<string, string | null>): AccessValues {
  return {
    hubId: values.hubId ?? null,
    userType: USER_TYPES.find((type) => type === values.userType) ?? null,
    role: ROLES_TO_GIVE.find((role) => role === values.role) ?? null,
    departmentId: values.departmentId ?? null,
    locationId: values.locationId ?? null,
    language: values.language ?? null,
    note: values.note ?? '',
  }
}

/** Throws Refusals beside each of hub, user type and role that is not chosen. */
export function ensureAccessIsChosen({ hubId, userType, role }: AccessValues): void {
  const refusals: Refusal[] = []
  if (!hubId) refusals.push(new Refusal('hub_unknown', { field: 'hubId' }))
  if (!userType) refusals.push(new Refusal('user_type_missing', { field: 'userType' }))
  if (!role) refusals.push(new Refusal('role_missing', { field: 'role' }))
  if (refusals.length > 0) throw new Refusals(refusals)
}

type AccessFieldsOptions = {
  optional?: boolean
  /** No hub is chosen beforehand either. */
  undecided?: boolean
  only?: (keyof AccessValues)[]
  names?: { hubId?: string; departmentId?: string }
}

/**
 * The fields, with what was chosen before. `optional`: hub, user type and role may stay empty (a list that may only
 * bring people in); `only`: these fields and no others; `names`: of what was chosen before, where the menus may be too
 * long to hold it. Throws Refusal `may_not_invite` for whoever may give nothing.
 */
export async function accessFields(
  visit: Visit,
  chosen: AccessValues,
  { optional = false, undecided = optional, only, names = {} }: AccessFieldsOptions = {},
): Promise<KnownBlock[]> {
  const grants = offersFor(visit)
  const { hubs, departments, locations, ownDepartment } = await loadChoices(visit.c.db, {
    organisationId: visit.organisation.id,
    limit: MOST_SHOWN,
    hubIds: hubIdsOf(grants),
    ownDepartmentId: fixedDepartment(grants),
  })
  const fields = [
    hubField(hubs, chosen, { optional, undecided, name: names.hubId }),
    choiceField({
      id: 'userType',
      label: 'User type',
      hint: 'What the person is in this hub.',
      optional,
      choices: userTypesOf(grants),
      chosen: userTypesOf(grants).find(({ id }) => id === chosen.userType),
      ask: 'Choose a user type',
    }),
    choiceField({
      id: 'role',
      label: 'Role',
      hint: 'What the person is in the organisation.',
      optional,
      choices: rolesOf(grants),
      chosen: rolesOf(grants).find(({ id }) => id === chosen.role),
      ask: 'Choose a role',
    }),
    ...departmentField(departments, ownDepartment, { chosen, name: names.departmentId }),
    ...locationField(locations, chosen),
    languageField(visit, chosen),
    textField({
      id: 'note',
      label: 'Personal note',
      hint: 'Shown in the message as a quotation from you.',
      optional: true,
      value: chosen.note,
      most: NOTE_LENGTH,
      lines: true,
    }),
  ]
  return only ? fields.filter(({ block_id }) => only.some((name) => name === block_id)) : fields
}

/** What was chosen before; a menu that loads as somebody types may show what is not among its first entries. */
function findChosen(units: Unit[], id: string | null, name: string | undefined): Unit | undefined {
  const found = units.find((unit) => unit.id === id)
  return found ?? (units.length > MOST_OPTIONS && id && name ? { id, name } : undefined)
}

function hubField(
  hubs: Unit[],
  chosen: AccessValues,
  { optional, undecided, name }: { optional: boolean; undecided: boolean; name: string | undefined },
): KnownBlock {
  const [first, ...others] = hubs
  const usual = others.length === 0 || first?.isDefault ? first : undefined
  return choiceField({
    id: 'hubId',
    label: 'Hub',
    optional,
    choices: hubs,
    // What was chosen and is not offered any more has to be chosen anew: nothing else slips into its place.
    chosen: chosen.hubId !== null ? findChosen(hubs, chosen.hubId, name) : undecided ? undefined : usual,
    ask: 'Choose a hub',
  })
}

function departmentField(
  departments: Unit[],
  own: Unit | null,
  { chosen, name }: { chosen: AccessValues; name: string | undefined },
): KnownBlock[] {
  if (departments.length === 0) return []
  return [
    choiceField({
      id: 'departmentId',
      label: 'Department',
      hint: own ? 'You invite people into your own department.' : '',
      optional: !own,
      choices: own ? [own] : departments,
      chosen: own ?? findChosen(departments, chosen.departmentId, name),
      ask: 'None',
    }),
  ]
}

function locationField(locations: Unit[], chosen: AccessValues): KnownBlock[] {
  if (locations.length === 0) return []
  return [
    choiceField({
      id: 'locationId',
      label: 'Location',
      optional: true,
      choices: locations,
      chosen: locations.find(({ id }) => id === chosen.locationId),
      ask: 'None',
    }),
  ]
}

function languageField(visit: Visit, chosen: AccessValues): KnownBlock {
  const usual = languageChoices.find(({ id }) => id === visit.organisation.language)
  return choiceField({
    id: 'language',
    label: 'Language of the message',
    optional: true,
    choices: languageChoices,
    chosen: languageChoices.find(({ id }) => id === chosen.language),
    ask: `Their own, or else ${usual?.name ?? visit.organisation.language}`,
  })
}

function userTypesOf(grants: Grant[]): Choice[] {
  const given = USER_TYPES.filter((type) => grants.some(({ userTypes }) => userTypes.includes(type)))
  return given.map((id) => ({ id, name: USER_TYPE_NAMES[id] }))
}

function rolesOf(grants: Grant[]): Choice[] {
  const given = ROLES_TO_GIVE.filter((role) => grants.some(({ roles }) => roles.includes(role)))
  return given.map((id) => ({ id, name: ROLE_NAMES[id] }))
}

async function unitsToChoose(visit: Visit, kind: UnitKind, search: string): Promise<Unit[]> {
  const ids = kind === 'hub' ? hubIdsOf(offersFor(visit)) : undefined
  return findUnits(visit.c.db, kind, {
    organisationId: visit.organisation.id,
    limit: MOST_SHOWN,
    ...(search ? { search } : {}),
    ...(ids ? { ids } : {}),
  })
}

/** The hubs that somebody may invite into; undefined where these are all. */
function hubIdsOf(grants: Grant[]): string[] | undefined {
  if (grants.some(({ hubs }) => hubs === 'all')) return undefined
  return grants.flatMap(({ hubs }) => (hubs === 'all' ? [] : hubs))
}

/** What a form offers: what somebody may give, or, to whoever may invite nobody, what can be asked for. */
function offersFor({ member, organisation }: Visit): Grant[] {
  const grants = grantsOf(member, organisation)
  if (grants.length > 0) return grants
  if (!member.isActive) throw new Refusal('may_not_invite')
  return [REQUESTABLE]
}

/** Whether the form is one for asking: whoever may invite nobody sends a request. */
export function onlyAsks({ member, organisation }: Visit): boolean {
  return grantsOf(member, organisation).length === 0
}

/** The one department that somebody may invite into; undefined where they may choose. */
function fixedDepartment(grants: Grant[]): string | undefined {
  const [first, ...others] = new Set(grants.map(({ department }) => department))
  return others.length === 0 && first !== 'any' ? first : undefined
}
