// The directory makes, changes or removes a group of its own. Its members are users of the directory.
import { cleanLine } from '../../clean-text.ts'
import type { Collaborators } from '../../collaborators.ts'
import { inSqlTransaction, isId, newId, type SqlTransaction } from '../../database/index.ts'
import { changeGroupMembers, type GroupWriter, setGroupMembers, writeGroup } from '../groups.ts'
import { MOST_MEMBERS } from './find-groups.ts'
import { ScimRefusal } from './scim-refusal.ts'
import { keyOf, NAME_MOST } from './scim-resource.ts'
import { actBy, refusingWhatIsTaken, type ScimCaller } from './scim-store.ts'

type Needs = Pick<Collaborators, 'db' | 'now'>

/** What is done to the members, one after another. */
export type MemberChange = { kind: 'add' | 'remove' | 'replace'; memberIds: string[] }
/** Absent: left as it is. */
export type ScimGroupChange = { displayName?: string; externalId?: string | null; members: MemberChange[] }

export type NewScimGroup = { displayName: string; externalId: string | null; memberIds: string[] }

/**
 * Makes a group and gives its id. Throws ScimRefusal `group_name_missing`, `group_name_taken`, `members_unknown` and
 * `too_many_members`.
 */
export function createScimGroup(c: Needs, caller: ScimCaller, given: NewScimGroup): Promise<string> {
  const displayName = readName(given.displayName)
  const externalId = readExternalId(given.externalId)
  return refusingWhatIsTaken(() =>
    inSqlTransaction(c.db, async (tx) => {
      const by = actBy(caller, c.now())
      const { id } = await writeGroup(tx, { source: 'scim', externalId: newId(), name: displayName }, by)
      await tx.$executeRaw`
        INSERT INTO "ScimGroup" ("groupId", "organisationId", "displayName", "displayNameKey", "externalId", "createdAt",
          "updatedAt")
        VALUES (${id}::uuid, ${caller.organisationId}::uuid, ${displayName}, ${keyOf(displayName)}, ${externalId},
          ${by.at}::timestamptz, ${by.at}::timestamptz)`
      await changeMembers(tx, { groupId: id, changes: [{ kind: 'add', memberIds: given.memberIds }] }, by)
      return id
    }),
  )
}

/**
 * Changes a group's name, the directory's own id for it, and its members. What is so already is no change. Throws
 * ScimRefusal `group_unknown` and what `createScimGroup` throws.
 */
export async function changeScimGroup(
  c: Needs,
  caller: ScimCaller,
  { id, change }: { id: string; change: ScimGroupChange },
): Promise<void> {
  if (!isId(id)) throw new ScimRefusal('group_unknown')
  await refusingWhatIsTaken(() =>
    inSqlTransaction(c.db, async (tx) => {
      const by = actBy(caller, c.now())
      const before = await lockGroup(tx, caller, id)
      const displayName = change.displayName === undefined ? before.displayName : readName(change.displayName)
      const externalId = change.externalId === undefined ? before.externalId : readExternalId(change.externalId)
      const isRenamed = displayName !== before.displayName
      if (isRenamed) await writeGroup(tx, { source: 'scim', externalId: before.ownId, name: displayName }, by)
      const hasOtherMembers = await changeMembers(tx, { groupId: id, changes: change.members }, by)
      if (!isRenamed && !hasOtherMembers && externalId === before.externalId) return
      await tx.$executeRaw`
        UPDATE "ScimGroup" SET "displayName" = ${displayName}, "displayNameKey" = ${keyOf(displayName)},
          "externalId" = ${externalId}, "updatedAt" = ${by.at}::timestamptz WHERE "groupId" = ${id}::uuid`
    }),
  )
}

