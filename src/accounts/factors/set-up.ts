// A second factor is set up: chosen, proved by a code of it, and then kept. Until it is kept it counts for nothing.
import { record } from '../../audit/index.ts'
import { inSqlTransaction, newId, type SqlTransaction } from '../../database/index.ts'
import { mayText } from '../../people/index.ts'
import { Refusal } from '../../refusal.ts'
import { tellAccountHolder } from '../letters.ts'
import { appUri, keyInGroups, newAppKey } from './app-code.ts'
import {
  FACTOR_KINDS,
  FACTOR_NAMES,
  type FactorCollaborators,
  type FactorInHand,
  type FactorKind,
  type Holder,
  type Reachable,
  type SecondFactors,
} from './factor.ts'
import { inTurn } from './in-turn.ts'
import { seal, unseal } from './seal.ts'
import { askAgainAfter, mayNotSend, type SentKind, sendCode } from './send-code.ts'
import { dropInHand, type FactorRow, findInHand, nameOfPerson, writeInHand } from './store.ts'
import { tryCode } from './try-code.ts'

type Begin = Parameters<SecondFactors['beginFactor']>[1]
type Shown = { boundTo: string; issuer: string; label: string }

export function possibleKinds(c: Pick<FactorCollaborators, 'canText'>, person: Reachable): FactorKind[] {
  const { email, mobile } = person
  const may: Record<FactorKind, boolean> = {
    app: true,
    email: email !== null,
    sms: c.canText && mobile !== null && mayText(person, mobile) === undefined,
  }
  return FACTOR_KINDS.filter((kind) => may[kind])
}

export function beginFactor(c: FactorCollaborators, holder: Holder, given: Begin): Promise<FactorInHand> {
  return inTurn(c.db, holder.personId, async (tx) => {
    const inHand = await findInHand(tx, given.boundTo)
    const address = given.kind === 'app' ? null : given.address
    const isSame = inHand?.kind === given.kind && inHand.address === address
    if (isSame && (await needsNoCode(tx, c, { factor: inHand, boundTo: given.boundTo }))) {
      return describe(tx, c, { factor: inHand, ...given })
    }
    if (given.kind === 'app') {
      const id = newId()
      const sealedKey = seal(c.factorKeys.factorKey, newAppKey(), id)
      await writeInHand(tx, holder, { ...given, id, address: null, sealedKey, at: c.now() })
    } else {
      const { kind, boundTo, language } = given
      const refusal = await mayNotSend(tx, { personId: holder.personId, kind, at: c.now() })
      if (refusal) return refusal
      const factorId = isSame ? inHand.id : newId()
      if (!isSame) await writeInHand(tx, holder, { ...given, id: factorId, sealedKey: null, at: c.now() })
      await sendCode(tx, c, { holder, factorId, kind, address: given.address, boundTo, language })
    }
    const begun = await findInHand(tx, given.boundTo)
    return begun ? describe(tx, c, { factor: begun, ...given }) : new Refusal('factor_unknown')
  })
}

export function factorInHand(c: FactorCollaborators, shown: Shown): Promise<FactorInHand | undefined> {
  return inSqlTransaction(c.db, async (tx) => {
    const factor = await findInHand(tx, shown.boundTo)
    return factor && describe(tx, c, { factor, ...shown })
  })
}

export async function sendCodeAgain(
  c: FactorCollaborators,
  holder: Holder,
  { boundTo, language }: { boundTo: string; language: string },
): Promise<void> {
  await inTurn(c.db, holder.personId, async (tx) => {
    const factor = await findInHand(tx, boundTo)
    const goesTo = factor && placeOf(factor)
    if (!goesTo || factor.provedAt !== null) return new Refusal('factor_unknown')
    const refusal = await mayNotSend(tx, { personId: holder.personId, kind: goesTo.kind, at: c.now() })
    return refusal ?? sendCode(tx, c, { holder, factorId: factor.id, ...goesTo, boundTo, language })
  })
}

export async function dropFactorInHand(c: FactorCollaborators, boundTo: string): Promise<void> {
  await inSqlTransaction(c.db, (tx) => dropInHand(tx, boundTo))
}

export function proveFactor(
  c: FactorCollaborators,
  holder: Holder,
  { boundTo, code }: { boundTo: string; code: string },
): Promise<FactorKind> {
  return inTurn(c.db, holder.personId, async (tx) => {
    const factor = await findInHand(tx, boundTo)
    if (factor?.personId !== holder.personId) return new Refusal('factor_unknown')
    // Sent twice by a double press: it was proved by whoever is here.
    if (factor.provedAt !== null) return factor.kind
    const refusal = await tryCode(tx, c, { factor, boundTo, code })
    if (refusal) return refusal
    await tx.$executeRaw`UPDATE "SecondFactor" SET "provedAt" = ${c.now()} WHERE "id" = ${factor.id}::uuid`
    return factor.kind
  })
}

