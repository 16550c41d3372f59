// Second factors on a real database, by two instances: set up, used to sign in, guessed at, lost (SECURITY, 12).
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../src/database/index.ts'
import { Refusal } from '../../src/refusal.ts'
import { createWorld, otherThan, type Somebody, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.db.drop())

const shown = { issuer: 'Northwind', label: 'ana@example.org', language: 'en' }

/** The code of the refusal, or that there was none. */
async function outcomeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'taken',
    (error: unknown) => {
      if (!(error instanceof Refusal)) throw error
      return error.code
    },
  )
}

async function secondsIn(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => (error instanceof Refusal ? error.detail.seconds : String(error)),
  )
}

async function withApp(): Promise<{ who: Somebody; key: string }> {
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

async function withEmail(): Promise<{ who: Somebody; boundTo: string }> {
  const who = await world.somebody()
  const boundTo = newId()
  await world.one.beginFactor(who, { boundTo, kind: 'email', address: 'ana@example.org', ...shown })
  await world.one.proveFactor(who, { boundTo, code: await world.lastCode(who) })
  await world.one.keepFactor(who, { boundTo, origin: 'web 203.0.113.7' })
  world.pass(120)
  return { who, boundTo: newId() }
}

describe('setting one up', () => {
  it('an app: nothing counts before a code of it was given, and then it is kept, audited and told', async () => {
    const who = await world.somebody()
    const boundTo = newId()
    const begun = await world.one.beginFactor(who, { boundTo, kind: 'app', ...shown })
    if (begun.kind !== 'app') throw new Error('an app was expected')

    expect(await outcomeOf(world.one.keepFactor(who, { boundTo, origin: 'web' }))).toBe('factor_unknown')
    expect((await world.one.factorsOf(who.personId)).factors).toEqual([])
    expect(await world.one.proveFactor(who, { boundTo, code: world.shown(begun.keyText) })).toBe('app')
    expect((await world.one.factorsOf(who.personId)).factors).toEqual([])
    await world.one.keepFactor(who, { boundTo, origin: 'web 203.0.113.7' })

    const { factors } = await world.two.factorsOf(who.personId)
    expect(factors).toMatchObject([{ kind: 'app', address: null, addedAt: world.clock.now }])
    const event = await world.db.prisma.auditEvent.findFirstOrThrow({ where: { subjectId: who.personId } })
    expect(event).toMatchObject({ act: 'factor.added', after: { factor: 'Authenticator app' } })
    const letter = await world.db.prisma.letter.findFirstOrThrow({ where: { personId: who.personId } })
    expect(letter).toMatchObject({ kind: 'factor_added', detail: 'app' })
  })

  it('the key of an app is sealed: no row holds it', async () => {
    const who = await world.somebody()
    const begun = await world.one.beginFactor(who, { boundTo: newId(), kind: 'app', ...shown })
    if (begun.kind !== 'app') throw new Error('an app was expected')
    const { rows } = await world.db.pool.query<{ row: string }>(
      'SELECT t::text AS row FROM "SecondFactor" t WHERE "personId" = $1',
      [who.personId],
    )

    expect(rows).toHaveLength(1)
    expect(rows[0]?.row).not.toContain(begun.keyText.replaceAll(' ', ''))
  })

  it('the same kind chosen again keeps its key and sends no second code; another kind takes its place', async () => {
    const who = await world.somebody()
    const boundTo = newId()
    const first = await world.one.beginFactor(who, { boundTo, kind: 'app', ...shown })
    const again = await world.two.beginFactor(who, { boundTo, kind: 'app', ...shown })
    expect(again).toEqual(first)

    const email = { boundTo, kind: 'email' as const, address: 'ana@example.org', ...shown }
    await world.one.beginFactor(who, email)
    await world.two.beginFactor(who, email)

    expect(await world.db.prisma.oneTimeCode.count({ where: { personId: who.personId } })).toBe(1)
    expect(await world.one.factorInHand({ boundTo, ...shown })).toMatchObject({ kind: 'email', isProved: false })
  })

  it('is a matter of its own page: a code of another page does not prove it', async () => {
    const who = await world.somebody()
    const [here, there] = [newId(), newId()]
    await world.one.beginFactor(who, { boundTo: there, kind: 'email', address: 'ana@example.org', ...shown })
    const code = await world.lastCode(who)
    world.pass(61)
    await world.one.beginFactor(who, { boundTo: here, kind: 'email', address: 'ana@example.org', ...shown })

    expect(await outcomeOf(world.one.proveFactor(who, { boundTo: here, code }))).toBe('code_elsewhere')
    expect(await outcomeOf(world.one.proveFactor(who, { boundTo: there, code }))).toBe('taken')
  })

  it('a second one of the same kind takes the place of the first', async () => {
    const { who } = await withApp()
    const boundTo = newId()
    const begun = await world.one.beginFactor(who, { boundTo, kind: 'app', ...shown })
    if (begun.kind !== 'app') throw new Error('an app was expected')
    await world.one.proveFactor(who, { boundTo, code: world.shown(begun.keyText) })
    await world.one.keepFactor(who, { boundTo, origin: 'web' })
    world.pass(60)

    expect((await world.one.factorsOf(who.personId)).factors).toHaveLength(1)
    const check = world.one.checkFactor(who, { kind: 'app', boundTo: newId(), code: world.shown(begun.keyText) })
    expect(await outcomeOf(check)).toBe('taken')
  })

  it('offers an SMS only to a number of an allowed country, where SMS are not turned off', () => {
    const person = {
      email: 'ana@example.org',
      mobile: '+4915123456789',
      confirmOnlyByEmail: false,
      smsCountries: ['DE'],
    }

    expect(world.one.possibleKinds(person)).toEqual(['app', 'email', 'sms'])
    expect(world.one.possibleKinds({ ...person, smsCountries: ['FR'] })).toEqual(['app', 'email'])
    expect(world.one.possibleKinds({ ...person, confirmOnlyByEmail: true })).toEqual(['app', 'email'])
    expect(world.one.possibleKinds({ ...person, mobile: null, email: null })).toEqual(['app'])
  })
})

describe('SECURITY 12: a code signs in once', () => {
  it('of an app: of twenty at once on two instances one is taken, within the whole drift window', async () => {
    for (const drift of [-30, 0, 30]) {
      const { who, key } = await withApp()
      const code = world.shown(key, drift)
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          outcomeOf((index % 2 ? world.one : world.two).checkFactor(who, { kind: 'app', boundTo: newId(), code })),
        ),
      )
      expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(1)
      expect(outcomes.filter((outcome) => outcome === 'code_used')).toHaveLength(19)
    }
  })

  it('of an app: the code of an earlier step is gone with the later one', async () => {
    const { who, key } = await withApp()
    const [before, now] = [world.shown(key, -30), world.shown(key)]

    expect(await outcomeOf(world.one.checkFactor(who, { kind: 'app', boundTo: newId(), code: now }))).toBe('taken')
    expect(await outcomeOf(world.two.checkFactor(who, { kind: 'app', boundTo: newId(), code: before }))).toBe(
      'code_used',
    )
  })

  it('of a message: of twenty at once on two instances one is taken', async () => {
    const { who, boundTo } = await withEmail()
    await world.one.askForCode(who, { kind: 'email', boundTo, language: 'en' })
    const code = await world.lastCode(who)
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        outcomeOf((index % 2 ? world.one : world.two).checkFactor(who, { kind: 'email', boundTo, code })),
      ),
    )

    expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'code_used')).toHaveLength(19)
  })

  it('of a message: not after ten minutes, nor once a newer one was sent, nor in another session', async () => {
    const { who, boundTo } = await withEmail()
    const check = (code: string, where = boundTo) =>
      outcomeOf(world.two.checkFactor(who, { kind: 'email', boundTo: where, code }))
    await world.one.askForCode(who, { kind: 'email', boundTo, language: 'en' })
    const first = await world.lastCode(who)
    expect(await check(first, newId())).toBe('code_elsewhere')
    world.pass(61)
    await world.one.askForCode(who, { kind: 'email', boundTo, language: 'en' })
    const second = await world.lastCode(who)

    expect(await check(first)).toBe('code_old')
    world.pass(10 * 60)
    expect(await check(second)).toBe('code_old')
    world.pass(-1)
    expect(await check(second)).toBe('taken')
  })

  it('is read with spaces, and told when it cannot be a code', async () => {
    const { who, boundTo } = await withEmail()
    await world.one.askForCode(who, { kind: 'email', boundTo, language: 'en' })
    const code = await world.lastCode(who)
    const check = (typed: string) => outcomeOf(world.one.checkFactor(who, { kind: 'email', boundTo, code: typed }))

    expect(await check('12345')).toBe('code_malformed')
    expect(await check('abcdef')).toBe('code_malformed')
    expect(await check(` ${code.slice(0, 3)} ${code.slice(3)} `)).toBe('taken')
  })
})

