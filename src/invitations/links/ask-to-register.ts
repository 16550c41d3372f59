// Somebody gives an address on a registration link's page. Here it is only taken down, the same for everybody: what
// becomes of it is worked out afterwards (settle-ask.ts), so that no answer and no time tells who has an account.

import { record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { inSqlTransaction, newId, type SqlTransaction } from '../../database/index.ts'
import { knownLanguage } from '../../languages/index.ts'
import { readEmailAddress } from '../../people/index.ts'
import { Refusal, Refusals } from '../../refusal.ts'
import { BURST } from './link-rules.ts'
import { findUsableLink, type LinkReader } from './open-link.ts'
import { type LinkRow, nameOfLink } from './store.ts'

export type Ask = {
  email: string
  /** Of the page that was shown, and so of the message. */
  language: string
  /** The client's address. */
  from: string
}

/**
 * Takes an address down and has it looked into; one more than a link takes in a minute pauses it, and its owner is
 * told. Throws Refusal `link_dead`, and Refusals `address_malformed` (field `email`).
 */
export async function askToRegister(
  c: LinkReader & Pick<Collaborators, 'followUp'>,
  token: string,
  ask: Ask,
): Promise<void> {
  const link = await findUsableLink(c, token)
  const address = readEmailAddress(ask.email)
  if (!address) throw new Refusals([new Refusal('address_malformed', { field: 'email' })])
  const at = c.now()
  const origin = `web ${ask.from}`
  const subject = { kind: 'link' as const, id: link.id, name: nameOfLink(link) }
  const actor = { id: null, name: 'A visitor' }
  await inSqlTransaction(c.db, async (tx) => {
    // Locks the link until the end: many at once are counted one after the other, and the count is exact.
    const count = await tx.$executeRaw`UPDATE "RegistrationLink" SET "asked" = "asked" + 1
      WHERE "id" = ${link.id}::uuid AND "generation" = ${link.generation} AND "isOn" AND "pausedAt" IS NULL`
    if (count !== 1) throw new Refusal('link_dead')
    const askId = newId()
    await tx.$executeRaw`
      INSERT INTO "RegistrationAsk" ("id", "organisationId", "linkId", "email", "emailKey", "askedAt", "outcome",
        "language")
      VALUES (${askId}::uuid, ${link.organisationId}::uuid, ${link.id}::uuid, ${address.written}, ${address.key}, ${at},
        'asked', ${knownLanguage(ask.language)})`
    const after = { email: address.written }
    await record(tx, [{ organisationId: link.organisationId, at, act: 'link.asked', actor, subject, origin, after }])
    await c.followUp(tx, [{ kind: 'registration', step: 'settle', id: askId }])
    await pauseWhenBurst(tx, c, { link, at, origin })
  })
}

async function pauseWhenBurst(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'followUp'>,
  { link, at, origin }: { link: LinkRow; at: Date; origin: string },
): Promise<void> {
  const since = new Date(at.getTime() - BURST.withinMs)
  const [counted] = await tx.$queryRaw<{ requests: number }[]>`SELECT count(*)::int AS "requests" FROM "RegistrationAsk"
    WHERE "linkId" = ${link.id}::uuid AND "askedAt" > ${since}`
  const requests = counted?.requests ?? 0
  if (requests <= BURST.requests) return
  await tx.$executeRaw`UPDATE "RegistrationLink" SET "pausedAt" = ${at} WHERE "id" = ${link.id}::uuid`
  await record(tx, [
    {
      organisationId: link.organisationId,
      at,
      act: 'link.paused',
      actor: { id: null, name: 'Usher' },
      subject: { kind: 'link', id: link.id, name: nameOfLink(link) },
      origin,
      after: { requestsInAMinute: requests },
    },
  ])
  await c.followUp(tx, [{ kind: 'registration', step: 'paused', id: link.id }])
}
