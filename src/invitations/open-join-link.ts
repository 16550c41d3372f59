// The invitee's side: look at the invitation behind a link. Changes nothing.

import type { Database, Role, UserType } from '../database/index.ts'
import type { Language } from '../languages/index.ts'
import { Refusal } from '../refusal.ts'
import { isJoinToken, readInvitationId, type ShownInvitation, stateShown } from './join-token.ts'

export type JoinPage = {
  invitationId: string
  organisationName: string
  hubName: string
  inviterName: string
  email: string
  language: Language
  /** False: nobody chose it, it is only the organisation's. */
  languageChosen: boolean
  timeZone: string
  firstName: string
  lastName: string
  mobile: string
  terms: string
  termsVersion: number
  expiresAt: Date | null
  /** They asked for it themselves, by a registration link. */
  isByLink: boolean
  /** The organisation demands a second factor: it and the terms have pages of their own. */
  secondFactorRequired: boolean
  /** Null for somebody who has none: then `userName` is what they sign in with. */
  personEmail: string | null
  userName: string | null
  /** Further hubs that the same sign-up joins: their invitations were delivered to the same contact. */
  otherHubs: string[]
  /** What the page's form states of them, so that it joins those that the page showed. */
  shown: string
  /** They have an account by now: they sign in, and join from there. */
  hasAccount: boolean
}

// Looked up where the token names no invitation, so that a bad token costs the same statement as a good one.
const NOBODY = '00000000-0000-0000-0000-000000000000'

/** Further invitations that one page names. */
const MOST_SHOWN = 20

export type JoinReader = { db: Database; now: () => Date; joinKey: Buffer }

/** What is known of an invitation whose link is good. */
export type JoinRow = JoinPage & {
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
  confirmOnlyByEmail: boolean
  smsCountries: string[]
  isUsable: boolean
}

/**
 * What the sign-up page shows. Changes nothing: mail scanners open links too.
 * Throws Refusal `link_dead` for a token that is unknown, used, expired or revoked, one as fast as the other.
 */
export async function openJoinLink(c: JoinReader, token: string): Promise<JoinPage> {
  return findUsable(c, token)
}

/** As `openJoinLink`, with all that accepting needs. */
export async function findUsable(c: JoinReader, token: string): Promise<JoinRow> {
  const id = readInvitationId(token) ?? NOBODY
  const { rows } = await c.db.pool.query<Omit<JoinRow, 'otherHubs' | 'shown'> & { others: OtherInvitation[] }>({
    name: 'open-join-link',
    text: OPEN_JOIN_LINK,
    values: [id, c.now()],
  })
  const [row] = rows
  // The comparison is made for an unknown id too, so that no answer is faster than another.
  const claimed = row ?? { organisationId: NOBODY, id, generation: 0 }
  const fits = isJoinToken(c.joinKey, token, { ...claimed, invitationId: claimed.id })
  if (!row?.isUsable || !fits) throw new Refusal('link_dead')
  const { others, ...rest } = row
  const shown = stateShown(c.joinKey, { ...rest, invitationId: rest.id }, others)
  return { ...rest, otherHubs: others.map(({ hubName }) => hubName), shown }
}

type OtherInvitation = ShownInvitation & { hubName: string }

// A waiting invitation counts too: its message may be out, and the process that would have noted it gone.
const OPEN_JOIN_LINK = `
  SELECT i."id", i."id" AS "invitationId", i."organisationId", i."hubId", i."personId", i."generation", i."userType"::text AS "userType",
    i."role"::text AS "role", i."departmentId", i."locationId", i."email", i."language", i."languageChosen", i."expiresAt",
    (i."status" IN ('waiting', 'pending') AND NOT i."isAddition" AND (i."expiresAt" IS NULL OR i."expiresAt" > $2)
      AND p."isActive" AND h."archivedAt" IS NULL AND (by."mostUses" IS NULL OR by."used" < by."mostUses")) AS "isUsable",
    o."displayName" AS "organisationName", o."terms", o."termsVersion", o."timeZone", o."secondFactorRequired",
    o."confirmOnlyByEmail", o."smsCountries", h."name" AS "hubName", p."email" AS "personEmail", p."userName",
    coalesce(nullif(inviter."slackName", ''), nullif(trim(inviter."firstName" || ' ' || inviter."lastName"), ''),
      inviter."email", o."displayName") AS "inviterName",
    p."firstName", p."lastName", coalesce(p."mobile", '') AS "mobile",
    d."name" AS "departmentName", l."name" AS "locationName", by."id" IS NOT NULL AS "isByLink",
    EXISTS (SELECT 1 FROM "Account" a WHERE a."personId" = i."personId" AND a."status" = 'active') AS "hasAccount",
    -- Delivered to the same contact, or named by this one's message; each slip is handed over by itself.
    coalesce((SELECT jsonb_agg(jsonb_build_object('id', o."id", 'generation', o."generation", 'hubName', o."name")
        ORDER BY o."name") FROM (SELECT other."id", other."generation", oh."name"
      FROM "Invitation" other JOIN "Hub" oh ON oh."id" = other."hubId"
      WHERE other."personId" = i."personId" AND other."id" <> i."id" AND oh."archivedAt" IS NULL
        AND other."channel" = i."channel" AND other."channel" <> 'slip' AND lower(other."email") = lower(i."email")
        AND (other."status" = 'pending' OR (other."status" = 'waiting' AND other."carriedById" = i."id"))
        AND (other."expiresAt" IS NULL OR other."expiresAt" > $2) ORDER BY oh."name" LIMIT ${MOST_SHOWN}) AS o), '[]') AS "others"
  FROM "Invitation" i
  JOIN "Organisation" o ON o."id" = i."organisationId"
  JOIN "Hub" h ON h."id" = i."hubId"
  JOIN "Person" p ON p."id" = i."personId"
  JOIN "Person" inviter ON inviter."id" = i."inviterId"
  LEFT JOIN "Department" d ON d."id" = i."departmentId"
  LEFT JOIN "Location" l ON l."id" = i."locationId"
  LEFT JOIN "RegistrationLink" by ON by."id" = i."registrationLinkId"
  WHERE i."id" = $1::uuid`
