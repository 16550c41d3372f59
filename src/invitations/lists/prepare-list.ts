// A list is read and judged, row by row; nothing happens to anybody yet. What was found is kept as a draft, so that the
// second step shows it and "Back" loses nothing.
import { createHash } from 'node:crypto'
import type { Collaborators } from '../../collaborators.ts'
import { type BatchSource, isId, newId, type Role, type UserType } from '../../database/index.ts'
import {
  findMember,
  findOrganisation,
  grantsOf,
  isCorporateAdmin,
  type KnownMember,
  mayGive,
  type Organisation,
  REQUESTABLE,
} from '../../organisation/index.ts'
import type { PersonRow, RowProblem } from '../../people/index.ts'
import { Refusal, Refusals } from '../../refusal.ts'
import { ensureUnitsAreThere } from './ensure-units.ts'
import { findUnitIds, insertDraft, insertRows, type JudgedRow, setDraftCounts } from './store.ts'

/** What is chosen once for everybody on a list. */
export type ListChoices = {
  hubId: string | null
  userType: UserType | null
  role: Role | null
  departmentId: string | null
  locationId: string | null
  language: string | null
  note: string
  /** False for people who are only brought in. */
  sendInvitations: boolean
}

export type ReadRow = { row: PersonRow; problem?: RowProblem }

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
export async function prepareList(c: Pick<Collaborators, 'db' | 'now'>, request: ListRequest): Promise<ListDraft> {
  const { organisationId, actorId, choices } = request
  const organisation = await findOrganisation(c.db.prisma, { id: organisationId })
  const actor = await findMember(c.db.prisma, { id: actorId, organisationId })
  if (!organisation || !actor) throw new Refusal('may_not_invite')
  ensureMaySend(actor, organisation, { choices, isImport: request.source === 'import' })
  if (choices.sendInvitations) await ensureUnitsAreThere(c.db, organisationId, choices)

  const batchId = newId()
  await insertDraft(c.db, { ...request, id: batchId, createdAt: c.now() })
  const ownDepartment = isCorporateAdmin(actor, organisation) ? null : departmentOf(actor)
  const judge = createJudge(await findUnitIds(c.db, organisationId), ownDepartment)
  let position = 0
  for await (const chunk of request.rows) {
    const judged = chunk.map((read) => judge.judge(read, ++position))
    await insertRows(c.db, batchId, judged)
  }
  const { counts, keys } = judge
  const contentKey = hashOf([choices.hubId ?? '', request.source === 'import' ? 'import' : 'list', ...keys.sort()])
  await setDraftCounts(c.db, batchId, { ...counts, contentKey })
  if (position === 0) throw new Refusal('list_empty')
  return { batchId, ...counts }
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
  const own = grantsOf(actor, organisation)
  const grants = own.length > 0 ? own : [REQUESTABLE]
  const { hubId, userType, role, departmentId } = choices
  const refusals: Refusal[] = []
  if (!hubId || !isId(hubId)) refusals.push(new Refusal('hub_unknown', { field: 'hubId' }))
  if (!userType) refusals.push(new Refusal('user_type_missing', { field: 'userType' }))
  if (!role) refusals.push(new Refusal('role_missing', { field: 'role' }))
  if (!hubId || !userType || !role || refusals.length > 0) throw new Refusals(refusals)
  if (!mayGive(grants, { hubId, userType, role, departmentId })) throw new Refusal('may_not_give')
  return own.length > 0 ? 'send' : 'ask'
}

/** Whether a member may bring people in: Corporate Admins, and HR Admins into their own department. */
export function mayImport(actor: KnownMember, organisation: Organisation): boolean {
  return isCorporateAdmin(actor, organisation) || departmentOf(actor) !== null
}

function departmentOf(actor: KnownMember): string | null {
  return actor.isActive && !actor.isWorkspaceGuest && actor.role === 'hr_admin' ? actor.departmentId : null
}

type Units = { departments: Map<string, string>; locations: Map<string, string> }

/** Judges one row after the other; remembers the addresses, because the second of the same is a repeated one. */
function createJudge(units: Units, ownDepartment: string | null) {
  const seen = new Set<string>()
  const counts = { good: 0, malformed: 0, repeated: 0, refused: 0 }
  const verdictOf = ({ row, problem }: ReadRow): Pick<JudgedRow, 'verdict' | 'reason'> => {
    if (problem) return { verdict: 'malformed', reason: problem.code }
    if (!row.address) return { verdict: 'malformed', reason: 'address_missing' }
    if (seen.has(row.address.key)) return { verdict: 'repeated', reason: 'repeated' }
    seen.add(row.address.key)
    const departmentId = units.departments.get(nameKey(row.departmentName))
    if (row.departmentName !== '' && departmentId === undefined) {
      return { verdict: 'refused', reason: 'department_unknown' }
    }
    if (row.locationName !== '' && !units.locations.has(nameKey(row.locationName))) {
      return { verdict: 'refused', reason: 'location_unknown' }
    }
    if (ownDepartment !== null && departmentId !== undefined && departmentId !== ownDepartment) {
      return { verdict: 'refused', reason: 'other_department' }
    }
    return { verdict: 'good', reason: '' }
  }
  return {
    counts,
    get keys() {
      return [...seen]
    },
    judge(read: ReadRow, position: number): JudgedRow {
      const { row } = read
      const { verdict, reason } = verdictOf(read)
      counts[verdict] += 1
      return {
        position,
        line: row.line,
        written: row.written,
        emailKey: row.address?.key ?? null,
        verdict,
        reason,
        person: {
          email: row.address?.written ?? '',
          firstName: row.firstName,
          lastName: row.lastName,
          mobile: row.mobile,
          departmentId: units.departments.get(nameKey(row.departmentName)) ?? null,
          locationId: units.locations.get(nameKey(row.locationName)) ?? null,
          employeeType: row.employeeType,
          startDate: row.startDate,
          groups: row.groups,
          active: row.active,
        },
      }
    },
  }
}

/** How names of departments and locations are compared. */
export function nameKey(name: string): string {
  return name.trim().replaceAll(/\s+/g, ' ').toLowerCase()
}

function hashOf(parts: string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part).update('\n')
  return hash.digest('base64url')
}
