// Whoever becomes inactive loses every way in, in the same moment; what they had sent to others stays valid.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../../src/database/index.ts'
import {
  approveRequest,
  bookInvitation,
  listLeftInvitations,
  openJoinLink,
  resendInvitation,
  revokeInvitation,
  revokeLeftInvitations,
  sendInvitation,
  turnOnLink,
} from '../../src/invitations/index.ts'
import { makeJoinToken } from '../../src/invitations/join-token.ts'
import { createTestDatabase } from '../setup/database.ts'
import { JOIN_KEY, type LeaversWorld, leaversWorld } from './leavers-world.ts'

let db: Awaited<ReturnType<typeof createTestDatabase>>
let world: LeaversWorld
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  world = await leaversWorld(db)
})

const everything = () => ({ organisationId: world.organisationId, reach: 'all' as const })
const form = (email: string) => ({
  ...{ email, hubId: world.hub, userType: 'team_member' as const, role: 'employee' as const },
  ...{ departmentId: null, locationId: null, language: null, note: '' },
})

async function book(actorId: string, status: 'booked' | 'sent' = 'booked') {
  const id = newId()
  const row = { organisationId: world.organisationId, actorId, form: form('later@example.org'), email: 'later', status }
  await db.prisma.booking.create({ data: { id, ...row, dueAt: world.clock.now, createdAt: world.clock.now } })
  return id
}

describe('SPEC 7: whoever becomes inactive, by whichever source', () => {
  it.each(['slack', 'scim', 'csv', 'hand'] as const)(
    '%s: loses everything in one moment, told each',
    async (source) => {
      const { seeded, hub, ada } = world
      const room = await seeded.hub('Room')
      const sam = await world.member({ firstName: 'Sam', lastName: 'Rivera', role: 'hr_admin' }, 'hub_admin')
      const pending = await world.invited(sam, ada, room)
      const waiting = await seeded.invite({
        personId: sam,
        inviterId: ada,
        hubId: await seeded.hub('Hall'),
        status: 'waiting',
      })
      const asked = await world.asked(sam, ada)
      const linkId = await world.link(sam)
      const [booked, sent] = [await book(sam), await book(sam, 'sent')]

      const learnt = await world.says(sam, source, false)

      expect(learnt).toEqual({ changed: true, isActive: false, hasLeft: true, isBack: false })
      expect(await world.person(sam)).toMatchObject({
        ...{ isActive: false, leftAt: world.clock.now, role: null, memberships: [] },
        account: { status: 'inactive', leftAt: world.clock.now },
      })
      for (const id of [pending.id, waiting, asked.invitationId]) {
        expect(await world.invitation(id)).toMatchObject({ status: 'revoked', generation: 2 })
        expect(await world.actsOn(id)).toContain('invitation.revoked')
      }
      expect(await db.prisma.approvalRequest.findUnique({ where: { id: asked.requestId } })).toMatchObject({
        ...{ status: 'closed', escalatesAt: null, answer: 'They are not active in the organisation any more.' },
      })
      expect(world.followUps).toContainEqual({ kind: 'request', requestId: asked.requestId, step: 'tell' })
      expect(await db.prisma.registrationLink.findUnique({ where: { id: linkId } })).toMatchObject({ isOn: false })
      expect(await db.prisma.booking.findUnique({ where: { id: booked } })).toMatchObject({ status: 'cancelled' })
      expect(await db.prisma.booking.findUnique({ where: { id: sent } })).toMatchObject({ status: 'sent' })
      expect((await world.actsOn(sam)).sort()).toEqual(['account.paused', 'person.deactivated', 'person.let_go'])
      expect(await world.actsOn(linkId)).toEqual(['link.turned_off'])
      const lost = await db.prisma.auditEvent.findFirstOrThrow({ where: { subjectId: sam, act: 'person.let_go' } })
      expect(lost.before).toEqual({ role: 'HR Admin', hubs: 'Main hub (Hub Admin)', bookedInvitations: 1 })
      expect(lost.after).toEqual({ role: null, hubs: null, bookedInvitations: 0 })
      expect(hub).not.toBe('')
    },
  )

  it('hearing it twice changes nothing more', async () => {
    const sam = await world.member({ firstName: 'Sam', role: 'hr_admin' })
    await world.says(sam, 'slack', false)
    const events = await db.prisma.auditEvent.count({ where: { organisationId: world.organisationId } })
    const told = world.followUps.length
    await world.says(sam, 'slack', false)
    await world.says(sam, 'scim', false)
    expect(await db.prisma.auditEvent.count({ where: { organisationId: world.organisationId } })).toBe(events)
    expect(world.followUps).toHaveLength(told)
  })

  it('an account that somebody had paused stays paused by them', async () => {
    const sam = await world.seeded.person({ firstName: 'Sam' })
    await world.seeded.account(sam, 'inactive')
    await world.says(sam, 'scim', false)
    expect((await world.person(sam)).account).toMatchObject({ status: 'inactive', leftAt: null })
  })
})

