// What a directory sends of a group: a whole one, or a PATCH of it. Members may be thousands, so they are read by
// ourselves, one look at each. Pure.
import type { MemberChange, NewScimGroup, ScimGroupChange } from '../../people/index.ts'
import { MOST_MEMBERS, tooMuch } from './json-bounds.ts'
import { readOperations } from './patch-user.ts'
import { invalid, ScimError } from './scim-error.ts'
import { readPath } from './scim-filter.ts'
import { GROUP, isObject } from './user-schema.ts'

/** Reads a group that is made or replaced. Throws ScimError. */
export function readGroup(body: unknown): NewScimGroup {
  if (!isObject(body)) throw new ScimError(400, 'invalidSyntax', 'A group has to be a JSON object.')
  const parts = inSmallLetters(body)
  const { schemas } = parts
  if (Array.isArray(schemas) && schemas.length > 0 && !schemas.includes(GROUP)) {
    throw new ScimError(400, 'invalidSyntax', `The schemas of a group have to name ${GROUP}.`)
  }
  return {
    displayName: textOf(parts.displayname, 'displayName'),
    externalId: textOf(parts.externalid, 'externalId') || null,
    memberIds: idsOf(parts.members),
  }
}

/** Reads a PATCH of a group; what a group does not have here is passed over. Throws ScimError. */
export function readGroupPatch(body: unknown): ScimGroupChange {
  const change: ScimGroupChange = { members: [] }
  for (const { op, path, value } of readOperations(body)) {
    if (path !== undefined) applyPart(change, { op, path, value })
    else if (isObject(value))
      for (const [name, part] of Object.entries(value)) applyPart(change, { op, path: name, value: part })
    else throw invalid('An operation without a path needs an object as its value.')
  }
  return change
}

function applyPart(
  change: ScimGroupChange,
  { op, path, value }: { op: MemberChange['kind']; path: string; value: unknown },
): void {
  const { attribute, where } = readPath(path)
  const name = attribute.toLowerCase()
  if (name === 'displayname') change.displayName = op === 'remove' ? '' : textOf(value, 'displayName')
  else if (name === 'externalid') change.externalId = op === 'remove' ? null : textOf(value, 'externalId') || null
  else if (name === 'members' && where.length > 0) {
    const ids = where.map((one) => (one.attribute === 'value' ? String(one.value) : ''))
    if (op !== 'remove' || ids.length !== 1 || ids[0] === '') {
      throw new ScimError(400, 'invalidPath', 'Of members, only members[value eq "…"] can be removed by a filter.')
    }
    change.members.push({ kind: 'remove', memberIds: ids })
  } else if (name === 'members') {
    // To remove "members" and no more is to empty the group.
    const isAll = op === 'remove' && (value === undefined || value === null)
    change.members.push(isAll ? { kind: 'replace', memberIds: [] } : { kind: op, memberIds: idsOf(value) })
  }
}

function idsOf(value: unknown): string[] {
  if (value === undefined || value === null) return []
  const members = [value].flat()
  if (members.length > MOST_MEMBERS) {
    throw tooMuch(
      `One request may name at most ${MOST_MEMBERS.toLocaleString('en')} members. Send large groups in parts.`,
    )
  }
  return members.map((member) => {
    const id = isObject(member) ? inSmallLetters(member).value : member
    if (typeof id !== 'string' || id === '') throw invalid('Each member needs the id of a user as its value.')
    return id
  })
}

function textOf(value: unknown, name: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  throw invalid(`${name} has to be a text.`)
}

function inSmallLetters(parts: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parts).map(([name, value]) => [name.toLowerCase(), value]))
}
