// A PATCH of a user, applied to what stands there: as RFC 7644, 3.5.2 has it, and as Okta and Entra write it. The library
// checks its form; it is carried out here, because the library matches values by filters that it puts together out of
// what was sent. Pure.
import SCIMMY from 'scimmy'
import type { ScimResource } from '../../people/index.ts'
import { MOST_ENTRIES, refuseLongLists, tooMuch } from './json-bounds.ts'
import { inLibrarysWords } from './librarys-words.ts'
import { invalid, ScimError } from './scim-error.ts'
import { type AttributePath, type Comparison, readPath } from './scim-filter.ts'
import { findAttribute, isObject, nameOfExtension, readUser, soften } from './user-schema.ts'

export type Operation = { op: 'add' | 'remove' | 'replace'; path: string | undefined; value: unknown }

const MOST_OPERATIONS = 1000
/** What a directory may send along, and never changes. */
const FIXED = ['id', 'meta', 'schemas']

/** The operations of a PATCH's body. Throws ScimError. */
export function readOperations(body: unknown): Operation[] {
  if (!isObject(body)) throw new ScimError(400, 'invalidSyntax', 'A PATCH has to be a JSON object.')
  refuseManyOperations(body)
  const { Operations } = inLibrarysWords(() => new SCIMMY.Messages.PatchOp(body as Message))
  // The library has checked that each is one of the three, in whatever letters.
  return Operations.map(({ op, path, value }) => ({ op: op.toLowerCase() as Operation['op'], path, value }))
}

/** Before the library looks at each of them. The name is written in whatever letters. */
function refuseManyOperations(body: Record<string, unknown>): void {
  const lists = Object.values(body).filter((value) => Array.isArray(value))
  if (lists.some(({ length }) => length > MOST_OPERATIONS)) {
    throw tooMuch(`A PATCH may have at most ${MOST_OPERATIONS} operations.`)
  }
}

type Message = ConstructorParameters<typeof SCIMMY.Messages.PatchOp>[0]

/** A user after these operations, one after another. What no schema has here is passed over. Throws ScimError. */
export function patchUser(resource: ScimResource, operations: Operation[]): ScimResource {
  for (const { value } of operations) refuseLongLists(value)
  const changed = structuredClone(resource)
  for (const operation of operations) apply(changed, operation)
  for (const value of Object.values(changed)) if (Array.isArray(value)) leaveOnePrimary(value)
  return readUser(changed)
}

function apply(resource: ScimResource, { op, path, value }: Operation): void {
  if (path === undefined) {
    applyAll(resource, { op, value, prefix: '' })
    return
  }
  const place = readPath(path)
  const extension = nameOfExtension(place.extension)
  if (extension === undefined) return
  if (place.attribute === '') {
    if (op === 'remove') delete resource[extension]
    else applyAll(resource, { op, value, prefix: `${extension}:` })
    return
  }
  const attribute = findAttribute(extension, place.attribute)
  const sub = place.sub === '' ? undefined : findAttribute(extension, `${place.attribute}.${place.sub}`)
  if (!attribute || (place.sub !== '' && !sub) || (extension === '' && FIXED.includes(attribute.name))) return
  const holder = extension === '' ? resource : partOf(resource, extension)
  const isGone = op === 'remove' || value === null || value === ''
  if (attribute.config.multiValued) {
    applyToMany(holder, { op, place, attribute, sub, value, isGone })
    return
  }
  if (place.where.length > 0) throw new ScimError(400, 'invalidPath', `${attribute.name} is no list.`)
  if (sub) setPart(holder, { name: attribute.name, sub: sub.name, value: isGone ? undefined : soften(sub, value) })
  else if (isGone) delete holder[attribute.name]
  else {
    const given = soften(attribute, value)
    const before = holder[attribute.name]
    // Of a name, an address: what is not spoken of stays.
    holder[attribute.name] = isObject(given) && isObject(before) ? { ...before, ...given } : given
  }
}

/** An extension's own object, made where there is none. */
function partOf(resource: ScimResource, extension: string): ScimResource {
  const known = resource[extension]
  if (isObject(known)) return known
  const made: ScimResource = {}
  resource[extension] = made
  return made
}

