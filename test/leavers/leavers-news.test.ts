// What Corporate Admins are told of people who left: what is open still, once, and of many in one message.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../../src/database/index.ts'
import {
  finishLeaversNews,
  type LeaversNews,
  noteLeaversTold,
  revokeLeftInvitations,
  takeUpLeaversNews,
} from '../../src/invitations/index.ts'
import { markLeft } from '../../src/people/index.ts'
import { leaversMessage } from '../../src/slack/leavers-message.ts'
import { createTestDatabase } from '../setup/database.ts'
import { type LeaversWorld, leaversWorld } from './leavers-world.ts'

let db: Awaited<ReturnType<typeof createTestDatabase>>
let world: LeaversWorld
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  world = await leaversWorld(db)
})

/** The news of which follow-ups were recorded. */
const newsIds = () => world.followUps.flatMap((one) => (one.kind === 'tell' && one.what === 'left' ? [one.id] : []))
const takeUp = (id: string | undefined) => takeUpLeaversNews(world.c, id ?? newId())

async function sender(name: string, invitations = 1) {
  const [firstName = '', lastName = ''] = name.split(' ')
  const id = await world.member({ firstName, lastName })
  for (let n = 0; n < invitations; n += 1) await world.invited(await world.seeded.person(), id)
  return id
}

const leaves = (id: string) => world.says(id, 'slack', false)

describe('the news of somebody who left', () => {
  it('say what is open still, and which of their links was turned off', async () => {
    const sam = await sender('Sam Rivera', 3)
    await world.link(sam)
    await leaves(sam)
    const [id] = newsIds()
    expect(await takeUp(id)).toEqual({
      ...{ id, organisationId: world.organisationId, people: [{ id: sam, name: 'Sam Rivera' }], count: 1 },
      ...{ invitations: 3, links: ['Main hub: External Member'], toldTo: [] },
    })
  })

  it('are none of whoever had sent nothing, or of whom all is answered', async () => {
    const [quiet, sam] = [await world.member({ firstName: 'Quiet' }), await world.member({ firstName: 'Sam' })]
    await world.seeded.invite({ personId: quiet, inviterId: sam, hubId: world.hub, status: 'accepted' })
    await leaves(quiet)
    await leaves(sam)
    expect(newsIds()).toEqual([])
    // Known as one who had sent something, for what may be sent again.
    expect(await db.prisma.leaver.findMany({ where: { organisationId: world.organisationId } })).toMatchObject([
      { personId: sam },
    ])
  })

  it('are not told any more when everything was revoked, or they are back, meanwhile', async () => {
    const [sam, pat] = [await sender('Sam'), await sender('Pat')]
    await leaves(sam)
    await leaves(pat)
    await revokeLeftInvitations(world.c, { ...world.by(world.ada), senderId: sam })
    await world.says(pat, 'slack', true)
    for (const id of newsIds()) expect(await takeUp(id)).toBeUndefined()
  })
})

describe('run twice', () => {
  it('goes on where it was cut short, and says nothing once it is done', async () => {
    await leaves(await sender('Sam'))
    const [id = ''] = newsIds()
    expect(await takeUp(id)).toMatchObject({ toldTo: [] })
    await noteLeaversTold(db, id, 'UADA')
    await noteLeaversTold(db, id, 'UADA')
    expect(await takeUp(id)).toMatchObject({ toldTo: ['UADA'] })
    await finishLeaversNews(world.c, id)
    expect(await takeUp(id)).toBeUndefined()
  })

  it('of news that are not there says nothing', async () => {
    expect(await takeUp(newId())).toBeUndefined()
  })
})

describe('many leavers', () => {
  it('within a minute are one more message, whoever hears of it first', async () => {
    await leaves(await sender('First Leaver'))
    const [first = ''] = newsIds()
    await takeUp(first)
    await finishLeaversNews(world.c, first)
    for (let n = 0; n < 12; n += 1) await leaves(await sender(`Leaver ${n}`, 2))
    const others = newsIds().slice(1)
    expect(await takeUp(others[5])).toEqual({ waitSeconds: 60 })
    world.pass(45_000)
    expect(await takeUp(others[11])).toEqual({ waitSeconds: 15 })
    world.pass(15_000)
    const told = await Promise.all(others.map(takeUp))
    const messages = told.filter((one): one is LeaversNews => one !== undefined && 'count' in one)
    expect(messages).toHaveLength(1)
    expect(messages[0]).toMatchObject({ count: 12, invitations: 24 })
    expect(messages[0]?.people).toHaveLength(3)
  })

  it('five hundred at once are one message', async () => {
    await world.seeded.many(500, 'Leaver')
    const [hub, at] = [world.hub, world.clock.now]
    await db.prisma.$executeRaw`
      INSERT INTO "Invitation" ("id", "organisationId", "hubId", "personId", "inviterId", "email", "userType", "role",
        "language", "status", "createdAt", "queuedAt")
      SELECT gen_random_uuid(), ${world.organisationId}::uuid, ${hub}::uuid, ${world.ada}::uuid, p."id", 'x', 'team_member',
        'employee', 'en', 'pending', ${at}, ${at} FROM "Person" p
      WHERE p."organisationId" = ${world.organisationId}::uuid AND p."lastName" = 'Leaver' AND p."firstName" = 'Ana 00001'`
    const owner = { organisationId: world.organisationId, ownerId: world.ada }
    const where = { organisationId: world.organisationId, lastName: 'Leaver' }
    const people = await db.prisma.person.findMany({ where, select: { id: true } })
    const selectionId = newId()
    const personIds = people.map(({ id }) => id)
    await db.prisma.selection.create({ data: { id: selectionId, ...owner, personIds, createdAt: at } })
    expect(await markLeft(world.c, { ...world.by(world.ada), which: { selectionId } })).toEqual({ count: 500 })
    expect(newsIds()).toHaveLength(1)
    expect(await takeUp(newsIds()[0])).toMatchObject({ count: 1, invitations: 1 })
  })
})

describe('the words', () => {
  const news = (more: Partial<LeaversNews>): LeaversNews => ({
    ...{ id: newId(), organisationId: newId(), people: [{ id: newId(), name: 'Sam Rivera' }], count: 1 },
    ...{ invitations: 3, links: [], toldTo: [] },
    ...more,
  })
  const named = (...names: string[]) => names.map((name) => ({ id: newId(), name }))

  it.each<[Partial<LeaversNews>, string]>([
    [{}, 'Sam Rivera has left. 3 invitations that they sent are still open.'],
    [{ invitations: 1 }, 'Sam Rivera has left. 1 invitation that they sent is still open.'],
    [
      { invitations: 0, links: ['Main hub: External Member'] },
      'Sam Rivera has left. Their registration link for Main hub: External Member was turned off; whoever turns it on again is its owner.',
    ],
    [
      { people: named('Ana', 'Bob'), count: 2, invitations: 1_204 },
      'Ana and Bob have left. 1,204 invitations that they sent are still open.',
    ],
    [
      { people: named('Ana', 'Bob', 'Cleo'), count: 500, invitations: 9 },
      'Ana, Bob, Cleo and 497 others have left. 9 invitations that they sent are still open.',
    ],
    [
      { people: named('<!channel>', 'Bob', 'Cleo'), count: 4, invitations: 9 },
      '&lt;!channel&gt;, Bob, Cleo and one more have left. 9 invitations that they sent are still open.',
    ],
  ])('%j', (more, text) => {
    expect(leaversMessage(news(more)).text).toBe(text)
  })
})
