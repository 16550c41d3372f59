// Messages to people about their own accounts: a code, a link to a new password, the news that something was changed.
// The row says what it is; what is secret about it is worked out when it is sent, and stands nowhere.

import type { Collaborators } from '../collaborators.ts'
import { type Database, isId, type LetterKind, newId, type SqlTransaction } from '../database/index.ts'
import { knownLanguage, type Language } from '../languages/index.ts'
import { readEmailAddress } from '../people/index.ts'
import { codeOf } from './factors/one-time-code.ts'
import { makeResetToken } from './password/reset-token.ts'

export type { LetterKind } from '../database/index.ts'

/** Kinds that tell of something that was done, so that nobody does it behind a person's back. */
export type AccountNews = Exclude<LetterKind, 'code' | 'password_reset'>

/** Where a letter goes: an e-mail address as it was written, or a mobile number (E.164). */
export type LetterPlace = { channel: 'email' | 'sms'; sentTo: string }

export type LetterRequest = LetterPlace & {
  organisationId: string
  personId: string
  /** One that is not spoken here becomes the first of the registry. */
  language: string
} & ({ kind: 'code'; codeId: string } | { kind: 'password_reset'; resetId: string })

/** One letter to be sent, with all that its words need. */
export type AccountLetter = {
  letterId: string
  organisationId: string
  kind: LetterKind
  detail: string
  channel: 'email' | 'sms'
  /** The address as a mail server takes it, or the mobile number. */
  to: string
  organisationName: string
  appendix: string
  firstName: string
  language: Language
  timeZone: string
  attempts: number
  createdAt: Date
  maybeSentAt: Date | null
  /** Of a code: itself. Made here, and nowhere kept. */
  code: string | undefined
  /** Of a link to a new password: its secret. Made here, and nowhere kept. */
  resetToken: string | undefined
  /** When the code or the link ends. */
  expiresAt: Date | undefined
}

/** How long letters are kept, in ms. */
const KEPT = 30 * 24 * 60 * 60 * 1000

/** Asks for a code or a link to be sent, in the transaction that made it; gives the letter's id. */
export async function askForLetter(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'followUp' | 'now'>,
  request: LetterRequest,
): Promise<string> {
  const letterId = newId()
  const { organisationId, personId, kind, channel, sentTo, language } = request
  const codeId = request.kind === 'code' ? request.codeId : null
  const resetId = request.kind === 'password_reset' ? request.resetId : null
  await tx.$executeRaw`
    INSERT INTO "Letter" ("id", "organisationId", "personId", "kind", "channel", "sentTo", "codeId", "resetId",
      "language", "createdAt")
    VALUES (${letterId}::uuid, ${organisationId}::uuid, ${personId}::uuid, ${kind}::text::"LetterKind",
      ${channel}::text::"DeliveryChannel", ${sentTo}, ${codeId}::uuid, ${resetId}::uuid, ${language}, ${c.now()})`
  await c.followUp(tx, [{ kind: 'letter', letterId }])
  return letterId
}

/**
 * Tells somebody that something about their account was changed, in the transaction that changes it: by e-mail, or by
 * SMS where there is no address. `detail`: the kind of the factor, or how many recovery codes are left. `to`: another
 * place than the present one, for the news that this was changed. Nobody is told who cannot be reached.
 */
export async function tellAccountHolder(
  tx: SqlTransaction,
  c: Pick<Collaborators, 'followUp' | 'now'>,
  { personId, kind, detail = '', to }: { personId: string; kind: AccountNews; detail?: string; to?: LetterPlace },
): Promise<void> {
  const letterId = newId()
  const written = await tx.$executeRaw`
    INSERT INTO "Letter" ("id", "organisationId", "personId", "kind", "detail", "channel", "sentTo", "language",
      "createdAt")
    SELECT ${letterId}::uuid, p."organisationId", p."id", ${kind}::text::"LetterKind", ${detail}::text,
      coalesce(${to?.channel ?? null}::text, CASE WHEN p."email" IS NULL THEN 'sms' ELSE 'email' END)::"DeliveryChannel",
      coalesce(${to?.sentTo ?? null}::text, p."email", p."mobile"), coalesce(p."language", o."language"), ${c.now()}
    FROM "Person" p JOIN "Organisation" o ON o."id" = p."organisationId"
    WHERE p."id" = ${personId}::uuid AND coalesce(${to?.sentTo ?? null}::text, p."email", p."mobile") IS NOT NULL`
  if (written > 0) await c.followUp(tx, [{ kind: 'letter', letterId }])
}

