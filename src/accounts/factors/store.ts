// Second factors in the database.
import type { SqlTransaction } from '../../database/index.ts'
import type { FactorKind, Holder } from './factor.ts'

export type FactorRow = {
  id: string
  personId: string
  kind: FactorKind
  address: string | null
  sealedKey: string | null
  lastStep: number | null
  provedAt: Date | null
}

/** What is being set up within a passage or session. */
export async function findInHand(tx: SqlTransaction, boundTo: string): Promise<FactorRow | undefined> {
  const [row] = await tx.$queryRaw<FactorRow[]>`
    SELECT "id", "personId", "kind"::text AS "kind", "address", "sealedKey", "lastStep", "provedAt"
    FROM "SecondFactor" WHERE "boundTo" = ${boundTo}::uuid`
  return row
}

/** The factor of a kind that counts. */
export async function findCounting(
  tx: SqlTransaction,
  { personId, kind }: { personId: string; kind: FactorKind },
): Promise<FactorRow | undefined> {
  const [row] = await tx.$queryRaw<FactorRow[]>`
    SELECT "id", "personId", "kind"::text AS "kind", "address", "sealedKey", "lastStep", "provedAt"
    FROM "SecondFactor"
    WHERE "personId" = ${personId}::uuid AND "kind" = ${kind}::text::"FactorKind" AND "boundTo" IS NULL`
  return row
}

/** Writes a factor that is being set up, in place of what was in hand there. */
export async function writeInHand(
  tx: SqlTransaction,
  holder: Holder,
  factor: { id: string; boundTo: string; kind: FactorKind; address: string | null; sealedKey: string | null; at: Date },
): Promise<void> {
  const { id, boundTo, kind, address, sealedKey, at } = factor
  await dropInHand(tx, boundTo)
  await tx.$executeRaw`
    INSERT INTO "SecondFactor" ("id", "organisationId", "personId", "kind", "address", "sealedKey", "boundTo", "createdAt")
    VALUES (${id}::uuid, ${holder.organisationId}::uuid, ${holder.personId}::uuid, ${kind}::text::"FactorKind",
      ${address}, ${sealedKey}, ${boundTo}::uuid, ${at})`
}

export async function dropInHand(tx: SqlTransaction, boundTo: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM "SecondFactor" WHERE "boundTo" = ${boundTo}::uuid`
}

/** How somebody is called in the audit log. */
export async function nameOfPerson(tx: SqlTransaction, personId: string): Promise<string> {
  const [row] = await tx.$queryRaw<{ name: string }[]>`
    SELECT coalesce(nullif(trim("firstName" || ' ' || "lastName"), ''), nullif("slackName", ''), "email", "userName",
      'Somebody') AS "name" FROM "Person" WHERE "id" = ${personId}::uuid`
  return row?.name ?? 'Somebody'
}