/** Removes a group: nobody is removed with it, and nothing is done by it any more. Throws ScimRefusal `group_unknown`. */
export async function removeScimGroup(c: Needs, caller: ScimCaller, id: string): Promise<void> {
  if (!isId(id)) throw new ScimRefusal('group_unknown')
  await inSqlTransaction(c.db, async (tx) => {
    const { displayName, ownId } = await lockGroup(tx, caller, id)
    await tx.$executeRaw`DELETE FROM "ScimGroup" WHERE "groupId" = ${id}::uuid`
    const given = { source: 'scim' as const, externalId: ownId, name: displayName, isDeleted: true }
    await writeGroup(tx, given, actBy(caller, c.now()))
  })
}

function readName(given: string): string {
  const name = cleanLine(given)
  if (name === '' || name.length > NAME_MOST) throw new ScimRefusal('group_name_missing')
  return name
}

function readExternalId(given: string | null): string | null {
  return cleanLine(given ?? '').slice(0, NAME_MOST) || null
}

/** `externalId`: the directory's; `ownId`: by which its row among all groups is found. */
type Locked = { displayName: string; externalId: string | null; ownId: string }

async function lockGroup(tx: SqlTransaction, { organisationId }: ScimCaller, id: string): Promise<Locked> {
  const [group] = await tx.$queryRaw<Locked[]>`
    SELECT s."displayName", s."externalId", g."externalId" AS "ownId"
    FROM "ScimGroup" s JOIN "Group" g ON g."id" = s."groupId"
    WHERE s."groupId" = ${id}::uuid AND s."organisationId" = ${organisationId}::uuid FOR UPDATE OF s`
  if (!group) throw new ScimRefusal('group_unknown')
  return group
}

/** Gives whether anybody came or went. */
async function changeMembers(
  tx: SqlTransaction,
  { groupId, changes }: { groupId: string; changes: MemberChange[] },
  by: GroupWriter,
): Promise<boolean> {
  let [added, removed] = [0, 0]
  for (const { kind, memberIds } of inOneGo(changes)) {
    const ids = [...new Set(memberIds.map((memberId) => memberId.toLowerCase()))]
    if (kind !== 'remove') await ensureKnown(tx, by.organisationId, ids)
    const change =
      kind === 'replace'
        ? await setGroupMembers(tx, { groupId, personIds: ids }, by)
        : kind === 'add'
          ? await changeGroupMembers(tx, { groupId, add: ids, remove: [] }, by)
          : await changeGroupMembers(tx, { groupId, add: [], remove: ids.filter(isId) }, by)
    added += change.added
    removed += change.removed
  }
  if (added > 0) await ensureNotTooMany(tx, groupId)
  return added + removed > 0
}

/** A directory may name each member in an operation of its own: those of one kind that follow each other are one. */
function inOneGo(changes: MemberChange[]): MemberChange[] {
  const joined: MemberChange[] = []
  for (const change of changes) {
    const last = joined.at(-1)
    if (last && last.kind === change.kind && change.kind !== 'replace') last.memberIds.push(...change.memberIds)
    else joined.push({ ...change, memberIds: [...change.memberIds] })
  }
  return joined
}

async function ensureKnown(tx: SqlTransaction, organisationId: string, ids: string[]): Promise<void> {
  const known = await tx.$queryRaw<{ id: string }[]>`
    SELECT "personId" AS "id" FROM "ScimUser"
    WHERE "organisationId" = ${organisationId}::uuid AND "personId" = ANY(${ids.filter(isId)}::uuid[])
    ORDER BY "personId" FOR KEY SHARE`
  const there = new Set(known.map(({ id }) => id))
  const unknown = ids.filter((id) => !there.has(id))
  if (unknown.length > 0) throw new ScimRefusal('members_unknown', unknown.slice(0, 5).join(', ').slice(0, 300))
}

async function ensureNotTooMany(tx: SqlTransaction, groupId: string): Promise<void> {
  const [counted] = await tx.$queryRaw<{ members: number }[]>`
    SELECT count(*)::int AS "members" FROM "GroupMembership" WHERE "groupId" = ${groupId}::uuid`
  if ((counted?.members ?? 0) > MOST_MEMBERS) throw new ScimRefusal('too_many_members', String(MOST_MEMBERS))
}
