// Members of the Slack workspace are seen, one or a page of them: whoever is new becomes a person, whoever was known by the
// same address becomes this member, and of the others what changed is written.
import { type AuditEvent, record } from '../audit/index.ts'
import { cleanLine } from '../clean-text.ts'
import type { Collaborators } from '../collaborators.ts'
import { newId, type SqlTransaction } from '../database/index.ts'
import { findLastCorporateAdmin } from '../organisation/index.ts'
import type { EmailAddress } from './email-address.ts'
import { endForeignMembers } from './foreign-members.ts'
import { isNews, learnPeople, lockPeople, readKnown } from './learn-people.ts'
import { addressOf, factsOf, isOfWorkspace, type SlackProfile } from './member-facts.ts'
import { isActiveBy, NO_FACTS, type Said, settleFacts } from './sources.ts'

export type SeenMembers = {
  organisationId: string
  profiles: SlackProfile[]
  at: Date
  /** Whoever has left and was never known is nobody to write down. */
  leaveOutGone: boolean
  /** Notes that they were seen even where nothing changed. */
  noteSeen: boolean
}

type Common = Pick<AuditEvent, 'organisationId' | 'at' | 'actor' | 'origin'>

type Row = {
  id: string
  slackUserId: string | null
  emailKey: string | null
  slackName: string | null
  isWorkspaceAdmin: boolean
  isWorkspaceGuest: boolean
  slackChangedAt: Date | null
  role: string | null
}

/** Somebody on a page, with what Slack says of them; `row`: who they are known to be. */
type Seen = { profile: SlackProfile; said: Said; row: Row | undefined }

/** A page may meet somebody who is written by another hand at this moment; then it looks again. */
const LOOKS = 3

/**
 * Writes what Slack says of members; gives each one's person by their Slack id. Nothing is written for those of whom
 * Slack's own record is older than the one that was taken in last. An address that somebody else has is left with them.
 * This is the one place where members are made, and users of other workspaces never become any.
 */
export async function writeMembers(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'letGo'>,
  seen: SeenMembers,
): Promise<Map<string, string>> {
  const named = [...new Map(seen.profiles.map((one) => [one.slackUserId, cleaned(one)])).values()]
  await lockNames(tx, seen.organisationId, named)
  const [organisation] = await tx.$queryRaw<Rules[]>`
    SELECT "slackTeamId", "guestsAreContractors", "smsCountries" FROM "Organisation"
    WHERE "id" = ${seen.organisationId}::uuid`
  if (!organisation) return new Map()
  const profiles = named.filter((profile) => isOfWorkspace(profile, organisation.slackTeamId))
  await endForeignMembers(tx, { ...seen, foreign: named.filter((profile) => !profiles.includes(profile)) })
  const personIds = new Map<string, string>()
  let left = profiles
  for (let look = 1; left.length > 0; look += 1) {
    if (look > LOOKS) throw new Error('members of the workspace were written by another hand again and again')
    const met = meet(left, await findRows(tx, seen.organisationId, left), organisation)
    const wanted = met.filter(({ row, profile }) => row !== undefined || profile.isActive || !seen.leaveOutGone)
    for (const [slackUserId, id] of await writeMet(tx, c, { ...seen, met: wanted })) personIds.set(slackUserId, id)
    left = wanted.map(({ profile }) => profile).filter(({ slackUserId }) => !personIds.has(slackUserId))
  }
  return personIds
}

function cleaned(profile: SlackProfile): SlackProfile {
  return { ...profile, name: cleanLine(profile.name).toWellFormed() || profile.slackUserId }
}

