// "Resend all", "Retry all": which invitations, by whose right, no more than were confirmed, each once.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FollowUp } from '../../src/collaborators.ts'
import { newId } from '../../src/database/index.ts'
import { countResendable, type ResendSelection, resendMany } from '../../src/invitations/index.ts'
import { beginSelection, changeSelection } from '../../src/people/index.ts'
import { type InvitationSeed, type Seeded, seedOrganisation } from '../people/seed-people.ts'
import { createTestDatabase } from '../setup/database.ts'

let db: Awaited<ReturnType<typeof createTestDatabase>>
let seeded: Seeded
let [ada, hub, room] = ['', '', '']
let followUps: FollowUp[] = []
const now = new Date('2026-11-20T10:00:00Z')
const c = () => ({
  db,
  now: () => now,
  followUp: async (_: unknown, more: FollowUp[]) => void followUps.push(...more),
})

beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  seeded = await seedOrganisation(db)
  ada = await seeded.person({ firstName: 'Ada', role: 'corporate_admin' })
  hub = await seeded.hub('Main hub')
  room = await seeded.hub('Room')
  followUps = []
})

const expired: ResendSelection = { status: 'expired', most: 10_000 }
const asked = (selection: ResendSelection, actorId = ada) => ({
  organisationId: seeded.organisationId,
  actorId,
  selection,
  origin: 'test',
})
const invite = async (seed: Partial<InvitationSeed> = {}) =>
  seeded.invite({ personId: await seeded.person(), inviterId: ada, hubId: hub, status: 'expired', ...seed })
/** An expired invitation by Ada for everybody of a name, by one statement. */
async function inviteAll(hubId: string, lastName: string): Promise<void> {
  await db.prisma
    .$executeRaw`INSERT INTO "Invitation" ("id", "organisationId", "hubId", "personId", "inviterId", "email",
        "userType", "role", "language", "status", "createdAt", "queuedAt")
      SELECT gen_random_uuid(), p."organisationId", ${hubId}::uuid, p."id", ${ada}::uuid, p."email", 'team_member', 'employee',
        'en', 'expired', now(), now()
      FROM "Person" p WHERE p."organisationId" = ${seeded.organisationId}::uuid AND p."lastName" = ${lastName}`
}
const find = (id: string) => db.prisma.invitation.findUniqueOrThrow({ where: { id } })