describe('SECURITY 12: guessing', () => {
  const guess = (who: Somebody, code: string) =>
    outcomeOf(world.one.checkFactor(who, { kind: 'app', boundTo: newId(), code }))

  it('is looked at five times; then even the right code has to wait, longer each time', async () => {
    const { who, key } = await withApp()
    const wrong = () => otherThan(world.shown(key))
    for (let count = 0; count < 4; count += 1) expect(await guess(who, wrong())).toBe('code_wrong')
    expect(await guess(who, wrong())).toBe('code_wait')

    expect(await guess(who, world.shown(key))).toBe('code_wait')
    world.pass(59)
    expect(await guess(who, world.shown(key))).toBe('code_wait')
    world.pass(1)
    expect(await guess(who, wrong())).toBe('code_wait')
    expect(await secondsIn(world.two.checkFactor(who, { kind: 'app', boundTo: newId(), code: wrong() }))).toBe(120)
    world.pass(120)
    expect(await guess(who, world.shown(key))).toBe('taken')
    // Forgiven by the right one.
    expect(await guess(who, wrong())).toBe('code_wrong')
  })

  it('twenty at once on two instances: five are looked at, and no more', async () => {
    const { who, key } = await withApp()
    const code = otherThan(world.shown(key))
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        outcomeOf((index % 2 ? world.one : world.two).checkFactor(who, { kind: 'app', boundTo: newId(), code })),
      ),
    )

    expect(outcomes.filter((outcome) => outcome === 'code_wrong')).toHaveLength(4)
    const guard = await world.db.prisma.factorGuard.findFirstOrThrow({ where: { personId: who.personId } })
    expect(guard.wrong).toBe(5)
  })

  it('a new code, another session or another page begins no new count', async () => {
    const { who, boundTo } = await withEmail()
    await world.one.askForCode(who, { kind: 'email', boundTo, language: 'en' })
    const wrong = async (where: string) =>
      outcomeOf(
        world.one.checkFactor(who, { kind: 'email', boundTo: where, code: otherThan(await world.lastCode(who)) }),
      )
    for (let count = 0; count < 3; count += 1) expect(await wrong(boundTo)).toBe('code_wrong')
    world.pass(61)
    const other = newId()
    await world.two.askForCode(who, { kind: 'email', boundTo: other, language: 'en' })

    expect(await wrong(other)).toBe('code_wrong')
    expect(await wrong(other)).toBe('code_wait')
    expect(await outcomeOf(world.two.askForCode(who, { kind: 'email', boundTo: other, language: 'en' }))).toBe(
      'code_wait',
    )
  })

  it('is counted for each kind by itself: an app goes on while the mailbox waits', async () => {
    const { who, key } = await withApp()
    for (let count = 0; count < 5; count += 1) {
      await outcomeOf(world.one.useRecoveryCode(who, { code: '00000-00000', origin: 'web' }))
    }

    expect(await outcomeOf(world.one.useRecoveryCode(who, { code: '00000-00000', origin: 'web' }))).toBe('code_wait')
    expect(await guess(who, world.shown(key))).toBe('taken')
  })
})

