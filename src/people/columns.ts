// The columns of a file of people: by what names they are known, in which order they stand.
import { cleanLine } from '../clean-text.ts'
import { readEmailAddress } from './email-address.ts'
import { UnreadableList } from './unreadable-list.ts'

export type Column =
  | 'email'
  | 'firstName'
  | 'lastName'
  | 'name'
  | 'familyNameFirst'
  | 'mobile'
  | 'userName'
  | 'department'
  | 'location'
  | 'employeeType'
  | 'startDate'
  | 'groups'
  | 'active'

export type Columns = {
  hasHeader: boolean
  /** Which cell holds what, from 0. */
  at: Partial<Record<Column, number>>
  /** How many cells the first line has. */
  width: number
  /** The columns that are not read, as they are called ("column 3" without a name). */
  ignored: string[]
}

/** Spellings in small letters, with nothing but letters and digits. */
const SPELLINGS: Record<Column, string[]> = {
  email: [
    ...['email', 'mail', 'emailaddress', 'mailaddress', 'workemail', 'companyemail', 'businessemail'],
    ...['emails', 'emailwork', 'useremail', 'mailadresse', 'emailadresse', 'почта', 'электроннаяпочта', 'эпочта'],
    ...['адресэлектроннойпочты', 'емейл', 'имейл', 'емайл', 'рабочаяпочта'],
  ],
  firstName: ['firstname', 'first', 'givenname', 'forename', 'vorname', 'имя'],
  lastName: ['lastname', 'last', 'surname', 'familyname', 'nachname', 'familienname', 'фамилия'],
  name: ['name', 'fullname', 'displayname', 'wholename', 'vollername', 'имяифамилия'],
  familyNameFirst: ['фио', 'фамилияимя', 'фамилияимяотчество', 'фамилияиимя'],
  mobile: [
    ...['mobile', 'mobilephone', 'mobilenumber', 'phone', 'phonenumber', 'cell', 'cellphone', 'telephone', 'tel'],
    ...['handy', 'handynummer', 'mobil', 'mobilnummer', 'mobiltelefon', 'telefon', 'telefonnummer'],
    ...['телефон', 'мобильный', 'мобильныйтелефон', 'номертелефона', 'сотовый'],
  ],
  userName: ['username', 'user', 'login', 'loginname', 'benutzername', 'имяпользователя', 'логин'],
  department: ['department', 'dept', 'abteilung', 'отдел', 'подразделение', 'департамент'],
  location: ['location', 'office', 'site', 'standort', 'офис', 'местоположение', 'площадка'],
  employeeType: [
    ...['employeetype', 'type', 'employmenttype', 'mitarbeitertyp', 'beschäftigungsart'],
    ...['типсотрудника', 'тип', 'типзанятости'],
  ],
  startDate: [
    ...['startdate', 'start', 'starts', 'startson', 'hiredate', 'joiningdate', 'dateofjoining', 'firstday'],
    ...['startdatum', 'eintrittsdatum', 'eintritt', 'датаначала', 'датавыхода', 'датаприема', 'датаприёма'],
  ],
  groups: ['groups', 'group', 'usergroups', 'usergroup', 'gruppe', 'gruppen', 'группа', 'группы'],
  active: ['active', 'isactive', 'aktiv', 'активен', 'активный'],
}

const COLUMN_OF: ReadonlyMap<string, Column> = new Map(columnsBySpelling())

/** More columns than this are not looked at; no list of people has as many. */
const COLUMNS_NAMED = 100
const NAME_SHOWN = 40

/** What a column called so holds; undefined where the name is not known. */
export function columnOf(name: string): Column | undefined {
  if (name.length > 100) return undefined
  const letters = name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
  return COLUMN_OF.get(letters)
}

/**
 * Reads the first line of a file: the names of its columns, or, where an address stands in it, the first person; then
 * the addresses are in the column of that address. Throws UnreadableList `no_email_column`.
 */
export function readColumns(cells: string[]): Columns {
  const kinds = cells.map((cell) => columnOf(cell))
  const firstAddress = cells.findIndex((cell) => readEmailAddress(cell))
  // A column may be called "mail@work", but a line of names holds no address.
  if (firstAddress !== -1 || (!kinds.includes('email') && cells[0]?.includes('@'))) {
    const email = Math.max(firstAddress, 0)
    const ignored = cells.flatMap((_, index) => (index === email ? [] : [`column ${index + 1}`]))
    return { hasHeader: false, at: { email }, width: cells.length, ignored: ignored.slice(0, COLUMNS_NAMED) }
  }
  // A list of people who have none is named by their names.
  const isNamed = kinds.some((kind) => kind === 'name' || kind === 'firstName' || kind === 'familyNameFirst')
  const hasMore = kinds.some((kind) => kind === 'lastName' || kind === 'mobile' || kind === 'userName')
  if (!kinds.includes('email') && !(isNamed && hasMore)) {
    const columns = cells.slice(0, 6).map(shown)
    throw new UnreadableList({ code: 'no_email_column', detail: { columns: columns.join(', ') } })
  }
  const at: Columns['at'] = {}
  const ignored: string[] = []
  for (const [index, kind] of kinds.entries()) {
    if (kind && at[kind] === undefined) at[kind] = index
    else if (ignored.length < COLUMNS_NAMED && (cells[index] ?? '').trim() !== '')
      ignored.push(shown(cells[index], index))
  }
  // "Name, Surname" and "Vorname, Name": the whole name is only a part of it.
  if (at.name !== undefined && at.lastName !== undefined) at.firstName ??= at.name
  else if (at.name !== undefined && at.firstName !== undefined) at.lastName = at.name
  return { hasHeader: true, at, width: cells.length, ignored }
}

function shown(name: string | undefined, index: number): string {
  const clean = cleanLine((name ?? '').slice(0, 200))
  if (clean === '') return `column ${index + 1}`
  return clean.length > NAME_SHOWN ? `${clean.slice(0, NAME_SHOWN - 1)}…` : clean
}

function* columnsBySpelling(): Generator<[string, Column]> {
  for (const column of Object.keys(SPELLINGS)) {
    if (isColumn(column)) for (const spelling of SPELLINGS[column]) yield [spelling.normalize('NFKC'), column]
  }
}

function isColumn(name: string): name is Column {
  return name in SPELLINGS
}