describe('all that expired', () => {
  it('are sent again with new links, told and delivered, each once', async () => {
    const ids = [await invite(), await invite()]
    const failed = await invite({ status: 'error' })
    expect(await countResendable(c(), asked(expired))).toBe(2)
    expect(await resendMany(c(), asked(expired))).toEqual({ resent: 2, left: 0, pastLimit: 0 })
    for (const id of ids) expect(await find(id)).toMatchObject({ status: 'waiting', generation: 2, queuedAt: now })
    expect(await find(failed)).toMatchObject({ status: 'error', generation: 1 })
    expect(followUps).toHaveLength(2)
    expect(followUps).toContainEqual({ kind: 'deliver', invitationId: ids[0], generation: 2 })
    const told = await db.prisma.auditEvent.findMany({ where: { actorId: ada } })
    expect(told.map(({ act, before, after }) => [act, before, after])).toEqual([
      ['invitation.resent', { status: 'Expired' }, { status: 'Waiting' }],
      ['invitation.resent', { status: 'Expired' }, { status: 'Waiting' }],
    ])
    expect(await resendMany(c(), asked(expired))).toEqual({ resent: 0, left: 0, pastLimit: 0 })
  })

  it('are no more than were asked about, the oldest first', async () => {
    const ids = []
    for (const day of [3, 1, 2]) ids.push(await invite({ createdAt: new Date(`2026-10-0${day}T08:00:00Z`) }))
    expect(await resendMany(c(), asked({ status: 'expired', most: 2 }))).toEqual({ resent: 2, left: 0, pastLimit: 0 })
    expect((await Promise.all(ids.map(find))).map(({ status }) => status)).toEqual(['expired', 'waiting', 'waiting'])
  })

  it('leave out who has joined, left, was invited anew, or got ten messages today', async () => {
    const joined = await invite()
    await seeded.account((await find(joined)).personId)
    const inHub = await invite()
    await seeded.join(hub, (await find(inHub)).personId)
    await invite({ personId: await seeded.person({ isActive: false }) })
    const twice = await seeded.person()
    await invite({ personId: twice })
    const newest = await invite({ personId: twice, createdAt: new Date('2026-11-10T08:00:00Z') })
    const again = await seeded.person()
    await invite({ personId: again })
    await invite({ personId: again, status: 'pending', createdAt: new Date('2026-11-10T08:00:00Z') })
    const pestered = await seeded.person({ email: 'often@example.org' })
    await invite({ personId: pestered })
    await db.prisma.$executeRaw`INSERT INTO "Sending" ("id", "organisationId", "emailKey", "at", "isSingle")
      SELECT gen_random_uuid(), ${seeded.organisationId}::uuid, 'often@example.org', ${now}, true FROM generate_series(1, 10)`
    expect(await countResendable(c(), asked(expired))).toBe(1)
    expect(await resendMany(c(), asked(expired))).toEqual({ resent: 1, left: 0, pastLimit: 0 })
    expect(await find(newest)).toMatchObject({ status: 'waiting' })
  })

  it('leave out archived hubs', async () => {
    await invite({ hubId: room })
    await db.prisma.hub.update({ where: { id: room }, data: { archivedAt: now } })
    expect(await resendMany(c(), asked(expired))).toEqual({ resent: 0, left: 0, pastLimit: 0 })
  })
})

