// Activation slips that work no more, with their codes: revoked ones, and ones that have expired.
import { randomBytes } from 'node:crypto'
import { type Database, newId } from '../../src/database/index.ts'
import { makeSlipCode, slipKeyOf } from '../../src/invitations/slip-code.ts'

const KEY = randomBytes(32)

/** A code that is on no slip. */
export function codeOfNobody(): string {
  return makeSlipCode(KEY, { organisationId: newId(), invitationId: newId(), generation: 1 })
}

/** Makes so many of each; gives their codes. */
export async function makeDeadSlips(
  { pool }: Database,
  count: number,
): Promise<{ revoked: string[]; expired: string[] }> {
  const { rows } = await pool.query<{ id: string }>('SELECT "id" FROM "Organisation" LIMIT 1')
  const organisationId = rows[0]?.id ?? ''
  const slips = Array.from({ length: 2 * count }, () => {
    const [invitationId, personId] = [newId(), newId()]
    return { invitationId, personId, code: makeSlipCode(KEY, { organisationId, invitationId, generation: 1 }) }
  })
  const people = slips.map(({ personId }) => personId)
  const invitations = slips.map(({ invitationId }) => invitationId)
  await pool.query(
    `INSERT INTO "Person" ("id", "organisationId", "userName", "userNameKey", "firstName", "lastName", "createdAt")
     SELECT id, $2, 'slip.' || n, 'slip.' || n, 'Ana', 'Diaz', now() FROM unnest($1::uuid[]) WITH ORDINALITY AS p(id, n)`,
    [people, organisationId],
  )
  await pool.query(
    `INSERT INTO "Invitation" ("id", "organisationId", "hubId", "personId", "inviterId", "email", "userType", "role",
       "language", "status", "channel", "createdAt", "queuedAt", "sentAt", "expiresAt")
     SELECT i.id, $3, h."id", i.person, i.person, 'slip.' || n, 'team_member', 'employee', 'en',
       (CASE WHEN n <= $4 THEN 'revoked' ELSE 'expired' END)::"InvitationStatus", 'slip', now(), now(), now(), now()
     FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS i(id, person, n)
     JOIN "Hub" h ON h."organisationId" = $3 AND h."isDefault"`,
    [invitations, people, organisationId, count],
  )
  await pool.query(
    `INSERT INTO "SlipCode" ("invitationId", "codeKey", "generation", "madeAt")
     SELECT id, key, 1, now() FROM unnest($1::uuid[], $2::text[]) AS s(id, key)`,
    [invitations, slips.map(({ code }) => slipKeyOf(code))],
  )
  const codes = slips.map(({ code }) => code)
  return { revoked: codes.slice(0, count), expired: codes.slice(count) }
}
