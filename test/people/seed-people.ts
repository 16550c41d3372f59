// An organisation with people in all places, written straight into the database.
import { type Database, newId } from '../../src/database/index.ts'

export type PersonSeed = {
  firstName?: string
  lastName?: string
  email?: string | null
  mobile?: string
  slackName?: string
  departmentId?: string
  locationId?: string
  role?: 'corporate_admin' | 'quality_admin' | 'hr_admin' | 'team_lead' | 'employee'
  isActive?: boolean
  isWorkspaceAdmin?: boolean
  employeeType?: 'employee' | 'contractor' | null
}

export type InvitationSeed = {
  personId: string
  inviterId: string
  hubId: string
  status: 'waiting' | 'pending' | 'accepted' | 'expired' | 'revoked' | 'error'
  departmentId?: string
  role?: 'hr_admin' | 'team_lead' | 'employee'
  userType?: 'hub_admin' | 'team_member' | 'external_member'
  createdAt?: Date
  expiresAt?: Date
}

const at = new Date('2026-11-01T08:00:00Z')

/** A new organisation, and hands to fill it. */
export async function seedOrganisation({ prisma }: Database) {
  const organisationId = newId()
  await prisma.organisation.create({
    data: { id: organisationId, slackTeamId: newId(), createdAt: at, displayName: 'Northwind', terms: 'Be kind.' },
  })
  const unit = (name: string) => ({ id: newId(), organisationId, name, createdAt: at })
  return {
    organisationId,
    async hub(name: string) {
      return (await prisma.hub.create({ data: unit(name) })).id
    },
    async department(name: string) {
      return (await prisma.department.create({ data: unit(name) })).id
    },
    async location(name: string) {
      return (await prisma.location.create({ data: unit(name) })).id
    },
    async group(name: string, personIds: string[]) {
      const { id: groupId } = await prisma.group.create({ data: { ...unit(name), externalId: name.toLowerCase() } })
      await prisma.groupMembership.createMany({ data: personIds.map((personId) => ({ groupId, personId })) })
    },
    async person(seed: PersonSeed = {}) {
      const id = newId()
      const { email = `${id}@example.org`, employeeType = 'employee', ...rest } = seed
      const address = email === null ? {} : { email, emailKey: email.toLowerCase() }
      await prisma.person.create({ data: { id, organisationId, createdAt: at, employeeType, ...address, ...rest } })
      return id
    },
    async invite(seed: InvitationSeed) {
      const id = newId()
      const { email } = await prisma.person.findUniqueOrThrow({ where: { id: seed.personId } })
      const common = { role: 'employee' as const, userType: 'team_member' as const, createdAt: at, queuedAt: at }
      await prisma.invitation.create({
        data: { id, organisationId, email: email ?? '', language: 'en', ...common, ...seed },
      })
      return id
    },
    async account(personId: string, status: 'active' | 'inactive' = 'active') {
      const agreed = { passwordHash: 'x', termsVersion: 1, termsAgreedAt: at, termsAgreedFrom: 'test', createdAt: at }
      await prisma.account.create({ data: { id: newId(), organisationId, personId, status, ...agreed } })
    },
    async join(hubId: string, personId: string, userType: 'hub_admin' | 'team_member' = 'team_member') {
      await prisma.hubMembership.create({ data: { hubId, personId, userType, joinedAt: at } })
    },
    /** `count` people by one statement: Ana 00001 and so on. */
    async many(count: number, lastName: string) {
      await prisma.$executeRaw`INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "lastName",
          "employeeType", "createdAt")
        SELECT gen_random_uuid(), ${organisationId}::uuid, e, e, 'Ana ' || lpad(n::text, 5, '0'), ${lastName}, 'employee', ${at}
        FROM generate_series(1, ${count}::int) AS n, lateral (SELECT lower(${lastName}) || n || '@example.org') AS x(e)`
    },
  }
}

export type Seeded = Awaited<ReturnType<typeof seedOrganisation>>
