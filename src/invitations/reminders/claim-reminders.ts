// The clock's side: whose reminder is due is found in bounded batches, counted, written down, and queued, once.
import { type AuditEvent, record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { inSqlTransaction, newId, type SqlTransaction } from '../../database/index.ts'
import { ADDRESS_LIMIT } from '../limits.ts'
import { decideReminder, type ReminderSettings } from './reminders-of.ts'

type Clock = Pick<Collaborators, 'db' | 'now' | 'followUp'>

const BATCH = 500
const DAY = 24 * 60 * 60 * 1000

/**
 * Has every invitee reminded whose time for it has come; gives how many. Safe to run twice and on several instances at
 * once: rows that another pass holds are left to it, and a row that was looked at has its next time, or none.
 */
export async function claimReminders(c: Clock): Promise<number> {
  let reminded = 0
  for (;;) {
    const { looked, due } = await inSqlTransaction(c.db, (tx) => claimBatch(tx, c))
    reminded += due
    if (looked < BATCH) return reminded
  }
}

type Row = ReminderSettings & {
  id: string
  organisationId: string
  email: string
  emailKey: string | null
  generation: number
  sentAt: Date
  expiresAt: Date
  lookAt: Date
  isPending: boolean
  mayBeReminded: boolean
}

async function claimBatch(tx: SqlTransaction, c: Pick<Clock, 'now' | 'followUp'>) {
  const now = c.now()
  const rows = await readDue(tx, now)
  const looked = rows.map((row) => {
    const { due, next } = row.isPending ? decideReminder({ ...row, now }, row) : {}
    return { ...row, due: row.mayBeReminded ? due : undefined, next: next ?? null }
  })
  if (looked.length === 0) return { looked: 0, due: 0 }
  await tx.$executeRaw`
    UPDATE "Invitation" i SET "nextReminderAt" = look."next", "remindersSent" = i."remindersSent" + look."more"
    FROM unnest(${looked.map(({ id }) => id)}::uuid[], ${looked.map(({ next }) => next)}::timestamptz[],
      ${looked.map(({ due }) => (due ? 1 : 0))}::int[]) AS look("id", "next", "more")
    WHERE i."id" = look."id"`
  const due = looked.flatMap(({ due: kind, ...row }) => (kind ? [{ ...row, kind }] : []))
  if (due.length === 0) return { looked: looked.length, due: 0 }
  await countSendings(tx, due, now)
  await record(
    tx,
    due.map(
      ({ id, organisationId, email, kind }): AuditEvent => ({
        organisationId,
        at: now,
        act: 'invitation.reminded',
        actor: { id: null, name: 'Usher' },
        subject: { kind: 'invitation', id, name: email },
        origin: 'scheduler',
        after: { when: kind === 'half_way' ? 'half-way to the end' : 'a day before the end' },
      }),
    ),
  )
  await c.followUp(
    tx,
    due.map(({ id, generation }) => ({ kind: 'remind', invitationId: id, generation })),
  )
  return { looked: looked.length, due: due.length }
}

/**
 * Whatever has a time that has come is looked at, so that what was answered or revoked meanwhile does not stay in the way.
 * Whose message told of several invitations is reminded of one; whose address has had its messages of the day, of none.
 */
function readDue(tx: SqlTransaction, now: Date): Promise<Row[]> {
  const dayAgo = new Date(now.getTime() - DAY)
  return tx.$queryRaw<Row[]>`
    SELECT i."id", i."organisationId", i."email", p."emailKey", i."generation", i."sentAt", i."expiresAt",
      i."nextReminderAt" AS "lookAt", o."remindHalfWay", o."remindDayBefore",
      (i."status" = 'pending' AND i."sentAt" IS NOT NULL AND i."expiresAt" > ${now}::timestamptz) AS "isPending",
      (p."isActive" AND h."archivedAt" IS NULL AND i."channel" <> 'slip' AND i."bouncedAt" IS NULL
        AND NOT EXISTS (SELECT 1 FROM "Invitation" carrier
          WHERE carrier."id" = i."carriedById" AND carrier."status" = 'pending')
        AND (SELECT count(*) FROM "Sending" s WHERE s."organisationId" = i."organisationId"
          AND s."emailKey" = p."emailKey" AND s."at" > ${dayAgo}::timestamptz) < ${ADDRESS_LIMIT}::int) AS "mayBeReminded"
    FROM "Invitation" i
    JOIN "Organisation" o ON o."id" = i."organisationId"
    JOIN "Person" p ON p."id" = i."personId"
    JOIN "Hub" h ON h."id" = i."hubId"
    WHERE i."nextReminderAt" <= ${now}::timestamptz
    ORDER BY i."nextReminderAt" LIMIT ${BATCH} FOR UPDATE OF i SKIP LOCKED`
}

async function countSendings(tx: SqlTransaction, rows: Row[], at: Date): Promise<void> {
  const byMail = rows.filter(({ emailKey }) => emailKey !== null)
  await tx.$executeRaw`
    INSERT INTO "Sending" ("id", "organisationId", "emailKey", "at", "isSingle")
    SELECT s."id", s."organisationId", s."emailKey", ${at}::timestamptz, false
    FROM unnest(${byMail.map(() => newId())}::uuid[], ${byMail.map(({ organisationId }) => organisationId)}::uuid[],
      ${byMail.map(({ emailKey }) => emailKey)}::text[]) AS s("id", "organisationId", "emailKey")`
}
