// Users and groups as SCIM documents: with what SCIM adds to them, and without what was not asked for. Pure.
import { ENTERPRISE, type ScimGroup, type ScimResource, type ScimUser, USHER } from '../../people/index.ts'
import type { Choice } from './scim-query.ts'
import { GROUP, isObject, USER } from './user-schema.ts'

export type Document = ScimResource & { id: string }

const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
/** What stands in every document, whatever is asked for. */
const ALWAYS = ['schemas', 'id']

/** `base`: the address under which /Users is found. */
export function userDocument({ id, resource, createdAt, updatedAt }: ScimUser, base: string): Document {
  const meta = metaOf('User', { createdAt, updatedAt, location: `${base}/Users/${id}` })
  const extensions = [ENTERPRISE, USHER].filter((extension) => resource[extension] !== undefined)
  return { schemas: [USER, ...extensions], id, ...resource, meta }
}

export function groupDocument(group: ScimGroup, base: string): Document {
  const { id, displayName, externalId, members, createdAt, updatedAt } = group
  const meta = metaOf('Group', { createdAt, updatedAt, location: `${base}/Groups/${id}` })
  return {
    schemas: [GROUP],
    id,
    ...(externalId === null ? {} : { externalId }),
    displayName,
    ...(members && {
      members: members.map((one) => ({
        value: one.id,
        $ref: `${base}/Users/${one.id}`,
        display: one.name,
        type: 'User',
      })),
    }),
    meta,
  }
}

/** A page; `skip`: how many stand before it. */
export function listDocument(
  resources: ScimResource[],
  { total, skip }: { total: number; skip: number },
): ScimResource {
  return {
    schemas: [LIST],
    totalResults: total,
    startIndex: skip + 1,
    itemsPerPage: resources.length,
    Resources: resources,
  }
}

/** The attributes that were asked for, or all but those that were not wanted. */
export function choose(document: ScimResource, { attributes, excluded }: Choice): ScimResource {
  if (attributes.length > 0) return keep(document, { names: attributes, always: ALWAYS })
  return excluded.length > 0
    ? leaveOut(
        document,
        excluded.filter((name) => !ALWAYS.includes(name)),
      )
    : document
}

function keep(document: ScimResource, { names, always }: { names: string[]; always: string[] }): ScimResource {
  const kept: ScimResource = {}
  for (const [name, value] of Object.entries(document)) {
    const known = name.toLowerCase()
    if (always.includes(known) || names.includes(known)) kept[name] = value
    else {
      const parts = partsOf(known, names)
      if (parts.length > 0) kept[name] = ofEach(value, (one) => keep(one, { names: parts, always: [] }))
    }
  }
  return kept
}

function leaveOut(document: ScimResource, names: string[]): ScimResource {
  const kept: ScimResource = {}
  for (const [name, value] of Object.entries(document)) {
    const known = name.toLowerCase()
    if (names.includes(known)) continue
    const parts = partsOf(known, names)
    kept[name] = parts.length === 0 ? value : ofEach(value, (one) => leaveOut(one, parts))
  }
  return kept
}

/** "name.givenname" is a part of "name", "urn:…:user:department" of that extension. */
function partsOf(name: string, names: string[]): string[] {
  return names
    .filter((one) => one.startsWith(`${name}.`) || one.startsWith(`${name}:`))
    .map((one) => one.slice(name.length + 1))
}

function ofEach(value: unknown, work: (one: ScimResource) => ScimResource): unknown {
  if (Array.isArray(value)) return value.map((one) => (isObject(one) ? work(one) : one))
  return isObject(value) ? work(value) : value
}

function metaOf(
  resourceType: string,
  { createdAt, updatedAt, location }: { createdAt: Date; updatedAt: Date; location: string },
): ScimResource {
  return { resourceType, created: createdAt.toISOString(), lastModified: updatedAt.toISOString(), location }
}
