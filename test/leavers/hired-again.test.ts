// Somebody who had left comes back: invited again as anybody else, by a new invitation, and with nothing from before.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { reopenAccount, reopenAccounts } from '../../src/accounts/index.ts'
import { newId } from '../../src/database/index.ts'
import { approveRequest, resendInvitation, sendInvitation } from '../../src/invitations/index.ts'
import { beginSelection, changeSelection, countInvitable, EVERYBODY, listPeople } from '../../src/people/index.ts'
import { createTestDatabase } from '../setup/database.ts'
import { type LeaversWorld, leaversWorld, PASSWORD } from './leavers-world.ts'

let db: Awaited<ReturnType<typeof createTestDatabase>>
let world: LeaversWorld
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  world = await leaversWorld(db)
})

const email = 'sam@example.org'

function invite(more: { hubId?: string; userType?: 'team_member' | 'external_member' } = {}) {
  const form = {
    ...{ email, hubId: world.hub, userType: 'external_member' as const, role: 'employee' as const },
    ...{ departmentId: null, locationId: null, language: null, note: '', ...more },
  }
  return sendInvitation(world.c, { ...world.by(world.ada), submissionKey: newId(), form })
}

/** Sam had joined two hubs, left, and is back a day later. */
async function returned(): Promise<{ sam: string; room: string }> {
  const room = await world.seeded.hub('Room')
  const sam = await world.member({ firstName: 'Sam', email, role: 'hr_admin' }, 'hub_admin')
  await world.seeded.join(room, sam, 'hub_admin')
  await db.prisma.secondFactor.create({
    data: { id: newId(), organisationId: world.organisationId, personId: sam, kind: 'app', createdAt: world.clock.now },
  })
  await world.says(sam, 'scim', false)
  world.pass(86_400_000)
  await world.says(sam, 'scim', true)
  return { sam, room }
}

async function standingOf(id: string) {
  const { people } = await listPeople(
    db,
    { organisationId: world.organisationId, reach: 'all' },
    { filter: EVERYBODY, size: 50 },
  )
  const line = people.find((person) => person.id === id)
  return line && { invited: line.invited, user: line.user, obstacles: line.obstacles }
}

describe('somebody who is back', () => {
  it('has nothing from before: no role, no hub, and an account that stays paused', async () => {
    const { sam } = await returned()
    expect(await world.person(sam)).toMatchObject({
      ...{ isActive: true, leftAt: null, hiredAgainAt: world.clock.now, role: null, memberships: [] },
      account: { status: 'inactive' },
    })
    expect(await standingOf(sam)).toEqual({ invited: 'not_invited', user: 'not_invited', obstacles: [] })
  })

  it('is invited again by hand, and joins with the new password into the new hub alone', async () => {
    const { sam } = await returned()
    const before = (await world.person(sam)).account
    const sent = await invite()
    const invitation = await db.prisma.invitation.update({
      where: { id: sent.invitationId },
      data: { status: 'pending', expiresAt: new Date(world.clock.now.getTime() + 60_000) },
    })
    expect(invitation.isAddition).toBe(false)
    expect(await standingOf(sam)).toMatchObject({ invited: 'invited', user: 'pending' })

    await world.accept(invitation)

    const { account, memberships, role } = await world.person(sam)
    expect(account).toMatchObject({
      ...{ id: before?.id, status: 'active', leftAt: null, passwordHash: `hash of ${PASSWORD}` },
      ...{ termsAgreedAt: world.clock.now, termsAgreedFrom: '203.0.113.7' },
    })
    expect(memberships.map(({ hubId, userType }) => [hubId, userType])).toEqual([[world.hub, 'external_member']])
    expect(role).toBe('employee')
    // What proved them before they left proves nothing any more.
    expect(await db.prisma.secondFactor.count({ where: { personId: sam } })).toBe(0)
    expect(await standingOf(sam)).toMatchObject({ invited: 'invited', user: 'active' })
    await expect(world.accept(invitation)).rejects.toMatchObject({ code: 'link_dead' })
  })

  it('is invited again from the list of people, and by an approval', async () => {
    const { sam } = await returned()
    const owner = { organisationId: world.organisationId, ownerId: world.ada }
    const selectionId = await beginSelection(world.c, owner)
    await changeSelection(world.c, { ...owner, selectionId }, { add: [sam], remove: [] })
    const viewer = { organisationId: world.organisationId, reach: 'all' as const }
    expect(await countInvitable(db, { viewer, selection: { ...owner, selectionId } })).toBe(1)

    const { requestId, invitationId } = await world.asked(sam, await world.seeded.person())
    const access = { hubId: world.hub, userType: 'team_member', role: 'employee', departmentId: null } as const
    await approveRequest(world.c, { ...world.by(world.ada), requestId, answer: '', access, leaveOut: [] })
    expect(await world.invitation(invitationId)).toMatchObject({ status: 'waiting', isAddition: false })
  })

  it('whose new invitation has arrived nowhere is sent it again', async () => {
    await returned()
    const { invitationId } = await invite()
    await db.prisma.invitation.update({ where: { id: invitationId }, data: { status: 'error' } })
    await resendInvitation(world.c, { ...world.by(world.ada), invitationId, generation: 1 })
    expect(await world.invitation(invitationId)).toMatchObject({ status: 'waiting', generation: 2 })
  })

  it('leaves again: once more everything, and the account is told as paused once more', async () => {
    const { sam } = await returned()
    const { invitationId } = await invite()
    await world.accept(await world.invitation(invitationId))
    await world.says(sam, 'scim', false)
    expect((await world.actsOn(sam)).filter((act) => act === 'account.paused')).toHaveLength(2)
    expect(await world.person(sam)).toMatchObject({ isActive: false, memberships: [], account: { status: 'inactive' } })
  })
})