type Row = Omit<AccountLetter, 'to' | 'language' | 'code' | 'resetToken' | 'expiresAt'> & {
  sentTo: string
  language: string
  codeId: string | null
  resetId: string | null
  resetEndsAt: Date | null
  codeEndsAt: Date | null
}

/**
 * Reads a letter that is still to be sent. `expired`: what it carries does not count any more. Undefined: it was sent, or
 * given up, or is not there.
 */
export async function loadLetter(
  c: { db: Database; now: () => Date; resetKey: Buffer; codeKey: Buffer },
  letterId: string,
): Promise<AccountLetter | 'expired' | undefined> {
  if (!isId(letterId)) return undefined
  const { rows } = await c.db.pool.query<Row>({ name: 'load-letter', text: LOAD_LETTER, values: [letterId] })
  const [row] = rows
  if (!row) return undefined
  const { sentTo, codeId, resetId, resetEndsAt, codeEndsAt, ...rest } = row
  const letter: AccountLetter = {
    ...rest,
    language: knownLanguage(row.language),
    to: row.channel === 'email' ? (readEmailAddress(sentTo)?.deliverable ?? sentTo) : sentTo,
    code: undefined,
    resetToken: undefined,
    expiresAt: undefined,
  }
  if (row.kind === 'code') {
    if (codeId === null || codeEndsAt === null || codeEndsAt <= c.now()) return 'expired'
    return { ...letter, code: codeOf(c.codeKey, codeId), expiresAt: codeEndsAt }
  }
  if (row.kind === 'password_reset') {
    if (resetId === null || resetEndsAt === null || resetEndsAt <= c.now()) return 'expired'
    return { ...letter, resetToken: makeResetToken(c.resetKey, { ...row, resetId }), expiresAt: resetEndsAt }
  }
  return letter
}

// What was used, and a link that a newer one has ended, has no end any more.
const LOAD_LETTER = `
  SELECT l."id" AS "letterId", l."kind"::text AS "kind", l."detail", l."channel"::text AS "channel", l."sentTo",
    l."organisationId", l."language", l."attempts", l."createdAt", l."maybeSentAt", l."codeId", l."resetId",
    o."displayName" AS "organisationName", o."messageAppendix" AS "appendix", o."timeZone", p."firstName",
    CASE WHEN r."usedAt" IS NULL AND r."endedAt" IS NULL THEN r."expiresAt" END AS "resetEndsAt",
    CASE WHEN code."usedAt" IS NULL THEN code."expiresAt" END AS "codeEndsAt"
  FROM "Letter" l
  JOIN "Organisation" o ON o."id" = l."organisationId"
  JOIN "Person" p ON p."id" = l."personId"
  LEFT JOIN "PasswordReset" r ON r."id" = l."resetId"
  LEFT JOIN "OneTimeCode" code ON code."id" = l."codeId"
  WHERE l."id" = $1::uuid AND l."sentAt" IS NULL AND l."problem" IS NULL`

/** What became of a letter that was offered: sent, given up, or to be offered again. */
export type LetterOutcome =
  | { kind: 'sent'; problem?: string }
  | { kind: 'failed'; problem: string }
  | { kind: 'again'; maybeSent: boolean }

/** Notes it; a letter that is settled already stays as it is. Running it twice does no harm. */
export async function recordLetter(
  c: Pick<Collaborators, 'db' | 'now'>,
  letterId: string,
  outcome: LetterOutcome,
): Promise<void> {
  const open = { id: letterId, sentAt: null, problem: null }
  if (outcome.kind === 'again') {
    const data = { attempts: { increment: 1 }, ...(outcome.maybeSent ? { maybeSentAt: c.now() } : {}) }
    await c.db.prisma.letter.updateMany({ where: open, data })
    return
  }
  const problem = outcome.problem ?? null
  await c.db.prisma.letter.updateMany({
    where: open,
    data: outcome.kind === 'sent' ? { sentAt: c.now(), problem } : { problem },
  })
}

/** Removes letters that are older than thirty days. */
export async function forgetLetters(db: Database, now: Date): Promise<void> {
  await db.prisma.letter.deleteMany({ where: { createdAt: { lt: new Date(now.getTime() - KEPT) } } })
}