describe('rights', () => {
  it('a Hub Admin: into their hubs, and what they may give', async () => {
    const pat = await seeded.person()
    await seeded.join(room, pat, 'hub_admin')
    const mine = await invite({ hubId: room })
    const higher = await invite({ hubId: room, role: 'hr_admin' })
    const elsewhere = await invite({ hubId: hub })
    // Sent when they had a right over that hub, too.
    const former = await invite({ hubId: hub, inviterId: pat })
    expect(await countResendable(c(), asked(expired, pat))).toBe(1)
    expect(await resendMany(c(), asked(expired, pat))).toEqual({ resent: 1, left: 0, pastLimit: 0 })
    expect(await find(mine)).toMatchObject({ status: 'waiting' })
    for (const id of [higher, elsewhere, former]) expect(await find(id)).toMatchObject({ status: 'expired' })
  })

  it('14: a Team Member: what they sent themselves, and nothing that others sent into the same hub, whichever way it is asked for', async () => {
    const sam = await seeded.person()
    await seeded.join(room, sam)
    const own = async () => invite({ hubId: room, inviterId: sam, expiresAt: new Date('2026-11-19T08:00:00Z') })
    const others = [
      await invite({ hubId: room }),
      await invite({ hubId: room, inviterId: await seeded.person() }),
      await invite({ hubId: room, status: 'error' }),
    ]
    const everybody = async () =>
      (await db.prisma.invitation.findMany({ where: { organisationId: seeded.organisationId } })).map(
        ({ personId }) => personId,
      )
    const gather = async () => {
      const gatheringId = newId()
      const place = { id: gatheringId, organisationId: seeded.organisationId, place: sam, openedAt: now }
      await db.prisma.noticeGathering.create({ data: place })
      const { organisationId } = seeded
      for (const { id } of await db.prisma.invitation.findMany({ where: { organisationId } })) {
        await db.prisma.gatheredNotice.create({ data: { id: newId(), gatheringId, invitationId: id, news: 'expired' } })
      }
      return { gatheringId }
    }
    const owner = { organisationId: seeded.organisationId, ownerId: sam }
    const choose = async () => {
      const selectionId = await beginSelection(c(), owner)
      await changeSelection(c(), { ...owner, selectionId }, { add: await everybody(), remove: [] })
      return { selectionId }
    }
    const ways: (() => Promise<ResendSelection>)[] = [
      async () => expired,
      choose,
      gather,
      async () => ({ expiredLately: 'own', most: 100 }),
    ]
    for (const way of ways) {
      const mine = await own()
      const selection = await way()
      expect(await countResendable(c(), asked(selection, sam)), JSON.stringify(selection)).toBe(1)
      expect(await resendMany(c(), asked(selection, sam)), JSON.stringify(selection)).toEqual({
        resent: 1,
        left: 0,
        pastLimit: 0,
      })
      expect(await find(mine)).toMatchObject({ status: 'waiting' })
      // Answered, so that the next way finds only the next.
      await db.prisma.invitation.update({ where: { id: mine }, data: { status: 'accepted' } })
    }
    expect(await resendMany(c(), asked({ status: 'error', most: 100 }, sam))).toEqual({
      resent: 0,
      left: 0,
      pastLimit: 0,
    })
    for (const id of others) expect(await find(id)).toMatchObject({ generation: 1 })
  })

  it('15: a right lost while many are sent again is lost for those that are left', async () => {
    const pat = await seeded.person()
    await seeded.join(room, pat, 'hub_admin')
    await seeded.many(501, 'Weber')
    await inviteAll(room, 'Weber')
    let chunks = 0
    const losing = {
      ...c(),
      async followUp() {
        chunks += 1
        const membership = { hubId_personId: { hubId: room, personId: pat } }
        if (chunks === 1) await db.prisma.hubMembership.update({ where: membership, data: { userType: 'team_member' } })
      },
    }
    expect(await resendMany(losing, asked(expired, pat))).toEqual({ resent: 500, left: 1, pastLimit: 0 })
    const where = { organisationId: seeded.organisationId, status: 'waiting' as const }
    expect(await db.prisma.invitation.count({ where })).toBe(500)
  })

  it('whoever may invite nobody: none, also of what they once sent', async () => {
    const sam = await seeded.person()
    await invite({ inviterId: sam })
    await expect(resendMany(c(), asked(expired, sam))).rejects.toMatchObject({ code: 'may_not_invite' })
  })

  it('nothing of another organisation', async () => {
    await invite()
    const other = await seedOrganisation(db)
    const eve = await other.person({ role: 'corporate_admin' })
    const request = { ...asked(expired), organisationId: other.organisationId, actorId: eve }
    expect(await resendMany(c(), request)).toEqual({ resent: 0, left: 0, pastLimit: 0 })
  })
})

describe('those of chosen people', () => {
  it('are sent again while they are pending, expired or failed', async () => {
    const ids = []
    for (const status of ['pending', 'expired', 'error', 'revoked', 'waiting', 'accepted'] as const) {
      ids.push(await invite({ status }))
    }
    const people = await Promise.all(ids.map(async (id) => (await find(id)).personId))
    const owner = { organisationId: seeded.organisationId, ownerId: ada }
    const selectionId = await beginSelection(c(), owner)
    await changeSelection(c(), { ...owner, selectionId }, { add: people, remove: [] })
    await invite()
    expect(await countResendable(c(), asked({ selectionId }))).toBe(3)
    expect(await resendMany(c(), asked({ selectionId }))).toEqual({ resent: 3, left: 0, pastLimit: 0 })
  })
})

describe('many', () => {
  it('ten thousand are sent again, once, also when two ask at the same moment', async () => {
    await seeded.many(10_000, 'Weber')
    await inviteAll(hub, 'Weber')
    const results = await Promise.all([resendMany(c(), asked(expired)), resendMany(c(), asked(expired))])
    expect(results.reduce((sum, { resent }) => sum + resent, 0)).toBe(10_000)
    const where = { organisationId: seeded.organisationId, status: 'waiting' as const, generation: 2 }
    expect(await db.prisma.invitation.count({ where })).toBe(10_000)
    expect(await db.prisma.auditEvent.count({ where: { actorId: ada, act: 'invitation.resent' } })).toBe(10_000)
  })
})
