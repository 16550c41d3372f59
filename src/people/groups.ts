// Groups of people, whichever source they come from: an import, Slack, SCIM. Every change tells the audit log.
import { type Actor, type AuditEvent, record } from '../audit/index.ts'
import { cleanLine } from '../clean-text.ts'
import { type Database, type GroupSource, newId, type SqlTransaction } from '../database/index.ts'

/** Who changes a group, and when. */
export type GroupWriter = { organisationId: string; actor: Actor; origin: string; at: Date }

export type GivenGroup = {
  source: GroupSource
  /** What its source knows it by. */
  externalId: string
  name: string
  /** Its source has it no more, or has turned it off. */
  isDeleted?: boolean
  /** When its source says that it last changed, where it says so. */
  changedAt?: Date | null
}

/** `isOld`: its source has said later things of it already, so nothing was written. */
export type WrittenGroup = { id: string; isNew: boolean; changed: boolean; isOld: boolean }

export type MembersChange = { added: number; removed: number }

type Row = { id: string; name: string; deletedAt: Date | null; changedAt: Date | null }

const NAME_LENGTH = 200
/** Members whom the audit log names; of more it says how many. */
const NAMED = 20

/**
 * Writes a group as its source has it: made, renamed, gone, or back. Nobody is put in or taken out. What its source says
 * of an earlier time than is known already changes nothing. Holds the group until the transaction ends.
 */
