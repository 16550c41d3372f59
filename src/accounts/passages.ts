// A sign-up between its pages. Its browser holds a token of 128 bits, of which only the hash is kept; it is no session,
// opens nothing but the next page of the same invitation, and ends with its hour.
import { createHash, randomBytes } from 'node:crypto'
import { type Database, inSqlTransaction, newId, type SqlTransaction } from '../database/index.ts'
import type { FactorCollaborators, FactorKind } from './factors/factor.ts'
import { recoveryCodesOfPassage } from './factors/recovery-code.ts'
import { makeCount } from './factors/set-up.ts'
import { findInHand } from './factors/store.ts'
import { writeRecoveryCodes } from './factors/use.ts'

/** In ms. */
export const PASSAGE_LIFE = 60 * 60 * 1000
const TOKEN_BYTES = 16
/** Of one invitation at once: a person has so many browsers at the most. */
const MOST = 5
const FORGOTTEN_AT_ONCE = 1_000

export type Passage = {
  id: string
  organisationId: string
  invitationId: string
  generation: number
  personId: string
  passwordHash: string
  firstName: string
  lastName: string
  /** E.164, as it was typed on the first page. */
  mobile: string | null
  /** What the first page stated of the further invitations that it named. */
  shown: string
  codesKeptAt: Date | null
}

type Timed = { db: Database; now: () => Date }

/** Begins a passage; gives the token for the browser's cookie. The one that this browser had before ends. */
export async function beginPassage(
  c: Timed,
  passage: Omit<Passage, 'id' | 'codesKeptAt'> & { before: string | undefined },
): Promise<string> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const at = c.now()
  await inSqlTransaction(c.db, async (tx) => {
    await tx.$executeRaw`
      DELETE FROM "Passage" WHERE "tokenHash" = ${hashOf(passage.before ?? '')} OR "id" IN (
        SELECT "id" FROM "Passage" WHERE "invitationId" = ${passage.invitationId}::uuid
        ORDER BY "createdAt" DESC, "id" DESC OFFSET ${MOST - 1})`
    await tx.$executeRaw`
      INSERT INTO "Passage" ("id", "tokenHash", "organisationId", "invitationId", "generation", "personId",
        "passwordHash", "firstName", "lastName", "mobile", "shown", "createdAt", "expiresAt")
      VALUES (${newId()}::uuid, ${hashOf(token)}, ${passage.organisationId}::uuid, ${passage.invitationId}::uuid,
        ${passage.generation}, ${passage.personId}::uuid, ${passage.passwordHash}, ${passage.firstName},
        ${passage.lastName}, ${passage.mobile}, ${passage.shown}, ${at}, ${new Date(at.getTime() + PASSAGE_LIFE)})`
  })
  return token
}

/** The passage of a browser for one generation of an invitation; undefined where there is none (any more). */
export async function findPassage(
  c: Timed,
  { token, invitationId, generation }: { token: string | undefined; invitationId: string; generation: number },
): Promise<Passage | undefined> {
  if (token === undefined) return undefined
  const { rows } = await c.db.pool.query<Passage>({
    name: 'find-passage',
    text: `SELECT "id", "organisationId", "invitationId", "generation", "personId", "passwordHash", "firstName",
        "lastName", "mobile", "shown", "codesKeptAt"
      FROM "Passage" WHERE "tokenHash" = $1 AND "invitationId" = $2::uuid AND "generation" = $3 AND "expiresAt" > $4`,
    values: [hashOf(token), invitationId, generation, c.now()],
  })
  return rows[0]
}

/** Its person has kept the recovery codes. */
export async function noteCodesKept(c: Timed, passageId: string): Promise<void> {
  await c.db.pool.query({
    name: 'note-codes-kept',
    text: `UPDATE "Passage" SET "codesKeptAt" = coalesce("codesKeptAt", $2) WHERE "id" = $1::uuid`,
    values: [passageId, c.now()],
  })
}

/** The codes that a passage shows. They are the same each time, and stand nowhere until the account is there. */
export function recoveryCodesOf(c: Pick<FactorCollaborators, 'factorKeys'>, token: string): string[] {
  return recoveryCodesOfPassage(c.factorKeys.recoveryKey, token)
}

/**
 * The end of a passage, in the transaction that makes the account: its proved factor and its recovery codes count from
 * now on, and nothing that the person had before. Gives the kind of the factor; undefined where none was proved, or the
 * passage has ended meanwhile, and then nothing was written.
 */
export async function completePassage(
  tx: SqlTransaction,
  c: Pick<FactorCollaborators, 'now' | 'factorKeys'>,
  { passage, token }: { passage: Passage; token: string },
): Promise<FactorKind | undefined> {
  const factor = await findInHand(tx, passage.id)
  if (!factor || factor.provedAt === null) return undefined
  const ended = await tx.$executeRaw`DELETE FROM "Passage" WHERE "id" = ${passage.id}::uuid`
  if (ended !== 1) return undefined
  await tx.$executeRaw`
    DELETE FROM "SecondFactor" WHERE "personId" = ${passage.personId}::uuid AND "boundTo" IS NULL`
  await makeCount(tx, factor)
  await writeRecoveryCodes(tx, c, { personId: passage.personId, codes: recoveryCodesOf(c, token) })
  return factor.kind
}

/** Forgets, in bounded batches, what ended: passages, factors that were never kept, codes that were sent, wrong tries. */
export async function forgetPassages(db: Database, now: Date): Promise<void> {
  const DAY = 24 * 60 * 60 * 1000
  const before = new Date(now.getTime() - DAY)
  const ended = [
    { table: 'Passage', key: '"id"', which: '"expiresAt" < $1', before: now },
    { table: 'SecondFactor', key: '"id"', which: '"boundTo" IS NOT NULL AND "createdAt" < $1', before },
    { table: 'OneTimeCode', key: '"id"', which: '"createdAt" < $1', before },
    {
      table: 'FactorGuard',
      key: '("personId", "kind")',
      which: '"lastWrongAt" < $1',
      before: new Date(now.getTime() - 2 * DAY),
    },
  ]
  for (const { table, key, which, before: end } of ended) {
    const columns = key.replaceAll(/[()]/g, '')
    const text = `DELETE FROM "${table}" WHERE ${key} IN (SELECT ${columns} FROM "${table}" WHERE ${which} LIMIT $2)`
    for (;;) {
      const { rowCount } = await db.pool.query({ text, values: [end, FORGOTTEN_AT_ONCE] })
      if ((rowCount ?? 0) < FORGOTTEN_AT_ONCE) break
    }
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}
