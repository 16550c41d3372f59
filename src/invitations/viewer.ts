// Whose eyes a list is for, as a condition that every reading statement has.
import { Prisma } from '../database/index.ts'
import type { Reach } from '../organisation/index.ts'

export type Viewer = { organisationId: string; reach: Reach }

/** Invitations (alias `i`) of the viewer's organisation and within their reach. */
export function within({ organisationId, reach }: Viewer): Prisma.Sql {
  const own = Prisma.sql`i."organisationId" = ${organisationId}::uuid`
  if (reach === 'all') return own
  return Prisma.sql`${own} AND (i."inviterId" = ${reach.sentBy}::uuid OR i."hubId" = ANY(${reach.hubIds}::uuid[])
    OR i."departmentId" = ${reach.departmentId}::uuid)`
}
