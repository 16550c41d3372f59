// Which invitations a digest is about, as conditions: those that are open, and those that expired lately. Pure.
import { Prisma } from '../../database/index.ts'

const FORTNIGHT = 14 * 24 * 60 * 60 * 1000

/** Invitations (alias `i`) that are sent, or about to be, and not answered. */
export const IS_OPEN = Prisma.sql`(i."status" IN ('waiting', 'pending'))`

/**
 * Invitations (`i`, of a person `p` into a hub `h`) that expired within 14 days, and that something can still be done
 * about: the person did not join otherwise, was not invited anew, is active, and nobody has let the invitation go.
 */
export function expiredLately(at: Date): Prisma.Sql {
  return Prisma.sql`(i."status" = 'expired' AND i."expiresAt" > ${new Date(at.getTime() - FORTNIGHT)}::timestamptz
    AND NOT i."isAddition" AND p."isActive" AND h."archivedAt" IS NULL
    AND NOT EXISTS (SELECT 1 FROM "LetGoInvitation" l
      WHERE l."invitationId" = i."id" AND l."generation" = i."generation")
    AND NOT EXISTS (SELECT 1 FROM "HubMembership" m WHERE m."hubId" = i."hubId" AND m."personId" = i."personId")
    AND NOT EXISTS (SELECT 1 FROM "Invitation" o WHERE o."personId" = i."personId" AND o."hubId" = i."hubId"
      AND o."id" <> i."id" AND (o."status" IN ('awaiting_approval', 'waiting', 'pending')
        OR (o."createdAt", o."id") > (i."createdAt", i."id"))))`
}

export const WITH_PERSON_AND_HUB = Prisma.sql`"Invitation" i JOIN "Person" p ON p."id" = i."personId"
  JOIN "Hub" h ON h."id" = i."hubId"`
