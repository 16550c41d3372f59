// A user name that nobody of the organisation has: the wanted one, or with a number behind it.
import { randomInt } from 'node:crypto'
import type { SqlTransaction } from '../database/index.ts'

/** Names that one statement looks up. */
const LOOKED_AT = 50

/**
 * The first free name of "ana.diaz", "ana.diaz2", "ana.diaz3" …, held until the transaction ends: of two who want the same
 * the second gets the next.
 */
export async function freeUserName(tx: SqlTransaction, organisationId: string, wanted: string): Promise<string> {
  const [name] = await freeUserNames(tx, organisationId, [wanted])
  return name ?? wanted
}

async function lockUserNames(tx: SqlTransaction, organisationId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`user names ${organisationId}`}, 0))::text`
}

function namesFrom(wanted: string, from: number): string[] {
  return Array.from({ length: LOOKED_AT }, (_, index) => numbered(wanted, from + index))
}

async function takenAmong(tx: SqlTransaction, organisationId: string, names: string[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ key: string }[]>`
    SELECT "userNameKey" AS "key" FROM "Person"
    WHERE "organisationId" = ${organisationId}::uuid AND "userNameKey" = ANY(${names}::text[])`
  return rows.map(({ key }) => key)
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

/**
 * The name to look for when one is given by somebody who does not see everybody: with a number that nobody chooses. Otherwise
 * whether they get the name that they typed would tell them who is here.
 */
export function unrevealingName(wanted: string): string {
  return `${wanted}.${randomInt(1_000, 10_000)}`
}

/** Free names for many at once, in the order of what is wanted; held until the transaction ends. */
export async function freeUserNames(tx: SqlTransaction, organisationId: string, wanted: string[]): Promise<string[]> {
  if (wanted.length === 0) return []
  await lockUserNames(tx, organisationId)
  const given = new Map<string, number>()
  const taken = new Set<string>()
  const looked = new Set<string>()
  const names: string[] = []
  for (const name of wanted) {
    for (let number = given.get(name) ?? 1; ; number += 1) {
      if (!looked.has(name) || number % LOOKED_AT === 1) {
        looked.add(name)
        for (const key of await takenAmong(tx, organisationId, namesFrom(name, number))) taken.add(key)
      }
      const candidate = numbered(name, number)
      if (taken.has(candidate)) continue
      taken.add(candidate)
      given.set(name, number + 1)
      names.push(candidate)
      break
    }
  }
  return names
}
