// The invitee's side: accept the invitation behind a link.
import { beginPassage, FACTOR_NAMES, type FactorKind, forgetOldFactors, passwordProblem } from '../accounts/index.ts'
import { record } from '../audit/index.ts'
import { cleanLine } from '../clean-text.ts'
import type { Collaborators } from '../collaborators.ts'
import { inTransaction, newId, type Role, type Transaction, type UserType } from '../database/index.ts'
import { ROLE_NAMES, USER_TYPE_NAMES } from '../organisation/index.ts'
import { type FieldSources, readMobile, type SignUp, settleSignUp } from '../people/index.ts'
import { Refusal, Refusals } from '../refusal.ts'
import { readShown, type ShownInvitation } from './join-token.ts'
import { findUsable, type JoinReader, type JoinRow } from './open-join-link.ts'

export type JoinForm = {
  firstName: string
  lastName: string
  mobile: string
  password: string
  termsAgreed: boolean
  /** The version that the page showed: newer terms must be seen before they are agreed to. */
  termsVersion: number
  /** What the page stated of the further invitations that it named (join-token.ts). */
  shown: string
}

const NAME_LENGTH = 80

export type Joiner = JoinReader & Pick<Collaborators, 'followUp'>

/**
 * Takes the first page of a sign-up. Where the organisation demands no second factor it is the only one: the invitation is
 * accepted. Where it does, nothing changes yet, and `passage` is the token with which this browser goes on
 * (join-steps.ts). `from`: the client's address; `before`: the token of a passage that this browser had.
 * Where its person has an account by now (`hasAccount`) nothing is taken: they sign in. Throws Refusals (fields `firstName`, `lastName`, `mobile`, `password`, `termsAgreed`), Refusal `link_dead`, and
 * `too_busy` from `hashPassword`.
 */
export async function acceptInvitation(
  c: Joiner & {
    hashPassword: (password: string) => Promise<string>
    /** For the statistics: somebody sends the form of a link that works, whatever comes of it. */
    noteStart?: (invitationId: string) => void
  },
  token: string,
  request: { form: JoinForm; from: string; before?: string | undefined },
): Promise<{ passage: string | undefined; hasAccount: boolean }> {
  const row = await findUsable(c, token)
  if (row.hasAccount) return { passage: undefined, hasAccount: true }
  c.noteStart?.(row.id)
  const { password, ...person } = readForm(request.form, row)
  const passwordHash = await c.hashPassword(password)
  if (row.secondFactorRequired) {
    const { organisationId, id: invitationId, generation, personId } = row
    const { before } = request
    const { shown } = request.form
    const passage = { organisationId, invitationId, generation, personId, passwordHash, ...person, shown, before }
    return { passage: await beginPassage(c, passage), hasAccount: false }
  }
  await joinAs(c, row, { ...person, passwordHash, shown: request.form.shown, from: request.from })
  return { passage: undefined, hasAccount: false }
}

export type JoiningPerson = {
  firstName: string
  lastName: string
  mobile: string | null
  passwordHash: string
  /** As in JoinForm. */
  shown: string
  from: string
}

/**
 * Makes the account, joins the hub and tells the inviter, in one transaction of which one of many at the same moment
 * succeeds. `complete` ends the passage that led here: it gives the second factor that counts from now on, or nothing
 * where it has ended already. Throws Refusal `link_dead`.
 */
export async function joinAs(
  c: Joiner,
  row: JoinRow,
  { complete, ...person }: JoiningPerson & { complete?: (tx: Transaction) => Promise<FactorKind | undefined> },
): Promise<void> {
  await inTransaction(c.db, async (tx) => {
    const at = c.now()
    const shown = readShown(c.joinKey, { ...row, invitationId: row.id }, person.shown)
    const joined = await join(tx, row, { ...person, shown, at })
    if (!joined) throw new Refusal('link_dead')
    const factor = await complete?.(tx)
    // It ended at this very moment, in another tab.
    if (complete && !factor) throw new Refusal('link_dead')
    await record(
      tx,
      joined.map((hub) => ({
        organisationId: row.organisationId,
        at,
        act: 'invitation.accepted' as const,
        actor: { id: row.personId, name: `${person.firstName} ${person.lastName}` },
        subject: { kind: 'invitation' as const, id: hub.invitationId, name: row.email },
        origin: `web ${person.from}`,
        after: {
          email: row.email,
          hub: hub.hubName,
          userType: USER_TYPE_NAMES[hub.userType],
          role: ROLE_NAMES[hub.role],
          department: hub.departmentName,
          location: hub.locationName,
          termsVersion: row.termsVersion,
          ...(factor ? { secondFactor: FACTOR_NAMES[factor] } : {}),
        },
      })),
    )
    await c.followUp(
      tx,
      joined.map(({ invitationId }) => ({ kind: 'notify', invitationId, news: 'accepted' })),
    )
  })
}

type ReadForm = { firstName: string; lastName: string; mobile: string | null; password: string }

