// Waiting invitations in a database, and what it takes to send them.
import { type Database, newId } from '../../src/database/index.ts'

/** One organisation with a hub and an inviter, and `count` people who wait for their invitation; gives the invitations' ids. */
export async function seedInvitations(db: Database, count: number): Promise<string[]> {
  const [organisationId, hubId, inviterId] = [newId(), newId(), newId()]
  const createdAt = new Date()
  await db.prisma.organisation.create({
    data: {
      id: organisationId,
      slackTeamId: `T${organisationId}`,
      createdAt,
      displayName: 'Northwind',
      terms: 'Be kind.',
    },
  })
  await db.prisma.hub.create({ data: { id: hubId, organisationId, name: 'People Ops', isDefault: true, createdAt } })
  const people = Array.from({ length: count }, (_, index) => ({ id: newId(), email: `p${index}@example.org` }))
  await db.prisma.person.createMany({
    data: [{ id: inviterId, email: 'max@example.org' }, ...people].map(({ id, email }) => ({
      id,
      organisationId,
      email,
      emailKey: email,
      createdAt,
    })),
  })
  const invitations = people.map(({ id, email }) => ({
    id: newId(),
    organisationId,
    hubId,
    personId: id,
    inviterId,
    email,
    userType: 'team_member' as const,
    role: 'employee' as const,
    language: 'en',
    status: 'waiting' as const,
    createdAt,
    queuedAt: createdAt,
  }))
  await db.prisma.invitation.createMany({ data: invitations })
  return invitations.map(({ id }) => id)
}