describe('sending codes', () => {
  it('is limited: one a minute, five an hour, twenty a day, for two instances as for one', async () => {
    const { who, boundTo } = await withEmail()
    const ask = () => outcomeOf(world.two.askForCode(who, { kind: 'email', boundTo, language: 'en' }))
    world.pass(24 * 60 * 60)
    const together = await Promise.all(
      Array.from({ length: 6 }, () => outcomeOf(world.one.askForCode(who, { kind: 'email', boundTo, language: 'en' }))),
    )
    expect(together.filter((outcome) => outcome === 'taken')).toHaveLength(1)
    for (let count = 0; count < 4; count += 1) {
      world.pass(61)
      expect(await ask()).toBe('taken')
    }
    world.pass(61)

    expect(await ask()).toBe('code_limit')
    expect(await secondsIn(world.one.askForCode(who, { kind: 'email', boundTo, language: 'en' }))).toBe(3600 - 5 * 61)
    let sent = 5
    for (let hour = 0; hour < 4; hour += 1) {
      world.pass(60 * 60)
      for (let count = 0; count < 5; count += 1) {
        if ((await ask()) === 'taken') sent += 1
        world.pass(61)
      }
    }
    expect(sent).toBe(20)
    world.pass(60 * 60)
    expect(await ask()).toBe('code_limit')
  })
})

