// The clock's side: whose reminder is due is found in bounded batches, counted, written down, and queued, once.
import { type AuditEvent, record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { inSqlTransaction, type SqlTransaction } from '../../database/index.ts'
import { countSendings, lockPhonesOf } from '../contact-limit.ts'
import { decideReminder, type ReminderSettings } from './reminders-of.ts'

type Clock = Pick<Collaborators, 'db' | 'now' | 'followUp'>

const BATCH = 500

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
  const decided = rows.map((row) => {
    const { due, next } = row.isPending ? decideReminder({ ...row, now }, row) : {}
    return { ...row, due: row.mayBeReminded ? due : undefined, next: next ?? null }
  })
  const counted = await countDue(tx, decided, now)
  const looked = decided.map((row) => ({ ...row, due: counted.has(row.id) ? row.due : undefined }))
  if (looked.length === 0) return { looked: 0, due: 0 }
  await tx.$executeRaw`
    UPDATE "Invitation" i SET "nextReminderAt" = look."next", "remindersSent" = i."remindersSent" + look."more"
    FROM unnest(${looked.map(({ id }) => id)}::uuid[], ${looked.map(({ next }) => next)}::timestamptz[],
      ${looked.map(({ due }) => (due ? 1 : 0))}::int[]) AS look("id", "next", "more")
    WHERE i."id" = look."id"`
  const due = looked.flatMap(({ due: kind, ...row }) => (kind ? [{ ...row, kind }] : []))
  if (due.length === 0) return { looked: looked.length, due: 0 }
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
  return tx.$queryRaw<Row[]>`
    SELECT i."id", i."organisationId", i."email", i."generation", i."sentAt", i."expiresAt",
      i."nextReminderAt" AS "lookAt", o."remindHalfWay", o."remindDayBefore",
      (i."status" = 'pending' AND i."sentAt" IS NOT NULL AND i."expiresAt" > ${now}::timestamptz) AS "isPending",
      (p."isActive" AND h."archivedAt" IS NULL AND i."channel" <> 'slip' AND i."bouncedAt" IS NULL
        AND NOT EXISTS (SELECT 1 FROM "Invitation" carrier
          WHERE carrier."id" = i."carriedById" AND carrier."status" = 'pending')) AS "mayBeReminded"
    FROM "Invitation" i
    JOIN "Organisation" o ON o."id" = i."organisationId"
    JOIN "Person" p ON p."id" = i."personId"
    JOIN "Hub" h ON h."id" = i."hubId"
    WHERE i."nextReminderAt" <= ${now}::timestamptz
    ORDER BY i."nextReminderAt" LIMIT ${BATCH} FOR UPDATE OF i SKIP LOCKED FOR NO KEY UPDATE OF p SKIP LOCKED`
}

/** Counts the messages of those who are due; gives the invitations whose contact has room. */
async function countDue(tx: SqlTransaction, rows: { id: string; due?: unknown }[], at: Date): Promise<Set<string>> {
  const ids = rows.flatMap(({ id, due }) => (due ? [id] : []))
  await lockPhonesOf(tx, ids)
  return new Set(await countSendings(tx, { ids, actorId: null, at }))
}
