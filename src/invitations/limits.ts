// How many messages one inviter may ask for in an hour, and one address gets in a day: counted in the database, so that
// ten submissions at once, and two instances, count as one after the other.
import { type Database, newId, type SqlTransaction } from '../database/index.ts'
import { Refusal } from '../refusal.ts'

/** Messages that one address is sent in 24 hours by one organisation (SPEC, section 2). */
export const ADDRESS_LIMIT = 10
const HOUR = 60 * 60 * 1000
const DAY = 24 * HOUR
const MINUTE = 60 * 1000

export type SingleSending = {
  organisationId: string
  actorId: string
  /** The contact that the message goes to (`contactKey` of contact-limit.ts). */
  emailKey: string
  at: Date
  /** The organisation's limit for one inviter in 60 minutes, and its time zone for the words. */
  hourlyLimit: number
  timeZone: string
}

/**
 * Counts one single invitation or resend. Throws Refusal `hourly_limit` (with the minute at which it works again, `at`
 * in ms since 1970 and `time` in the organisation's time zone) and `address_limit`.
 */
export async function countSingleSending(tx: SqlTransaction, sending: SingleSending): Promise<void> {
  const { organisationId, actorId, emailKey, at, hourlyLimit } = sending
  await lockSender(tx, actorId)
  const hourAgo = new Date(at.getTime() - HOUR)
  const dayAgo = new Date(at.getTime() - DAY)
  const written = await tx.$executeRaw`
    INSERT INTO "Sending" ("id", "organisationId", "actorId", "emailKey", "at", "isSingle")
    SELECT ${newId()}::uuid, ${organisationId}::uuid, ${actorId}::uuid, ${emailKey}::text, ${at}::timestamptz, true
    WHERE (SELECT count(*) FROM "Sending" WHERE "actorId" = ${actorId}::uuid AND "isSingle" AND "at" > ${hourAgo})
        < ${hourlyLimit}::int
      AND (SELECT count(*) FROM "Sending" WHERE "organisationId" = ${organisationId}::uuid
        AND "emailKey" = ${emailKey}::text AND "at" > ${dayAgo}) < ${ADDRESS_LIMIT}::int`
  if (written === 1) return
  const [sent] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM "Sending"
    WHERE "actorId" = ${actorId}::uuid AND "isSingle" AND "at" > ${hourAgo}`
  if ((sent?.count ?? 0) < hourlyLimit) throw addressLimit()
  throw hourlyLimitRefusal(await nextFreeMinute(tx, sending), sending)
}

/**
 * Counts a message that is outside the hour's limit of its sender: one that an approver let go. Throws Refusal
 * `address_limit`.
 */
export async function countOtherSending(
  tx: SqlTransaction,
  { organisationId, actorId, emailKey, at }: Omit<SingleSending, 'hourlyLimit' | 'timeZone'>,
): Promise<void> {
  const dayAgo = new Date(at.getTime() - DAY)
  const written = await tx.$executeRaw`
    INSERT INTO "Sending" ("id", "organisationId", "actorId", "emailKey", "at", "isSingle")
    SELECT ${newId()}::uuid, ${organisationId}::uuid, ${actorId}::uuid, ${emailKey}::text, ${at}::timestamptz, false
    WHERE (SELECT count(*) FROM "Sending" WHERE "organisationId" = ${organisationId}::uuid
      AND "emailKey" = ${emailKey}::text AND "at" > ${dayAgo}) < ${ADDRESS_LIMIT}::int`
  if (written !== 1) throw addressLimit()
}

/**
 * Whoever may only ask asks no oftener than others send: those who decide are not flooded. Throws Refusal
 * `request_limit` with the time at which it works again.
 */
export async function ensureMayAskNow(
  tx: SqlTransaction,
  { actorId, at, hourlyLimit, timeZone }: Pick<SingleSending, 'actorId' | 'at' | 'hourlyLimit' | 'timeZone'>,
): Promise<void> {
  await lockSender(tx, actorId)
  const [last] = await tx.$queryRaw<{ createdAt: Date }[]>`
    SELECT "createdAt" FROM "ApprovalRequest"
    WHERE "requesterId" = ${actorId}::uuid AND "createdAt" > ${new Date(at.getTime() - HOUR)}
    ORDER BY "createdAt" DESC OFFSET ${hourlyLimit - 1}::int LIMIT 1`
  if (!last) return
  const time = clockTime(wholeMinute(last.createdAt.getTime() + HOUR), timeZone)
  throw new Refusal('request_limit', { field: 'email', detail: { most: hourlyLimit, time } })
}

function addressLimit(): Refusal {
  return new Refusal('address_limit', { field: 'email', detail: { most: ADDRESS_LIMIT } })
}

function hourlyLimitRefusal(
  next: Date,
  { hourlyLimit, timeZone }: Pick<SingleSending, 'hourlyLimit' | 'timeZone'>,
): Refusal {
  return new Refusal('hourly_limit', {
    field: 'email',
    detail: { most: hourlyLimit, at: next.getTime(), time: clockTime(next, timeZone) },
  })
}

function wholeMinute(ms: number): Date {
  return new Date(Math.ceil(ms / MINUTE) * MINUTE)
}

/** Two acts of one sender are counted one after the other, until the first is committed. */
export async function lockSender(tx: SqlTransaction, actorId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`sender ${actorId}`}, 0))::text`
}

/**
 * The first minute at which one more single invitation of this sender is within the limit, with what is booked already
 * counted in; not later than `at` when there is room now.
 */
export async function nextFreeMinute(
  tx: SqlTransaction,
  { actorId, at, hourlyLimit }: Pick<SingleSending, 'actorId' | 'at' | 'hourlyLimit'>,
): Promise<Date> {
  const hourAgo = new Date(at.getTime() - HOUR)
  const [row] = await tx.$queryRaw<{ moment: Date }[]>`
    SELECT "moment" FROM (
      SELECT "at" AS "moment" FROM "Sending" WHERE "actorId" = ${actorId}::uuid AND "isSingle" AND "at" > ${hourAgo}
      UNION ALL
      SELECT "dueAt" FROM "Booking" WHERE "actorId" = ${actorId}::uuid AND "status" = 'booked'
    ) moments ORDER BY "moment" DESC OFFSET ${hourlyLimit - 1}::int LIMIT 1`
  if (!row) return at
  return wholeMinute(row.moment.getTime() + HOUR)
}

/** How many single messages somebody asked for in the last hour, and how many they have booked. */
export async function readAllowance(
  db: Database,
  { actorId, now }: { actorId: string; now: Date },
): Promise<{ sent: number; booked: number }> {
  const [sent, booked] = await Promise.all([
    db.prisma.sending.count({ where: { actorId, isSingle: true, at: { gt: new Date(now.getTime() - HOUR) } } }),
    db.prisma.booking.count({ where: { actorId, status: 'booked' } }),
  ])
  return { sent, booked }
}

/** "15:42", in a time zone. */
export function clockTime(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone }).format(at)
}

/** Forgets what no limit asks about any more. */
export async function forgetSendings(db: Database, now: Date): Promise<void> {
  const at = { lt: new Date(now.getTime() - 2 * DAY) }
  await db.prisma.sending.deleteMany({ where: { at } })
  await db.prisma.bulkResend.deleteMany({ where: { at } })
}
