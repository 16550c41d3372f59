// Who said what of a person. Where two sources differ, the stronger one holds, field by field; what nobody claims may be
// written by anybody. Pure.
import type { EmployeeType } from '../database/index.ts'

/**
 * `scim`: the organisation's own directory. `csv`: an import. `hand`: an admin in Slack. `self`: the person at sign-up or
 * in their account. `slack`: the member's profile. The order is that of their strength (issue of SPEC, 5: SCIM, CSV, Slack).
 */
export const SOURCES = ['scim', 'csv', 'hand', 'self', 'slack'] as const
export type Source = (typeof SOURCES)[number]

/** What sources may speak of, beside being active. */
export type Facts = {
  email: string | null
  emailKey: string | null
  firstName: string
  lastName: string
  /** E.164. */
  mobile: string | null
  employeeType: EmployeeType | null
  /** YYYY-MM-DD. */
  startDate: string | null
  departmentId: string | null
  locationId: string | null
  language: string | null
}
export type FactField = keyof Facts

/** Which source wrote what stands in a field. */
export type FieldSources = Partial<Record<FactField, Source>>
/** What each source says of being active. An import's "yes" is none: it speaks of its own day alone. */
export type Activity = Partial<Record<Source, boolean>>

export type Known = { facts: Facts; sources: FieldSources; activity: Activity }

/** What a source says now. A field that is absent it does not speak of; null (or '') takes back what it said before. */
export type Said = Partial<Facts> & { active?: boolean }

/** Of whom nothing is known yet. */
export const NO_FACTS: Facts = {
  email: null,
  emailKey: null,
  firstName: '',
  lastName: '',
  mobile: null,
  employeeType: null,
  startDate: null,
  departmentId: null,
  locationId: null,
  language: null,
}

/** What is to be written of a person after a source has spoken; `changes` holds only the fields that are different. */
export function settleFacts(
  { facts, sources, activity }: Known,
  source: Source,
  said: Said,
): { changes: Partial<Facts>; sources: FieldSources; activity: Activity } {
  const { active, ...fields } = said
  const changes: Partial<Facts> = {}
  const claims = { ...sources }
  for (const field of Object.keys(fields) as FactField[]) {
    const value = fields[field]
    if (value === undefined) continue
    const holder = sources[field]
    if (holder !== undefined && rank(source) > rank(holder)) continue
    const isTakenBack = value === null || value === ''
    if (isTakenBack && holder !== source) continue
    if (isTakenBack) delete claims[field]
    else claims[field] = source
    if (facts[field] !== value) Object.assign(changes, { [field]: isTakenBack ? NO_FACTS[field] : value })
  }
  return { changes, sources: claims, activity: active === undefined ? activity : withWord(activity, source, active) }
}

/** What somebody types of themselves at sign-up, and where their invitation puts them; null: nothing was said. */
export type SignUp = Pick<Facts, 'firstName' | 'lastName' | 'mobile' | 'departmentId' | 'locationId'>

/**
 * What is to be written of somebody who signs up. What they type is theirs, whatever an import or an admin said; what SCIM
 * holds stays SCIM's. Where the invitation puts them is nobody's claim, and moves nobody who is placed already.
 */
export function settleSignUp(
  { facts, sources }: { facts: SignUp; sources: FieldSources },
  given: SignUp,
): { facts: SignUp; sources: FieldSources } {
  const after = { ...facts }
  const claims = { ...sources }
  for (const field of ['firstName', 'lastName', 'mobile', 'departmentId', 'locationId'] as const) {
    const isTyped = field !== 'departmentId' && field !== 'locationId'
    const isSame = given[field] === facts[field]
    // Left as it was found: then it stays with whoever said so before.
    const isLeft = isSame && (!isTyped || sources[field] === 'csv' || sources[field] === 'hand')
    // Where the invitation puts them counts only for whom nobody has put anywhere yet.
    const isPlaced = !isTyped && facts[field] !== null
    if (given[field] === null || isLeft || isPlaced || sources[field] === 'scim') continue
    Object.assign(after, { [field]: given[field] })
    if (isTyped) claims[field] = 'self'
  }
  return { facts: after, sources: claims }
}

/**
 * Whether a person is active by all that was said: an admin's "no" holds, then what SCIM says, then an import's "no", then
 * what Slack says. Of whom nobody speaks is.
 */
export function isActiveBy({ hand, scim, csv, slack }: Activity): boolean {
  if (hand === false) return false
  return scim ?? (csv === false ? false : (slack ?? true))
}

/** Whose word it is that somebody is active or not; undefined where nobody has spoken. */
export function whoSaysActive({ hand, scim, csv, slack }: Activity): Source | undefined {
  if (hand === false) return 'hand'
  if (scim !== undefined) return 'scim'
  if (csv === false) return 'csv'
  return slack === undefined ? undefined : 'slack'
}

/** Whether a source would speak in vain of a field: a stronger one holds it. `sources`: as the row has them. */
export function isFixedFor(source: Source, sources: unknown, field: FactField): boolean {
  const held: [string, unknown][] = typeof sources === 'object' && sources !== null ? Object.entries(sources) : []
  const holder = held.find(([name]) => name === field)?.[1]
  return SOURCES.some((known) => known === holder && rank(source) > rank(known))
}

function withWord(activity: Activity, source: Source, active: boolean): Activity {
  const words = { ...activity, [source]: active }
  // A yes of an admin's takes back their no, and an import's with it; it holds nobody whom SCIM or Slack let go later.
  if (active && (source === 'hand' || source === 'csv')) delete words.csv
  if (active && source === 'hand') delete words.hand
  return words
}

function rank(source: Source): number {
  return SOURCES.indexOf(source)
}
