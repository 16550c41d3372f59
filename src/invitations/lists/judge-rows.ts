// One row of a list after the other is judged: taken, malformed, repeated, or kept out by a rule. Pure.
import type { ReadRow } from '../../people/index.ts'
import { type JudgedRow, nameKey } from './store.ts'

export type Units = { departments: Map<string, string>; locations: Map<string, string> }

export type Judge = {
  counts: Record<JudgedRow['verdict'], number>
  /** The addresses that are taken. */
  readonly keys: string[]
  judge(read: ReadRow, position: number): JudgedRow
}

/**
 * Makes a judge of one list, which remembers the addresses it took: the second of the same is a repeated one.
 * `mayPlace` says whether a row may name a department.
 */
export function createJudge({
  units,
  mayPlace,
  isImport,
}: {
  units: Units
  mayPlace: (departmentId: string | null) => boolean
  isImport: boolean
}): Judge {
  const taken = new Set<string>()
  const counts = { good: 0, malformed: 0, repeated: 0, refused: 0 }

  function verdictOf({ row, problem }: ReadRow): Pick<JudgedRow, 'verdict' | 'reason'> {
    if (problem) return { verdict: 'malformed', reason: problem.code }
    if (!row.address) return { verdict: 'malformed', reason: 'address_missing' }
    if (taken.has(row.address.key)) return { verdict: 'repeated', reason: 'repeated' }
    const departmentId = units.departments.get(nameKey(row.departmentName))
    if (row.departmentName !== '' && departmentId === undefined) {
      return { verdict: 'refused', reason: 'department_unknown' }
    }
    if (row.locationName !== '' && !units.locations.has(nameKey(row.locationName))) {
      return { verdict: 'refused', reason: 'location_unknown' }
    }
    if (!mayPlace(departmentId ?? null)) return { verdict: 'refused', reason: 'other_department' }
    // An import brings them in all the same, as inactive.
    if (row.active === false && !isImport) return { verdict: 'refused', reason: 'marked_inactive' }
    // Only here: of a row that was kept out, the mended copy further down is not a repetition.
    taken.add(row.address.key)
    return { verdict: 'good', reason: '' }
  }

  return {
    counts,
    get keys() {
      return [...taken]
    },
    judge(read, position) {
      const { row, problem } = read
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
          departmentName: row.departmentName,
          locationName: row.locationName,
          employeeType: row.employeeType,
          startDate: row.startDate,
          groups: row.groups,
          active: row.active,
          ...(problem ? { problem: problem.detail } : {}),
        },
      }
    },
  }
}