export async function writeGroup(tx: SqlTransaction, given: GivenGroup, by: GroupWriter): Promise<WrittenGroup> {
  const { source, externalId, isDeleted = false, changedAt = null } = given
  const name = cleanLine(given.name).slice(0, NAME_LENGTH).toWellFormed() || externalId
  const { organisationId, at } = by
  const [made] = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO "Group" ("id", "organisationId", "source", "externalId", "name", "createdAt", "deletedAt", "changedAt")
    VALUES (${newId()}::uuid, ${organisationId}::uuid, ${source}::text::"GroupSource", ${externalId}, ${name}, ${at},
      CASE WHEN ${isDeleted} THEN ${at}::timestamptz END, ${changedAt}::timestamptz)
    ON CONFLICT DO NOTHING RETURNING "id"`
  if (made) {
    await record(tx, [event(by, { id: made.id, name, source }, { act: 'group.added' })])
    return { id: made.id, isNew: true, changed: true, isOld: false }
  }
  const known = await lockGroup(tx, { organisationId, source, externalId })
  if (!known) throw new Error('the group that is there already cannot be found')
  const isOld = changedAt !== null && known.changedAt !== null && changedAt < known.changedAt
  if (isOld) return { id: known.id, isNew: false, changed: false, isOld }
  const wasDeleted = known.deletedAt !== null
  const changed = known.name !== name || wasDeleted !== isDeleted
  if (changed || (changedAt !== null && changedAt.getTime() !== known.changedAt?.getTime())) {
    await tx.$executeRaw`
      UPDATE "Group" SET "name" = ${name}, "changedAt" = coalesce(${changedAt}::timestamptz, "changedAt"),
        "deletedAt" = CASE WHEN ${isDeleted} THEN coalesce("deletedAt", ${at}::timestamptz) END
      WHERE "id" = ${known.id}::uuid`
  }
  const group = { id: known.id, name, source }
  await record(tx, [
    ...(known.name === name
      ? []
      : [event(by, group, { act: 'group.renamed', before: { name: known.name }, after: { name } })]),
    ...(wasDeleted === isDeleted ? [] : [event(by, group, { act: isDeleted ? 'group.gone' : 'group.back' })]),
  ])
  return { id: known.id, isNew: false, changed, isOld }
}

/** Its source has all these groups of its kind and no other: the others are gone. Gives how many went. */
export async function keepOnlyGroups(
  tx: SqlTransaction,
  { source, externalIds }: { source: GroupSource; externalIds: string[] },
  by: GroupWriter,
): Promise<number> {
  const gone = await tx.$queryRaw<{ id: string; name: string }[]>`
    UPDATE "Group" g SET "deletedAt" = ${by.at}::timestamptz
    WHERE g."organisationId" = ${by.organisationId}::uuid AND g."source" = ${source}::text::"GroupSource"
      AND g."deletedAt" IS NULL
      AND NOT EXISTS (SELECT 1 FROM unnest(${externalIds}::text[]) AS kept("id") WHERE kept."id" = g."externalId")
    RETURNING g."id", g."name"`
  await record(
    tx,
    gone.map(({ id, name }) => event(by, { id, name, source }, { act: 'group.gone' })),
  )
  return gone.length
}

/** Exactly these people are in the group; whoever else is in it leaves. */
export async function setGroupMembers(
  tx: SqlTransaction,
  { groupId, personIds }: { groupId: string; personIds: string[] },
  by: GroupWriter,
): Promise<MembersChange> {
  const removed = await tx.$queryRaw<{ personId: string }[]>`
    DELETE FROM "GroupMembership" m WHERE m."groupId" = ${groupId}::uuid
      AND NOT EXISTS (SELECT 1 FROM unnest(${personIds}::uuid[]) AS kept("id") WHERE kept."id" = m."personId")
    RETURNING m."personId"`
  return tellMembers(tx, { groupId, added: await put(tx, groupId, personIds), removed: idsOf(removed) }, by)
}

/** These come into the group, and these leave it. */
export async function changeGroupMembers(
  tx: SqlTransaction,
  { groupId, add, remove }: { groupId: string; add: string[]; remove: string[] },
  by: GroupWriter,
): Promise<MembersChange> {
  const removed = await tx.$queryRaw<{ personId: string }[]>`
    DELETE FROM "GroupMembership" WHERE "groupId" = ${groupId}::uuid AND "personId" = ANY(${remove}::uuid[])
    RETURNING "personId"`
  return tellMembers(tx, { groupId, added: await put(tx, groupId, add), removed: idsOf(removed) }, by)
}

/** Finds a group by what its source calls it, and holds it until the transaction ends. */
export async function lockGroup(
  tx: SqlTransaction,
  where: { organisationId: string; source: GroupSource; externalId: string },
): Promise<Row | undefined> {
  const [row] = await tx.$queryRaw<Row[]>`
    SELECT "id", "name", "deletedAt", "changedAt" FROM "Group" WHERE "organisationId" = ${where.organisationId}::uuid
      AND "source" = ${where.source}::text::"GroupSource" AND "externalId" = ${where.externalId} FOR NO KEY UPDATE`
  return row
}

async function put(tx: SqlTransaction, groupId: string, personIds: string[]): Promise<string[]> {
  if (personIds.length === 0) return []
  const rows = await tx.$queryRaw<{ personId: string }[]>`
    INSERT INTO "GroupMembership" ("groupId", "personId")
    SELECT ${groupId}::uuid, given."id" FROM (SELECT DISTINCT "id" FROM unnest(${personIds}::uuid[]) AS g("id")
      ORDER BY "id") AS given
    ON CONFLICT DO NOTHING RETURNING "personId"`
  return idsOf(rows)
}

const idsOf = (rows: { personId: string }[]) => rows.map(({ personId }) => personId)

async function tellMembers(
  tx: SqlTransaction,
  { groupId, added, removed }: { groupId: string; added: string[]; removed: string[] },
  by: GroupWriter,
): Promise<MembersChange> {
  const change = { added: added.length, removed: removed.length }
  if (added.length + removed.length === 0) return change
  const [group] = await tx.$queryRaw<{ id: string; name: string; source: GroupSource }[]>`
    SELECT "id", "name", "source"::text AS "source" FROM "Group" WHERE "id" = ${groupId}::uuid`
  if (!group) throw new Error('the group whose members change is not there')
  const [came, left] = [added.slice(0, NAMED), removed.slice(0, NAMED)]
  const names = await tx.$queryRaw<{ id: string; name: string }[]>`
    SELECT p."id", coalesce(nullif(p."slackName", ''), nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email",
      p."userName", 'Somebody') AS "name"
    FROM "Person" p WHERE p."id" = ANY(${[...came, ...left]}::uuid[]) ORDER BY "name"`
  const named = (ids: string[]) => names.filter(({ id }) => ids.includes(id)).map(({ name }) => name)
  const after = {
    ...(added.length > 0 ? { added: added.length, newMembers: named(came) } : {}),
    ...(removed.length > 0 ? { removed: removed.length, formerMembers: named(left) } : {}),
  }
  await record(tx, [event(by, group, { act: 'group.members_changed', after })])
  return change
}

function event(
  { organisationId, actor, origin, at }: GroupWriter,
  { id, name, source }: { id: string; name: string; source: GroupSource },
  told: Pick<AuditEvent, 'act' | 'before' | 'after'>,
): AuditEvent {
  const subject = { kind: 'group' as const, id, name: groupName({ name, source }) }
  return { organisationId, at, actor, origin, subject, ...told }
}

const SOURCE_NAMES: Record<GroupSource, string> = { import: 'import', slack: 'Slack', scim: 'SCIM' }

/** "Sales (Slack)": two sources may each have a group of that name. */
export function groupName({ name, source }: { name: string; source: GroupSource }): string {
  return `${name} (${SOURCE_NAMES[source]})`
}

/** `shown`: its name with its source. `isGone`: its source has it no more. */
export type KnownGroup = {
  id: string
  name: string
  source: GroupSource
  shown: string
  isGone: boolean
  members: number
}

type Listed = Omit<KnownGroup, 'shown'>

/**
 * Groups by name, at most `limit`: those whose name holds `search`, or those with these `ids`. Groups that are gone are
 * left out unless they are asked for by their id, or `withGone` asks for them.
 */
export async function listGroups(
  db: Database,
  asked: { organisationId: string; search?: string; ids?: string[]; withGone?: boolean; limit: number },
): Promise<KnownGroup[]> {
  const { organisationId, search = '', ids = null, withGone = false, limit } = asked
  const pattern = `%${search.trim().replaceAll(/[\\%_]/g, '\\$&')}%`
  const rows = await db.prisma.$queryRaw<Listed[]>`
    SELECT g."id", g."name", g."source"::text AS "source", g."deletedAt" IS NOT NULL AS "isGone",
      (SELECT count(*)::int FROM "GroupMembership" m WHERE m."groupId" = g."id") AS "members"
    FROM "Group" g
    WHERE g."organisationId" = ${organisationId}::uuid AND lower(g."name") LIKE lower(${pattern})
      AND (${ids}::uuid[] IS NULL OR g."id" = ANY(${ids}::uuid[]))
      AND (g."deletedAt" IS NULL OR ${withGone} OR ${ids}::uuid[] IS NOT NULL)
    ORDER BY g."name", g."source", g."id" LIMIT ${limit}`
  return rows.map((row) => ({ ...row, shown: groupName(row) }))
}
