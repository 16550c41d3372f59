// The lists of people and of invitations at 200,000 people and 1,000,000 invitations: first and deepest page, filtered
// and searched, for a Corporate Admin, a Hub Admin and an HR Admin; beside the index alone.
import { type Database, migrate, openDatabase } from '../src/database/index.ts'
import { listInvitations, readOverview } from '../src/invitations/index.ts'
import { listPeople, type PeopleViewer, readPeopleFilter } from '../src/people/index.ts'
import type { Figure } from './figure.ts'
import { makeDataFolder } from './support/data-folder.ts'
import { percentile } from './support/percentile.ts'
import { SCENE, seedLists } from './support/seed-lists.ts'

const ROUNDS = 10
const PLACES = ['first', 'last'] as const
const REACH = '≤ 100 ms'

const FILTERS = ['', 'invited', 'not invited', 'error', 'active', 'pending', 'inactive']
const SEARCHES = [
  'ana',
  'ana diaz',
  'webersona',
  'person12345',
  'example.org',
  '+7905',
  'zq',
  'error ana',
  'active novak',
]

export async function run(): Promise<Figure[]> {
  const folder = await makeDataFolder()
  const log = { debug() {}, info() {}, warn() {}, error: console.error }
  const db = await openDatabase({ dataDir: folder.path, log })
  try {
    await migrate(db.url)
    await seedLists(db.url)
    return await measure(db)
  } finally {
    await db.close()
    await folder.remove()
  }
}

async function measure(db: Database): Promise<Figure[]> {
  const { organisationId, inviterId, hubId, departmentId } = SCENE
  const all: PeopleViewer = { organisationId, reach: 'all' }
  const hubAdmin: PeopleViewer = { organisationId, reach: { sentBy: inviterId, hubIds: [hubId], departmentId: null } }
  const hrAdmin: PeopleViewer = { organisationId, reach: { sentBy: inviterId, hubIds: [], departmentId } }
  const limit = await p95([() => bareIndex(db)])
  const people = (viewer: PeopleViewer, typed: string[]) =>
    p95(
      typed.flatMap((text) => PLACES.map((at) => () => listPeople(db, viewer, { filter: readPeopleFilter(text), at }))),
    )
  const statuses = ['pending', 'accepted', 'expired', 'error'] as const
  const invitations = await p95(
    statuses.flatMap((status) => PLACES.map((at) => () => listInvitations(db, all, { status, at }))),
  )
  return [
    figure('People, any filter, first and last page', await people(all, FILTERS), limit),
    figure('People, searched, first and last page', await people(all, SEARCHES), limit),
    figure('People of a hub of a twentieth', await people(hubAdmin, [...FILTERS, ...SEARCHES]), limit),
    figure('People of a department of a fortieth', await people(hrAdmin, [...FILTERS, ...SEARCHES]), limit),
    figure('Invitations by status, first and last page', invitations, limit),
    figure('Counts by status, and the latest', await p95([() => readOverview(db, all)]), limit),
  ]
}

function figure(name: string, value: number, limit: number): Figure {
  return { name: `${name}, 95 of 100 within`, value, unit: 'ms', limit, ratio: value / limit, reach: REACH }
}

/** One page of the people by the index alone. */
function bareIndex({ pool }: Database): Promise<unknown> {
  return pool.query({
    name: 'bench-bare-index',
    text: `SELECT "id", "lastName", "firstName", "email" FROM "Person" WHERE "organisationId" = $1
      ORDER BY "lastName", "firstName", "id" LIMIT 9`,
    values: [SCENE.organisationId],
  })
}

/** The time, in ms, that 95 of 100 looks stay within: each several times, warm, one after the other. */
async function p95(looks: (() => Promise<unknown>)[]): Promise<number> {
  const times: number[] = []
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const look of looks) {
      const began = performance.now()
      await look()
      if (round >= 0) times.push(performance.now() - began)
    }
  }
  return percentile(times, 0.95)
}