export function keepFactor(
  c: FactorCollaborators,
  holder: Holder,
  { boundTo, origin, isFirst = false }: { boundTo: string; origin: string; isFirst?: boolean },
): Promise<FactorKind> {
  const { organisationId, personId } = holder
  return inTurn(c.db, personId, async (tx) => {
    const factor = await findInHand(tx, boundTo)
    if (factor?.personId !== personId || factor.provedAt === null) return new Refusal('factor_unknown')
    if (isFirst && (await hasCounting(tx, personId))) return new Refusal('factor_unknown')
    await makeCount(tx, factor)
    const name = await nameOfPerson(tx, personId)
    await record(tx, [
      {
        organisationId,
        at: c.now(),
        act: 'factor.added',
        actor: { id: personId, name },
        subject: { kind: 'person', id: personId, name },
        origin,
        after: { factor: FACTOR_NAMES[factor.kind] },
      },
    ])
    await tellAccountHolder(tx, c, { personId, kind: 'factor_added', detail: factor.kind })
    return factor.kind
  })
}

/** Of two sign-ins that set up a first factor at the same moment, the second finds the first's. */
async function hasCounting(tx: SqlTransaction, personId: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ has: boolean }[]>`SELECT EXISTS (SELECT 1 FROM "SecondFactor"
    WHERE "personId" = ${personId}::uuid AND "boundTo" IS NULL) AS "has"`
  return row?.has ?? false
}

/** A proved factor counts from now on, in place of one of the same kind. */
export async function makeCount(tx: SqlTransaction, { id, personId, kind }: FactorRow): Promise<void> {
  await tx.$executeRaw`DELETE FROM "SecondFactor" WHERE "personId" = ${personId}::uuid
    AND "kind" = ${kind}::text::"FactorKind" AND "boundTo" IS NULL`
  await tx.$executeRaw`UPDATE "SecondFactor" SET "boundTo" = NULL WHERE "id" = ${id}::uuid`
}

/** Whether what is in hand is enough as it is: an app's key, a factor that is proved, a code that is still good. */
async function needsNoCode(
  tx: SqlTransaction,
  c: FactorCollaborators,
  { factor, boundTo }: { factor: FactorRow; boundTo: string },
): Promise<boolean> {
  if (factor.kind === 'app' || factor.provedAt !== null) return true
  const newest = await newestCode(tx, { factor, boundTo })
  return newest !== undefined && newest.expiresAt > c.now()
}

async function newestCode(
  tx: SqlTransaction,
  { factor, boundTo }: { factor: FactorRow; boundTo: string },
): Promise<{ createdAt: Date; expiresAt: Date } | undefined> {
  const [row] = await tx.$queryRaw<{ createdAt: Date; expiresAt: Date }[]>`
    SELECT "createdAt", "expiresAt" FROM "OneTimeCode" WHERE "personId" = ${factor.personId}::uuid
      AND "kind" = ${factor.kind}::text::"FactorKind" AND "factorId" = ${factor.id}::uuid
      AND "boundTo" = ${boundTo}::uuid AND "usedAt" IS NULL ORDER BY "createdAt" DESC LIMIT 1`
  return row
}

async function describe(
  tx: SqlTransaction,
  c: FactorCollaborators,
  { factor, boundTo, issuer, label }: Shown & { factor: FactorRow },
): Promise<FactorInHand> {
  const isProved = factor.provedAt !== null
  const goesTo = placeOf(factor)
  if (goesTo) {
    const newest = await newestCode(tx, { factor, boundTo })
    return { ...goesTo, isProved, askAgainAt: newest ? askAgainAfter(newest.createdAt) : c.now() }
  }
  if (factor.sealedKey === null) throw new Error('a factor has neither a key nor an address')
  const key = unseal(c.factorKeys.factorKey, factor.sealedKey, factor.id)
  return { kind: 'app', keyText: keyInGroups(key), uri: appUri(key, { issuer, label }), isProved }
}

/** Where codes of a factor go; undefined for an app. */
export function placeOf({ kind, address }: FactorRow): { kind: SentKind; address: string } | undefined {
  return kind === 'app' || address === null ? undefined : { kind, address }
}
