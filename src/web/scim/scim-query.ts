// What a directory asks of a list: which, from where on, and which attributes. From the address, or from the body of a
// search. Pure.
import SCIMMY from 'scimmy'
import { z } from 'zod'
import type { ScimGroupSearch, ScimPage, ScimUserSearch } from '../../people/index.ts'
import { ScimError } from './scim-error.ts'
import { type Comparison, readFilter } from './scim-filter.ts'

/** Users or groups in one answer. */
export const MOST_RESULTS = 200
const USUAL_RESULTS = 100
const MOST_ATTRIBUTES = 50

export type Choice = { attributes: string[]; excluded: string[] }
export type ListQuery = { filter: Comparison[]; page: ScimPage; choice: Choice }

/** Reads the part of an address behind the question mark. Throws ScimError. */
export function readQuery(query: Record<string, unknown>): ListQuery {
  return {
    filter: filterOf(one(query, 'filter')),
    page: pageOf(one(query, 'startIndex'), one(query, 'count')),
    choice: readChoice(query),
  }
}

/** Which attributes are asked for. Throws ScimError. */
export function readChoice(query: Record<string, unknown>): Choice {
  return { attributes: namesIn(one(query, 'attributes')), excluded: namesIn(one(query, 'excludedAttributes')) }
}

function one(query: Record<string, unknown>, name: string): string | undefined {
  const value = query[name]
  if (value === undefined || typeof value === 'string') return value
  throw new ScimError(400, 'invalidSyntax', `${name} was given more than once.`)
}

const searchForm = z.object({
  schemas: z.array(z.string()).refine((schemas) => schemas.includes(SCIMMY.Messages.SearchRequest.id)),
  filter: z.string().optional(),
  startIndex: z.int().optional(),
  count: z.int().optional(),
  attributes: z.array(z.string()).optional(),
  excludedAttributes: z.array(z.string()).optional(),
})

/** Reads the body of a search (RFC 7644, 3.4.3). Throws ScimError. */
export function readSearch(body: unknown): ListQuery {
  const { data: search } = searchForm.safeParse(body)
  if (!search)
    throw new ScimError(400, 'invalidSyntax', 'The body has to be a SearchRequest as RFC 7644, 3.4.3 has it.')
  const { filter, startIndex, count, attributes, excludedAttributes } = search
  const text = (number: number | undefined) => (number === undefined ? undefined : String(number))
  return {
    filter: filterOf(filter),
    page: pageOf(text(startIndex), text(count)),
    choice: { attributes: namesIn(attributes?.join(',')), excluded: namesIn(excludedAttributes?.join(',')) },
  }
}

/** The users that a filter names. Throws ScimError `invalidFilter` for an attribute by which nobody is found. */
export function userSearch(filter: Comparison[]): ScimUserSearch {
  const search: ScimUserSearch = {}
  for (const { attribute, value } of filter) {
    const text = String(value)
    if (attribute === 'id') search.id = text
    else if (attribute === 'username') search.userName = text
    else if (attribute === 'externalid') search.externalId = text
    else if (attribute === 'emails' || attribute === 'emails.value') search.email = text
    else if (attribute === 'active') search.active = text.toLowerCase() === 'true'
    // An address is one person's, of whatever type it is.
    else if (attribute !== 'emails.type' && attribute !== 'emails.primary') throw notSearchable(attribute)
  }
  if (filter.length > 0 && Object.keys(search).length === 0) throw notSearchable('emails.type')
  return search
}

/** The groups that a filter names; as `userSearch`. */
export function groupSearch(filter: Comparison[]): ScimGroupSearch {
  const search: ScimGroupSearch = {}
  for (const { attribute, value } of filter) {
    const text = String(value)
    if (attribute === 'id') search.id = text
    else if (attribute === 'displayname') search.displayName = text
    else if (attribute === 'externalid') search.externalId = text
    else if (attribute === 'members' || attribute === 'members.value') search.memberId = text
    else throw notSearchable(attribute)
  }
  return search
}

/** Whether members are wanted: they are costly where there are many. */
export function wantsMembers({ attributes, excluded }: Choice): boolean {
  const isMembers = (name: string) => name === 'members' || name.startsWith('members.')
  return attributes.length > 0 ? attributes.some(isMembers) : !excluded.includes('members')
}

function filterOf(filter: string | undefined): Comparison[] {
  return filter === undefined ? [] : readFilter(filter)
}

function pageOf(startIndex: string | undefined, count: string | undefined): ScimPage {
  const start = wholeNumber('startIndex', startIndex) ?? 1
  const wanted = wholeNumber('count', count) ?? USUAL_RESULTS
  // Less than one is one, less than none is none (RFC 7644, 3.4.2.4).
  return { skip: Math.max(0, start - 1), limit: Math.min(Math.max(0, wanted), MOST_RESULTS) }
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^-?\d{1,9}$/.test(text)) throw new ScimError(400, 'invalidValue', `${name} has to be a whole number.`)
  return Number(text)
}

function namesIn(list: string | undefined): string[] {
  if (list === undefined) return []
  const names = list
    .split(',', MOST_ATTRIBUTES)
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean)
  return names.map((name) => name.replace(/^urn:ietf:params:scim:schemas:core:2\.0:(user|group):/, ''))
}

function notSearchable(attribute: string): ScimError {
  return new ScimError(400, 'invalidFilter', `Nobody can be found by "${attribute.slice(0, 100)}" here.`)
}
