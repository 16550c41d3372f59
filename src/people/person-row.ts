// One row of a file, read as a person; or what is wrong with it, to be mended.
import { cleanLine } from '../clean-text.ts'
import { Refusal } from '../refusal.ts'
import type { Column, Columns } from './columns.ts'
import { type EmailAddress, readEmailAddress } from './email-address.ts'
import { readMobile } from './mobile.ts'
import { readStartDate } from './start-date.ts'
import { readUserName } from './user-name.ts'

export type PersonRow = {
  /** Where the row begins in the file, from 1. */
  line: number
  /** The address, malformed or not, or without one the row as it stands; cut to 200 characters. */
  written: string
  address: EmailAddress | null
  firstName: string
  lastName: string
  /** E.164. */
  mobile: string | null
  /** As it was typed, in its own form; for people without an address. */
  userName: string | null
  departmentName: string
  locationName: string
  employeeType: 'employee' | 'contractor' | null
  /** YYYY-MM-DD. */
  startDate: string | null
  groups: string[]
  active: boolean | null
}

export type RowProblemCode =
  | 'address_malformed'
  | 'address_missing'
  | 'user_name_malformed'
  | 'several_addresses'
  | 'mobile_malformed'
  | 'mobile_without_country'
  | 'start_date_unclear'
  | 'start_date_malformed'
  | 'employee_type_unknown'
  | 'active_unknown'
  | 'name_too_long'
  | 'too_many_groups'
  | 'too_many_columns'

/** `written` is what the row says there, cut short; `most` what is allowed at most; `field` the column. */
export type RowProblem = { code: RowProblemCode; detail: { written?: string; most?: number; field?: Column } }

export type ReadRow = { row: PersonRow; problem?: RowProblem }

/** As a person's own name at the sign-up, and as departments and locations (organisation/settings.ts). */
export const NAME_LENGTH = 80
export const UNIT_LENGTH = 60
const GROUPS = 50
export const WRITTEN_LENGTH = 200
const SHOWN_LENGTH = 60
/** No cell that is read says more than this; what is longer is too long for its column anyway. */
const CELL_LOOKED_AT = 5_000

/** A row without a header is searched for more addresses so far; one is enough to refuse it. */
const CELLS_SEARCHED = 100

const YES = new Set(['yes', 'y', 'true', '1', 'active', 'ja', 'aktiv', 'да', 'активен'])
const NO = new Set(['no', 'n', 'false', '0', 'inactive', 'nein', 'inaktiv', 'нет', 'неактивен'])

/**
 * Reads the cells of one row; `countries`: those that the organization sends text messages to. A row may have one problem: the first of those that stand in the person's way; what it
 * concerns is empty or null, the rest is read. `address_missing` comes last, so that a caller who reaches people by
 * their mobile too may take such a row.
 */
