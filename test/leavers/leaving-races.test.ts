// Somebody leaves at the same moment as something else is done for them (SECURITY, 3): one of the two wins, cleanly.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { reopenAccount } from '../../src/accounts/index.ts'
import { newId } from '../../src/database/index.ts'
import {
  approveRequest,
  resendInvitation,
  revokeLeftInvitations,
  sendInvitation,
  tendRequests,
} from '../../src/invitations/index.ts'
import { bringBack, markLeft } from '../../src/people/index.ts'
import { createTestDatabase } from '../setup/database.ts'
import { type LeaversWorld, leaversWorld } from './leavers-world.ts'

/** Enough for every order of the steps to have happened. */
const ROUNDS = 20

let db: Awaited<ReturnType<typeof createTestDatabase>>
let world: LeaversWorld
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  world = await leaversWorld(db)
})

/** Runs acts at the same moment, every order of starting them in turn; gives which of them went through. */
async function race(round: number, acts: (() => Promise<unknown>)[]): Promise<boolean[]> {
  const results: boolean[] = acts.map(() => false)
  const order = acts.map((_, index) => (index + round) % acts.length)
  await Promise.all(
    order.map(async (index) => {
      results[index] = await (acts[index]?.() ?? Promise.resolve()).then(
        () => true,
        (error: Error) => {
          // A clean no, and no deadlock or broken constraint.
          expect(['Refusal', 'Refusals'], String(error)).toContain(error.name)
          return false
        },
      )
    }),
  )
  return results
}

describe('SECURITY 3: leaving at the same moment as', () => {
  it('an accept: they are gone in either case, and have an account only where it was first, which is paused then', async () => {
    const seen = new Set<boolean>()
    for (let round = 0; round < ROUNDS; round += 1) {
      const ana = await world.seeded.person()
      const invitation = await world.invited(ana)
      const [accepted] = await race(round, [() => world.accept(invitation), () => world.says(ana, 'slack', false)])
      seen.add(Boolean(accepted))
      const person = await world.person(ana)
      expect(person).toMatchObject({ isActive: false, memberships: [], role: null })
      const { status } = await world.invitation(invitation.id)
      if (accepted) {
        expect(status).toBe('accepted')
        expect(person.account).toMatchObject({ status: 'inactive', leftAt: world.clock.now })
      } else {
        expect(status).toBe('revoked')
        expect(person.account).toBeNull()
      }
    }
    expect(seen).toEqual(new Set([true, false]))
  })

  it('a new invitation: no open invitation remains to somebody who is inactive', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const email = `race${round}@example.org`
      const ana = await world.seeded.person({ email })
      const form = {
        ...{ email, hubId: world.hub, userType: 'team_member' as const, role: 'employee' as const },
        ...{ departmentId: null, locationId: null, language: null, note: '' },
      }
      const send = () => sendInvitation(world.c, { ...world.by(world.ada), submissionKey: newId(), form })
      await race(round, [send, () => world.says(ana, 'scim', false)])
      const open = await db.prisma.invitation.count({
        where: { personId: ana, status: { in: ['waiting', 'pending', 'awaiting_approval'] } },
      })
      expect(open).toBe(0)
    }
  })

  it('a resend: the invitation is revoked', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const ana = await world.seeded.person()
      const { id } = await world.invited(ana)
      const resend = () => resendInvitation(world.c, { ...world.by(world.ada), invitationId: id, generation: 1 })
      await race(round, [resend, () => world.says(ana, 'slack', false)])
      expect((await world.invitation(id)).status).toBe('revoked')
    }
  })

  it('an approval, and the request’s lapse: no deadlock, and nothing is open in the end', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [ana, sam] = [await world.seeded.person(), await world.seeded.person()]
      const { requestId, invitationId } = await world.asked(ana, sam)
      await db.prisma.approvalRequest.update({ where: { id: requestId }, data: { lapsesAt: world.clock.now } })
      const access = { hubId: world.hub, userType: 'team_member', role: 'employee', departmentId: null } as const
      const approval = { ...world.by(world.ada), requestId, answer: '', access, leaveOut: [] }
      await race(round, [
        () => approveRequest(world.c, approval),
        () => world.says(ana, 'slack', false),
        () => tendRequests(world.c),
      ])
      const { status } = await world.invitation(invitationId)
      expect(['revoked', 'rejected']).toContain(status)
      const request = await db.prisma.approvalRequest.findUniqueOrThrow({ where: { id: requestId } })
      expect(request.status).not.toBe('open')
    }
  })

  it('two who ask for each other leave together: no deadlock', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [ana, sam] = [await world.seeded.person(), await world.seeded.person()]
      const first = await world.asked(ana, sam)
      const second = await world.asked(sam, ana)
      expect(await race(round, [() => world.says(ana, 'slack', false), () => world.says(sam, 'slack', false)])).toEqual(
        [true, true],
      )
      for (const { requestId } of [first, second]) {
        expect(await db.prisma.approvalRequest.findUnique({ where: { id: requestId } })).toMatchObject({
          status: 'closed',
        })
      }
    }
  })

  it('the account being reopened: it is closed in the end', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const sam = await world.member({ firstName: 'Sam' })
      await db.prisma.account.update({ where: { personId: sam }, data: { status: 'inactive' } })
      const reopen = () => reopenAccount(world.c, { ...world.by(world.ada), personId: sam })
      await race(round, [reopen, () => world.says(sam, 'slack', false)])
      expect(await world.person(sam)).toMatchObject({ isActive: false, account: { status: 'inactive' } })
    }
  })

  it('two admins mark the same person, and one brings them back: told once for each turn', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const sam = await world.member({ firstName: 'Sam' })
      const max = await world.seeded.person({ role: 'corporate_admin' })
      const mark = (actorId: string) => () => markLeft(world.c, { ...world.by(actorId), which: { personId: sam } })
      const back = () => bringBack(world.c, { ...world.by(max), which: { personId: sam } })
      await race(round, [mark(world.ada), mark(max), back])
      const acts = (await world.actsOn(sam)).filter((act) => act.startsWith('person.') && act !== 'person.let_go')
      const turns = acts.map((act) => act === 'person.reactivated')
      // Each act turns what the one before left.
      expect(turns).toEqual(turns.map((_, index) => index % 2 === 1))
      expect((await world.person(sam)).isActive).toBe(turns.length % 2 === 0)
    }
  })

  it('two presses of "Revoke all": each invitation once', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const sam = await world.member({ firstName: 'Sam' })
      const invitation = await world.invited(await world.seeded.person(), sam)
      await world.says(sam, 'slack', false)
      const revoke = () => revokeLeftInvitations(world.c, { ...world.by(world.ada), senderId: sam })
      await race(round, [revoke, revoke])
      expect(await world.invitation(invitation.id)).toMatchObject({ status: 'revoked', generation: 2 })
      expect(await world.actsOn(invitation.id)).toEqual(['invitation.revoked'])
    }
  })
})
