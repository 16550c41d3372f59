// A user name that nobody of the organisation has: the wanted one, or with a number behind it.
import type { SqlTransaction } from '../database/index.ts'

/** Names that one statement looks up. */
const LOOKED_AT = 50

/**
 * The first free name of "ana.diaz", "ana.diaz2", "ana.diaz3" …, held until the transaction ends: of two who want the same
 * the second gets the next.
 */
export async function freeUserName(tx: SqlTransaction, organisationId: string, wanted: string): Promise<string> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`user names ${organisationId}`}, 0))::text`
  for (let from = 1; ; from += LOOKED_AT) {
    const names = Array.from({ length: LOOKED_AT }, (_, index) => numbered(wanted, from + index))
    const taken = await tx.$queryRaw<{ key: string }[]>`
      SELECT "userNameKey" AS "key" FROM "Person"
      WHERE "organisationId" = ${organisationId}::uuid AND "userNameKey" = ANY(${names}::text[])`
    const free = names.find((name) => !taken.some(({ key }) => key === name))
    if (free) return free
  }
}

function numbered(wanted: string, number: number): string {
  return number === 1 ? wanted : `${wanted}${number}`
}

/** Gives a person a user name who has none yet. Gives the one that they have then. */
export async function giveUserName(
  tx: SqlTransaction,
  { organisationId, personId, wanted }: { organisationId: string; personId: string; wanted: string },
): Promise<string> {
  const [known] = await tx.$queryRaw<{ userName: string | null }[]>`
    SELECT "userName" FROM "Person" WHERE "id" = ${personId}::uuid`
  if (known?.userName) return known.userName
  const userName = await freeUserName(tx, organisationId, wanted)
  await tx.$executeRaw`UPDATE "Person" SET "userName" = ${userName}, "userNameKey" = ${userName}
    WHERE "id" = ${personId}::uuid`
  return userName
}
