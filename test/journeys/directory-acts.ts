// What tests of the directory do: let all of Slack be read, count what was asked, look at people and groups.
import { expect } from 'vitest'
import type { Queue } from '../../src/jobs/index.ts'
import type { Usher } from '../setup/usher.ts'
import { queryRows, until } from './acts.ts'

/** Asks for a reading of all of Slack. */
export async function askForReading(queue: Queue): Promise<void> {
  await queue.boss.send('directory', { begin: 'now' })
}

/**
 * Lets the reading that goes on come to its end, until there are so many that did: its pauses are passed by the clock. A
 * step that was put off is filed once more, because the queue looks for those only every other second.
 */
export async function readToTheEnd(usher: Usher, queue: Queue, readings: number): Promise<void> {
  let asked = ''
  await until(async () => {
    const running = await usher.app.db.prisma.directoryPass.findFirst({ where: { finishedAt: null } })
    if (running && asked !== `${running.id} ${running.step}`) {
      asked = `${running.id} ${running.step}`
      usher.clock.pass(3_000)
      await queue.boss.send('directory', { passId: running.id, step: running.step })
    }
    expect(await finishedReadings(usher)).toBe(readings)
  })
}

/** Reads all of Slack once. */
export async function readAll(usher: Usher, queue: Queue): Promise<void> {
  const before = await finishedReadings(usher)
  await askForReading(queue)
  await readToTheEnd(usher, queue, before + 1)
}

export async function finishedReadings(usher: Usher): Promise<number> {
  return usher.app.db.prisma.directoryPass.count({ where: { finishedAt: { not: null } } })
}

/** How often Slack was asked for something since a call, with the cursors. */
export function askedFor(usher: Usher, method: string, since = 0): { cursor: unknown; status: number }[] {
  return usher.slack.requests
    .slice(since)
    .filter((call) => call.method === method)
    .map(({ body, status }) => ({ cursor: body.cursor ?? '', status }))
}

/** `count` more members of the workspace, without an event: member 0 is U<prefix>0. */
export async function addMembers(usher: Usher, prefix: string, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const name = `${prefix.toLowerCase()}${at}`
    await usher.slack.setUser(
      `U${prefix}${at}`,
      { name, real_name: `Member ${prefix}${at}`, email: `${name}@northwind.example` },
      { silently: true },
    )
  }
}

export async function memberOf(usher: Usher, slackUserId: string) {
  return usher.app.db.prisma.person.findFirstOrThrow({ where: { slackUserId } })
}

/** A group of Slack's with the Slack ids of those in it, in their order. */
export async function groupIn(usher: Usher, externalId: string) {
  const group = await usher.app.db.prisma.group.findFirstOrThrow({
    where: { source: 'slack', externalId },
    include: { members: { include: { person: { select: { slackUserId: true } } } } },
  })
  const members = group.members.map(({ person }) => person.slackUserId).sort()
  return { name: group.name, isGone: group.deletedAt !== null, members }
}

/** Every act that the audit log tells of one person or group. */
export async function actsOf(usher: Usher, subjectId: string): Promise<unknown[]> {
  const rows = await queryRows(usher, `SELECT "act" FROM "AuditEvent" WHERE "subjectId" = $1 ORDER BY "at", "id"`, [
    subjectId,
  ])
  return rows.map(({ act }) => act)
}
