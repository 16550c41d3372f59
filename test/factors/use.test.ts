// Second factors are used to sign in, by two instances on a real database: once each, guessed at in vain, sent not too often
// (SECURITY, 12).
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../src/database/index.ts'
import { createWorld, otherThan, outcomeOf, type Somebody, secondsIn, type World, withApp, withEmail } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.db.drop())

describe('SECURITY 12: a code signs in once', () => {
  it('of an app: of twenty at once on two instances one is taken, within the whole drift window', async () => {
    for (const drift of [-30, 0, 30]) {
      const { who, key } = await withApp(world)
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
    const { who, key } = await withApp(world)
    const [before, now] = [world.shown(key, -30), world.shown(key)]

    expect(await outcomeOf(world.one.checkFactor(who, { kind: 'app', boundTo: newId(), code: now }))).toBe('taken')
    expect(await outcomeOf(world.two.checkFactor(who, { kind: 'app', boundTo: newId(), code: before }))).toBe(
      'code_used',
    )
  })

  it('of a message: of twenty at once on two instances one is taken', async () => {
    const { who, boundTo } = await withEmail(world)
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
    const { who, boundTo } = await withEmail(world)
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
    const { who, boundTo } = await withEmail(world)
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
    const { who, key } = await withApp(world)
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
    const { who, key } = await withApp(world)
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
    const { who, boundTo } = await withEmail(world)
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
    const { who, key } = await withApp(world)
    for (let count = 0; count < 5; count += 1) {
      await outcomeOf(world.one.useRecoveryCode(who, { code: '00000-00000', origin: 'web' }))
    }

    expect(await outcomeOf(world.one.useRecoveryCode(who, { code: '00000-00000', origin: 'web' }))).toBe('code_wait')
    expect(await guess(who, world.shown(key))).toBe('taken')
  })
})

describe('sending codes', () => {
  it('is limited: one a minute, five an hour, twenty a day, for two instances as for one', async () => {
    const { who, boundTo } = await withEmail(world)
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