export function readPersonRow(
  cells: string[],
  { line, columns, countries }: { line: number; columns: Columns; countries: readonly string[] },
): ReadRow {
  const problems: RowProblem[] = []
  const add = (code: RowProblemCode, detail: RowProblem['detail'] = {}) => problems.push({ code, detail })
  const cell = (column: Column) => {
    const at = columns.at[column]
    return at === undefined ? '' : (cells[at] ?? '').slice(0, CELL_LOOKED_AT)
  }
  const named = (column: Column, most: number, text = cell(column)) => {
    const name = cleanLine(text)
    if (name.length <= most) return name
    add('name_too_long', { field: column, most })
    return ''
  }

  const email = cell('email').trim()
  const address = readEmailAddress(email) ?? null
  const others = cells
    .slice(0, CELLS_SEARCHED)
    .filter((text, index) => index !== columns.at.email && text.includes('@'))
  if (email !== '' && !address) add('address_malformed', { written: cutTo(email, SHOWN_LENGTH) })
  if (columns.hasHeader && cells.slice(columns.width).some((text) => text.trim() !== '')) {
    add('too_many_columns', { most: columns.width })
  }
  // A list of addresses in one line is no row of a person: nobody in it is to be passed over.
  if (!columns.hasHeader && others.some((text) => readEmailAddress(text))) add('several_addresses')

  const whole = readWholeName(cell, email, address)
  const row: PersonRow = {
    line,
    written: cutTo(email === '' ? asWritten(cells) : email, WRITTEN_LENGTH),
    address,
    firstName: named('firstName', NAME_LENGTH, whole.firstName),
    lastName: named('lastName', NAME_LENGTH, whole.lastName),
    mobile: null,
    userName: null,
    departmentName: named('department', UNIT_LENGTH),
    locationName: named('location', UNIT_LENGTH),
    employeeType: null,
    startDate: null,
    groups: [],
    active: null,
  }

  const mobile = cell('mobile').trim()
  if (mobile !== '') {
    const reading = mobileOf(mobile, countries)
    if ('number' in reading) row.mobile = reading.number
    else add(reading.problem, { written: cutTo(mobile, SHOWN_LENGTH) })
  }
  const userName = cell('userName').trim()
  if (userName !== '') {
    row.userName = userNameOf(userName)
    if (row.userName === null) add('user_name_malformed', { written: cutTo(userName, SHOWN_LENGTH) })
  }
  const start = cell('startDate').trim()
  if (start !== '') {
    const reading = readStartDate(start)
    if ('date' in reading) row.startDate = reading.date
    else add(reading.problem, { written: cutTo(start, SHOWN_LENGTH) })
  }
  const type = cleanLine(cell('employeeType')).toLowerCase()
  if (type === 'employee' || type === 'contractor') row.employeeType = type
  else if (type !== '') add('employee_type_unknown', { written: cutTo(cell('employeeType').trim(), SHOWN_LENGTH) })
  const active = cleanLine(cell('active')).toLowerCase()
  if (active !== '') {
    if (YES.has(active)) row.active = true
    else if (NO.has(active)) row.active = false
    else add('active_unknown', { written: cutTo(cell('active').trim(), SHOWN_LENGTH) })
  }
  const groups = readGroups(cell('groups'))
  if (groups.length > GROUPS) add('too_many_groups', { most: GROUPS })
  else row.groups = groups.map((group) => named('groups', UNIT_LENGTH, group)).filter((group) => group !== '')
  // Whoever has a name can be reached by SMS or a slip.
  if (email === '' && (row.firstName === '' || row.lastName === '')) add('address_missing')

  const [problem] = problems
  return problem ? { row, problem } : { row }
}

type Name = { firstName: string; lastName: string }

/** The name from its own columns, else from the one with the whole name, else from the address: `Ana <ana@x.org>`. */
function readWholeName(cell: (column: Column) => string, email: string, address: EmailAddress | null): Name {
  const firstName = cell('firstName')
  const lastName = cell('lastName')
  if (firstName.trim() !== '' || lastName.trim() !== '') return { firstName, lastName }
  const familyFirst = cleanLine(cell('familyNameFirst'))
  if (familyFirst !== '') {
    const [family = '', ...own] = familyFirst.split(' ')
    return { firstName: own.join(' '), lastName: family.replace(/,$/, '') }
  }
  const beside = address && email.includes('<') ? email.slice(0, email.indexOf('<')).replaceAll('"', '') : ''
  return splitName(cleanLine(cell('name')) || cleanLine(beside))
}

/** "Ana Maria Diaz" and "Diaz, Ana Maria" have the same parts. */
export function splitName(name: string): Name {
  const comma = name.indexOf(',')
  if (comma !== -1) return { firstName: name.slice(comma + 1).trim(), lastName: name.slice(0, comma).trim() }
  const space = name.lastIndexOf(' ')
  return space === -1
    ? { firstName: name, lastName: '' }
    : { firstName: name.slice(0, space), lastName: name.slice(space + 1) }
}

function readGroups(text: string): string[] {
  const byName = new Map<string, string>()
  for (const part of text.split(/[,;|\n]/)) {
    const group = cleanLine(part)
    if (group !== '' && !byName.has(group.toLowerCase())) byName.set(group.toLowerCase(), group)
  }
  return [...byName.values()]
}

function mobileOf(
  text: string,
  countries: readonly string[],
): { number: string } | { problem: 'mobile_malformed' | 'mobile_without_country' } {
  try {
    return { number: readMobile(text, countries) }
  } catch (error) {
    // A row is told, not thrown: the rows behind it are read all the same.
    if (!(error instanceof Refusal)) throw error
    return { problem: error.code === 'mobile_without_country' ? error.code : 'mobile_malformed' }
  }
}

function userNameOf(text: string): string | null {
  try {
    return readUserName(text)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return null
  }
}

const asWritten = (cells: string[]) =>
  cleanLine(
    cells
      .slice(0, 30)
      .map((text) => text.slice(0, WRITTEN_LENGTH))
      .join(', '),
  )

export const cutTo = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text)
