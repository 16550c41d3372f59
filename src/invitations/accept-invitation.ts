// The invitee's side: look at the invitation behind a link, and accept it.
import { passwordProblem } from '../accounts/index.ts'
import { record } from '../audit/index.ts'
import { cleanLine } from '../clean-text.ts'
import type { Collaborators } from '../collaborators.ts'
import { type Database, inTransaction, newId, type Role, type Transaction, type UserType } from '../database/index.ts'
import { ROLE_NAMES, USER_TYPE_NAMES } from '../organisation/index.ts'
import { readMobile } from '../people/index.ts'
import { Refusal, Refusals } from '../refusal.ts'
import { isJoinToken, readInvitationId } from './join-token.ts'

export type JoinPage = {
  invitationId: string
  organisationName: string
  hubName: string
  inviterName: string
  email: string
  language: 'en' | 'ru'
  timeZone: string
  firstName: string
  lastName: string
  mobile: string
  terms: string
  termsVersion: number
  expiresAt: Date | null
  /** They asked for it themselves, by a registration link. */
  isByLink: boolean
}

export type JoinForm = {
  firstName: string
  lastName: string
  mobile: string
  password: string
  termsAgreed: boolean
  /** The version that the page showed: newer terms must be seen before they are agreed to. */
  termsVersion: number
}

const NAME_LENGTH = 80
// Looked up where the token names no invitation, so that a bad token costs the same statement as a good one.
const NOBODY = '00000000-0000-0000-0000-000000000000'

type Reader = { db: Database; now: () => Date; joinKey: Buffer }

type Row = JoinPage & {
  id: string
  organisationId: string
  hubId: string
  personId: string
  generation: number
  userType: UserType
  role: Role
  departmentId: string | null
  locationId: string | null
  departmentName: string | null
  locationName: string | null
  isUsable: boolean
}

/**
 * What the sign-up page shows. Changes nothing: mail scanners open links too.
 * Throws Refusal `link_dead` for a token that is unknown, used, expired or revoked, one as fast as the other.
 */
export async function openJoinLink(c: Reader, token: string): Promise<JoinPage> {
  return findUsable(c, token)
}

/**
 * Accepts the invitation: the account is made, the hub joined, the inviter told, in one transaction of which one of
 * many at the same moment succeeds. `from` is the address that the terms were agreed from.
 * Throws Refusals (fields `firstName`, `lastName`, `mobile`, `password`, `termsAgreed`), Refusal `link_dead`, and
 * `too_busy` from `hashPassword`.
 */
export async function acceptInvitation(
  c: Reader & Pick<Collaborators, 'followUp'> & { hashPassword: (password: string) => Promise<string> },
  token: string,
  request: { form: JoinForm; from: string },
): Promise<{ organisationName: string; hubName: string; email: string }> {
  const row = await findUsable(c, token)
  const { password, ...person } = readForm(request.form, row)
  const passwordHash = await c.hashPassword(password)
  await inTransaction(c.db, async (tx) => {
    const at = c.now()
    const joined = await join(tx, row, { ...person, passwordHash, at, from: request.from })
    if (!joined) throw new Refusal('link_dead')
    await record(
      tx,
      joined.map((hub) => ({
        organisationId: row.organisationId,
        at,
        act: 'invitation.accepted' as const,
        actor: { id: row.personId, name: `${person.firstName} ${person.lastName}` },
        subject: { kind: 'invitation' as const, id: hub.invitationId, name: row.email },
        origin: `web ${request.from}`,
        after: {
          email: row.email,
          hub: hub.hubName,
          userType: USER_TYPE_NAMES[hub.userType],
          role: ROLE_NAMES[hub.role],
          department: hub.departmentName,
          location: hub.locationName,
          termsVersion: row.termsVersion,
        },
      })),
    )
    await c.followUp(
      tx,
      joined.map(({ invitationId }) => ({ kind: 'notify', invitationId, news: 'accepted' })),
    )
  })
  return { organisationName: row.organisationName, hubName: row.hubName, email: row.email }
}

