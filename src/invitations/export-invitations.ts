// The invitations within somebody's reach as a CSV file, read in chunks, oldest first. The name of a person stands there
// for those who may see the person.
import { type Database, type InvitationStatus, Prisma, type Role, type UserType } from '../database/index.ts'
import { ROLE_NAMES, STATUS_NAMES, USER_TYPE_NAMES } from '../organisation/index.ts'
import { csvFile, csvLine } from '../people/index.ts'
import { seesPerson, type Viewer, within } from './viewer.ts'

const CHUNK = 1_000
const COLUMNS = [
  'email',
  'first name',
  'last name',
  'hub',
  'user type',
  'role',
  'department',
  'location',
  'status',
  'invited by',
  'asked (UTC)',
  'sent (UTC)',
  'bounced (UTC)',
  'opened (UTC)',
  'started (UTC)',
  'accepted (UTC)',
  'expires (UTC)',
  'problem',
]

type Row = {
  id: string
  createdAt: Date
  texts: (string | null)[]
  inviterName: string
  status: InvitationStatus
  userType: UserType
  role: Role
  sentAt: Date | null
  bouncedAt: Date | null
  openedAt: Date | null
  startedAt: Date | null
  acceptedAt: Date | null
  expiresAt: Date | null
  deliveryProblem: string | null
}

/** The file's text, chunk by chunk, the header first. A chunk is up to a thousand invitations. */
export async function* exportInvitations(db: Database, viewer: Viewer): AsyncGenerator<string> {
  yield csvFile([COLUMNS])
  let after = { createdAt: new Date(0), id: '00000000-0000-0000-0000-000000000000' }
  for (;;) {
    const query = Prisma.sql`SELECT i."id", i."createdAt", i."status"::text AS "status", i."userType"::text AS "userType",
        i."role"::text AS "role", i."sentAt", i."bouncedAt", looks."openedAt", looks."startedAt", i."acceptedAt",
        i."expiresAt", i."deliveryProblem",
        ARRAY[i."email", CASE WHEN seen."isPerson" THEN p."firstName" END,
          CASE WHEN seen."isPerson" THEN p."lastName" END, h."name", d."name", l."name"] AS "texts",
        coalesce(nullif(inviter."slackName", ''), nullif(trim(inviter."firstName" || ' ' || inviter."lastName"), ''),
          inviter."email", '') AS "inviterName"
      FROM "Invitation" i JOIN "Person" p ON p."id" = i."personId" JOIN "Hub" h ON h."id" = i."hubId"
      JOIN "Person" inviter ON inviter."id" = i."inviterId"
      LEFT JOIN "Department" d ON d."id" = i."departmentId" LEFT JOIN "Location" l ON l."id" = i."locationId"
      LEFT JOIN "InvitationOpening" looks ON looks."invitationId" = i."id"
      CROSS JOIN LATERAL (SELECT ${seesPerson(viewer)} AS "isPerson") seen
      WHERE ${within(viewer)} AND (i."createdAt", i."id") > (${after.createdAt}::timestamptz, ${after.id}::uuid)
      ORDER BY i."createdAt", i."id" LIMIT ${CHUNK}`
    const { rows } = await db.pool.query<Row>({ text: query.text, values: query.values })
    const last = rows.at(-1)
    if (last) yield rows.map(lineOf).join('')
    if (!last || rows.length < CHUNK) return
    after = { createdAt: last.createdAt, id: last.id }
  }
}

function lineOf({ texts, ...row }: Row): string {
  const [email = '', firstName = '', lastName = '', hub = '', department, location] = texts
  return csvLine([
    ...[email, firstName, lastName, hub].map((text) => text ?? ''),
    USER_TYPE_NAMES[row.userType],
    ROLE_NAMES[row.role],
    department ?? '',
    location ?? '',
    STATUS_NAMES[row.status],
    row.inviterName,
    ...[row.createdAt, row.sentAt, row.bouncedAt, row.openedAt, row.startedAt, row.acceptedAt, row.expiresAt].map(
      moment,
    ),
    row.deliveryProblem ?? '',
  ])
}

/** "2026-11-20 19:42:05", which spreadsheets read as a date. */
function moment(at: Date | null): string {
  return at === null ? '' : at.toISOString().slice(0, 19).replace('T', ' ')
}
