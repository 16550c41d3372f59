// An organisation with a rule, straight in the database, for tests of the core.
import type { FollowUp, LetGo } from '../../src/collaborators.ts'
import { type Database, newId } from '../../src/database/index.ts'
import { type AutoForm, draftAutoRule, turnOnAutoRule } from '../../src/invitations/index.ts'
import { type Seeded, seedOrganisation } from '../people/seed-people.ts'

export type AutoWorld = Omit<Seeded, 'group'> & {
  ownerId: string
  hubId: string
  clock: { now: Date }
  /** What was to follow, oldest first. */
  followUps: FollowUp[]
  c: {
    db: Database
    now: () => Date
    followUp: (tx: unknown, followUps: FollowUp[]) => Promise<void>
    letGo: LetGo
  }
  group: (name: string, personIds: string[]) => Promise<string>
  /** A rule that is on; gives its id. */
  turnOn: (form: Partial<AutoForm>) => Promise<string>
}

export const NOTHING_CHOSEN: AutoForm = {
  groupIds: [],
  hubId: null,
  userType: 'team_member',
  role: 'employee',
  departmentId: null,
  locationId: null,
  language: null,
  withoutStartDate: false,
  mostInPass: '50',
  consent: true,
}

/** A new organisation with a Corporate Admin and a hub; follow-ups are kept and not carried out. */
export async function createAutoWorld(db: Database, now = new Date('2026-12-03T09:00:00Z')): Promise<AutoWorld> {
  const seeded = await seedOrganisation(db)
  const { organisationId } = seeded
  const ownerId = await seeded.person({ firstName: 'Ada', role: 'corporate_admin', slackName: 'Ada Lovelace' })
  const hubId = await seeded.hub('Main hub')
  const clock = { now }
  const followUps: FollowUp[] = []
  const c = {
    db,
    now: () => clock.now,
    followUp: async (_tx: unknown, more: FollowUp[]) => void followUps.push(...more),
    // Nobody leaves by an invitation.
    letGo: async () => {},
  }
  return {
    ...seeded,
    ownerId,
    hubId,
    clock,
    followUps,
    c,
    async group(name, personIds) {
      const id = newId()
      await db.prisma.group.create({
        data: { id, organisationId, name, externalId: name.toLowerCase(), createdAt: clock.now },
      })
      await db.prisma.groupMembership.createMany({ data: personIds.map((personId) => ({ groupId: id, personId })) })
      return id
    },
    async turnOn(form) {
      const known = await db.prisma.autoRule.findFirst({ where: { organisationId, status: { not: 'draft' } } })
      const by = { organisationId, actorId: ownerId, origin: 'test' }
      const ruleId = await draftAutoRule(c, {
        ...by,
        form: { ...NOTHING_CHOSEN, hubId, ...form },
        replacesId: known?.id ?? null,
      })
      await turnOnAutoRule(c, { ...by, ruleId })
      return ruleId
    },
  }
}
