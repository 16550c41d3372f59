// A pasted list in the same form as a file, so that both go the same way from here on.
import { cleanLine } from '../clean-text.ts'
import { cutTo, NAME_LENGTH, type PersonRow, type ReadRow, splitName, WRITTEN_LENGTH } from './person-row.ts'
import type { RecipientList } from './recipients.ts'

/** Gives a row for each recipient and, with its problem, for each thing that is no address; in the order of lines. */
export function rowsOfRecipients({ recipients, unrecognised }: RecipientList): ReadRow[] {
  const good = recipients.map(({ line, address, name }): ReadRow => {
    const { firstName, lastName } = splitName(cleanLine(name))
    const fits = firstName.length <= NAME_LENGTH && lastName.length <= NAME_LENGTH
    const row = { ...emptyRow(line, address.written), address }
    return { row: fits ? { ...row, firstName, lastName } : row }
  })
  const bad = unrecognised.map(
    ({ line, written }): ReadRow => ({
      row: emptyRow(line, cutTo(cleanLine(written), WRITTEN_LENGTH)),
      problem: { code: 'address_malformed', detail: { written: cutTo(cleanLine(written), WRITTEN_LENGTH) } },
    }),
  )
  return [...good, ...bad].sort((a, b) => a.row.line - b.row.line)
}

function emptyRow(line: number, written: string): PersonRow {
  return {
    line,
    written,
    address: null,
    firstName: '',
    lastName: '',
    mobile: null,
    userName: null,
    departmentName: '',
    locationName: '',
    employeeType: null,
    startDate: null,
    groups: [],
    active: null,
  }
}
