// A reading of a Slack workspace of 10,000 members and a group of all of them: what each page costs us beside the pause that
// Slack's pace asks for; when everybody is new, when everybody was imported before, and when nothing has changed.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type Database, migrate, newId, openDatabase } from '../src/database/index.ts'
import { openQueue, type Queue } from '../src/jobs/index.ts'
import {
  beginPass,
  type DirectoryAnswer,
  type DirectoryQuestion,
  loadPassStep,
  type SlackProfile,
  takePassStep,
} from '../src/people/index.ts'
import type { Figure } from './figure.ts'
import { makeDataFolder } from './support/data-folder.ts'

const MEMBERS = 10_000
const PAGE = 200
/** Between two steps, in ms: src/people/directory-pass.ts. */
const PAUSE = 3_000
const log = { debug() {}, info() {}, warn() {}, error: console.error }

export async function run(): Promise<Figure[]> {
  const folder = await makeDataFolder()
  const db = await openDatabase({ dataDir: folder.path, log })
  await migrate(db.url)
  const queue = await openQueue({ db, log })
  try {
    const imported = await seed(db, 'imported')
    await db.pool.query(
      `INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "sources", "createdAt")
       SELECT gen_random_uuid(), $1, e, e, 'Ana', '{"firstName": "csv"}', now()
       FROM generate_series(0, ${MEMBERS - 1}) n, lateral (SELECT 'm' || n || '@bench.example') AS x(e)`,
      [imported],
    )
    const organisationId = await seed(db, 'new')
    const fresh = await read(db, queue, organisationId)
    const linked = await read(db, queue, imported)
    const same = await read(db, queue, organisationId)
    const name = 'A page of 200 members from Slack'
    const figure = (words: string, value: number): Figure => ({
      ...{ name: `${name}, ${words}, the slowest`, value, unit: 'ms', limit: PAUSE, ratio: value / PAUSE },
      reach: 'less than Slack’s pause',
    })
    return [
      figure('all new', fresh.slowest),
      figure('all imported before', linked.slowest),
      figure('nothing changed', same.slowest),
      { name: 'Longest block of the event loop meanwhile', value: fresh.block, unit: 'ms', reach: 'at most 50 ms' },
    ]
  } finally {
    await queue.close()
    await db.close()
    await folder.remove()
  }
}

async function seed(db: Database, name: string): Promise<string> {
  const id = newId()
  await db.pool.query(
    `INSERT INTO "Organisation" ("id", "slackTeamId", "createdAt", "displayName", "terms")
     VALUES ($1, $2, now(), 'Northwind Trading', 'Be kind.')`,
    [id, name],
  )
  return id
}

/** Reads everything, without Slack's pauses; gives the longest that one step took, and that the loop was blocked, in ms. */
async function read(db: Database, queue: Queue, organisationId: string): Promise<{ slowest: number; block: number }> {
  const c = { db, followUp: queue.followUp, letGo: async () => {}, now: () => new Date() }
  await beginPass(c, organisationId)
  const pass = await db.prisma.directoryPass.findFirstOrThrow({ where: { organisationId, finishedAt: null } })
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  let slowest = 0
  for (let step = 0; ; step += 1) {
    const loaded = await loadPassStep(db, { passId: pass.id, step })
    if (!loaded) break
    const began = performance.now()
    await takePassStep(c, loaded, loaded.question && answer(loaded.question))
    slowest = Math.max(slowest, performance.now() - began)
  }
  delay.disable()
  const { people, groups } = await db.prisma.directoryPass.findUniqueOrThrow({ where: { id: pass.id } })
  if (people !== MEMBERS || groups !== 1) throw new Error(`${people} members and ${groups} groups were read`)
  return { slowest: Math.round(slowest), block: Math.round(delay.max / 1e6) }
}

function answer(question: DirectoryQuestion): DirectoryAnswer {
  if (question.what === 'groups') {
    return { what: 'groups', groups: [{ externalId: 'S1', name: 'Everybody', isDeleted: false, changedAt: null }] }
  }
  if (question.what === 'members') {
    return { what: 'members', slackUserIds: Array.from({ length: MEMBERS }, (_, at) => `U${at}`) }
  }
  const from = Number(question.cursor)
  const profiles = Array.from({ length: PAGE }, (_, at) => profileOf(from + at))
  return { what: 'people', profiles, next: from + PAGE < MEMBERS ? String(from + PAGE) : '' }
}

function profileOf(at: number): SlackProfile {
  return {
    ...{ slackUserId: `U${at}`, name: `Member ${at}`, email: `m${at}@bench.example`, isActive: true },
    ...{
      teamIds: ['imported', 'new'],
      isWorkspaceAdmin: false,
      isWorkspaceGuest: false,
      firstName: 'Member',
      lastName: String(at),
    },
    ...{ phone: `+7 905 ${String(1_000_000 + at)}`, startDate: '2026-12-01', locale: 'en-GB' },
  }
}
