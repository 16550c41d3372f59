// Who holds a role that gives rights, for Corporate Admins.
import type { Database, Role } from '../database/index.ts'
import { isId } from '../database/index.ts'
import { nameOf } from './store.ts'

export type RoleHolder = {
  id: string
  name: string
  email: string | null
  role: Role | null
  departmentId: string | null
  departmentName: string | null
  isActive: boolean
}

const HOLDER = {
  id: true,
  slackName: true,
  firstName: true,
  lastName: true,
  email: true,
  role: true,
  isActive: true,
  departmentId: true,
  department: { select: { name: true } },
} as const

/** A page of the active people who are Corporate, Quality or HR Admins by their role, in that order; and how many. */
export async function listRoleHolders(
  db: Database,
  { organisationId, limit, skip }: { organisationId: string; limit: number; skip: number },
): Promise<{ holders: RoleHolder[]; total: number }> {
  const roles = ['corporate_admin', 'quality_admin', 'hr_admin'] as const
  const where = { organisationId, isActive: true, role: { in: [...roles] } }
  const [rows, total] = await Promise.all([
    db.prisma.person.findMany({
      where,
      select: HOLDER,
      orderBy: [{ role: 'asc' }, { lastName: 'asc' }, { slackName: 'asc' }, { id: 'asc' }],
      take: limit,
      skip,
    }),
    db.prisma.person.count({ where }),
  ])
  return { holders: rows.map(holderOf), total }
}

/** One person by id or by the key of their address; undefined for somebody the organisation does not know. */
export async function findRoleHolder(
  db: Database,
  organisationId: string,
  by: { personId: string } | { emailKey: string },
): Promise<RoleHolder | undefined> {
  if ('personId' in by && !isId(by.personId)) return undefined
  const where = 'personId' in by ? { id: by.personId } : { emailKey: by.emailKey }
  const row = await db.prisma.person.findFirst({ where: { ...where, organisationId }, select: HOLDER })
  return row ? holderOf(row) : undefined
}

type Row = Omit<RoleHolder, 'name' | 'departmentName'> & {
  slackName: string | null
  firstName: string
  lastName: string
  department: { name: string } | null
}

function holderOf(row: Row): RoleHolder {
  const { id, email, role, isActive, departmentId } = row
  return { id, name: nameOf(row), email, role, departmentId, departmentName: row.department?.name ?? null, isActive }
}
