// Second factors on a real database: set up, replaced by recovery codes, removed, and reset when they are lost.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../src/database/index.ts'
import { createWorld, outcomeOf, type Somebody, shown, type World, withApp } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.db.drop())

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
    const { who } = await withApp(world)
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

describe('recovery codes', () => {
  it('stand in for a lost factor once each, on two instances at once too; audited and told', async () => {
    const { who } = await withApp(world)
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
    const [one, two] = [await withApp(world), await withApp(world)]
    const [code = ''] = await world.one.renewRecoveryCodes(one.who, { origin: 'web' })

    expect(await outcomeOf(world.one.useRecoveryCode(two.who, { code, origin: 'web' }))).toBe('recovery_code_wrong')
    await world.one.renewRecoveryCodes(one.who, { origin: 'web' })
    expect(await outcomeOf(world.one.useRecoveryCode(one.who, { code, origin: 'web' }))).toBe('recovery_code_wrong')
  })

  it('stand in no row as they are shown', async () => {
    const { who } = await withApp(world)
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
    const { who } = await withApp(world)
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
    const [one, two] = [await withApp(world), await withApp(world)]
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
    const { who } = await withApp(world)
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
    const { who } = await withApp(world)
    const other = await world.somebody()
    await world.db.prisma.person.update({ where: { id: who.personId }, data: { role: 'corporate_admin' } })
    const reset = (given: { actorId: string; personId: string }) =>
      outcomeOf(world.one.resetFactors({ organisationId: world.organisationId, origin: 'slack', ...given }))

    expect(await reset({ actorId: who.personId, personId: who.personId })).toBe('factors_own')
    expect(await reset({ actorId: other.personId, personId: who.personId })).toBe('account_unknown')
    expect((await world.one.factorsOf(who.personId)).factors).toHaveLength(1)
  })
})
