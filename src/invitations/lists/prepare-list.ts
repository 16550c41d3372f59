// A list is read and judged, row by row; nothing happens to anybody yet. What was found is kept as a draft, so that the
// second step shows it and "Back" loses nothing.
import { createHash } from 'node:crypto'
import type { Collaborators } from '../../collaborators.ts'
import { type BatchSource, type DeliveryMode, isId, newId, type Role, type UserType } from '../../database/index.ts'
import {
  findMember,
  findOrganisation,
  type Grant,
  grantsOf,
  isCorporateAdmin,
  type KnownMember,
  mayGive,
  type Organisation,
  REQUESTABLE,
} from '../../organisation/index.ts'
import { mayText, type ReadRow } from '../../people/index.ts'
import { Refusal, Refusals } from '../../refusal.ts'
import { ensureUnitsAreThere } from './ensure-units.ts'
import { createJudge } from './judge-rows.ts'
import { findUnitIds, insertDraft, insertRows, removeDraft, setAsideOutsiders, setDraftCounts } from './store.ts'

export type { ReadRow } from '../../people/index.ts'

/** What is chosen once for everybody on a list. */
export type ListChoices = {
  hubId: string | null
  userType: UserType | null
  role: Role | null
  departmentId: string | null
  locationId: string | null
  language: string | null
  note: string
  /** A link where it is not said otherwise. */
  mode?: DeliveryMode
  /** False for people who are only brought in. */
  sendInvitations: boolean
}

export type ListRequest = {
  organisationId: string
  actorId: string
  source: BatchSource
  choices: ListChoices
  /** What was typed, kept for "Back"; the file's own name, shown to its sender. */
  pasted: string
  fileName: string
  rows: AsyncIterable<ReadRow[]> | Iterable<ReadRow[]>
}

export type ListDraft = {
  batchId: string
  good: number
  malformed: number
  repeated: number
  refused: number
}

/**
 * Judges a list and keeps it as a draft. Throws Refusals (fields `hubId`, `userType`, `role`) and Refusal
 * `may_not_invite`, `may_not_give`, `may_not_import`, `list_empty`, and whatever reading the rows throws.
 */
export async function prepareList(
  c: Pick<Collaborators, 'db' | 'now' | 'canText'>,
  request: ListRequest,
): Promise<ListDraft> {
  const { organisationId, actorId, choices } = request
  const organisation = await findOrganisation(c.db.prisma, { id: organisationId })
  const actor = await findMember(c.db.prisma, { id: actorId, organisationId })
  if (!organisation || !actor) throw new Refusal('may_not_invite')
  const isImport = request.source === 'import'
  ensureMaySend(actor, organisation, { choices, isImport })
  if (choices.sendInvitations) await ensureUnitsAreThere(c.db.prisma, organisationId, choices)

  const batchId = newId()
  const judge = createJudge({
    units: await findUnitIds(c.db, organisationId),
    mayText: (mobile) => c.canText && mayText(organisation, mobile) === undefined,
    mayPlace: placesOf(actor, organisation, { choices, isImport }),
    isImport,
  })
  await insertDraft(c.db, { ...request, id: batchId, createdAt: c.now() })
  let isKept = false
  try {
    let position = 0
    for await (const chunk of request.rows) {
      const judged = chunk.map((read) => judge.judge(read, ++position))
      await insertRows(c.db, batchId, judged)
    }
    if (position === 0) throw new Refusal('list_empty')
    const { counts, keys } = judge
    const own = isImport ? ownDepartmentOf(actor, organisation) : null
    const outsiders = own ? await setAsideOutsiders(c.db.prisma, batchId, { departmentId: own, as: 'refused' }) : 0
    const draft = { ...counts, good: counts.good - outsiders, refused: counts.refused + outsiders }
    const contentKey = hashOf([choices.hubId ?? '', isImport ? 'import' : 'list', ...keys.sort()])
    await setDraftCounts(c.db, batchId, { ...draft, contentKey })
    isKept = true
    return { batchId, ...draft }
  } finally {
    // A list that could not be read to its end is no list: nothing of it is kept.
    if (!isKept) await removeDraft(c.db, batchId)
  }
}

/**
 * Rights over what is chosen for the whole list: 'send', or 'ask' for whoever may invite nobody and has to ask somebody
 * who may. Throws as `prepareList` says; asked again when the list is confirmed.
 */
export function ensureMaySend(
  actor: KnownMember,
  organisation: Organisation,
  { choices, isImport }: { choices: ListChoices; isImport: boolean },
): 'send' | 'ask' {
  if (isImport && !mayImport(actor, organisation)) throw new Refusal('may_not_import')
  if (!choices.sendInvitations) return 'send'
  if (!actor.isActive) throw new Refusal('may_not_invite')
  const grants = grantsToAsk(actor, organisation)
  const { hubId, userType, role, departmentId } = choices
  const refusals: Refusal[] = []
  if (!hubId || !isId(hubId)) refusals.push(new Refusal('hub_unknown', { field: 'hubId' }))
  if (!userType) refusals.push(new Refusal('user_type_missing', { field: 'userType' }))
  if (!role) refusals.push(new Refusal('role_missing', { field: 'role' }))
  if (!hubId || !userType || !role || refusals.length > 0) throw new Refusals(refusals)
  if (!mayGive(grants, { hubId, userType, role, departmentId })) throw new Refusal('may_not_give')
  return grantsOf(actor, organisation).length > 0 ? 'send' : 'ask'
}

/** Whether a member may bring people in: Corporate Admins, and HR Admins into their own department. */
export function mayImport(actor: KnownMember, organisation: Organisation): boolean {
  return isCorporateAdmin(actor, organisation) || departmentOf(actor) !== null
}

/** The one department that somebody brings people into; null where they may bring them into any. */
export function ownDepartmentOf(actor: KnownMember, organisation: Organisation): string | null {
  return isCorporateAdmin(actor, organisation) ? null : departmentOf(actor)
}

function departmentOf(actor: KnownMember): string | null {
  return actor.isActive && !actor.isWorkspaceGuest && actor.role === 'hr_admin' ? actor.departmentId : null
}

/** Says whether a row may name a department (null: none). What a row says goes before what is chosen for the list. */
export function placesOf(
  actor: KnownMember,
  organisation: Organisation,
  { choices, isImport }: { choices: Omit<ListChoices, 'note' | 'language'>; isImport: boolean },
): (departmentId: string | null) => boolean {
  const own = isImport ? ownDepartmentOf(actor, organisation) : null
  const grants = grantsToAsk(actor, organisation)
  const { hubId, userType, role, sendInvitations } = choices
  return (departmentId) => {
    if (own !== null && departmentId !== null && departmentId !== own) return false
    if (!sendInvitations || !hubId || !userType || !role) return true
    return mayGive(grants, { hubId, userType, role, departmentId: departmentId ?? choices.departmentId })
  }
}

/** What somebody may give, or, where that is nothing, may ask others for. */
function grantsToAsk(actor: KnownMember, organisation: Organisation): Grant[] {
  const own = grantsOf(actor, organisation)
  return own.length > 0 ? own : [REQUESTABLE]
}

function hashOf(parts: string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\n')
  return hash.digest('base64url')
}
