// The registration links that a member may look after: one for each hub and user type, made already or not.
import { type Database, isId, Prisma, type UserType } from '../../database/index.ts'
import { type Grant, grantsOf, type KnownMember, type Organisation } from '../../organisation/index.ts'
import { type KnownLink, type LinkState, mayGiveByLink, stateOf } from './link-rules.ts'
import { OWNER_COLUMN } from './store.ts'

/** A link as its list shows it; `id` is null for one that was never made. */
export type LinkInList = {
  id: string | null
  hubId: string
  hubName: string
  userType: UserType
  role: KnownLink['role']
  state: LinkState
  generation: number
  endsAt: Date | null
  mostUses: number | null
  domains: string[]
  needsApproval: boolean
  ownerName: string | null
  opened: number
  asked: number
  used: number
  /** Whether this member may give what the link gives, and so change it. */
  mayChange: boolean
}

type Row = Omit<LinkInList, 'state' | 'ownerName' | 'mayChange'> & Pick<KnownLink, 'isOn' | 'pausedAt' | 'owner'>
type Viewer = { member: KnownMember; organisation: Organisation }

const USER_TYPES: UserType[] = ['hub_admin', 'team_member', 'external_member']

/**
 * The links of the hubs and user types that a member may invite into: those that are on first, then those that were set
 * up, then the others by hub. `search`: a part of the hub's name. And how many there are in all.
 */
export async function listLinks(
  db: Database,
  { member, organisation }: Viewer,
  { limit, skip = 0, search = '', now }: { limit: number; skip?: number; search?: string; now: Date },
): Promise<{ links: LinkInList[]; total: number }> {
  const grants = grantsOf(member, organisation).filter(({ department }) => department === 'any')
  if (grants.length === 0) return { links: [], total: 0 }
  const wanted = Prisma.sql`FROM "Hub" h CROSS JOIN unnest(${USER_TYPES}::"UserType"[]) AS kind("userType")
    LEFT JOIN "RegistrationLink" l ON l."hubId" = h."id" AND l."userType" = kind."userType"
    LEFT JOIN "Person" p ON p."id" = l."ownerId"
    WHERE h."organisationId" = ${organisation.id}::uuid AND h."archivedAt" IS NULL
      AND h."name" ILIKE ${`%${search.replaceAll(/[\\%_]/g, '\\$&')}%`}
      AND (${Prisma.join(grants.map(covers), ' OR ')})`
  const [rows, [counted]] = await Promise.all([
    db.prisma.$queryRaw<Row[]>`${COLUMNS} ${wanted}
      ORDER BY coalesce(l."isOn", false) DESC, l."id" IS NULL, h."isDefault" DESC, h."name", kind."userType"
      LIMIT ${limit} OFFSET ${skip}`,
    db.prisma.$queryRaw<{ total: number }[]>`SELECT count(*)::int AS "total" ${wanted}`,
  ])
  return { links: rows.map((row) => inList(row, { member, organisation }, now)), total: counted?.total ?? 0 }
}

/** One link that a member may look after; undefined where there is none. */
export async function findLink(
  db: Database,
  { member, organisation }: Viewer,
  { linkId, now }: { linkId: string; now: Date },
): Promise<LinkInList | undefined> {
  const grants = grantsOf(member, organisation).filter(({ department }) => department === 'any')
  if (!isId(linkId) || grants.length === 0) return undefined
  const [row] = await db.prisma.$queryRaw<Row[]>`${COLUMNS} FROM "RegistrationLink" l JOIN "Hub" h ON h."id" = l."hubId"
    CROSS JOIN LATERAL (SELECT l."userType") AS kind LEFT JOIN "Person" p ON p."id" = l."ownerId"
    WHERE l."id" = ${linkId}::uuid AND l."organisationId" = ${organisation.id}::uuid AND h."archivedAt" IS NULL
      AND (${Prisma.join(grants.map(covers), ' OR ')})`
  return row && inList(row, { member, organisation }, now)
}

const COLUMNS = Prisma.sql`SELECT l."id", h."id" AS "hubId", h."name" AS "hubName", kind."userType"::text AS "userType",
  l."role"::text AS "role", coalesce(l."isOn", false) AS "isOn", coalesce(l."generation", 1) AS "generation", l."endsAt",
  l."mostUses", coalesce(l."domains", '{}') AS "domains", coalesce(l."needsApproval", false) AS "needsApproval",
  l."pausedAt", coalesce(l."opened", 0) AS "opened", coalesce(l."asked", 0) AS "asked", coalesce(l."used", 0) AS "used",
  ${OWNER_COLUMN}`

function covers({ hubs, userTypes }: Grant): Prisma.Sql {
  const types = Prisma.sql`kind."userType" = ANY(${[...userTypes]}::"UserType"[])`
  return hubs === 'all' ? types : Prisma.sql`(h."id" = ANY(${hubs}::uuid[]) AND ${types})`
}

function inList(row: Row, { member, organisation }: Viewer, now: Date): LinkInList {
  const { isOn, pausedAt, owner, ...shown } = row
  const { workspaceAdminsMayDoAll } = organisation
  const { role } = row
  return {
    ...shown,
    state: stateOf({ ...row, isOn, pausedAt, owner, isHubArchived: false, workspaceAdminsMayDoAll }, now),
    ownerName: owner?.name ?? null,
    mayChange: role === null || mayGiveByLink(member, organisation, { ...row, role }),
  }
}
