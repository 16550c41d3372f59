// What a member is told about a list: why a file could not be read, and why a row was not taken. A sentence each, saying
// what to do.
import type { RowProblem, RowProblemCode, UnreadableList, UnreadableReason } from '../people/index.ts'

const KINDS = {
  excel: 'an Excel workbook. Save it as CSV (in Excel: Save As, “CSV UTF-8”) and choose that file.',
  open_document: 'a LibreOffice document. Save it as CSV (“Text CSV”) and choose that file.',
  word: 'a Word document. Copy the addresses out of it and paste them, or make a CSV file of them.',
  zip: 'a zip archive. Unpack it and choose the CSV file that is inside.',
  gzip: 'a packed file. Unpack it and choose the CSV file that is inside.',
  pdf: 'a PDF. Copy the addresses out of it and paste them, or ask whoever made it for a CSV file.',
  picture: 'a picture. Choose a CSV file.',
  rtf: 'a formatted text (RTF). Save it as plain text or CSV and choose that file.',
  xml: 'an XML file. Save the list as CSV and choose that file.',
  binary: 'no text at all. Save the list as CSV and choose that file.',
} as const

const number = new Intl.NumberFormat('en')
const megabytes = (bytes: number) => `${number.format(Math.round((bytes / 1024 / 1024) * 10) / 10)} MB`

/** The sentence for a file that could not be read. */
export function wordsForUnreadable(error: UnreadableList): string {
  return unreadable(error.reason)
}

function unreadable({ code, detail }: UnreadableReason): string {
  switch (code) {
    case 'too_large':
      return `This file is larger than ${megabytes(detail.most)}. Send it in smaller parts.`
    case 'too_many_rows':
      return detail.blank
        ? `This file has more than ${number.format(detail.most)} empty lines. Take them out and choose it again.`
        : `This file has more than ${number.format(detail.most)} people. Send it in smaller parts.`
    case 'empty':
      return 'There is nobody in this file. Choose one with an e-mail address in each line.'
    case 'not_text':
      return `This is no CSV file; it seems to be ${KINDS[detail.seems]}`
    case 'web_page':
      return 'Instead of the file there came a web page, as when somebody has to sign in first. Choose the file again; if it happens once more, ask whoever runs Usher to check that the app may read files.'
    case 'encoding':
      return detail.looksLike === ''
        ? 'The letters of this file cannot be read. Save it as “CSV UTF-8” and choose it again.'
        : `The letters of this file cannot be read: it looks like ${detail.looksLike}. Save it as “CSV UTF-8” and choose it again.`
    case 'no_email_column':
      return `No column of this file is called “email” (the first line says: ${detail.columns}). Call the column with the addresses “email”, or leave the first line out if every line begins with an address.`
    case 'unclosed_quote':
      return `The quotation mark (") that opens in line ${detail.line} is not closed. Close it or take it out.`
    case 'cell_too_long':
      return `Line ${detail.line} is too long for a row of people: a cell holds at most ${number.format(detail.most)} characters. Mend or remove it.`
  }
}

const ROWS: Record<RowProblemCode, (detail: RowProblem['detail']) => string> = {
  address_malformed: () => 'This is not an e-mail address. It should look like ana@example.org.',
  user_name_malformed: ({ written }) =>
    `${quoted(written, 'The user name')} is not a user name. Use small letters and digits, like ana.diaz.`,
  address_missing: () =>
    'There is no e-mail address here. Add one, or a first name and a last name: then it goes by SMS, or as a slip.',
  several_addresses: () => 'There are several addresses in this row. Give each a line of its own.',
  mobile_malformed: ({ written }) =>
    /\de\+?\d/i.test(written ?? '')
      ? `${quoted(written, 'The mobile')} was shortened by a spreadsheet. Enter all its digits, with the country code.`
      : `${quoted(written, 'The mobile')} is not a mobile number. It should look like +7 905 111-11-11.`,
  mobile_without_country: ({ written }) =>
    `${quoted(written, 'The mobile number')} has no country code. Enter a phone number with its country code, like +1 555 123 4567.`,
  start_date_unclear: ({ written }) =>
    `${quoted(written, 'The start date')} can mean two different days. Write it like 2026-03-04.`,
  start_date_malformed: ({ written }) =>
    `${quoted(written, 'The start date')} is not a date. Write it like 2026-03-04.`,
  employee_type_unknown: ({ written }) =>
    `${quoted(written, 'The employee type')} is not an employee type. Write Employee or Contractor, or leave it empty.`,
  active_unknown: ({ written }) =>
    `${quoted(written, 'What stands under “active”')} is not clear. Write yes or no, or leave it empty.`,
  name_too_long: ({ field, most }) =>
    `${NAMES[field ?? 'name'] ?? 'A name'} is too long${most ? `: at most ${most} characters fit` : ''}. Shorten it.`,
  too_many_groups: ({ most }) => `There are too many groups in this row${most ? `: at most ${most} fit` : ''}.`,
  too_many_columns: ({ most }) =>
    `This row has more cells than ${most ? `the ${most} columns of ` : ''}the first line. Put quotation marks (") around a cell that has a comma in it.`,
}

const NAMES: Partial<Record<NonNullable<RowProblem['detail']['field']>, string>> = {
  firstName: 'The first name',
  lastName: 'The last name',
  department: 'The name of the department',
  location: 'The name of the location',
  groups: 'The name of a group',
}

/** Why rules or other rows keep a row out. */
const REASONS: Record<string, string> = {
  repeated_person: 'This user name or mobile number stands in the list already; it counts once.',
  repeated: 'This address stands in the list already; it counts once.',
  could_not_be_invited: 'This address could not be invited.',
  is_in_hub: 'This address has an account in this hub already.',
  has_open_invitation: 'An invitation of this address to this hub is open already.',
  account_paused: 'The account of this address is paused.',
  person_inactive: 'The person is not active in the organisation.',
  department_unknown: 'There is no department of this name. Mend the name, or leave it empty.',
  location_unknown: 'There is no location of this name. Mend the name, or leave it empty.',
  other_department: 'You can bring people only into your own department. Leave the department empty.',
  may_not_change: 'Nobody changes themselves or somebody above them by an import. Ask a Corporate Admin.',
  not_in_your_department: 'This person is known outside your department. Ask a Corporate Admin to change them.',
  marked_inactive: 'The list says that this person is not active: not invited.',
  left_out: 'Left out by the person who approved the list.',
}

/** The sentence for a row that cannot be used as it is. */
export function wordsForRow({ code, detail }: RowProblem): string {
  return ROWS[code](detail)
}

/** The sentence for a row as it was kept: with the code of a RowProblem and its detail, or with that of a rule. */
export function wordsForReason(reason: string, detail: RowProblem['detail'] = {}): string {
  const row = Object.entries(ROWS).find(([code]) => code === reason)
  return row ? row[1](detail) : (REASONS[reason] ?? 'This row could not be taken. Check it and send it again.')
}

const quoted = (written: string | undefined, otherwise: string) => (written ? `“${written}”` : otherwise)
