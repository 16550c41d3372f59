// The token of an organisation's directory: made by a Corporate Admin, shown once, renewed, taken away. Only its hash is
// kept, so that nobody who reads the database can speak as the directory.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { type Act, type Actor, record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { type Database, inTransaction, type Transaction } from '../../database/index.ts'
import { findMember, findOrganisation, isCorporateAdmin, nameOf } from '../../organisation/index.ts'
import { Refusal } from '../../refusal.ts'

/** `madeAt`: when the token was made that stood before the eyes of whoever asks; anything else where there was none. */
export type ScimTokenRequest = { organisationId: string; actorId: string; madeAt: string; origin: string }

/** When a token was made and by whom, and when it was last used, to the minute. */
export type ScimTokenState = { createdAt: Date; createdBy: string; lastUsedAt: Date | null }

/** Says what it is to whoever finds it, and to programs that look for secrets in files. */
const PREFIX = 'usher-scim-'
const MINUTE = 60_000

/**
 * Makes the organisation's token and gives it, for this one time; an older one is dead from then on. Throws Refusal
 * `may_not_change_settings` for whoever is no Corporate Admin, and `settings_changed` when another token is there now.
 */
export function makeScimToken(c: Pick<Collaborators, 'db' | 'now'>, request: ScimTokenRequest): Promise<string> {
  const token = PREFIX + randomBytes(32).toString('base64url')
  return asAdmin(c, request, async (tx, tell) => {
    const { organisationId, actorId: createdById } = request
    const fresh = { tokenHash: hashOf(token), createdAt: c.now(), createdById, lastUsedAt: null }
    const { count } = await tx.scimToken.updateMany({ where: { organisationId }, data: fresh })
    if (count === 0) await tx.scimToken.create({ data: { organisationId, ...fresh } })
    await tell(count === 0 ? 'scim.token_made' : 'scim.token_renewed')
    // Whoever is given it can hand it on: that is an event of its own, and there is no other moment at which it is shown.
    await tell('scim.token_shown')
    return token
  })
}

/** Takes the token away: the directory is not let in any more. What it brought stays. Throws as `makeScimToken`. */
export function endScimToken(c: Pick<Collaborators, 'db' | 'now'>, request: ScimTokenRequest): Promise<void> {
  return asAdmin(c, request, async (tx, tell) => {
    const { count } = await tx.scimToken.deleteMany({ where: { organisationId: request.organisationId } })
    if (count > 0) await tell('scim.token_ended')
  })
}

/** What there is to say of the organisation's token; undefined where it has none. */
export async function readScimToken(db: Database, organisationId: string): Promise<ScimTokenState | undefined> {
  const token = await db.prisma.scimToken.findUnique({ where: { organisationId } })
  if (!token) return undefined
  const maker = await db.prisma.person.findUnique({ where: { id: token.createdById } })
  return {
    createdAt: token.createdAt,
    createdBy: maker ? nameOf(maker) : 'somebody',
    lastUsedAt: token.lastUsedAt,
  }
}

/** The organisation that a token belongs to, or undefined. Notes that it was used, at most once a minute. */
export async function findScimCaller(c: Pick<Collaborators, 'db' | 'now'>, token: string): Promise<string | undefined> {
  const hash = hashOf(token)
  const { rows } = await c.db.pool.query<{ organisationId: string; tokenHash: string; lastUsedAt: Date | null }>({
    name: 'scim-caller',
    text: 'SELECT "organisationId", "tokenHash", "lastUsedAt" FROM "ScimToken" WHERE "tokenHash" = $1',
    values: [hash],
  })
  const [row] = rows
  if (!row || !timingSafeEqual(Buffer.from(row.tokenHash), Buffer.from(hash))) return undefined
  const now = c.now()
  if (row.lastUsedAt === null || now.getTime() - row.lastUsedAt.getTime() >= MINUTE) {
    await c.db.pool.query({
      name: 'scim-used',
      text: 'UPDATE "ScimToken" SET "lastUsedAt" = $2 WHERE "tokenHash" = $1',
      values: [hash, now],
    })
  }
  return row.organisationId
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** As the organisation's Corporate Admin, in one transaction with the event. */
async function asAdmin<T>(
  c: Pick<Collaborators, 'db' | 'now'>,
  { organisationId, actorId, madeAt, origin }: ScimTokenRequest,
  work: (tx: Transaction, tell: (act: Act) => Promise<void>) => Promise<T>,
): Promise<T> {
  return inTransaction(c.db, async (tx) => {
    // Two who press at once: one after the other.
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`scim ${organisationId}`}, 0))::text`
    const organisation = await findOrganisation(tx, { id: organisationId })
    const member = await findMember(tx, { id: actorId, organisationId })
    if (!organisation || !member || !isCorporateAdmin(member, organisation)) {
      throw new Refusal('may_not_change_settings')
    }
    const present = await tx.scimToken.findUnique({ where: { organisationId }, select: { createdAt: true } })
    if (present ? present.createdAt.toISOString() !== madeAt : !Number.isNaN(Date.parse(madeAt))) {
      throw new Refusal('settings_changed')
    }
    const actor: Actor = { id: member.id, name: member.name }
    const subject = { kind: 'organisation' as const, id: organisationId, name: organisation.displayName }
    return work(tx, (act) => record(tx, [{ organisationId, at: c.now(), act, actor, subject, origin }]))
  })
}
