// The directory looks at its groups: one by its id, or those that a filter names, a page at a time.
import { type Database, isId } from '../../database/index.ts'
import { ScimRefusal } from './scim-refusal.ts'
import { keyOf } from './scim-resource.ts'
import type { ScimCaller, ScimPage } from './scim-store.ts'

export type ScimMember = { id: string; name: string }
export type ScimGroup = {
  id: string
  displayName: string
  externalId: string | null
  /** Undefined where they were not asked for. */
  members: ScimMember[] | undefined
  createdAt: Date
  updatedAt: Date
}

/** What is asked for; all of it has to hold. `memberId`: a user who is in it. */
export type ScimGroupSearch = { id?: string; displayName?: string; externalId?: string; memberId?: string }

/** Members that one answer holds; a group has no more of them. */
export const MOST_MEMBERS = 50_000

type Look = { withMembers: boolean }
type Row = Omit<ScimGroup, 'members'> & { size: number }

/** Throws ScimRefusal `group_unknown`, also for those of other organisations. */
export async function readScimGroupById(
  db: Database,
  caller: ScimCaller,
  { id, withMembers }: Look & { id: string },
): Promise<ScimGroup> {
  const page = { skip: 0, limit: 1 }
  const { groups } = await listScimGroups(db, caller, { search: { id }, page, withMembers })
  const [group] = groups
  if (!group) throw new ScimRefusal('group_unknown')
  return group
}

/**
 * The groups of a page, in the order in which they came, and how many there are in all. With members a page may be
 * shorter than was asked for: it ends before its members are too many for one answer.
 */
export async function listScimGroups(
  db: Database,
  { organisationId }: ScimCaller,
  { search, page, withMembers }: Look & { search: ScimGroupSearch; page: ScimPage },
): Promise<{ groups: ScimGroup[]; total: number }> {
  const { id, displayName, externalId, memberId } = search
  if ([id, memberId].some((one) => one !== undefined && !isId(one))) return { groups: [], total: 0 }
  const values: unknown[] = [organisationId]
  const where = ['g."organisationId" = $1::uuid']
  const add = (value: unknown, condition: (place: string) => string) => where.push(condition(`$${values.push(value)}`))
  if (id !== undefined) add(id, (place) => `g."groupId" = ${place}::uuid`)
  if (displayName !== undefined) add(keyOf(displayName), (place) => `g."displayNameKey" = ${place}`)
  if (externalId !== undefined) add(externalId.replaceAll('\0', ''), (place) => `g."externalId" = ${place}`)
  if (memberId !== undefined) {
    add(
      memberId,
      (place) => `EXISTS (SELECT 1 FROM "GroupMembership" m JOIN "ScimUser" u ON u."personId" = m."personId"
      WHERE m."groupId" = g."groupId" AND m."personId" = ${place}::uuid)`,
    )
  }
  const rows = `FROM "ScimGroup" g WHERE ${where.join(' AND ')}`
  const size = withMembers ? '(SELECT count(*)::int FROM "GroupMembership" m WHERE m."groupId" = g."groupId")' : '0'
  const [counted, found] = await Promise.all([
    db.pool.query<{ total: number }>(`SELECT count(*)::int AS "total" ${rows}`, values),
    db.pool.query<Row>(
      `SELECT g."groupId" AS "id", g."displayName", g."externalId", g."createdAt", g."updatedAt", ${size} AS "size" ${rows}
       ORDER BY g."createdAt", g."groupId" OFFSET $${values.length + 1} LIMIT $${values.length + 2}`,
      [...values, page.skip, page.limit],
    ),
  ])
  const fitting = firstThatFit(found.rows)
  const members = withMembers ? await membersOf(db, fitting) : undefined
  const groups = fitting.map(({ size: _size, ...group }) => ({
    ...group,
    members: members && (members.get(group.id) ?? []),
  }))
  return { groups, total: counted.rows[0]?.total ?? 0 }
}

/** The first groups whose members fit into one answer together; one at least. */
function firstThatFit(rows: Row[]): Row[] {
  let together = 0
  const end = rows.findIndex(({ size }, index) => {
    together += size
    return index > 0 && together > MOST_MEMBERS
  })
  return end === -1 ? rows : rows.slice(0, end)
}

async function membersOf(db: Database, groups: Row[]): Promise<Map<string, ScimMember[]>> {
  const { rows } = await db.pool.query<ScimMember & { groupId: string }>({
    name: 'scim-members',
    text: `SELECT m."groupId", p."id",
        coalesce(nullif(trim(p."firstName" || ' ' || p."lastName"), ''), u."userName") AS "name"
      FROM "GroupMembership" m JOIN "ScimUser" u ON u."personId" = m."personId" JOIN "Person" p ON p."id" = m."personId"
      WHERE m."groupId" = ANY($1::uuid[]) ORDER BY m."groupId", m."personId" LIMIT $2`,
    values: [groups.map(({ id }) => id), MOST_MEMBERS],
  })
  const byGroup = new Map<string, ScimMember[]>()
  for (const { groupId, id, name } of rows) {
    const members = byGroup.get(groupId) ?? []
    members.push({ id, name })
    byGroup.set(groupId, members)
  }
  return byGroup
}
