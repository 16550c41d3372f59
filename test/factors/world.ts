// People with factors in a database, and two instances that look after them: what was sent is read from the rows.
import { generateSync } from 'otplib'
import { codeOf } from '../../src/accounts/factors/one-time-code.ts'
import type { FactorKeys, SecondFactors } from '../../src/accounts/index.ts'
import { createSecondFactors } from '../../src/accounts/index.ts'
import { newId } from '../../src/database/index.ts'
import { deriveKey } from '../../src/keys.ts'
import { Refusal } from '../../src/refusal.ts'
import { createTestDatabase } from '../setup/database.ts'

const SECRET = 'a secret for tests, and for tests alone'
export const factorKeys: FactorKeys = {
  factorKey: deriveKey(SECRET, 'factor'),
  codeKey: deriveKey(SECRET, 'code'),
  recoveryKey: deriveKey(SECRET, 'recovery'),
}

export type World = Awaited<ReturnType<typeof createWorld>>
export type Somebody = { organisationId: string; personId: string }

/** Two instances on one database, and a clock for both. */
export async function createWorld() {
  const db = await createTestDatabase()
  const clock = { now: new Date('2026-11-26T10:00:00Z') }
  const organisationId = newId()
  await db.prisma.organisation.create({
    data: {
      id: organisationId,
      slackTeamId: 'T1',
      createdAt: clock.now,
      displayName: 'Northwind',
      terms: 'Be kind.',
      smsCountries: ['DE'],
    },
  })
  const instance = (): SecondFactors =>
    createSecondFactors({ db, followUp: async () => {}, canText: true, now: () => clock.now, factorKeys })
  let count = 0
  return {
    db,
    clock,
    organisationId,
    one: instance(),
    two: instance(),
    pass(seconds: number) {
      clock.now = new Date(clock.now.getTime() + seconds * 1000)
    },
    /** Somebody new, with an account. */
    async somebody(): Promise<Somebody> {
      count += 1
      const personId = newId()
      const email = `somebody${count}@example.org`
      await db.prisma.person.create({
        data: {
          id: personId,
          organisationId,
          email,
          emailKey: email,
          firstName: 'Ana',
          lastName: `Diaz ${count}`,
          createdAt: clock.now,
        },
      })
      await db.prisma.account.create({
        data: {
          id: newId(),
          organisationId,
          personId,
          passwordHash: 'x',
          termsVersion: 1,
          termsAgreedAt: clock.now,
          termsAgreedFrom: '203.0.113.7',
          createdAt: clock.now,
        },
      })
      return { organisationId, personId }
    },
    /** The code that was sent last to somebody: only whoever has the key can tell. */
    async lastCode({ personId }: Somebody): Promise<string> {
      const row = await db.prisma.oneTimeCode.findFirstOrThrow({
        where: { personId },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      })
      return codeOf(factorKeys.codeKey, row.id)
    },
    /** What an app with this key shows now, or so many seconds from now. */
    shown: (keyText: string, seconds = 0) =>
      generateSync({
        secret: keyText.replaceAll(' ', ''),
        epoch: Math.floor(clock.now.getTime() / 1000) + seconds,
      }),
  }
}

/** A code that is not this one. */
export function otherThan(code: string): string {
  return code === '123456' ? '654321' : '123456'
}

/** What an app shows, and the language of messages. */
export const shown = { issuer: 'Northwind', label: 'ana@example.org', language: 'en' }

/** The code of the refusal, or that there was none. */
export async function outcomeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'taken',
    (error: unknown) => {
      if (!(error instanceof Refusal)) throw error
      return error.code
    },
  )
}

/** How long the refusal says to wait. */
export async function secondsIn(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => (error instanceof Refusal ? error.detail.seconds : String(error)),
  )
}

/** Somebody whose app counts, and its key. */
export async function withApp(world: World): Promise<{ who: Somebody; key: string }> {
  const who = await world.somebody()
  const boundTo = newId()
  const begun = await world.one.beginFactor(who, { boundTo, kind: 'app', ...shown })
  if (begun.kind !== 'app') throw new Error('an app was expected')
  await world.one.proveFactor(who, { boundTo, code: world.shown(begun.keyText) })
  await world.one.keepFactor(who, { boundTo, origin: 'web 203.0.113.7' })
  // The code that proved it is used.
  world.pass(60)
  return { who, key: begun.keyText }
}

/** Somebody whose mailbox counts, and a session of theirs. */
export async function withEmail(world: World): Promise<{ who: Somebody; boundTo: string }> {
  const who = await world.somebody()
  const boundTo = newId()
  await world.one.beginFactor(who, { boundTo, kind: 'email', address: 'ana@example.org', ...shown })
  await world.one.proveFactor(who, { boundTo, code: await world.lastCode(who) })
  await world.one.keepFactor(who, { boundTo, origin: 'web 203.0.113.7' })
  world.pass(120)
  return { who, boundTo: newId() }
}