describe('recovery codes', () => {
  it('stand in for a lost factor once each, on two instances at once too; audited and told', async () => {
    const { who } = await withApp()
    const codes = await world.one.renewRecoveryCodes(who, { origin: 'web 203.0.113.7' })
    const [code = '', second = ''] = codes
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        outcomeOf((index % 2 ? world.one : world.two).useRecoveryCode(who, { code, origin: 'web 203.0.113.7' })),
      ),
    )

    expect(codes).toHaveLength(10)
    expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'recovery_code_used')).toHaveLength(9)
    expect(await world.two.useRecoveryCode(who, { code: second.toLowerCase(), origin: 'web' })).toEqual({ left: 8 })
    expect((await world.one.factorsOf(who.personId)).recoveryCodesLeft).toBe(8)
    const letters = await world.db.prisma.letter.findMany({ where: { personId: who.personId }, orderBy: { id: 'asc' } })
    expect(letters.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['factor_added', 'app'],
      ['recovery_codes_renewed', ''],
      ['recovery_code_used', '9'],
      ['recovery_code_used', '8'],
    ])
  })

  it('are somebody’s own, and end when new ones are made', async () => {
    const [one, two] = [await withApp(), await withApp()]
    const [code = ''] = await world.one.renewRecoveryCodes(one.who, { origin: 'web' })

    expect(await outcomeOf(world.one.useRecoveryCode(two.who, { code, origin: 'web' }))).toBe('recovery_code_wrong')
    await world.one.renewRecoveryCodes(one.who, { origin: 'web' })
    expect(await outcomeOf(world.one.useRecoveryCode(one.who, { code, origin: 'web' }))).toBe('recovery_code_wrong')
  })

  it('stand in no row as they are shown', async () => {
    const { who } = await withApp()
    const codes = await world.one.renewRecoveryCodes(who, { origin: 'web' })
    const { rows } = await world.db.pool.query<{ row: string }>('SELECT t::text AS row FROM "RecoveryCode" t')
    const kept = rows.map(({ row }) => row).join('\n')

    for (const code of codes) {
      expect(kept).not.toContain(code)
      expect(kept).not.toContain(code.replace('-', ''))
    }
  })
})

describe('removing one', () => {
  const idOf = async ({ personId }: Somebody) => (await world.one.factorsOf(personId)).factors[0]?.id ?? ''

  it('is told and audited, and takes the recovery codes along with the last one', async () => {
    const { who } = await withApp()
    await world.one.renewRecoveryCodes(who, { origin: 'web' })
    await world.one.removeFactor(who, { factorId: await idOf(who), origin: 'web' })

    expect(await world.one.factorsOf(who.personId)).toEqual({ factors: [], recoveryCodesLeft: 0 })
    const acts = await world.db.prisma.auditEvent.findMany({
      where: { subjectId: who.personId },
      orderBy: { id: 'asc' },
    })
    expect(acts.map(({ act }) => act)).toEqual(['factor.added', 'recovery.renewed', 'factor.removed'])
  })

  it('is refused for the last one where the organisation demands one, and for somebody else’s', async () => {
    const [one, two] = [await withApp(), await withApp()]
    await world.db.prisma.organisation.update({
      where: { id: world.organisationId },
      data: { secondFactorRequired: true },
    })

    expect(await outcomeOf(world.one.removeFactor(one.who, { factorId: await idOf(one.who), origin: 'web' }))).toBe(
      'factor_last',
    )
    await world.db.prisma.organisation.update({
      where: { id: world.organisationId },
      data: { secondFactorRequired: false },
    })
    expect(await outcomeOf(world.one.removeFactor(one.who, { factorId: await idOf(two.who), origin: 'web' }))).toBe(
      'factor_unknown',
    )
    expect(await outcomeOf(world.one.removeFactor(one.who, { factorId: 'no id', origin: 'web' }))).toBe(
      'factor_unknown',
    )
  })
})

describe('an admin resets the factors of somebody who lost them', () => {
  it('all of them and the recovery codes; audited in the admin’s name, and the person is told', async () => {
    const { who } = await withApp()
    await world.one.renewRecoveryCodes(who, { origin: 'web' })
    const admin = await world.somebody()
    await world.db.prisma.person.update({ where: { id: admin.personId }, data: { role: 'corporate_admin' } })
    const reset = () => world.one.resetFactors({ ...who, actorId: admin.personId, origin: 'slack' })

    expect(await reset()).toMatch(/^Ana Diaz/)
    expect(await world.one.factorsOf(who.personId)).toEqual({ factors: [], recoveryCodesLeft: 0 })
    const event = await world.db.prisma.auditEvent.findFirstOrThrow({
      where: { subjectId: who.personId, act: 'factor.reset' },
    })
    expect(event).toMatchObject({ actorId: admin.personId, before: { factor: 'Authenticator app' }, origin: 'slack' })
    expect(await world.db.prisma.letter.count({ where: { personId: who.personId, kind: 'factors_reset' } })).toBe(1)
    expect(await outcomeOf(reset())).toBe('factor_unknown')
  })

  it('but nobody their own, and whoever may not pause an account may not reset its factors either', async () => {
    const { who } = await withApp()
    const other = await world.somebody()
    await world.db.prisma.person.update({ where: { id: who.personId }, data: { role: 'corporate_admin' } })
    const reset = (given: { actorId: string; personId: string }) =>
      outcomeOf(world.one.resetFactors({ organisationId: world.organisationId, origin: 'slack', ...given }))

    expect(await reset({ actorId: who.personId, personId: who.personId })).toBe('factors_own')
    expect(await reset({ actorId: other.personId, personId: who.personId })).toBe('account_unknown')
    expect((await world.one.factorsOf(who.personId)).factors).toHaveLength(1)
  })
})
