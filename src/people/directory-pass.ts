// A reading of all people and groups of the Slack workspace, one small step after the other. Its row says how far it got:
// a step that fails is tried again, one that is taken twice is taken once, and one reading goes on at a time.
import type { Collaborators } from '../collaborators.ts'
import {
  type Database,
  type DirectoryPhase,
  inSqlTransaction,
  isId,
  newId,
  type SqlTransaction,
} from '../database/index.ts'
import type { DirectoryAnswer, DirectoryQuestion, SlackGroup } from './directory-answers.ts'
import { bySlack, takeGroupMembers } from './directory-groups.ts'
import { keepOnlyGroups, writeGroup } from './groups.ts'
import { writeMembers } from './write-members.ts'

/** Slack lets each of these methods be called 20 times a minute ("tier 2"). In ms. */
const PAUSE = 3_000
/** How long a reading that came to its end is kept, in ms: 30 days. */
const KEPT = 30 * 24 * 60 * 60 * 1_000

type Writer = Pick<Collaborators, 'db' | 'followUp' | 'now'>

/** A reading is due once a night: at this hour, in UTC. */
const NIGHT_HOUR = 2

/** Whether a reading is due: none was begun since the last night's hour. Pure. */
export function isPassDue(lastBegunAt: Date | undefined, now: Date): boolean {
  const night = new Date(now)
  night.setUTCHours(NIGHT_HOUR, 0, 0, 0)
  if (night > now) night.setUTCDate(night.getUTCDate() - 1)
  return lastBegunAt === undefined || lastBegunAt < night
}

/**
 * Begins a reading; with `onlyIfDue` only where none was begun since last night. Where one is going on already, it is
 * called on: its next step is filed once more, in case the one that was filed is lost (taken twice, it is taken once).
 */
export async function beginPass(
  c: Writer,
  organisationId: string,
  { onlyIfDue = false }: { onlyIfDue?: boolean } = {},
): Promise<{ isNew: boolean }> {
  const at = c.now()
  return inSqlTransaction(c.db, async (tx) => {
    const [last] = await tx.$queryRaw<{ begunAt: Date; isRunning: boolean }[]>`
      SELECT "begunAt", "finishedAt" IS NULL AS "isRunning" FROM "DirectoryPass"
      WHERE "organisationId" = ${organisationId}::uuid ORDER BY "begunAt" DESC LIMIT 1`
    if (onlyIfDue && last && !last.isRunning && !isPassDue(last.begunAt, at)) return { isNew: false }
    await tx.$executeRaw`DELETE FROM "DirectoryPass" WHERE "organisationId" = ${organisationId}::uuid
      AND "finishedAt" < ${new Date(at.getTime() - KEPT)}`
    const [made] = await tx.$queryRaw<{ id: string }[]>`
      INSERT INTO "DirectoryPass" ("id", "organisationId", "begunAt", "nextAt")
      VALUES (${newId()}::uuid, ${organisationId}::uuid, ${at}, ${at}) ON CONFLICT DO NOTHING RETURNING "id"`
    if (made) {
      await c.followUp(tx, [{ kind: 'directory', order: { passId: made.id, step: 0 } }])
      return { isNew: true }
    }
    const [running] = await tx.$queryRaw<{ id: string; step: number; nextAt: Date }[]>`
      SELECT "id", "step", "nextAt" FROM "DirectoryPass"
      WHERE "organisationId" = ${organisationId}::uuid AND "finishedAt" IS NULL`
    if (running) {
      const { id: passId, step, nextAt: notBefore } = running
      await c.followUp(tx, [{ kind: 'directory', order: { passId, step }, notBefore }])
    }
    return { isNew: false }
  })
}

type Members = { groupId: string; externalId: string; changedAt: Date | null }

export type PassStep = {
  passId: string
  step: number
  organisationId: string
  phase: DirectoryPhase
  cursor: string
  /** In the phase "members": whose are read next. */
  members: Members | undefined
  /** Undefined where nothing is left to be read. */
  question: DirectoryQuestion | undefined
}

type Row = Omit<PassStep, 'members' | 'question'> & { teamId: string }

/** What is to be read next; undefined where this step was taken already, or the reading is over. */
export async function loadPassStep(
  db: Database,
  { passId, step }: { passId: string; step: number },
): Promise<PassStep | undefined> {
  if (!isId(passId)) return undefined
  const [row] = await db.prisma.$queryRaw<Row[]>`
    SELECT d."id" AS "passId", d."step", d."organisationId", d."phase"::text AS "phase", d."cursor",
      o."slackTeamId" AS "teamId"
    FROM "DirectoryPass" d JOIN "Organisation" o ON o."id" = d."organisationId"
    WHERE d."id" = ${passId}::uuid AND d."step" = ${step} AND d."finishedAt" IS NULL`
  if (!row) return undefined
  const { teamId, ...pass } = row
  const { phase, cursor } = pass
  if (phase === 'people') return { ...pass, members: undefined, question: { what: 'people', cursor } }
  if (phase === 'groups') return { ...pass, members: undefined, question: { what: 'groups', teamId } }
  const members = await nextGroup(db, row)
  const question = members && { what: 'members' as const, externalId: members.externalId }
  return { ...pass, members, question }
}

/** Groups are read in the order of Slack's ids, so that the last one read says where to go on. */
async function nextGroup(db: Database, { organisationId, cursor }: Row): Promise<Members | undefined> {
  const [group] = await db.prisma.$queryRaw<Members[]>`
    SELECT "id" AS "groupId", "externalId", "changedAt" FROM "Group"
    WHERE "organisationId" = ${organisationId}::uuid AND "source" = 'slack' AND "externalId" > ${cursor}
      AND "deletedAt" IS NULL ORDER BY "externalId" LIMIT 1`
  return group
}

