// The link to a new password is opened and used. It sets the password and no more: whoever used it signs in afterwards,
// second factor and all.

import type { Collaborators } from '../../collaborators.ts'
import { type Database, inSqlTransaction } from '../../database/index.ts'
import { isLanguage, knownLanguage, type Language } from '../../languages/index.ts'
import { Refusal, Refusals } from '../../refusal.ts'
import { passwordProblem } from '../password-rules.ts'
import type { PasswordHasher } from '../passwords.ts'
import { setPassword } from './change-password.ts'
import { isResetToken, readResetId } from './reset-token.ts'

export type ResetPage = {
  organisationName: string
  /** For the password manager: the address or the user name. */
  name: string
  /** Of the person, where they have one. */
  ownLanguage: Language | null
  /** Their own, else the organisation's. */
  language: Language
}

type Reader = { db: Database; now: () => Date; resetKey: Buffer }

// Looked up where the token names nothing, so that a bad token costs the same statement as a good one.
const NOTHING = '00000000-0000-0000-0000-000000000000'

type Row = Omit<ResetPage, 'language' | 'ownLanguage'> & {
  language: string
  ownLanguage: string | null
  resetId: string
  organisationId: string
  accountId: string
  personId: string
  isUsable: boolean
  personalWords: (string | null)[]
}

/** What the page of a link shows. Changes nothing: mail scanners open links too. Throws Refusal `link_dead`. */
export async function openReset(c: Reader, token: string): Promise<ResetPage> {
  const { organisationName, name, language, ownLanguage } = await findUsable(c, token)
  return {
    organisationName,
    name,
    ownLanguage: isLanguage(ownLanguage) ? ownLanguage : null,
    language: knownLanguage(language),
  }
}

/**
 * Sets the new password: the link is used up, every session ends, every other link too, and the person is told. Of two
 * at the same moment one does. Throws Refusals (field `password`), Refusal `link_dead`, and `too_busy`.
 */
export async function resetPassword(
  c: Reader & Pick<Collaborators, 'followUp'> & { hasher: PasswordHasher },
  token: string,
  { password, from }: { password: string; from: string },
): Promise<void> {
  const { accountId, resetId, personalWords } = await findUsable(c, token)
  const problem = passwordProblem(password, { personalWords: personalWords.filter((words) => words !== null) })
  if (problem) throw new Refusals([new Refusal(problem, { field: 'password' })])
  const passwordHash = await c.hasher.hash(password)
  await inSqlTransaction(c.db, async (tx) => {
    const at = c.now()
    const [account] = await tx.$queryRaw<{ id: string }[]>`
      SELECT a."id" FROM "Account" a WHERE a."id" = ${accountId}::uuid AND a."status" = 'active' FOR NO KEY UPDATE`
    const used = await tx.$executeRaw`
      UPDATE "PasswordReset" SET "usedAt" = ${at} WHERE "id" = ${resetId}::uuid AND "usedAt" IS NULL
        AND "endedAt" IS NULL AND "expiresAt" > ${at}`
    if (!account || used !== 1) throw new Refusal('link_dead')
    await setPassword(tx, c, { accountId, passwordHash, at, origin: `web ${from}`, how: 'link' })
  })
}

async function findUsable(c: Reader, token: string): Promise<Row> {
  const id = readResetId(token) ?? NOTHING
  const { rows } = await c.db.pool.query<Row>({ name: 'open-reset', text: OPEN_RESET, values: [id, c.now()] })
  const [row] = rows
  // The comparison is made for an unknown id too, so that no answer is faster than another.
  const fits = isResetToken(c.resetKey, token, row ?? { organisationId: NOTHING, resetId: id })
  if (!row?.isUsable || !fits) throw new Refusal('link_dead')
  return row
}

const OPEN_RESET = `
  SELECT r."id" AS "resetId", r."organisationId", r."accountId", a."personId", o."displayName" AS "organisationName",
    coalesce(p."email", p."userName", '') AS "name", p."language" AS "ownLanguage",
    coalesce(p."language", o."language") AS "language",
    (r."usedAt" IS NULL AND r."endedAt" IS NULL AND r."expiresAt" > $2 AND a."status" = 'active' AND p."isActive")
      AS "isUsable",
    ARRAY[p."firstName", p."lastName", p."email", p."userName", o."displayName"] AS "personalWords"
  FROM "PasswordReset" r
  JOIN "Account" a ON a."id" = r."accountId"
  JOIN "Person" p ON p."id" = a."personId"
  JOIN "Organisation" o ON o."id" = r."organisationId"
  WHERE r."id" = $1::uuid`