/** Without a path, or with an extension's alone: each part by its name. */
function applyAll(
  resource: ScimResource,
  { op, value, prefix }: Pick<Operation, 'op' | 'value'> & { prefix: string },
): void {
  if (!isObject(value)) throw invalid('An operation without the path of an attribute needs an object as its value.')
  for (const [name, part] of Object.entries(value)) apply(resource, { op, path: prefix + name, value: part })
}

type Attribute = NonNullable<ReturnType<typeof findAttribute>>
type Change = Pick<Operation, 'op' | 'value'> & {
  place: AttributePath
  attribute: Attribute
  sub: Attribute | undefined
  isGone: boolean
}

/** A list that grew by many operations is refused before each of its entries is compared with each of the next. */
function applyToMany(holder: ScimResource, change: Change): void {
  changeMany(holder, change)
  const now = holder[change.attribute.name]
  if (Array.isArray(now) && now.length > MOST_ENTRIES) refuseLongLists(now)
}

function changeMany(holder: ScimResource, { op, place, attribute, sub, value, isGone }: Change): void {
  const known = holder[attribute.name]
  const items: unknown[] = Array.isArray(known) ? known : []
  const isMeant = (item: unknown) => place.where.every((comparison) => holds(item, comparison))
  if (place.where.length === 0 && !sub) {
    const given = value === undefined || value === null ? [] : [soften(attribute, value)].flat()
    if (op === 'remove')
      holder[attribute.name] = given.length === 0 ? [] : items.filter((item) => !given.some((one) => isLike(item, one)))
    else
      holder[attribute.name] =
        op === 'replace' ? given : [...items.filter((item) => !given.some((one) => isTwin(item, one))), ...given]
    return
  }
  if (isGone) {
    holder[attribute.name] = sub
      ? items.map((item) => (isMeant(item) && isObject(item) ? { ...item, [sub.name]: undefined } : item))
      : items.filter((item) => !isMeant(item))
    return
  }
  const parts = sub ? { [sub.name]: soften(sub, value) } : [soften(attribute, value)].flat()[0]
  if (!isObject(parts)) throw invalid(`An entry of ${attribute.name} has to be an object.`)
  // Entra names the entry that it means before there is one.
  if (!items.some(isMeant)) items.push(Object.fromEntries(place.where.map((one) => [one.attribute, one.value])))
  holder[attribute.name] = items.map((item) => {
    if (!isMeant(item)) return parts.primary === true && isObject(item) ? { ...item, primary: false } : item
    return isObject(item) ? { ...item, ...parts } : parts
  })
}

function setPart(holder: ScimResource, { name, sub, value }: { name: string; sub: string; value: unknown }): void {
  const before = holder[name]
  holder[name] = { ...(isObject(before) ? before : {}), [sub]: value }
}

function holds(item: unknown, { attribute, value }: Comparison): boolean {
  if (!isObject(item)) return attribute === 'value' && isSame(item, value)
  const [, actual] = Object.entries(item).find(([name]) => name.toLowerCase() === attribute) ?? []
  return isSame(actual, value)
}

/** Whether an entry has everything that another says. */
function isLike(item: unknown, other: unknown): boolean {
  if (!isObject(other)) return isSame(item, other)
  return isObject(item) && Object.entries(other).every(([name, value]) => isSame(item[name], value))
}

/** An entry that is added once more takes the place of the one before. */
function isTwin(item: unknown, other: unknown): boolean {
  if (!isObject(item) || !isObject(other)) return isSame(item, other)
  return isSame(item.value, other.value) && isSame(item.type, other.type)
}

function isSame(one: unknown, other: unknown): boolean {
  const plain = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : value)
  if (typeof one === 'boolean' && typeof other === 'string') return String(one) === other.toLowerCase()
  return plain(one) === plain(other)
}

/** At most one entry is the primary one (RFC 7643, 2.4): of several the one that came last. */
function leaveOnePrimary(items: unknown[]): void {
  const last = items.findLastIndex((item) => isObject(item) && item.primary === true)
  for (const [index, item] of items.entries())
    if (index !== last && isObject(item) && item.primary === true) item.primary = false
}
