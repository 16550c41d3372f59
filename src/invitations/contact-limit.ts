// Ten messages a day to one contact, an email address or a phone number, whatever the way they are sent: the key by which
// they are counted, and the count for many invitations at once. The numbers for single sending are in limits.ts.
import { type DeliveryChannel, newId, Prisma, type SqlTransaction, type Transaction } from '../database/index.ts'
import { readEmailAddress } from '../people/index.ts'
import { ADDRESS_LIMIT } from './limits.ts'

const DAY = 24 * 60 * 60 * 1000

/**
 * The key that messages to one contact are counted by: the address without its case, or the phone number in E.164.
 * `sentTo`: what the invitation goes to. A slip goes to nobody; it is counted by its user name.
 */
export function contactKey(channel: DeliveryChannel, sentTo: string): string {
  if (channel === 'sms') return sentTo
  if (channel === 'email') return readEmailAddress(sentTo)?.key ?? sentTo
  return `user ${sentTo}`
}

/** The same in SQL, of the invitation "i" and its person "p". */
export const CONTACT_KEY = Prisma.sql`CASE i."channel" WHEN 'sms' THEN i."email"
  WHEN 'email' THEN coalesce(p."emailKey", i."email") ELSE 'user ' || i."email" END`

/** Whether the contact of the invitation "i" of the person "p" can get one more message now. */
export function hasRoomSql(at: Date): Prisma.Sql {
  return Prisma.sql`(SELECT count(*) FROM "Sending" s WHERE s."organisationId" = i."organisationId"
    AND s."emailKey" = ${CONTACT_KEY} AND s."at" > ${new Date(at.getTime() - DAY)}::timestamptz) < ${ADDRESS_LIMIT}::int`
}

/**
 * Messages to phones of one organization are counted one after the other until the transaction ends: several people may
 * share a phone, so that no lock of a person is enough. Taken before any row is locked. An address belongs to one person,
 * whose lock is enough.
 */
export async function lockPhones(tx: SqlTransaction | Transaction, organisationId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`phones ${organisationId}`}, 0))::text`
}

/** Takes the lock of `lockPhones` where one of these invitations goes to a phone. */
export async function lockPhonesOf(tx: SqlTransaction | Transaction, invitationIds: string[]): Promise<void> {
  const texts = await tx.$queryRaw<{ organisationId: string }[]>`
    SELECT DISTINCT "organisationId" FROM "Invitation"
    WHERE "id" = ANY(${invitationIds}::uuid[]) AND "channel" = 'sms' ORDER BY "organisationId"`
  for (const { organisationId } of texts) await lockPhones(tx, organisationId)
}

/**
 * Counts one message for each of these invitations, in their order, as far as their contacts have room; gives the ids of
 * those that were counted, and may be sent. The caller has locked the invitations' people, and called `lockPhonesOf`.
 */
export async function countSendings(
  tx: SqlTransaction | Transaction,
  { ids, actorId, at }: { ids: string[]; actorId: string | null; at: Date },
): Promise<string[]> {
  if (ids.length === 0) return []
  const { text, values } = Prisma.sql`
    WITH asked AS (
      SELECT g."id", g."sendingId", i."organisationId", ${CONTACT_KEY} AS "contact", g."n"
      FROM unnest(${ids}::uuid[], ${ids.map(() => newId())}::uuid[]) WITH ORDINALITY AS g("id", "sendingId", "n")
      JOIN "Invitation" i ON i."id" = g."id" JOIN "Person" p ON p."id" = i."personId"
    ), placed AS (
      SELECT a.*, row_number() OVER (PARTITION BY a."organisationId", a."contact" ORDER BY a."n") AS "place" FROM asked a
    ), counted AS (
      INSERT INTO "Sending" ("id", "organisationId", "actorId", "emailKey", "at", "isSingle")
      SELECT o."sendingId", o."organisationId", ${actorId}::uuid, o."contact", ${at}::timestamptz, false FROM placed o
      WHERE o."place" + (SELECT count(*) FROM "Sending" s WHERE s."organisationId" = o."organisationId"
        AND s."emailKey" = o."contact" AND s."at" > ${new Date(at.getTime() - DAY)}::timestamptz) <= ${ADDRESS_LIMIT}::int
      RETURNING "id"
    )
    SELECT o."id" FROM placed o JOIN counted c ON c."id" = o."sendingId" ORDER BY o."n"`
  const counted = await tx.$queryRawUnsafe<{ id: string }[]>(text, ...values)
  return counted.map(({ id }) => id)
}
