// Whose eyes a list is for, as a condition that every reading statement has.
import { Prisma } from '../database/index.ts'
import type { Reach } from '../organisation/index.ts'
import { isWithinReachSql } from '../people/index.ts'

/** `onlyAsked`: for whoever may invite nobody, what they asked others to send and nothing else. */
export type Viewer = { organisationId: string; reach: Reach; onlyAsked?: boolean }

/** Invitations (alias `i`) of the viewer's organisation and within their reach. */
export function within({ organisationId, reach, onlyAsked = false }: Viewer): Prisma.Sql {
  const own = Prisma.sql`i."organisationId" = ${organisationId}::uuid`
  if (reach === 'all') return own
  if (onlyAsked) {
    return Prisma.sql`${own} AND EXISTS (SELECT 1 FROM "ApprovalRequest" asked
      WHERE asked."invitationId" = i."id" AND asked."requesterId" = ${reach.sentBy}::uuid)`
  }
  return Prisma.sql`${own} AND (i."inviterId" = ${reach.sentBy}::uuid OR i."hubId" = ANY(${reach.hubIds}::uuid[])
    OR i."departmentId" = ${reach.departmentId}::uuid)`
}

/**
 * Whether the viewer may see the facts of the person of the invitation `i`, too: only within rights over hub or department.
 * Of everybody else an invitation shows what it says itself, and what became of it.
 */
export function seesPerson({ organisationId, reach }: Viewer): Prisma.Sql {
  if (reach === 'all') return Prisma.sql`true`
  return Prisma.sql`coalesce((SELECT ${isWithinReachSql(reach)} FROM "Person" p
    WHERE p."id" = i."personId" AND p."organisationId" = ${organisationId}::uuid), false)`
}