/** Two first contacts of one member at once: the second waits here and finds the person. In one order, as all locks. */
async function lockNames(tx: SqlTransaction, organisationId: string, profiles: SlackProfile[]): Promise<void> {
  const names = profiles.map(({ slackUserId }) => organisationId + slackUserId)
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(k."key")::text FROM (
    SELECT hashtextextended(g."name", 0) AS "key" FROM unnest(${names}::text[]) AS g("name") ORDER BY 1 OFFSET 0) AS k`
}

function findRows(tx: SqlTransaction, organisationId: string, profiles: SlackProfile[]): Promise<Row[]> {
  const keys = profiles.flatMap((profile) => addressOf(profile)?.key ?? [])
  const slackIds = profiles.map(({ slackUserId }) => slackUserId)
  return tx.$queryRaw<Row[]>`
    SELECT p."id", p."slackUserId", p."emailKey", p."slackName", p."isWorkspaceAdmin", p."isWorkspaceGuest",
      p."slackChangedAt", p."role"::text AS "role"
    FROM "Person" p WHERE p."id" IN (
      SELECT "id" FROM "Person" WHERE "organisationId" = ${organisationId}::uuid AND "slackUserId" = ANY(${slackIds}::text[])
      UNION ALL
      SELECT "id" FROM "Person" WHERE "organisationId" = ${organisationId}::uuid AND "emailKey" = ANY(${keys}::text[]))`
}

type Rules = { slackTeamId: string; guestsAreContractors: boolean; smsCountries: string[] }

/** Who everybody on a page is, and whether their address is theirs to have. */
function meet(profiles: SlackProfile[], rows: Row[], rules: Rules): Seen[] {
  const { guestsAreContractors, smsCountries } = rules
  const bySlackId = new Map(rows.flatMap((row) => (row.slackUserId ? [[row.slackUserId, row] as const] : [])))
  const byAddress = new Map(rows.flatMap((row) => (row.emailKey ? [[row.emailKey, row] as const] : [])))
  const given = new Set<string>()
  return profiles.map((profile) => {
    const address = addressOf(profile)
    const owner = address && byAddress.get(address.key)
    const isTaken = address !== undefined && given.has(address.key)
    const row = bySlackId.get(profile.slackUserId) ?? (isTaken || owner?.slackUserId ? undefined : owner)
    const free: EmailAddress | undefined = isTaken || (owner && owner !== row) ? undefined : address
    if (free) given.add(free.key)
    return { profile, row, said: factsOf(profile, { address: free, guestsAreContractors, smsCountries }) }
  })
}

async function writeMet(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'letGo'>,
  { organisationId, at, noteSeen, met }: SeenMembers & { met: Seen[] },
): Promise<Map<string, string>> {
  const common: Common = { organisationId, at, actor: { id: null, name: 'Slack' }, origin: 'slack' }
  const known = met.flatMap((one) => (one.row ? [{ ...one, row: one.row }] : []))
  const members = known.filter(({ row }) => row.slackUserId !== null)
  const facts = new Map((await readKnown(tx, idsOf(members))).map((row) => [row.id, row]))
  const current = members.filter(({ row, profile }) => !isOld(row, profile))
  const news = current.filter(({ row, profile, said }) => {
    const fact = facts.get(row.id)
    return hasOtherRights(row, profile) || row.slackName !== profile.name || !fact || isNews(fact, 'slack', said)
  })
  const strangers = known.filter(({ row }) => row.slackUserId === null)
  // All of them at once, so that the locks of two pages never cross.
  if (news.length + strangers.length > 0) await lockPeople(tx, idsOf([...news, ...strangers]))
  const linked = await link(tx, strangers)
  const told = [...(await keepLastAdmin(tx, c, { common, news })), ...linked]
  const toldIds = new Set(idsOf(told))
  const seenOnly = noteSeen ? current.filter(({ row }) => !toldIds.has(row.id)) : []
  // Before anybody leaves: of two who go in different ways at once, the second sees that the first is no admin any more.
  await noteMembers(tx, [...told, ...seenOnly], at)
  await learnPeople(tx, c, {
    ...common,
    source: 'slack',
    people: told.map(({ row, said }) => ({ personId: row.id, said })),
  })
  const fresh = await insertMembers(
    tx,
    met.filter(({ row }) => row === undefined),
    { organisationId, at },
  )
  await record(tx, [
    ...told
      .filter(({ row, profile }) => row.slackUserId !== null && hasOtherRights(row, profile))
      .map((one) => rightsEvent(common, one)),
    ...[...linked.map(({ row, profile }) => ({ id: row.id, profile })), ...fresh].map((one) => addedEvent(common, one)),
  ])
  return new Map([
    ...[...members, ...linked].map(({ profile, row }) => [profile.slackUserId, row.id] as const),
    ...fresh.map(({ profile, id }) => [profile.slackUserId, id] as const),
  ])
}

type Met = Seen & { row: Row }

const idsOf = (met: Met[]) => met.map(({ row }) => row.id)

/** An event that another has overtaken. */
function isOld({ slackChangedAt }: Row, { changedAt }: SlackProfile): boolean {
  return slackChangedAt !== null && changedAt !== undefined && changedAt < slackChangedAt
}

function hasOtherRights(row: Row, profile: SlackProfile): boolean {
  return row.isWorkspaceAdmin !== profile.isWorkspaceAdmin || row.isWorkspaceGuest !== profile.isWorkspaceGuest
}

/**
 * Where Slack takes the rights of the last Corporate Admin away, who was one by being an admin of the workspace, they keep
 * them: it is in the audit log, and they are told. Gives those who were met, with what is written of them.
 */
async function keepLastAdmin(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'letGo'>,
  { common, news }: { common: Common; news: Met[] },
): Promise<Met[]> {
  // Whoever has the role stays one by it, but for guests.
  const losing = news.filter(
    ({ row, profile }) =>
      profile.isActive &&
      isAdminIn(row) &&
      !isAdminIn(profile) &&
      (row.role !== 'corporate_admin' || profile.isWorkspaceGuest),
  )
  if (losing.length === 0) return news
  const keptId = await findLastCorporateAdmin(tx, common.organisationId, idsOf(losing))
  return Promise.all(
    news.map(async (one) => {
      if (one.row.id !== keptId) return one
      const { row, profile } = one
      await c.letGo(tx, { ...common, personIds: [], kept: { id: row.id, name: profile.name } })
      return { ...one, profile: { ...profile, isWorkspaceAdmin: true, isWorkspaceGuest: false } }
    }),
  )
}

function isAdminIn({ isWorkspaceAdmin, isWorkspaceGuest }: Rights): boolean {
  return isWorkspaceAdmin && !isWorkspaceGuest
}

/** Those who were known by their address become members; gives those who did. */
async function link(tx: SqlTransaction, strangers: Met[]): Promise<Met[]> {
  if (strangers.length === 0) return []
  const slackIds = strangers.map(({ profile }) => profile.slackUserId)
  const rows = await tx.$queryRaw<{ id: string }[]>`
    UPDATE "Person" p SET "slackUserId" = g."slackUserId"
    FROM unnest(${idsOf(strangers)}::uuid[], ${slackIds}::text[]) AS g("id", "slackUserId")
    WHERE p."id" = g."id" AND p."slackUserId" IS NULL RETURNING p."id"`
  const ids = new Set(rows.map(({ id }) => id))
  return strangers.filter(({ row }) => ids.has(row.id))
}

async function noteMembers(tx: SqlTransaction, met: Met[], at: Date): Promise<void> {
  if (met.length === 0) return
  const rows = JSON.stringify(
    met.map(({ row, profile }) => ({
      id: row.id,
      name: profile.name,
      isAdmin: profile.isWorkspaceAdmin,
      isGuest: profile.isWorkspaceGuest,
      changedAt: profile.changedAt ?? null,
    })),
  )
  await tx.$executeRaw`
    UPDATE "Person" p SET "slackName" = w."name", "isWorkspaceAdmin" = w."isAdmin", "isWorkspaceGuest" = w."isGuest",
      "slackSeenAt" = ${at}::timestamptz, "slackChangedAt" = coalesce(w."changedAt", p."slackChangedAt")
    FROM jsonb_to_recordset(${rows}::jsonb)
      AS w("id" uuid, "name" text, "isAdmin" boolean, "isGuest" boolean, "changedAt" timestamptz)
    WHERE p."id" = w."id"`
}

type Added = { id: string; profile: SlackProfile }

/** Whoever is new; those whom somebody else writes at this moment are left out, and found at the next look. */
async function insertMembers(
  tx: SqlTransaction,
  met: Seen[],
  { organisationId, at }: { organisationId: string; at: Date },
): Promise<Added[]> {
  if (met.length === 0) return []
  const fresh = new Map(met.map(({ profile, said }) => [newId(), { profile, said }]))
  const rows = JSON.stringify(
    [...fresh].map(([id, { profile, said }]) => {
      const nobody = { facts: NO_FACTS, sources: {}, activity: {} }
      const { changes, sources, activity } = settleFacts(nobody, 'slack', said)
      return {
        ...{ ...NO_FACTS, ...changes, id, sources, activity, isActive: isActiveBy(activity) },
        ...{ slackUserId: profile.slackUserId, slackName: profile.name, changedAt: profile.changedAt ?? null },
        ...{ isAdmin: profile.isWorkspaceAdmin, isGuest: profile.isWorkspaceGuest },
      }
    }),
  )
  const written = await tx.$queryRaw<{ id: string }[]>`
    INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "lastName", "mobile", "employeeType",
      "startDate", "language", "sources", "activity", "isActive", "leftAt", "slackUserId", "slackName",
      "isWorkspaceAdmin", "isWorkspaceGuest", "slackSeenAt", "slackChangedAt", "createdAt")
    SELECT w."id", ${organisationId}::uuid, w."email", w."emailKey", w."firstName", w."lastName", w."mobile",
      w."employeeType"::"EmployeeType", w."startDate", w."language", w."sources", w."activity", w."isActive",
      CASE WHEN NOT w."isActive" THEN ${at}::timestamptz END, w."slackUserId", w."slackName", w."isAdmin", w."isGuest",
      ${at}::timestamptz, w."changedAt", ${at}::timestamptz
    FROM jsonb_to_recordset(${rows}::jsonb) AS w("id" uuid, "email" text, "emailKey" text, "firstName" text,
      "lastName" text, "mobile" text, "employeeType" text, "startDate" date, "language" text, "sources" jsonb,
      "activity" jsonb, "isActive" boolean, "slackUserId" text, "slackName" text, "isAdmin" boolean, "isGuest" boolean,
      "changedAt" timestamptz)
    ORDER BY w."emailKey"
    ON CONFLICT DO NOTHING RETURNING "id"`
  return written.flatMap(({ id }) => {
    const profile = fresh.get(id)?.profile
    return profile ? [{ id, profile }] : []
  })
}

function rightsEvent(common: Common, { row, profile }: Met): AuditEvent {
  return {
    ...common,
    act: 'person.changed',
    subject: { kind: 'person', id: row.id, name: profile.name },
    before: rightsOf(row),
    after: rightsOf(profile),
  }
}

function addedEvent(common: Common, { id, profile }: Added): AuditEvent {
  const after = { ...rightsOf(profile), isActive: profile.isActive, name: profile.name }
  return { ...common, act: 'person.added', subject: { kind: 'person', id, name: profile.name }, after }
}

type Rights = { isWorkspaceAdmin: boolean; isWorkspaceGuest: boolean }

function rightsOf({ isWorkspaceAdmin, isWorkspaceGuest }: Rights): Rights {
  return { isWorkspaceAdmin, isWorkspaceGuest }
}
