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
  mayText,
}: {
  units: Units
  mayPlace: (departmentId: string | null) => boolean
  isImport: boolean
  /** Whether a mobile number can be sent a text message. */
  mayText: (mobile: string) => boolean
}): Judge {
  const taken = new Set<string>()
  const counts = { good: 0, malformed: 0, repeated: 0, refused: 0 }

  function verdictOf({ row, problem }: ReadRow, key: string): Pick<JudgedRow, 'verdict' | 'reason'> {
    if (problem) return { verdict: 'malformed', reason: problem.code }
    if (taken.has(key)) return { verdict: 'repeated', reason: row.address ? 'repeated' : 'repeated_person' }
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
    taken.add(key)
    return { verdict: 'good', reason: '' }
  }

  return {
    counts,
    get keys() {
      return [...taken]
    },
    judge(read, position) {
      const { row, problem } = read
      const key = keyOf(row, position)
      const { verdict, reason } = verdictOf(read, key)
      counts[verdict] += 1
      return {
        position,
        line: row.line,
        written: row.written,
        emailKey: key,
        verdict,
        reason,
        person: {
          email: row.address?.written ?? '',
          firstName: row.firstName,
          lastName: row.lastName,
          mobile: row.mobile,
          userName: row.userName,
          channel: row.address ? 'email' : row.mobile !== null && mayText(row.mobile) ? 'sms' : 'slip',
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

/** By what the same person is told again in one list; of people without address, mobile and user name each is another. */
function keyOf({ address, mobile, userName }: ReadRow['row'], position: number): string {
  if (address) return address.key
  if (userName !== null) return `user ${userName}`
  return mobile !== null ? `mobile ${mobile}` : `row ${position}`
}
