// Whether somebody may be sent a text message: the organisation's countries and its "only by e-mail", asked before; and its
// number of messages a day, counted in the database as each is sent, so that two instances count as one.
import type { Database } from '../database/index.ts'
import { countryOfMobile } from './mobile.ts'

/** `off`: "confirm only by e-mail" is set. `country`: its numbers are not allowed. `limit`: the day's messages are sent. */
export type TextObstacle = 'off' | 'country' | 'limit'

/** What stands in the way by the settings alone; undefined where nothing does. Pure. */
export function mayText(
  settings: { smsCountries: readonly string[]; confirmOnlyByEmail: boolean },
  mobile: string,
): Exclude<TextObstacle, 'limit'> | undefined {
  if (settings.confirmOnlyByEmail) return 'off'
  const country = countryOfMobile(mobile)
  return country !== undefined && settings.smsCountries.includes(country) ? undefined : 'country'
}

/**
 * Counts one text message that is about to be sent. Gives what stands in its way instead, and then nothing is counted. The
 * day is the organisation's.
 */
export async function claimText(
  c: { db: Database; now: () => Date },
  { organisationId, mobile }: { organisationId: string; mobile: string },
): Promise<TextObstacle | undefined> {
  const settings = await c.db.prisma.organisation.findUniqueOrThrow({
    where: { id: organisationId },
    select: { smsCountries: true, confirmOnlyByEmail: true },
  })
  const obstacle = mayText(settings, mobile)
  if (obstacle) return obstacle
  const { rowCount } = await c.db.pool.query({
    name: 'claim-text',
    text: `INSERT INTO "SmsDay" AS counted ("organisationId", "day", "sent")
      SELECT o."id", ($2::timestamptz AT TIME ZONE o."timeZone")::date, 1 FROM "Organisation" o
      WHERE o."id" = $1::uuid AND o."smsDailyLimit" > 0
      ON CONFLICT ("organisationId", "day") DO UPDATE SET "sent" = counted."sent" + 1
      WHERE counted."sent" < (SELECT o."smsDailyLimit" FROM "Organisation" o WHERE o."id" = counted."organisationId")`,
    values: [organisationId, c.now()],
  })
  return rowCount === 1 ? undefined : 'limit'
}
