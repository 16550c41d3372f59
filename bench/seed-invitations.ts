// Invitations that wait for their invitees, and the tokens of their links.
import { type Database, newId } from '../src/database/index.ts'
import { loadDeliveries } from '../src/invitations/index.ts'

const chunk = 1_000

/** Makes so many invitations in an organisation of their own; gives the token of each one's link. */
export async function seedInvitations(
  c: { db: Database; now: () => Date; joinKey: Buffer },
  count: number,
): Promise<string[]> {
  const [organisation, hub, inviter] = [newId(), newId(), newId()]
  await c.db.pool.query(
    `INSERT INTO "Organisation" ("id", "slackTeamId", "createdAt", "displayName", "terms")
     VALUES ($1, $2, now(), 'Northwind Trading', $3)`,
    [organisation, `T${organisation}`, 'Whoever joins treats what is shared here with care.\n\n'.repeat(20)],
  )
  await c.db.pool.query(
    `INSERT INTO "Hub" ("id", "organisationId", "name", "isDefault", "createdAt") VALUES ($1, $2, 'People', true, now())`,
    [hub, organisation],
  )
  const people = Array.from({ length: count }, () => newId())
  await c.db.pool.query(
    `INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "createdAt")
     SELECT id, $2, 'p' || n || '@bench.example', 'p' || n || '@bench.example', 'Ana', now()
     FROM unnest($1::uuid[]) WITH ORDINALITY AS p(id, n)`,
    [[inviter, ...people], organisation],
  )
  const invitations = Array.from({ length: count }, () => newId())
  await c.db.pool.query(
    `INSERT INTO "Invitation" ("id", "organisationId", "hubId", "personId", "inviterId", "email", "userType", "role",
       "language", "status", "createdAt", "queuedAt")
     SELECT i.id, $3, $4, i.person, $5, p."email", 'team_member', 'employee', 'en', 'waiting', now(), now()
     FROM unnest($1::uuid[], $2::uuid[]) AS i(id, person) JOIN "Person" p ON p."id" = i.person`,
    [invitations, people, organisation, hub, inviter],
  )
  await c.db.pool.query('ANALYZE')
  const tokens: string[] = []
  for (let from = 0; from < count; from += chunk) {
    const orders = invitations.slice(from, from + chunk).map((invitationId) => ({ invitationId, generation: 1 }))
    tokens.push(...(await loadDeliveries({ ...c, oneTimeKey: c.joinKey }, orders)).map(({ token }) => token))
  }
  return tokens
}
