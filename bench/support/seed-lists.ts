// An organisation of 200,000 people with 1,000,000 invitations, written by a few statements with the triggers off: what
// the triggers keep is written with them.
import { Client } from 'pg'

export const PEOPLE = 200_000
/** Of each person; the last one says where the person stands. */
const INVITATIONS = 5
const ORGANISATION = '00000000-0000-7000-8000-000000000001'
/** A Hub Admin and an HR Admin of one of twenty hubs and of one of forty departments. */
export const SCENE = {
  organisationId: ORGANISATION,
  inviterId: '00000000-0000-7000-9000-000000000007',
  hubId: '00000000-0000-7000-8001-000000000003',
  departmentId: '00000000-0000-7000-8002-000000000005',
}

const id = (kind: string, number: string) => `('00000000-0000-7000-${kind}-' || lpad((${number})::text, 12, '0'))::uuid`
const unit = (table: string, kind: string, name: string, count: number) =>
  `INSERT INTO "${table}" ("id", "organisationId", "name", "createdAt")
   SELECT ${id(kind, 'n')}, '${ORGANISATION}', '${name} ' || n, now() FROM generate_series(1, ${count}) n`

const STATUS = `(ARRAY['accepted', 'accepted', 'accepted', 'accepted', 'pending', 'pending', 'expired', 'expired', 'revoked',
  'error'])[1 + p % 10]`

const SEED = [
  `SET session_replication_role = replica`,
  `INSERT INTO "Organisation" ("id", "slackTeamId", "createdAt", "displayName", "terms")
   VALUES ('${ORGANISATION}', 'TBENCH', now(), 'Northwind Trading', 'Be kind.')`,
  unit('Hub', '8001', 'Hub', 20),
  unit('Department', '8002', 'Department', 40),
  unit('Location', '8003', 'Location', 30),
  `INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "lastName", "mobile", "departmentId",
     "locationId", "employeeType", "invitationStatus", "accountStatus", "createdAt")
   SELECT ${id('9000', 'p')}, '${ORGANISATION}', e, e, f, l, CASE WHEN p % 3 = 0 THEN '+7905' || lpad(p::text, 7, '0') END,
     ${id('8002', '1 + p % 40')}, ${id('8003', '1 + p % 30')}, 'employee',
     CASE WHEN p % 20 <> 0 THEN ${STATUS}::"InvitationStatus" END,
     CASE WHEN p % 20 <> 0 AND ${STATUS} = 'accepted'
       THEN (CASE WHEN p % 17 = 0 THEN 'inactive' ELSE 'active' END)::"AccountStatus" END, now()
   FROM (SELECT p,
     (ARRAY['Ana', 'Boris', 'Clara', 'Dmitri', 'Elena', 'Farid', 'Greta', 'Hugo', 'Irina', 'Jonas', 'Karla', 'Leo', 'Mara',
       'Nikolai', 'Olga', 'Pavel', 'Quentin', 'Rosa', 'Sven', 'Tanja'])[1 + (hashint4(p) & 1023) % 20] AS f,
     (ARRAY['Diaz', 'Weber', 'Smirnov', 'Kowalski', 'Rossi', 'Novak', 'Jensen', 'Okafor', 'Haddad', 'Tanaka']
       )[1 + (hashint4(p * 7) & 1023) % 10] || (ARRAY['', 'son', 'ova', 'mann', 'berg', 'stein', 'ski', 'ek', 'li', 'ini']
       )[1 + (hashint4(p * 13) & 1023) % 10] || (ARRAY['', 'a', 'e', 'i', 'o'])[1 + (hashint4(p * 29) & 1023) % 5] AS l,
     'person' || p || '@' || (ARRAY['example.org', 'harbour.example', 'northwind.example'])[1 + p % 3] AS e
     FROM generate_series(1, ${PEOPLE}) p) x`,
  `INSERT INTO "PersonSearch" ("personId", "organisationId", "text", "isSettled")
   SELECT p."id", p."organisationId", person_search_text(p), true FROM "Person" p`,
  `INSERT INTO "Invitation" ("id", "organisationId", "hubId", "personId", "inviterId", "email", "userType", "role",
     "departmentId", "language", "status", "createdAt", "queuedAt")
   SELECT gen_random_uuid(), '${ORGANISATION}', ${id('8001', '1 + hashint4(p * 31 + k) % 20 + CASE WHEN hashint4(p * 31 + k) % 20 < 0 THEN 20 ELSE 0 END')},
     ${id('9000', 'p')}, ${id('9000', '1 + (p + k) % 500')}, 'person' || p || '@example.org', 'team_member', 'employee',
     ${id('8002', '1 + p % 40')}, 'en',
     (CASE WHEN k < ${INVITATIONS} THEN (ARRAY['expired', 'revoked'])[1 + (p + k) % 2] ELSE ${STATUS} END)::"InvitationStatus",
     now() - (${INVITATIONS} - k) * interval '30 days' - p * interval '1 second', now()
   FROM generate_series(1, ${INVITATIONS}) k, generate_series(1, ${PEOPLE}) p WHERE p % 20 <> 0 OR k < ${INVITATIONS}`,
  `INSERT INTO "HubMembership" ("hubId", "personId", "userType", "joinedAt")
   SELECT DISTINCT "hubId", "personId", 'team_member'::"UserType", now() FROM "Invitation" WHERE "status" = 'accepted'`,
]

/** By a connection of its own, because some of the statements take longer than the app would wait for one. */
export async function seedLists(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(`SET maintenance_work_mem = '256MB'`)
    // Made at the end, an index takes a fraction of the time.
    const { rows } = await client.query<{ name: string; made: string }>(
      `SELECT i.relname AS name, pg_get_indexdef(x.indexrelid) AS made
       FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
       WHERE t.relname IN ('Person', 'PersonSearch', 'Invitation') AND NOT x.indisprimary`,
    )
    for (const { name } of rows) await client.query(`DROP INDEX "${name}"`)
    for (const statement of SEED) await client.query(statement)
    for (const { made } of rows) await client.query(made)
    await client.query('VACUUM ANALYZE')
  } finally {
    await client.end()
  }
}