async function findUsable(c: Reader, token: string): Promise<Row> {
  const id = readInvitationId(token) ?? NOBODY
  const { rows } = await c.db.pool.query<Row>({ name: 'open-join-link', text: OPEN_JOIN_LINK, values: [id, c.now()] })
  const [row] = rows
  // The comparison is made for an unknown id too, so that no answer is faster than another.
  const claimed = row ?? { organisationId: NOBODY, id, generation: 0 }
  const fits = isJoinToken(c.joinKey, token, { ...claimed, invitationId: claimed.id })
  if (!row?.isUsable || !fits) throw new Refusal('link_dead')
  return row
}

// A waiting invitation counts too: its message may be out, and the process that would have noted it gone.
const OPEN_JOIN_LINK = `
  SELECT i."id", i."id" AS "invitationId", i."organisationId", i."hubId", i."personId", i."generation", i."userType"::text AS "userType",
    i."role"::text AS "role", i."departmentId", i."locationId", i."email", i."language", i."expiresAt",
    (i."status" IN ('waiting', 'pending') AND NOT i."isAddition" AND (i."expiresAt" IS NULL OR i."expiresAt" > $2)
      AND h."archivedAt" IS NULL AND (by."mostUses" IS NULL OR by."used" < by."mostUses")) AS "isUsable",
    o."displayName" AS "organisationName", o."terms", o."termsVersion", o."timeZone", h."name" AS "hubName",
    coalesce(nullif(inviter."slackName", ''), nullif(trim(inviter."firstName" || ' ' || inviter."lastName"), ''),
      inviter."email", o."displayName") AS "inviterName",
    p."firstName", p."lastName", coalesce(p."mobile", '') AS "mobile",
    d."name" AS "departmentName", l."name" AS "locationName", by."id" IS NOT NULL AS "isByLink"
  FROM "Invitation" i
  JOIN "Organisation" o ON o."id" = i."organisationId"
  JOIN "Hub" h ON h."id" = i."hubId"
  JOIN "Person" p ON p."id" = i."personId"
  JOIN "Person" inviter ON inviter."id" = i."inviterId"
  LEFT JOIN "Department" d ON d."id" = i."departmentId"
  LEFT JOIN "Location" l ON l."id" = i."locationId"
  LEFT JOIN "RegistrationLink" by ON by."id" = i."registrationLinkId"
  WHERE i."id" = $1::uuid`

type ReadForm = { firstName: string; lastName: string; mobile: string | null; password: string }

function readForm(form: JoinForm, page: JoinPage): ReadForm {
  const refusals: Refusal[] = []
  const firstName = readName(form.firstName, 'firstName', refusals)
  const lastName = readName(form.lastName, 'lastName', refusals)
  let mobile: string | null = null
  if (form.mobile.trim() !== '') {
    try {
      mobile = readMobile(form.mobile)
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal
      refusals.push(refusal)
    }
  }
  const personalWords = [firstName, lastName, page.email, page.organisationName, page.hubName]
  const problem = passwordProblem(form.password, { personalWords })
  if (problem) refusals.push(new Refusal(problem, { field: 'password' }))
  if (!form.termsAgreed || form.termsVersion !== page.termsVersion) {
    refusals.push(new Refusal('terms_not_agreed', { field: 'termsAgreed' }))
  }
  if (refusals.length > 0) throw new Refusals(refusals)
  return { firstName, lastName, mobile, password: form.password }
}

function readName(text: string, field: 'firstName' | 'lastName', refusals: Refusal[]): string {
  const name = cleanLine(text)
  if (name === '') {
    refusals.push(new Refusal(field === 'firstName' ? 'first_name_missing' : 'last_name_missing', { field }))
  }
  if (name.length > NAME_LENGTH) {
    refusals.push(new Refusal('name_too_long', { field, detail: { most: NAME_LENGTH } }))
  }
  return name
}

type JoinedHub = {
  invitationId: string
  hubName: string
  userType: UserType
  role: Role
  departmentName: string | null
  locationName: string | null
}

/**
 * One conditional update decides between many accepts, a resend, a revocation and the end. What was open for the same
 * person in other hubs is accepted with it: one sign-up, one account. Undefined when the link was used meanwhile.
 */
