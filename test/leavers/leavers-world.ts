// An organisation whose people come and go: the core's own acts on a real database, and what has to follow them.
import type { FollowUp, LetGo } from '../../src/collaborators.ts'
import { type Database, inTransaction, newId } from '../../src/database/index.ts'
import { acceptInvitation, letPeopleGo } from '../../src/invitations/index.ts'
import { makeJoinToken } from '../../src/invitations/join-token.ts'
import { learnPerson, type Source } from '../../src/people/index.ts'
import { seedOrganisation } from '../people/seed-people.ts'
import { silentLog } from '../setup/database.ts'

export const JOIN_KEY = Buffer.alloc(32, 7)
export const PASSWORD = 'seven green lanterns'
const AT = new Date('2026-11-20T10:00:00Z')

export async function leaversWorld(db: Database) {
  const seeded = await seedOrganisation(db)
  const { organisationId } = seeded
  const followUps: FollowUp[] = []
  const followUp = async (_tx: unknown, more: FollowUp[]) => void followUps.push(...more)
  const letGo: LetGo = (tx, leaving) => letPeopleGo(tx, { followUp }, leaving)
  const clock = { now: AT }
  const c = {
    ...{ db, followUp, letGo, log: silentLog, now: () => clock.now },
    ...{ canText: false, joinKey: JOIN_KEY, slipKey: Buffer.alloc(32, 2) },
    // The real one takes so long that it would decide most races by itself.
    hashPassword: async (password: string) => `hash of ${password}`,
  }
  const ada = await seeded.person({ firstName: 'Ada', role: 'corporate_admin' })
  const hub = await seeded.hub('Main hub')
  const by = (actorId: string) => ({ organisationId, actorId, origin: 'test' })
  return {
    ...{ seeded, organisationId, followUps, clock, c, ada, hub, by },
    pass: (ms: number) => {
      clock.now = new Date(clock.now.getTime() + ms)
    },
    /** A source says whether somebody is active. */
    says: (personId: string, source: Source, active: boolean) =>
      inTransaction(db, (tx) =>
        learnPerson(tx, c, {
          ...{ organisationId, personId, source, said: { active }, origin: source, at: clock.now },
          actor: { id: null, name: source },
        }),
      ),
    /** Somebody with an account, in the main hub. */
    async member(seed: Parameters<typeof seeded.person>[0], userType: 'hub_admin' | 'team_member' = 'team_member') {
      const id = await seeded.person(seed)
      await seeded.account(id)
      await seeded.join(hub, id, userType)
      return id
    },
    /** An open invitation, whose link works. */
    async invited(personId: string, inviterId = ada, hubId = hub) {
      const id = await seeded.invite({ personId, inviterId, hubId, status: 'pending', createdAt: clock.now })
      return db.prisma.invitation.update({
        where: { id },
        data: { queuedAt: clock.now, sentAt: clock.now, expiresAt: new Date(clock.now.getTime() + 604_800_000) },
      })
    },
    /** Somebody asks for a person to be invited. */
    async asked(personId: string, requesterId: string, { linkId }: { linkId?: string } = {}) {
      const invitationId = await seeded.invite({ personId, inviterId: requesterId, hubId: hub, status: 'waiting' })
      await db.prisma.invitation.update({
        where: { id: invitationId },
        data: { status: 'awaiting_approval', ...(linkId ? { registrationLinkId: linkId } : {}) },
      })
      const id = newId()
      const lapsesAt = new Date(AT.getTime() + 604_800_000)
      const request = { organisationId, requesterId, invitationId, hubId: hub, createdAt: AT, lapsesAt }
      await db.prisma.approvalRequest.create({ data: { id, ...request } })
      return { requestId: id, invitationId }
    },
    async link(ownerId: string) {
      const id = newId()
      const link = { organisationId, hubId: hub, userType: 'external_member' as const, role: 'employee' as const }
      await db.prisma.registrationLink.create({ data: { id, ...link, isOn: true, ownerId, createdAt: AT } })
      return id
    },
    accept: (invitation: { id: string; generation: number }, password = PASSWORD) =>
      acceptInvitation(c, makeJoinToken(JOIN_KEY, { organisationId, invitationId: invitation.id, ...invitation }), {
        from: '203.0.113.7',
        form: {
          ...{
            firstName: 'Ana',
            lastName: 'Diaz',
            mobile: '',
            password,
            termsAgreed: true,
            termsVersion: 1,
            shown: '',
          },
        },
      }),
    invitation: (id: string) => db.prisma.invitation.findUniqueOrThrow({ where: { id } }),
    person: (id: string) =>
      db.prisma.person.findUniqueOrThrow({ where: { id }, include: { account: true, memberships: true } }),
    async actsOn(subjectId: string) {
      const events = await db.prisma.auditEvent.findMany({ where: { subjectId }, orderBy: { id: 'asc' } })
      return events.map(({ act }) => act)
    },
  }
}

export type LeaversWorld = Awaited<ReturnType<typeof leaversWorld>>
