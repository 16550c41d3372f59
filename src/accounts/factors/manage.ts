// The second factors of an account: read, removed by their holder, reset by an admin when they are lost.
import { type Actor, record } from '../../audit/index.ts'
import { inTransaction, isId, Prisma, type SqlTransaction } from '../../database/index.ts'
import { reachOf } from '../../organisation/index.ts'
import { isWithinReachSql } from '../../people/index.ts'
import { Refusal } from '../../refusal.ts'
import { tellAccountHolder } from '../letters.ts'
import { loadTurner, mayTurn } from '../pause-accounts.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import { FACTOR_NAMES, type Factor, type FactorCollaborators, type FactorKind, type Holder } from './factor.ts'
import { inTurn } from './in-turn.ts'
import { nameOfPerson } from './store.ts'

export async function factorsOf(
  { db }: Pick<FactorCollaborators, 'db'>,
  personId: string,
): Promise<{ factors: Factor[]; recoveryCodesLeft: number }> {
  const { rows } = await db.pool.query<{ factors: (Omit<Factor, 'addedAt'> & { addedAt: string })[]; left: number }>({
    name: 'factors-of',
    text: `SELECT (SELECT count(*)::int FROM "RecoveryCode" WHERE "personId" = $1::uuid AND "usedAt" IS NULL) AS "left",
      coalesce((SELECT jsonb_agg(jsonb_build_object('id', f."id", 'kind', f."kind", 'address', f."address",
        'addedAt', f."provedAt") ORDER BY f."provedAt", f."id") FROM "SecondFactor" f
        WHERE f."personId" = $1::uuid AND f."boundTo" IS NULL), '[]') AS "factors"`,
    values: [personId],
  })
  const [row] = rows
  const factors = (row?.factors ?? []).map((factor) => ({ ...factor, addedAt: new Date(factor.addedAt) }))
  return { factors, recoveryCodesLeft: row?.left ?? 0 }
}

export async function removeFactor(
  c: FactorCollaborators,
  holder: Holder,
  { factorId, origin }: { factorId: string; origin: string },
): Promise<void> {
  const { organisationId, personId } = holder
  if (!isId(factorId)) throw new Refusal('factor_unknown')
  await inTurn(c.db, personId, async (tx) => {
    const kinds = await tx.$queryRaw<{ id: string; kind: FactorKind; isDemanded: boolean }[]>`
      SELECT f."id", f."kind"::text AS "kind", o."secondFactorRequired" AS "isDemanded"
      FROM "SecondFactor" f JOIN "Organisation" o ON o."id" = f."organisationId"
      WHERE f."personId" = ${personId}::uuid AND f."boundTo" IS NULL`
    const factor = kinds.find(({ id }) => id === factorId)
    if (!factor) return new Refusal('factor_unknown')
    const isLast = kinds.length === 1
    if (isLast && factor.isDemanded) return new Refusal('factor_last')
    await tx.$executeRaw`DELETE FROM "SecondFactor" WHERE "id" = ${factorId}::uuid`
    // Without a factor there is nothing that they could stand in for.
    if (isLast) await tx.$executeRaw`DELETE FROM "RecoveryCode" WHERE "personId" = ${personId}::uuid`
    const name = await nameOfPerson(tx, personId)
    const before = { factor: FACTOR_NAMES[factor.kind] }
    await tell(tx, c, {
      organisationId,
      act: 'factor.removed',
      actor: { id: personId, name },
      holder: name,
      personId,
      origin,
      before,
    })
    await tellAccountHolder(tx, c, { personId, kind: 'factor_removed', detail: factor.kind })
    return undefined
  })
}

export function resetFactors(
  c: FactorCollaborators,
  request: { organisationId: string; actorId: string; personId: string; origin: string },
): Promise<string> {
  const { organisationId, personId, origin } = request
  if (!isId(personId)) throw new Refusal('account_unknown')
  return inTransaction(c.db, async (tx) => {
    const { organisation, actor } = await loadTurner(tx, request)
    if (personId === actor.id) throw new Refusal('factors_own')
    const may = mayTurn(actor, organisation) ?? Prisma.sql`false`
    const [found] = await tx.$queryRaw<{ may: boolean | null; isReached: boolean | null }[]>`
      SELECT (${may}) AS "may", (${isWithinReachSql(reachOf(actor, organisation))}) AS "isReached"
      FROM "Person" p JOIN "Account" a ON a."personId" = p."id"
      WHERE p."id" = ${personId}::uuid AND p."organisationId" = ${organisationId}::uuid FOR NO KEY UPDATE OF p`
    if (!found || (!found.may && !found.isReached)) throw new Refusal('account_unknown')
    if (!found.may) throw new Refusal('may_not_reset')
    const removed = await tx.$queryRaw<{ kind: FactorKind }[]>`
      DELETE FROM "SecondFactor" WHERE "personId" = ${personId}::uuid RETURNING "kind"::text AS "kind"`
    await tx.$executeRaw`DELETE FROM "RecoveryCode" WHERE "personId" = ${personId}::uuid`
    await tx.$executeRaw`DELETE FROM "FactorGuard" WHERE "personId" = ${personId}::uuid`
    if (removed.length === 0) throw new Refusal('factor_unknown')
    await endSessions(tx, { personIds: [personId] })
    const name = await nameOfPerson(tx, personId)
    const before = { factor: removed.map(({ kind }) => FACTOR_NAMES[kind]).join(', ') }
    await tell(tx, c, {
      organisationId,
      act: 'factor.reset',
      actor: { id: actor.id, name: actor.name },
      holder: name,
      personId,
      origin,
      before,
    })
    await tellAccountHolder(tx, c, { personId, kind: 'factors_reset' })
    return name
  })
}

async function tell(
  tx: SqlTransaction,
  c: FactorCollaborators,
  event: {
    organisationId: string
    act: 'factor.removed' | 'factor.reset'
    actor: Actor
    holder: string
    personId: string
    origin: string
    before: Record<string, unknown>
  },
): Promise<void> {
  const { holder, personId, ...rest } = event
  await record(tx, [{ ...rest, at: c.now(), subject: { kind: 'person', id: personId, name: holder } }])
}