async function join(
  tx: Transaction,
  row: Row,
  given: { firstName: string; lastName: string; mobile: string | null; passwordHash: string; at: Date; from: string },
): Promise<JoinedHub[] | undefined> {
  const { at } = given
  // Two links of one person wait for each other here, and so does an invitation that is just being sent to them.
  // Invitations are locked before their person, as everywhere: a delivery that is being noted does so too.
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "Invitation" WHERE "personId" = ${row.personId}::uuid
    AND "status" IN ('waiting', 'pending') ORDER BY "id" FOR UPDATE`
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "Person" WHERE "id" = ${row.personId}::uuid FOR NO KEY UPDATE`
  // Of several who come for the last use of a registration link, each sees here what those before them left.
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "RegistrationLink" WHERE "id" IN (SELECT "registrationLinkId"
    FROM "Invitation" WHERE "personId" = ${row.personId}::uuid AND "status" IN ('waiting', 'pending'))
    ORDER BY "id" FOR NO KEY UPDATE`
  const accepted = await tx.$queryRaw<(JoinedHub & { accounts: bigint })[]>`
    WITH used_up AS (
      SELECT "id" FROM "RegistrationLink" WHERE "organisationId" = ${row.organisationId}::uuid AND "used" >= "mostUses"
    ), claimed AS (
      UPDATE "Invitation" SET "status" = 'accepted', "acceptedAt" = ${at}, "nextAttemptAt" = NULL
      WHERE "id" = ${row.id}::uuid AND "generation" = ${row.generation} AND "status" IN ('waiting', 'pending')
        AND ("expiresAt" IS NULL OR "expiresAt" > ${at})
        AND ("registrationLinkId" IS NULL OR "registrationLinkId" NOT IN (SELECT "id" FROM used_up))
      RETURNING *
    ), others AS (
      UPDATE "Invitation" SET "status" = 'accepted', "acceptedAt" = ${at}, "nextAttemptAt" = NULL
      WHERE "personId" = ${row.personId}::uuid AND "id" <> ${row.id}::uuid AND "status" IN ('waiting', 'pending')
        AND ("expiresAt" IS NULL OR "expiresAt" > ${at}) AND EXISTS (SELECT 1 FROM claimed)
        AND ("registrationLinkId" IS NULL OR "registrationLinkId" NOT IN (SELECT "id" FROM used_up))
      RETURNING *
    ), joined AS (
      SELECT * FROM claimed UNION ALL SELECT * FROM others
    ), uses AS (
      UPDATE "RegistrationLink" SET "used" = "used" + 1 WHERE "id" IN (SELECT "registrationLinkId" FROM joined)
    ), account AS (
      INSERT INTO "Account" ("id", "organisationId", "personId", "passwordHash", "termsVersion", "termsAgreedAt",
        "termsAgreedFrom", "createdAt")
      SELECT ${newId()}::uuid, "organisationId", "personId", ${given.passwordHash}, ${row.termsVersion}, ${at},
        ${given.from}, ${at}
      FROM claimed ON CONFLICT ("personId") DO NOTHING RETURNING "id"
    ), membership AS (
      INSERT INTO "HubMembership" ("hubId", "personId", "userType", "joinedAt")
      SELECT "hubId", "personId", "userType", ${at} FROM joined ON CONFLICT DO NOTHING
    ), person AS (
      -- A role that the person has already is kept: an invitation never takes one away.
      UPDATE "Person" p SET "firstName" = ${given.firstName}, "lastName" = ${given.lastName},
        "mobile" = coalesce(${given.mobile}, p."mobile"), "role" = coalesce(p."role", claimed."role"),
        "departmentId" = coalesce(claimed."departmentId", p."departmentId"),
        "locationId" = coalesce(claimed."locationId", p."locationId"), "isActive" = true
      FROM claimed WHERE p."id" = claimed."personId"
    )
    SELECT j."id" AS "invitationId", h."name" AS "hubName", j."userType"::text AS "userType", j."role"::text AS "role",
      d."name" AS "departmentName", l."name" AS "locationName", (SELECT count(*) FROM account) AS "accounts"
    FROM joined j JOIN "Hub" h ON h."id" = j."hubId"
    LEFT JOIN "Department" d ON d."id" = j."departmentId" LEFT JOIN "Location" l ON l."id" = j."locationId"`
  const [first] = accepted
  return first?.accounts === 1n ? accepted : undefined
}