function readForm(form: JoinForm, page: JoinRow): ReadForm {
  const refusals: Refusal[] = []
  const firstName = readName(form.firstName, 'firstName', refusals)
  const lastName = readName(form.lastName, 'lastName', refusals)
  let mobile: string | null = null
  if (form.mobile.trim() !== '') {
    try {
      mobile = readMobile(form.mobile, page.smsCountries)
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal
      refusals.push(refusal)
    }
  }
  const personalWords = [firstName, lastName, page.email, page.organisationName, page.hubName]
  const problem = passwordProblem(form.password, { personalWords })
  if (problem) refusals.push(new Refusal(problem, { field: 'password' }))
  // Where there are more pages the terms are the last of them.
  const isAgreed = form.termsAgreed && form.termsVersion === page.termsVersion
  if (!page.secondFactorRequired && !isAgreed) {
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
 * One conditional update decides between many accepts, a resend, a revocation and the end. The further invitations that the
 * page named are accepted with it, as far as nothing became of them since. Undefined when the link was used meanwhile.
 */
async function join(
  tx: Transaction,
  row: JoinRow,
  given: Omit<JoiningPerson, 'shown'> & { shown: ShownInvitation[]; at: Date },
): Promise<JoinedHub[] | undefined> {
  const { at, shown } = given
  // Two links of one person wait for each other here, and so does an invitation that is just being sent to them.
  // Invitations are locked before their person, as everywhere: a delivery that is being noted does so too.
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "Invitation" WHERE "personId" = ${row.personId}::uuid
    AND "status" IN ('waiting', 'pending') ORDER BY "id" FOR UPDATE`
  const [known] = await tx.$queryRaw<(SignUp & { sources: FieldSources })[]>`
    SELECT "firstName", "lastName", "mobile", "departmentId", "locationId", "sources" FROM "Person"
    WHERE "id" = ${row.personId}::uuid FOR NO KEY UPDATE`
  if (!known) return undefined
  const { sources: before, ...facts } = known
  const { firstName, lastName, mobile } = given
  const { departmentId, locationId } = row
  const person = settleSignUp({ facts, sources: before }, { firstName, lastName, mobile, departmentId, locationId })
  await forgetOldFactors(tx, row.personId)
  // Of several who come for the last use of a registration link, each sees here what those before them left.
  await tx.$queryRaw`SELECT 1 AS "locked" FROM "RegistrationLink" WHERE "id" IN (SELECT "registrationLinkId"
    FROM "Invitation" WHERE "personId" = ${row.personId}::uuid AND "status" IN ('waiting', 'pending'))
    ORDER BY "id" FOR NO KEY UPDATE`
  const accepted = await tx.$queryRaw<(JoinedHub & { accounts: bigint })[]>`
    WITH used_up AS (
      SELECT "id" FROM "RegistrationLink" WHERE "organisationId" = ${row.organisationId}::uuid AND "used" >= "mostUses"
    ), claimed AS (
      UPDATE "Invitation" SET "status" = 'accepted', "acceptedAt" = ${at}, "nextAttemptAt" = NULL, "nextReminderAt" = NULL
      WHERE "id" = ${row.id}::uuid AND "generation" = ${row.generation} AND "status" IN ('waiting', 'pending')
        AND ("expiresAt" IS NULL OR "expiresAt" > ${at})
        AND EXISTS (SELECT 1 FROM "Person" p WHERE p."id" = ${row.personId}::uuid AND p."isActive")
        AND ("registrationLinkId" IS NULL OR "registrationLinkId" NOT IN (SELECT "id" FROM used_up))
      RETURNING *
    ), others AS (
      UPDATE "Invitation" SET "status" = 'accepted', "acceptedAt" = ${at}, "nextAttemptAt" = NULL, "nextReminderAt" = NULL
      WHERE "personId" = ${row.personId}::uuid AND "id" <> ${row.id}::uuid AND "status" IN ('waiting', 'pending')
        AND ("id", "generation") IN (SELECT * FROM unnest(${shown.map(({ id }) => id)}::uuid[],
          ${shown.map(({ generation }) => generation)}::int[]))
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
      FROM claimed
      -- Of somebody who left and is invited again the account opens anew; one that somebody paused stays paused.
      ON CONFLICT ("personId") DO UPDATE SET "status" = 'active', "leftAt" = NULL,
        "passwordHash" = excluded."passwordHash", "termsVersion" = excluded."termsVersion",
        "termsAgreedAt" = excluded."termsAgreedAt", "termsAgreedFrom" = excluded."termsAgreedFrom"
        WHERE "Account"."status" = 'inactive' AND "Account"."leftAt" IS NOT NULL
      RETURNING "id"
    ), agreement AS (
      INSERT INTO "TermsAgreement" ("accountId", "version", "agreedAt", "from")
      SELECT "id", ${row.termsVersion}::int, ${at}::timestamptz, ${given.from}::text FROM account ON CONFLICT DO NOTHING
    ), membership AS (
      INSERT INTO "HubMembership" ("hubId", "personId", "userType", "joinedAt")
      SELECT "hubId", "personId", "userType", ${at} FROM joined ON CONFLICT DO NOTHING
    ), person AS (
      -- A role that the person has already is kept: an invitation never takes one away.
      UPDATE "Person" p SET "firstName" = ${person.facts.firstName}, "lastName" = ${person.facts.lastName},
        "mobile" = ${person.facts.mobile}, "role" = coalesce(p."role", claimed."role"),
        "departmentId" = ${person.facts.departmentId}::uuid, "locationId" = ${person.facts.locationId}::uuid,
        "sources" = ${JSON.stringify(person.sources)}::jsonb
      FROM claimed WHERE p."id" = claimed."personId"
    )
    SELECT j."id" AS "invitationId", h."name" AS "hubName", j."userType"::text AS "userType", j."role"::text AS "role",
      d."name" AS "departmentName", l."name" AS "locationName", (SELECT count(*) FROM account) AS "accounts"
    FROM joined j JOIN "Hub" h ON h."id" = j."hubId"
    LEFT JOIN "Department" d ON d."id" = j."departmentId" LEFT JOIN "Location" l ON l."id" = j."locationId"`
  const [first] = accepted
  return first?.accounts === 1n ? accepted : undefined
}
