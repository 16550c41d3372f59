// Every query of this folder.
import type { Database, Role, Transaction, UserType } from '../database/index.ts'
import type { Member } from './permissions.ts'
import type { Settings } from './settings.ts'

export type Organisation = Settings & { id: string; slackTeamId: string; settingsVersion: number }

/** What may be chosen for an invitation: a hub, a department or a location. */
export type UnitKind = 'hub' | 'department' | 'location'
export type Unit = { id: string; name: string; isDefault?: boolean }

/** A member with everything that the rules ask about, and a name to write into the audit log. */
export type KnownMember = Member & { id: string; organisationId: string; name: string; slackUserId: string | null }

type Reader = Database['prisma'] | Transaction

const MEMBER = {
  id: true,
  organisationId: true,
  isActive: true,
  role: true,
  isWorkspaceAdmin: true,
  isWorkspaceGuest: true,
  departmentId: true,
  slackUserId: true,
  slackName: true,
  firstName: true,
  lastName: true,
  email: true,
  memberships: { select: { hubId: true, userType: true } },
} as const

type MemberRow = Member & {
  id: string
  organisationId: string
  slackUserId: string | null
  slackName: string | null
  firstName: string
  lastName: string
  email: string | null
  role: Role | null
  memberships: { hubId: string; userType: UserType }[]
}

export function nameOf(person: {
  slackName: string | null
  firstName: string
  lastName: string
  email: string | null
}): string {
  return person.slackName || `${person.firstName} ${person.lastName}`.trim() || person.email || 'Somebody'
}

export async function findMember(
  reader: Reader,
  where: { id: string; organisationId: string },
): Promise<KnownMember | undefined> {
  const row: MemberRow | null = await reader.person.findUnique({ where, select: MEMBER })
  return row ? { ...row, name: nameOf(row) } : undefined
}

export async function findMemberBySlackId(
  reader: Reader,
  where: { organisationId: string; slackUserId: string },
): Promise<KnownMember | undefined> {
  const row: MemberRow | null = await reader.person.findUnique({
    where: { organisationId_slackUserId: where },
    select: MEMBER,
  })
  return row ? { ...row, name: nameOf(row) } : undefined
}

export async function findOrganisation(
  reader: Reader,
  where: { id: string } | { slackTeamId: string },
): Promise<Organisation | undefined> {
  return (await reader.organisation.findUnique({ where })) ?? undefined
}

/** Units that are not archived, whose name contains `search`, by name; at most `limit` (a Slack menu holds 100). */
export async function listUnits(
  reader: Reader,
  kind: UnitKind,
  options: { organisationId: string; search?: string; ids?: string[]; limit: number },
): Promise<Unit[]> {
  const query = {
    where: {
      organisationId: options.organisationId,
      archivedAt: null,
      ...(options.search ? { name: { contains: options.search, mode: 'insensitive' as const } } : {}),
      ...(options.ids ? { id: { in: options.ids } } : {}),
    },
    select: { id: true, name: true },
    take: options.limit,
  }
  if (kind === 'hub') {
    const select = { ...query.select, isDefault: true }
    return reader.hub.findMany({
      ...query,
      select,
      orderBy: [{ isDefault: 'desc' as const }, { name: 'asc' as const }],
    })
  }
  const byName = { ...query, orderBy: { name: 'asc' as const } }
  return kind === 'department' ? reader.department.findMany(byName) : reader.location.findMany(byName)
}

/** Writes a unit; false when the organisation has one of that name already. */
export async function insertUnit(
  tx: Transaction,
  kind: UnitKind,
  unit: { id: string; organisationId: string; name: string; createdAt: Date },
): Promise<boolean> {
  const rows = { data: [unit], skipDuplicates: true }
  if (kind === 'hub') return (await tx.hub.createMany(rows)).count === 1
  if (kind === 'department') return (await tx.department.createMany(rows)).count === 1
  return (await tx.location.createMany(rows)).count === 1
}
