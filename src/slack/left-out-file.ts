// The rows of a list that were left out, as a file that can be mended and given again: every column as it was read.
import type { ListRow } from '../invitations/index.ts'
import { csvFile } from '../people/index.ts'
import { wordsForReason } from './list-words.ts'

type Column = { name: string; always?: true; of: (row: ListRow) => string }

/** What is malformed stands there as it was written, because it is what has to be mended. */
const malformed = ({ reason, problem }: ListRow, codes: string[]) => (codes.includes(reason) ? problem?.written : '')

/** Where what was read stands in place of the address: it is what has to be mended. */
const ADDRESS_REASONS = ['address_malformed', 'address_missing', 'several_addresses']

const COLUMNS: Column[] = [
  {
    name: 'email',
    always: true,
    of: ({ person, written, reason }) => person.email || (ADDRESS_REASONS.includes(reason) ? written : ''),
  },
  { name: 'first name', always: true, of: ({ person }) => person.firstName },
  { name: 'last name', always: true, of: ({ person }) => person.lastName },
  {
    name: 'mobile',
    of: (row) => row.person.mobile || malformed(row, ['mobile_malformed', 'mobile_without_country']) || '',
  },
  { name: 'user name', of: (row) => row.person.userName ?? (malformed(row, ['user_name_malformed']) || '') },
  { name: 'department', of: ({ person }) => person.departmentName },
  { name: 'location', of: ({ person }) => person.locationName },
  {
    name: 'employee type',
    of: (row) => row.person.employeeType || malformed(row, ['employee_type_unknown']) || '',
  },
  {
    name: 'start date',
    of: (row) => row.person.startDate || malformed(row, ['start_date_unclear', 'start_date_malformed']) || '',
  },
  { name: 'groups', of: ({ person }) => person.groups.join('; ') },
  { name: 'active', of: (row) => yesOrNo(row.person.active) || malformed(row, ['active_unknown']) || '' },
]

/** A row with its reason in words. */
export type LeftOut = ListRow & { words: string }

/** Of a row that was left out; what a mail server said is words already. */
export function withWords(row: ListRow): LeftOut {
  return { ...row, words: row.verdict === 'invited' ? row.reason : wordsForReason(row.reason, row.problem) }
}

/** The whole file; columns that say nothing of anybody are not in it. Pure. */
export function leftOutFile(rows: LeftOut[]): string {
  const columns = COLUMNS.filter(({ always, of }) => always || rows.some((row) => of(row) !== ''))
  const header = [...columns.map(({ name }) => name), 'line', 'reason']
  return csvFile([header, ...rows.map((row) => [...columns.map(({ of }) => of(row)), String(row.line), row.words])])
}

function yesOrNo(active: boolean | null): string {
  if (active === null) return ''
  return active ? 'yes' : 'no'
}
