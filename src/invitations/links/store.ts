// How a registration link is read: with its owner as they are now, because their rights are asked for at every use.
import { Prisma, type Role, type SqlTransaction, type Transaction, type UserType } from '../../database/index.ts'
import { USER_TYPE_NAMES } from '../../organisation/index.ts'
import type { KnownLink } from './link-rules.ts'

export type LinkRow = KnownLink & {
  id: string
  organisationId: string
  generation: number
  domains: string[]
  needsApproval: boolean
  opened: number
  asked: number
  role: Role | null
  hubName: string
  organisationName: string
  language: string
  timeZone: string
  approvalHours: number
}

const OWNER = `
  CASE WHEN p."id" IS NULL THEN NULL ELSE jsonb_build_object('id', p."id", 'organisationId', p."organisationId",
    'isActive', p."isActive", 'role', p."role", 'isWorkspaceAdmin', p."isWorkspaceAdmin",
    'isWorkspaceGuest', p."isWorkspaceGuest", 'departmentId', p."departmentId", 'slackUserId', p."slackUserId",
    'name', coalesce(nullif(p."slackName", ''), nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email",
      'Somebody'),
    'memberships', coalesce((SELECT jsonb_agg(jsonb_build_object('hubId', m."hubId", 'userType', m."userType"))
      FROM "HubMembership" m WHERE m."personId" = p."id"), '[]'::jsonb)) END`

/** Reads one link, by $1. */
export const READ_LINK = `
  SELECT l."id", l."organisationId", l."hubId", l."userType"::text AS "userType", l."role"::text AS "role", l."isOn",
    l."generation", l."endsAt", l."mostUses", l."domains", l."needsApproval", l."pausedAt", l."opened", l."asked",
    l."used", h."name" AS "hubName", h."archivedAt" IS NOT NULL AS "isHubArchived", o."timeZone", o."approvalHours",
    o."displayName" AS "organisationName", o."language", o."workspaceAdminsMayDoAll", ${OWNER} AS "owner"
  FROM "RegistrationLink" l
  JOIN "Hub" h ON h."id" = l."hubId"
  JOIN "Organisation" o ON o."id" = l."organisationId"
  LEFT JOIN "Person" p ON p."id" = l."ownerId"
  WHERE l."id" = $1::uuid`

/** The owner (alias `p`), for lists of links. */
export const OWNER_COLUMN = Prisma.raw(`${OWNER} AS "owner"`)

/** One link, locked: whoever else changes it waits until this transaction ends. */
export async function lockLink(tx: SqlTransaction | Transaction, id: string): Promise<LinkRow | undefined> {
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "RegistrationLink" WHERE "id" = ${id}::uuid FOR NO KEY UPDATE`
  return readLink(tx, id)
}

export async function readLink(tx: SqlTransaction | Transaction, id: string): Promise<LinkRow | undefined> {
  const [row] = await tx.$queryRawUnsafe<LinkRow[]>(READ_LINK, id)
  return row
}

/** "Main hub: External Member": what the audit log and people call a link. */
export function nameOfLink({ hubName, userType }: { hubName: string; userType: UserType }): string {
  return `${hubName}: ${USER_TYPE_NAMES[userType]}`
}