/** Where a reading goes on after a step, or that it is over. */
type Onward =
  | { phase: DirectoryPhase; cursor: string; people?: number; groups?: number }
  | { isOver: true; withoutGroups: string | null }

/**
 * Takes in what was read, and files the next step with it; nothing where somebody else has taken this step meanwhile.
 * Without an answer there was nothing left to read, and the reading ends.
 */
export async function takePassStep(
  c: Writer & Pick<Collaborators, 'letGo'>,
  pass: PassStep,
  answer: DirectoryAnswer | undefined,
): Promise<void> {
  const at = c.now()
  await inSqlTransaction(c.db, async (tx) => {
    // Holds the row: of two that read the same, the second finds another step.
    const count = await tx.$executeRaw`UPDATE "DirectoryPass" SET "step" = "step" + 1
      WHERE "id" = ${pass.passId}::uuid AND "step" = ${pass.step} AND "finishedAt" IS NULL`
    if (count !== 1) return
    const onward = answer ? await takeIn(tx, c, { pass, answer, at }) : OVER
    if ('isOver' in onward) {
      await tx.$executeRaw`UPDATE "DirectoryPass" SET "finishedAt" = ${at}, "problem" = NULL,
        "withoutGroups" = ${onward.withoutGroups} WHERE "id" = ${pass.passId}::uuid`
      return
    }
    const nextAt = new Date(at.getTime() + PAUSE)
    await tx.$executeRaw`
      UPDATE "DirectoryPass" SET "phase" = ${onward.phase}::text::"DirectoryPhase", "cursor" = ${onward.cursor},
        "people" = coalesce(${onward.people ?? null}::int, "people"),
        "groups" = coalesce(${onward.groups ?? null}::int, "groups"), "problem" = NULL, "nextAt" = ${nextAt}
      WHERE "id" = ${pass.passId}::uuid`
    const order = { passId: pass.passId, step: pass.step + 1 }
    await c.followUp(tx, [{ kind: 'directory', order, notBefore: nextAt }])
  })
}

const OVER: Onward = { isOver: true, withoutGroups: null }

type TakenIn = { pass: PassStep; answer: DirectoryAnswer; at: Date }

async function takeIn(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'letGo'>,
  { pass, answer, at }: TakenIn,
): Promise<Onward> {
  if (answer.what === 'people') {
    if ('lost' in answer) return { phase: 'people', cursor: '', people: 0 }
    const { organisationId } = pass
    const { profiles, next } = answer
    const own = await writeMembers(tx, c, { organisationId, profiles, at, leaveOutGone: true, noteSeen: false })
    const people =
      (await countedSoFar(tx, pass.passId)) + profiles.filter((one) => one.isActive && own.has(one.slackUserId)).length
    return next === '' ? { phase: 'groups', cursor: '', people } : { phase: 'people', cursor: next, people }
  }
  if (answer.what === 'groups') {
    // Nothing is concluded from a list that could not be read: groups that are known stay as they are.
    if ('withoutGroups' in answer) return { isOver: true, withoutGroups: answer.withoutGroups }
    await takeAllGroups(tx, { organisationId: pass.organisationId, groups: answer.groups, at })
    return { phase: 'members', cursor: '', groups: answer.groups.filter(({ isDeleted }) => !isDeleted).length }
  }
  const { members, organisationId } = pass
  if (!members) return OVER
  const isTaken = await takeGroupMembers(tx, { organisationId, ...members }, { answer, at })
  return { phase: 'members', cursor: isTaken ? members.externalId : pass.cursor }
}

async function countedSoFar(tx: SqlTransaction, passId: string): Promise<number> {
  const [row] = await tx.$queryRaw<{ people: number }[]>`
    SELECT "people" FROM "DirectoryPass" WHERE "id" = ${passId}::uuid`
  return row?.people ?? 0
}

/** The list of groups comes whole: what does not stand in it is gone. */
async function takeAllGroups(
  tx: SqlTransaction,
  { organisationId, groups, at }: { organisationId: string; groups: SlackGroup[]; at: Date },
): Promise<void> {
  const by = bySlack(organisationId, at)
  const rows = await tx.$queryRaw<{ externalId: string; name: string; isDeleted: boolean; changedAt: Date | null }[]>`
    SELECT "externalId", "name", "deletedAt" IS NOT NULL AS "isDeleted", "changedAt" FROM "Group"
    WHERE "organisationId" = ${organisationId}::uuid AND "source" = 'slack'`
  const known = new Map(rows.map((row) => [row.externalId, row]))
  for (const group of groups) {
    const row = known.get(group.externalId)
    const isSame = row?.name === group.name && row.isDeleted === group.isDeleted
    if (!isSame || row.changedAt?.getTime() !== group.changedAt?.getTime()) {
      // A group that was turned off before we ever heard of it is nothing to write down.
      if (row || !group.isDeleted) await writeGroup(tx, { ...group, source: 'slack' }, by)
    }
  }
  await keepOnlyGroups(tx, { source: 'slack', externalIds: groups.map(({ externalId }) => externalId) }, by)
}

/** Why a step came to nothing this time, for those who look; `nextAt`: when it is tried again, where Slack said so. */
export async function notePassTrouble(
  db: Database,
  { passId, step }: { passId: string; step: number },
  { problem, nextAt }: { problem: string; nextAt?: Date },
): Promise<void> {
  await db.prisma.directoryPass.updateMany({
    where: { id: passId, step, finishedAt: null },
    data: { problem, ...(nextAt ? { nextAt } : {}) },
  })
}