describe('an old link', () => {
  it('SECURITY 7: never works again, whether they are away or back', async () => {
    const sam = await world.seeded.person({ email })
    const old = await world.invited(sam)
    await world.says(sam, 'slack', false)
    await expect(world.accept(old)).rejects.toMatchObject({ code: 'link_dead' })
    await world.says(sam, 'slack', true)
    await expect(world.accept(old)).rejects.toMatchObject({ code: 'link_dead' })
    await invite()
    await expect(world.accept(old)).rejects.toMatchObject({ code: 'link_dead' })
    expect(await world.person(sam)).toMatchObject({ account: null })
  })

  it('makes nobody active who is not, even where it is open by some mistake', async () => {
    const sam = await world.seeded.person({ email, isActive: false })
    const open = await world.invited(sam)
    await expect(world.accept(open)).rejects.toMatchObject({ code: 'link_dead' })
    expect(await world.person(sam)).toMatchObject({ isActive: false, account: null })
  })
})

describe('the account of somebody who left', () => {
  const reopen = (personId: string) => reopenAccount(world.c, { ...world.by(world.ada), personId })

  it('is reopened by nobody while they are away: one by one with words, among many passed over', async () => {
    const sam = await world.member({ firstName: 'Sam', lastName: 'Rivera' })
    await world.says(sam, 'scim', false)
    await expect(reopen(sam)).rejects.toMatchObject({ code: 'account_left', detail: { name: 'Sam Rivera' } })
    const owner = { organisationId: world.organisationId, ownerId: world.ada }
    const selectionId = await beginSelection(world.c, owner)
    await changeSelection(world.c, { ...owner, selectionId }, { add: [sam], remove: [] })
    expect(await reopenAccounts(world.c, { ...world.by(world.ada), selectionId })).toBe(0)
  })

  it('is reopened by an admin once they are back, unless they are invited anew', async () => {
    const { sam } = await returned()
    const { invitationId } = await invite()
    await expect(reopen(sam)).rejects.toMatchObject({ code: 'account_invited_anew', detail: { name: 'Sam' } })
    await db.prisma.invitation.update({ where: { id: invitationId }, data: { status: 'revoked' } })
    await reopen(sam)
    expect((await world.person(sam)).account).toMatchObject({ status: 'active', leftAt: null })
    expect(await standingOf(sam)).toMatchObject({ user: 'active' })
  })

  it('that was paused by somebody before they left stays in the way of a new invitation', async () => {
    const sam = await world.seeded.person({ firstName: 'Sam', email })
    await world.seeded.account(sam, 'inactive')
    await world.says(sam, 'slack', false)
    await world.says(sam, 'slack', true)
    await expect(invite()).rejects.toMatchObject({ code: 'could_not_be_invited' })
  })

  it('is in nobody’s way for a moment only: an account that somebody paused is never opened by a link', async () => {
    const sam = await world.seeded.person({ email })
    const open = await world.invited(sam)
    await world.seeded.account(sam, 'inactive')
    await expect(world.accept(open)).rejects.toMatchObject({ code: 'link_dead' })
    expect((await world.person(sam)).account).toMatchObject({ status: 'inactive', passwordHash: 'x' })
  })
})