describe('what they had asked for', () => {
  it('is closed, because nobody stands behind it; what came by their registration link is not: the invitee asked', async () => {
    const sam = await world.member({ firstName: 'Sam' })
    const [ana, bea] = [await world.seeded.person(), await world.seeded.person()]
    const own = await world.asked(ana, sam)
    const byLink = await world.asked(bea, sam, { linkId: await world.link(sam) })
    const list = await askForList(sam)

    await world.says(sam, 'slack', false)

    expect(await db.prisma.approvalRequest.findUnique({ where: { id: own.requestId } })).toMatchObject({
      ...{ status: 'closed', answer: 'Whoever asked for it is not active in the organisation any more.' },
    })
    expect(await world.invitation(own.invitationId)).toMatchObject({ status: 'rejected' })
    expect(await world.actsOn(own.invitationId)).toEqual(['request.closed'])
    expect(await db.prisma.batch.findUnique({ where: { id: list } })).toMatchObject({ status: 'rejected' })
    expect(await world.actsOn(list)).toEqual(['request.closed'])
    expect(await db.prisma.approvalRequest.findUnique({ where: { id: byLink.requestId } })).toMatchObject({
      status: 'open',
    })
    expect(await world.invitation(byLink.invitationId)).toMatchObject({ status: 'awaiting_approval' })
  })
})

async function askForList(requesterId: string): Promise<string> {
  const { organisationId, clock, hub } = world
  const [id, requestId] = [newId(), newId()]
  const batch = { organisationId, inviterId: requesterId, source: 'pasted' as const, createdAt: clock.now, hubId: hub }
  await db.prisma.batch.create({ data: { id, ...batch, status: 'awaiting_approval', good: 3 } })
  const request = { organisationId, requesterId, batchId: id, hubId: hub, createdAt: clock.now, lapsesAt: clock.now }
  await db.prisma.approvalRequest.create({ data: { id: requestId, ...request } })
  return id
}

describe('SECURITY 15: their own right to invite and to decide', () => {
  it('is gone at once: forms, approvals, bookings, resends, revocations, links', async () => {
    const { c, by } = world
    const sam = await world.member({ firstName: 'Sam', role: 'corporate_admin' }, 'hub_admin')
    const sent = await world.invited(await world.seeded.person(), sam)
    const { requestId } = await world.asked(await world.seeded.person(), world.ada)
    const linkId = await world.link(sam)
    await world.says(sam, 'scim', false)
    const access = { hubId: world.hub, userType: 'team_member', role: 'employee', departmentId: null } as const
    const pressed = { ...by(sam), invitationId: sent.id, generation: 1 }

    const acts: [string, () => Promise<unknown>, string][] = [
      [
        'a form that was open',
        () => sendInvitation(c, { ...by(sam), submissionKey: newId(), form: form('x@example.org') }),
        'may_not_invite',
      ],
      ['a booking', () => bookInvitation(c, { ...by(sam), form: form('x@example.org') }), 'may_not_invite'],
      [
        'an approval',
        () => approveRequest(c, { ...by(sam), requestId, answer: '', access, leaveOut: [] }),
        'may_not_decide',
      ],
      ['a resend', () => resendInvitation(c, pressed), 'may_not_invite'],
      ['a revocation', () => revokeInvitation(c, pressed), 'may_not_invite'],
      ['a link turned on', () => turnOnLink(c, { ...by(sam), linkId }), 'may_not_give'],
      [
        'the invitations of those who left',
        () => revokeLeftInvitations(c, { ...by(sam), senderId: sam }),
        'may_not_invite',
      ],
    ]
    for (const [name, act, code] of acts) await expect(act(), name).rejects.toMatchObject({ code })
    expect(await world.invitation(sent.id)).toMatchObject({ status: 'pending', generation: 1 })
  })
})

