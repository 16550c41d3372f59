// The terms, agreed to again when they have changed. Whoever has an account agreed to some version of them.
import { type Actor, record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { inSqlTransaction } from '../database/index.ts'
import { Refusal } from '../refusal.ts'

/** Whether newer terms are to be agreed to before anything else. Pure. */
export function needsNewTerms(account: { termsVersion: number }, organisation: { termsVersion: number }): boolean {
  return account.termsVersion < organisation.termsVersion
}

/**
 * Records that somebody agreed to the terms as they are now: version, time and address, and an audit event. `version`: of
 * the text that the page showed. `from`: the client's address. Throws Refusal `terms_not_agreed` where they have changed
 * meanwhile. Agreeing to the same version twice changes nothing.
 */
export async function agreeToTerms(
  c: Pick<Collaborators, 'db' | 'now'>,
  given: { accountId: string; version: number; from: string },
): Promise<void> {
  const { accountId, version, from } = given
  const at = c.now()
  await inSqlTransaction(c.db, async (tx) => {
    const [row] = await tx.$queryRaw<{ organisationId: string; personId: string; name: string; before: number }[]>`
      SELECT a."organisationId", a."personId", a."termsVersion" AS "before",
        coalesce(nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email", p."userName", 'Somebody') AS "name"
      FROM "Account" a JOIN "Person" p ON p."id" = a."personId" JOIN "Organisation" o ON o."id" = a."organisationId"
      WHERE a."id" = ${accountId}::uuid AND o."termsVersion" = ${version} FOR NO KEY UPDATE OF a`
    if (!row) throw new Refusal('terms_not_agreed', { field: 'termsAgreed' })
    const written = await tx.$executeRaw`
      INSERT INTO "TermsAgreement" ("accountId", "version", "agreedAt", "from")
      VALUES (${accountId}::uuid, ${version}, ${at}, ${from}) ON CONFLICT DO NOTHING`
    if (written === 0) return
    await tx.$executeRaw`
      UPDATE "Account" SET "termsVersion" = ${version}, "termsAgreedAt" = ${at}, "termsAgreedFrom" = ${from}
      WHERE "id" = ${accountId}::uuid`
    const actor: Actor = { id: row.personId, name: row.name }
    await record(tx, [
      {
        organisationId: row.organisationId,
        at,
        act: 'terms.agreed',
        actor,
        subject: { kind: 'person', id: row.personId, name: row.name },
        origin: `web ${from}`,
        before: { termsVersion: row.before },
        after: { termsVersion: version },
      },
    ])
  })
}
