// User groups of the Slack workspace, as its events and our readings tell of them. Events come late, twice, or not at all:
// what is older than what is known changes nothing, and where one is missing the group is read whole.
import type { Collaborators } from '../collaborators.ts'
import { type Database, inSqlTransaction, isId, type SqlTransaction } from '../database/index.ts'
import type { DirectoryAnswer, DirectoryQuestion, SlackGroup } from './directory-answers.ts'
import { changeGroupMembers, type GroupWriter, lockGroup, setGroupMembers, writeGroup } from './groups.ts'

type Writer = Pick<Collaborators, 'db' | 'followUp' | 'now'>

/** Members who came and left; Slack gives the time of this change and of the one before it. */
export type SlackGroupChange = {
  externalId: string
  previousAt: Date
  changedAt: Date
  add: string[]
  remove: string[]
  /** False where Slack cut one of the lists. */
  isWhole: boolean
}

/** By whose word groups of Slack's change. */
export function bySlack(organisationId: string, at: Date): GroupWriter {
  return { organisationId, actor: { id: null, name: 'Slack' }, origin: 'slack', at }
}

/** A group was made, changed or turned off in Slack. Where its members were not all told, they are read. */
export async function takeGroup(c: Writer, organisationId: string, group: SlackGroup): Promise<void> {
  const by = bySlack(organisationId, c.now())
  await inSqlTransaction(c.db, async (tx) => {
    const { id, isOld } = await writeGroup(tx, { ...group, source: 'slack' }, by)
    if (isOld || group.isDeleted) return
    if (group.members === undefined) return c.followUp(tx, [{ kind: 'directory', order: { groupId: id } }])
    const personIds = await findPeople(tx, organisationId, group.members)
    await setGroupMembers(tx, { groupId: id, personIds }, by)
  })
}

/** What a change of members is worth, by when the group is known to have changed last. Pure. */
export function weighChange(
  known: Date | null,
  { previousAt, changedAt, isWhole }: Pick<SlackGroupChange, 'previousAt' | 'changedAt' | 'isWhole'>,
): 'take' | 'old' | 'read' {
  if (known?.getTime() === previousAt.getTime()) return isWhole ? 'take' : 'read'
  return known !== null && changedAt < known ? 'old' : 'read'
}

/** Members came and left. One change that was missed before it, and the group is read whole. */
export async function takeGroupChange(c: Writer, organisationId: string, change: SlackGroupChange): Promise<void> {
  const by = bySlack(organisationId, c.now())
  await inSqlTransaction(c.db, async (tx) => {
    const group = await lockGroup(tx, { organisationId, source: 'slack', externalId: change.externalId })
    // Of a group whose making was missed the next reading of all brings the name.
    if (!group) return
    const worth = weighChange(group.changedAt, change)
    if (worth === 'old') return
    await tx.$executeRaw`UPDATE "Group" SET "changedAt" = greatest("changedAt", ${change.changedAt}::timestamptz)
      WHERE "id" = ${group.id}::uuid`
    if (worth === 'read') return c.followUp(tx, [{ kind: 'directory', order: { groupId: group.id } }])
    const [add, remove] = [
      await findPeople(tx, organisationId, change.add),
      await findPeople(tx, organisationId, change.remove),
    ]
    await changeGroupMembers(tx, { groupId: group.id, add, remove }, by)
  })
}

export type GroupToRead = {
  organisationId: string
  groupId: string
  /** When it was known to have changed last, before it was read. */
  changedAt: Date | null
  question: DirectoryQuestion
}

/** A group whose members are to be read; undefined where it is none of Slack's, or gone. */
export async function loadGroupToRead(db: Database, groupId: string): Promise<GroupToRead | undefined> {
  if (!isId(groupId)) return undefined
  const group = await db.prisma.group.findUnique({
    where: { id: groupId, source: 'slack', deletedAt: null },
    select: { organisationId: true, externalId: true, changedAt: true },
  })
  if (!group) return undefined
  const { organisationId, externalId, changedAt } = group
  return { organisationId, groupId, changedAt, question: { what: 'members', externalId } }
}

/** Takes in who is in a group; false where it changed while it was read, and has to be read again. */
export async function takeGroupMembers(
  tx: SqlTransaction,
  { organisationId, groupId, changedAt }: Omit<GroupToRead, 'question'>,
  { answer, at }: { answer: Extract<DirectoryAnswer, { what: 'members' }>; at: Date },
): Promise<boolean> {
  const [group] = await tx.$queryRaw<{ externalId: string; name: string; changedAt: Date | null }[]>`
    SELECT "externalId", "name", "changedAt" FROM "Group" WHERE "id" = ${groupId}::uuid FOR NO KEY UPDATE`
  if (!group) return true
  if (group.changedAt?.getTime() !== changedAt?.getTime()) return false
  const by = bySlack(organisationId, at)
  if ('gone' in answer) await writeGroup(tx, { ...group, source: 'slack', isDeleted: true }, by)
  else {
    const personIds = await findPeople(tx, organisationId, answer.slackUserIds)
    await setGroupMembers(tx, { groupId, personIds }, by)
  }
  return true
}

/** Takes in what was read of one group; where it changed meanwhile, it is read once more. */
export async function takeGroupRead(c: Writer, group: GroupToRead, answer: DirectoryAnswer): Promise<void> {
  if (answer.what !== 'members') throw new Error('the members of a group were asked for')
  await inSqlTransaction(c.db, async (tx) => {
    const isTaken = await takeGroupMembers(tx, group, { answer, at: c.now() })
    if (!isTaken) await c.followUp(tx, [{ kind: 'directory', order: { groupId: group.groupId } }])
  })
}

/** Those of these Slack ids by which nobody is known yet. */
export async function findUnknownMembers(
  db: Database,
  organisationId: string,
  slackUserIds: string[],
): Promise<string[]> {
  const rows = await db.prisma.$queryRaw<{ id: string }[]>`
    SELECT g."id" FROM unnest(${slackUserIds}::text[]) AS g("id") WHERE NOT EXISTS (SELECT 1 FROM "Person" p
      WHERE p."organisationId" = ${organisationId}::uuid AND p."slackUserId" = g."id")`
  return rows.map(({ id }) => id)
}

/** The people behind Slack ids; bots and people of other workspaces are none. */
async function findPeople(tx: SqlTransaction, organisationId: string, slackUserIds: string[]): Promise<string[]> {
  if (slackUserIds.length === 0) return []
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT p."id" FROM "Person" p WHERE p."organisationId" = ${organisationId}::uuid
      AND p."slackUserId" = ANY(${slackUserIds}::text[])`
  return rows.map(({ id }) => id)
}