describe('what they had sent', () => {
  it('stays valid, is listed within the viewer’s reach, and can be revoked all together', async () => {
    const { c, by, seeded } = world
    const [sam, pat] = [
      await world.member({ firstName: 'Sam', lastName: 'Rivera' }),
      await world.member({ firstName: 'Pat' }),
    ]
    const hall = await seeded.hub('Hall')
    const first = await world.invited(await seeded.person(), sam)
    world.pass(1_000)
    const second = await world.invited(await seeded.person(), sam, hall)
    const others = await world.invited(await seeded.person(), pat)
    await world.says(sam, 'slack', false)

    const token = makeJoinToken(JOIN_KEY, {
      organisationId: world.organisationId,
      invitationId: first.id,
      generation: 1,
    })
    expect((await openJoinLink(c, token)).inviterName).toBe('Sam Rivera')
    const all = await listLeftInvitations(db, everything(), { senderId: null })
    expect(all).toMatchObject({ total: 2, hasPrevious: false, hasNext: false })
    expect(all.invitations.map(({ id }) => id)).toEqual([second.id, first.id])
    const inHall = { organisationId: world.organisationId, reach: { sentBy: pat, hubIds: [hall], departmentId: null } }
    expect((await listLeftInvitations(db, inHall, { senderId: sam })).invitations.map(({ id }) => id)).toEqual([
      second.id,
    ])

    const bea = await world.seeded.person({ firstName: 'Bea' })
    await seeded.join(hall, bea, 'hub_admin')
    expect(await revokeLeftInvitations(c, { ...by(bea), senderId: sam })).toBe(1)
    expect(await world.invitation(first.id)).toMatchObject({ status: 'pending' })
    expect(await revokeLeftInvitations(c, { ...by(world.ada), senderId: pat })).toBe(0)
    expect(await revokeLeftInvitations(c, { ...by(world.ada), senderId: sam })).toBe(1)
    expect(await revokeLeftInvitations(c, { ...by(world.ada), senderId: sam })).toBe(0)
    expect(await world.invitation(first.id)).toMatchObject({ status: 'revoked', generation: 2 })
    expect(await world.actsOn(first.id)).toEqual(['invitation.revoked'])
    expect(await world.invitation(others.id)).toMatchObject({ status: 'pending' })
    expect((await listLeftInvitations(db, everything(), { senderId: null })).total).toBe(0)
  })

  it('is paged both ways, and not listed of somebody who is back', async () => {
    const sam = await world.member({ firstName: 'Sam' })
    const ids: string[] = []
    for (let n = 0; n < 5; n += 1) {
      world.pass(1_000)
      ids.unshift((await world.invited(await world.seeded.person(), sam)).id)
    }
    await world.says(sam, 'slack', false)
    const page = (at?: Parameters<typeof listLeftInvitations>[2]['at']) =>
      listLeftInvitations(db, everything(), { senderId: null, size: 2, ...(at ? { at } : {}) })
    const first = await page()
    expect(first.invitations.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    const last = first.invitations.at(-1)
    if (!last) throw new Error('a page was expected')
    const next = await page({ after: last })
    expect(next).toMatchObject({ total: 5, hasPrevious: true, hasNext: true })
    expect(next.invitations.map(({ id }) => id)).toEqual(ids.slice(2, 4))
    const [top] = next.invitations
    if (!top) throw new Error('a page was expected')
    expect((await page({ before: top })).invitations.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    await world.says(sam, 'slack', true)
    expect((await page()).total).toBe(0)
  })
})
