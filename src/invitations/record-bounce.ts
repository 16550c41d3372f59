// A message came back: what becomes of its invitation. A bounce is a letter from a stranger, and so believed only where
// it names the message and the address that it went to.
import { createHash } from 'node:crypto'
import { type AuditEvent, record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { type InvitationStatus, inSqlTransaction, isId, type SqlTransaction } from '../database/index.ts'
import { STATUS_NAMES } from '../organisation/index.ts'
import { readEmailAddress } from '../people/index.ts'

export type Bounce = {
  invitationId: string
  generation: number
  /** Whom the message could not be brought to, as the bounce has it. */
  addresses: string[]
  /** `delayed`: it is still tried. */
  action: 'failed' | 'delayed'
  /** Why, in plain words. */
  problem: string
}

/** `failed`: the invitation is Error now. `noted`: its story says so, and nothing else changed. `unmatched`: nothing did. */
export type BounceVerdict = 'failed' | 'noted' | 'unmatched'

type Row = {
  id: string
  organisationId: string
  personId: string
  email: string
  generation: number
  createdAt: Date
}

type Marked = { id: string; organisationId: string; email: string; before: InvitationStatus; status: InvitationStatus }

/**
 * Records a bounce; the same again changes nothing. A waiting or pending invitation whose present message failed becomes
 * Error, with every other one that the message told of, and the inviter hears why. Whatever is older or over only gets a
 * line in its story, and only one of each kind.
 */
export async function recordBounce(
  c: Pick<Collaborators, 'db' | 'now' | 'followUp'>,
  bounce: Bounce,
): Promise<BounceVerdict> {
  if (!isId(bounce.invitationId)) return 'unmatched'
  return inSqlTransaction(c.db, async (tx) => {
    const row = await load(tx, bounce.invitationId)
    if (!row || !namesAddress(bounce, row.email)) return 'unmatched'
    const at = c.now()
    const marked = bounce.action === 'failed' ? await markFailed(tx, row, { bounce, at }) : []
    if (marked.length === 0) return note(tx, row, { bounce, at })
    await record(
      tx,
      marked.map((each) => ({
        ...about(each, at),
        act: 'invitation.bounced',
        before: { status: STATUS_NAMES[each.before] },
        after: { status: STATUS_NAMES[each.status], problem: bounce.problem },
      })),
    )
    await c.followUp(
      tx,
      marked.map(({ id }) => ({ kind: 'notify', invitationId: id, news: 'failed' })),
    )
    return 'failed'
  })
}

/** Locks the invitation and those that its message told of too, in the order in which everybody locks them. */
async function load(tx: SqlTransaction, invitationId: string): Promise<Row | undefined> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT i."id", i."organisationId", i."personId", i."email", i."generation", i."createdAt" FROM "Invitation" i
    WHERE i."personId" = (SELECT "personId" FROM "Invitation" WHERE "id" = ${invitationId}::uuid)
      AND (i."id" = ${invitationId}::uuid OR i."carriedById" = ${invitationId}::uuid)
    ORDER BY i."id" FOR UPDATE`
  return rows.find(({ id }) => id === invitationId)
}

/** Compared as people mean addresses, so that Ana@Example.org is ana@example.org. */
function namesAddress({ addresses }: Bounce, email: string): boolean {
  const key = readEmailAddress(email)?.key
  return key !== undefined && addresses.some((address) => readEmailAddress(address)?.key === key)
}

/**
 * One conditional update: the present generation alone, still open, and not bounced before. Somebody who was added to a
 * hub stays in it: only the problem is noted. What was carried went with this message, whatever its own generation is.
 */
function markFailed(tx: SqlTransaction, row: Row, { bounce, at }: { bounce: Bounce; at: Date }): Promise<Marked[]> {
  return tx.$queryRaw<Marked[]>`
    WITH message AS (
      SELECT i."id", i."status" FROM "Invitation" i
      JOIN "Invitation" main ON main."id" = ${row.id}::uuid AND main."generation" = ${bounce.generation}
        AND main."bouncedAt" IS NULL AND (main."isAddition" OR main."status" IN ('waiting', 'pending'))
      WHERE i."personId" = ${row.personId}::uuid AND (i."id" = main."id" OR (i."carriedById" = main."id"
        AND i."bouncedAt" IS NULL AND (i."isAddition" OR i."status" IN ('waiting', 'pending'))))
    )
    UPDATE "Invitation" i SET "status" = CASE WHEN i."status" IN ('waiting', 'pending') THEN 'error' ELSE i."status" END,
      "bouncedAt" = ${at}, "deliveryProblem" = ${bounce.problem}, "nextReminderAt" = NULL, "nextAttemptAt" = NULL,
      "maybeSentAt" = NULL, "sentAt" = CASE WHEN i."status" = 'accepted' THEN coalesce(i."sentAt", ${at}) ELSE i."sentAt" END
    FROM message WHERE i."id" = message."id"
    RETURNING i."id", i."organisationId", i."email", message."status"::text AS "before", i."status"::text AS "status"`
}

/** A line in the story: once for a failure and once for a delay of each message, however often they are told. */
async function note(
  tx: SqlTransaction,
  row: Row,
  { bounce, at }: { bounce: Bounce; at: Date },
): Promise<BounceVerdict> {
  // Nobody may fill the log by generations that there never were.
  if (bounce.generation > row.generation) return 'unmatched'
  const id = eventId(bounce, row.createdAt)
  const written = await tx.$queryRaw<unknown[]>`
    SELECT 1 AS "written" FROM "AuditEvent" WHERE "id" = ${id}::uuid
    UNION ALL SELECT 1 FROM "Invitation" WHERE "id" = ${row.id}::uuid AND "generation" = ${bounce.generation}
      AND "bouncedAt" IS NOT NULL`
  if (written.length > 0) return 'noted'
  const act = bounce.action === 'failed' ? 'invitation.bounced' : 'invitation.delayed'
  await record(tx, [{ id, ...about(row, at), act, after: { problem: bounce.problem, generation: bounce.generation } }])
  return 'noted'
}

/** The same (a UUID version 8) for the same message and kind of news. */
function eventId({ invitationId, generation, action }: Bounce, createdAt: Date): string {
  const bytes = createHash('sha256').update(`bounce ${invitationId} ${generation} ${action}`).digest().subarray(0, 16)
  bytes.writeUIntBE(createdAt.getTime(), 0, 6)
  bytes.writeUInt8(0x80 | (bytes.readUInt8(6) & 0x0f), 6)
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function about(
  { id, organisationId, email }: Pick<Row, 'id' | 'organisationId' | 'email'>,
  at: Date,
): Pick<AuditEvent, 'organisationId' | 'at' | 'actor' | 'subject' | 'origin'> {
  return {
    organisationId,
    at,
    actor: { id: null, name: 'Usher' },
    subject: { kind: 'invitation', id, name: email },
    origin: 'mail',
  }
}
