// Which people an actor has rights over, and whose facts they may see: the one place where this is decided, for every way
// in. As conditions over the person "p", so that lists, single acts and imports ask the same thing.
import { Prisma, type SqlTransaction } from '../database/index.ts'
import { type Member, type Organisation, rankOf, reachOf } from '../organisation/index.ts'
import { isWithinReachSql } from './narrowing.ts'

type Actor = Member & { id: string }
type Settings = Pick<Organisation, 'id' | 'workspaceAdminsMayDoAll'>

/** The rank of the person "p", as `rankOf` gives it. */
export function rankSql({ workspaceAdminsMayDoAll }: Pick<Organisation, 'workspaceAdminsMayDoAll'>): Prisma.Sql {
  return Prisma.sql`CASE
    WHEN p."role" = 'corporate_admin' THEN 3
    WHEN ${workspaceAdminsMayDoAll}::boolean AND p."isWorkspaceAdmin" AND NOT p."isWorkspaceGuest" THEN 3
    WHEN p."role" IN ('quality_admin', 'hr_admin') THEN 2
    WHEN EXISTS (SELECT 1 FROM "HubMembership" r WHERE r."personId" = p."id" AND r."userType" = 'hub_admin') THEN 1
    ELSE 0 END`
}

/**
 * The people "p" whose facts an actor may see (SPEC, section 2): everybody for a Corporate Admin, their department for
 * Quality and HR Admins, the members of their hubs for Hub Admins. Having invited somebody shows the invitation, never the
 * person: not even somebody whom nobody else knows, because then everybody else would stand out. Null: nobody.
 */
export function visibleTo(actor: Actor, organisation: Settings): Prisma.Sql | null {
  if (!actor.isActive) return null
  const visible = isWithinReachSql(reachOf(actor, organisation))
  return Prisma.sql`p."organisationId" = ${organisation.id}::uuid AND ${visible}`
}

/**
 * The people "p" whom nobody knows but by invitations that an actor sent or that go into the actor's hubs or department: no
 * account, no Slack member, no import or directory behind them. The actor may act on them; they are not shown as people.
 */
function knownByInvitationsOf(actor: Actor, organisation: Settings): Prisma.Sql {
  const reach = reachOf(actor, organisation)
  if (reach === 'all') return Prisma.sql`false`
  const { sentBy, hubIds, departmentId } = reach
  // Scalar subqueries, because PostgreSQL might otherwise read the whole table of invitations into a hash first.
  return Prisma.sql`(p."slackUserId" IS NULL AND p."accountStatus" IS NULL AND p."sources" = '{}' AND p."activity" = '{}'
    AND p."departmentId" IS NULL
    AND (SELECT true FROM "Invitation" i WHERE i."personId" = p."id" LIMIT 1)
    AND (SELECT true FROM "Account" a WHERE a."personId" = p."id" LIMIT 1) IS NULL
    AND (SELECT true FROM "HubMembership" m WHERE m."personId" = p."id" LIMIT 1) IS NULL
    AND (SELECT true FROM "Invitation" i WHERE i."personId" = p."id" AND NOT (i."inviterId" = ${sentBy}::uuid
      OR i."hubId" = ANY(${hubIds}::uuid[])
      OR (${departmentId}::uuid IS NOT NULL AND i."departmentId" = ${departmentId}::uuid)) LIMIT 1) IS NULL)`
}

/**
 * The people "p" over whom an actor has rights: those they may see, and those whom only their invitations know, less
 * themselves and everybody who stands above them. Null: nobody. What kind of act it is (marking as left, pausing, inviting
 * again …) the use case adds.
 */
export function rightsOver(actor: Actor, organisation: Settings): Prisma.Sql | null {
  const visible = visibleTo(actor, organisation)
  if (visible === null) return null
  return Prisma.sql`p."organisationId" = ${organisation.id}::uuid
    AND ((${visible}) OR ${knownByInvitationsOf(actor, organisation)}) AND p."id" <> ${actor.id}::uuid
    AND (${rankSql(organisation)}) <= ${rankOf(actor, organisation)}`
}

/** Those of the people with these ids over whom an actor has rights. */
export async function withinRights(
  tx: Pick<SqlTransaction, '$queryRawUnsafe'>,
  { actor, organisation }: { actor: Actor; organisation: Settings },
  ids: string[],
): Promise<Set<string>> {
  const rights = rightsOver(actor, organisation)
  if (rights === null || ids.length === 0) return new Set()
  const query = Prisma.sql`SELECT p."id" FROM "Person" p WHERE p."id" = ANY(${ids}::uuid[]) AND ${rights}`
  const rows = await tx.$queryRawUnsafe<{ id: string }[]>(query.text, ...query.values)
  return new Set(rows.map(({ id }) => id))
}
