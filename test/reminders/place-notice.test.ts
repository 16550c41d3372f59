// Five news in a minute for one place, over instances and races; what is gathered is told once, and nothing is lost.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FollowUp } from '../../src/collaborators.ts'
import { type Database, newId } from '../../src/database/index.ts'
import { closeGathering, placeNotice, recordGatheringTold } from '../../src/invitations/index.ts'
import { seedInvitations } from '../jobs/seed.ts'
import { createTestDatabase } from '../setup/database.ts'

const MINUTE = 60_000
const start = new Date('2026-11-20T12:00:00Z')

let db: Database & { drop(): Promise<void> }
let ids: string[]
let organisationId: string
let place: string
let now: Date
let followed: FollowUp[]

beforeAll(async () => {
  db = await createTestDatabase()
  ids = await seedInvitations(db, 30)
  const first = await db.prisma.invitation.findFirstOrThrow()
  organisationId = first.organisationId
})
beforeEach(() => {
  place = newId()
  now = start
  followed = []
})
afterAll(() => db.drop())

function tell(index = 0, noticeId = newId()): Promise<'tell' | 'gathered'> {
  const invitationId = ids[index] ?? ''
  const c = { db, now: () => now, followUp: async (_tx: unknown, all: FollowUp[]) => void followed.push(...all) }
  return placeNotice(c, { noticeId, organisationId, place, invitationId, news: 'expired' })
}

const later = (ms: number) => {
  now = new Date(now.getTime() + ms)
}
const c = () => ({ db, now: () => now })
const openId = () => (followed[0]?.kind === 'tell' ? followed[0].id : '')

describe('news for one place', () => {
  it('thirty at the same moment are five and one gathering of the others', async () => {
    const placed = await Promise.all(ids.map((_, index) => tell(index)))
    expect(placed.filter((one) => one === 'tell')).toHaveLength(5)
    expect(followed).toEqual([
      { kind: 'tell', what: 'notices', id: expect.any(String), notBefore: new Date(start.getTime() + MINUTE) },
    ])
    const gathering = await closeGathering(c(), openId())
    expect(gathering?.told).toMatchObject([{ news: 'expired', count: 25 }])
    expect(gathering?.told[0]?.names).toHaveLength(5)
  })

  it('a sixth waits until the first of the five is a minute old; after that there is room', async () => {
    for (let index = 0; index < 5; index++) {
      expect(await tell()).toBe('tell')
      later(10_000)
    }
    expect(await tell()).toBe('gathered')
    expect(followed).toMatchObject([{ notBefore: new Date(start.getTime() + MINUTE) }])
    later(9_999)
    expect(await tell()).toBe('gathered')
    await closeGathering(c(), openId())
    later(1)
    expect(await tell()).toBe('tell')
  })

  it('what comes while a gathering is open joins it, even when there would be room', async () => {
    for (let index = 0; index < 6; index++) await tell()
    later(5 * MINUTE)
    expect(await tell()).toBe('gathered')
    expect((await closeGathering(c(), openId()))?.told).toMatchObject([{ count: 2 }])
    expect(await tell()).toBe('tell')
  })

  it('a gathering whose follow-up was lost is asked for again by the next news, and swallows nothing for ever', async () => {
    for (let index = 0; index < 6; index++) await tell()
    later(10 * MINUTE)
    expect(await tell()).toBe('gathered')
    expect(followed).toHaveLength(1)
    later(1)
    await tell()
    await tell()
    expect(followed.slice(1)).toEqual([{ kind: 'tell', what: 'notices', id: openId() }])
    expect((await closeGathering(c(), openId()))?.told).toMatchObject([{ count: 4 }])
  })

  it('the same notice taken up again is the same: told again, or gathered once', async () => {
    const noticeId = newId()
    for (let index = 0; index < 4; index++) await tell()
    expect(await tell(0, noticeId)).toBe('tell')
    expect(await tell(0, noticeId)).toBe('tell')
    const sixth = newId()
    expect(await tell(1, sixth)).toBe('gathered')
    expect(await tell(1, sixth)).toBe('gathered')
    expect((await closeGathering(c(), openId()))?.told).toMatchObject([{ count: 1 }])
  })

  it('a clock that was set back makes nobody wait longer than a minute', async () => {
    for (let index = 0; index < 5; index++) await tell()
    later(-60 * MINUTE)
    expect(await tell()).toBe('gathered')
    expect(followed).toMatchObject([{ notBefore: new Date(now.getTime() + MINUTE) }])
  })

  it('a gathering that was closed, and not told because the program was killed, is told by the next; then no more', async () => {
    for (let index = 0; index < 8; index++) await tell(index)
    expect(await closeGathering(c(), openId())).toMatchObject({ isTold: false, told: [{ count: 3 }] })
    expect(await closeGathering(c(), openId())).toMatchObject({ isTold: false, told: [{ count: 3 }] })
    await recordGatheringTold(c(), openId())
    expect(await closeGathering(c(), openId())).toMatchObject({ isTold: true })
  })

  it('a place never waits for another', async () => {
    for (let index = 0; index < 6; index++) await tell()
    place = newId()
    expect(await tell()).toBe('tell')
  })
})
