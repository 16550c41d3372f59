// "Forgot password": whoever asks gets the same answer in the same time, because nothing is looked up before it. What
// became of it is told in the mailbox (or on the phone) of the account alone.
import { record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { inSqlTransaction, isId, newId, type SqlTransaction } from '../../database/index.ts'
import { mayText } from '../../people/index.ts'
import { askForLetter, type LetterPlace } from '../letters.ts'
import { signInNameKey } from '../sign-in/sign-in-name.ts'

/** How long a link to a new password works, in ms. */
const LINK_LIFE = 30 * 60_000
/** Of one account, in an hour; what is asked past it sends nothing. */
const MOST_LINKS = 3
const HOUR = 60 * 60_000
/** Of one name in several organisations. */
const MOST_ACCOUNTS = 10

type Forgetter = Pick<Collaborators, 'db' | 'now' | 'followUp' | 'canText'>

/** Writes down that somebody asked, whoever that name is. `from`: the client's address. */
export async function askForNewPassword(
  c: Pick<Collaborators, 'db' | 'now' | 'followUp'>,
  { name, language, from }: { name: string; language: string; from: string },
): Promise<void> {
  const id = newId()
  await inSqlTransaction(c.db, async (tx) => {
    await tx.$executeRaw`
      INSERT INTO "ForgottenPassword" ("id", "nameKey", "language", "address", "askedAt")
      VALUES (${id}::uuid, ${signInNameKey(name)}, ${language}, ${from}, ${c.now()})`
    await c.followUp(tx, [{ kind: 'forgotten', forgottenId: id }])
  })
}

type Candidate = {
  accountId: string
  organisationId: string
  personId: string
  name: string
  email: string | null
  mobile: string | null
  language: string | null
  smsCountries: string[]
  confirmOnlyByEmail: boolean
  links: number
}

/**
 * Finds whose name it is, and sends each of these accounts a link; older links of theirs end. A paused account, one that
 * cannot be reached, and one that has had three in this hour are sent none. Safe to run twice: the second finds it done.
 */
export async function settleForgotten(c: Forgetter, forgottenId: string): Promise<void> {
  if (!isId(forgottenId)) return
  await inSqlTransaction(c.db, async (tx) => {
    const at = c.now()
    const [asked] = await tx.$queryRaw<{ nameKey: string; language: string; address: string; askedAt: Date }[]>`
      UPDATE "ForgottenPassword" SET "settledAt" = ${at} WHERE "id" = ${forgottenId}::uuid AND "settledAt" IS NULL
      RETURNING "nameKey", "language", "address", "askedAt"`
    // A queue that stood still for long: nobody waits for a link any more.
    if (!asked || asked.askedAt.getTime() + HOUR < at.getTime()) return
    for (const account of await findForgetful(tx, { nameKey: asked.nameKey, at })) {
      const place = placeOf(c, account)
      const { language, address } = asked
      if (place && account.links < MOST_LINKS) await sendLink(tx, c, { account, place, at, language, address })
    }
  })
}

function findForgetful(tx: SqlTransaction, { nameKey, at }: { nameKey: string; at: Date }): Promise<Candidate[]> {
  // Locked in the order of their ids: of two that were asked for at once the later one counts the earlier.
  return tx.$queryRaw<Candidate[]>`
    SELECT a."id" AS "accountId", a."organisationId", a."personId", p."email", p."mobile", p."language",
      o."smsCountries", o."confirmOnlyByEmail",
      coalesce(nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email", p."userName", 'Somebody') AS "name",
      (SELECT count(*)::int FROM "PasswordReset" r
        WHERE r."accountId" = a."id" AND r."createdAt" > ${new Date(at.getTime() - HOUR)}) AS "links"
    FROM "Organisation" o
    JOIN "Person" p ON p."organisationId" = o."id" AND (p."emailKey" = ${nameKey} OR p."userNameKey" = ${nameKey})
    JOIN "Account" a ON a."personId" = p."id"
    WHERE a."status" = 'active' AND p."isActive"
    ORDER BY a."id" LIMIT ${MOST_ACCOUNTS} FOR NO KEY UPDATE OF a`
}

function placeOf(c: Forgetter, { email, mobile, ...settings }: Candidate): LetterPlace | undefined {
  if (email !== null) return { channel: 'email', sentTo: email }
  if (mobile === null || !c.canText || mayText(settings, mobile) !== undefined) return undefined
  return { channel: 'sms', sentTo: mobile }
}

async function sendLink(
  tx: SqlTransaction,
  c: Forgetter,
  given: { account: Candidate; place: LetterPlace; at: Date; language: string; address: string },
): Promise<void> {
  const { account, place, at, language, address } = given
  const { accountId, organisationId, personId, name } = account
  const resetId = newId()
  await endLinks(tx, { accountId, at })
  await tx.$executeRaw`
    INSERT INTO "PasswordReset" ("id", "organisationId", "accountId", "createdAt", "expiresAt")
    VALUES (${resetId}::uuid, ${organisationId}::uuid, ${accountId}::uuid, ${at}, ${new Date(at.getTime() + LINK_LIFE)})`
  await askForLetter(tx, c, {
    organisationId,
    personId,
    kind: 'password_reset',
    resetId,
    language: account.language ?? language,
    ...place,
  })
  await record(tx, [
    {
      organisationId,
      at,
      act: 'account.password_forgotten',
      actor: { id: null, name: 'Somebody' },
      subject: { kind: 'person', id: personId, name },
      origin: `web ${address}`,
    },
  ])
}

/** Ends the links of an account that are still open. */
export async function endLinks(tx: SqlTransaction, { accountId, at }: { accountId: string; at: Date }): Promise<void> {
  await tx.$executeRaw`
    UPDATE "PasswordReset" SET "endedAt" = ${at}
    WHERE "accountId" = ${accountId}::uuid AND "usedAt" IS NULL AND "endedAt" IS NULL`
}
