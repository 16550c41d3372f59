// Letters are offered until the other side has them, for as long as they count, and never again after that.
import { describe, expect, it } from 'vitest'
import type { AccountLetter, LetterOutcome } from '../../src/accounts/index.ts'
import type { Outcome } from '../../src/delivery/index.ts'
import { createLetterWork } from '../../src/jobs/letter.ts'
import { createPatience } from '../../src/jobs/patience.ts'
import type { LetterOrder, PutOff } from '../../src/jobs/queue.ts'
import type { TextObstacle } from '../../src/people/index.ts'
import { silentLog } from '../setup/database.ts'

const start = new Date('2026-11-20T12:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE

function makeWorld() {
  const world = {
    clock: start,
    letter: {
      letterId: 'letter',
      organisationId: 'organisation',
      kind: 'password_changed',
      detail: '',
      channel: 'email',
      to: 'ana@example.org',
      organisationName: 'Northwind',
      appendix: '',
      firstName: 'Ana',
      language: 'en',
      timeZone: 'UTC',
      attempts: 0,
      createdAt: start,
      maybeSentAt: null,
      code: undefined,
      resetToken: undefined,
      expiresAt: undefined,
    } as AccountLetter | 'expired' | undefined,
    answer: { kind: 'handed', answer: '250 fine' } as Outcome,
    obstacle: undefined as TextObstacle | undefined,
    write: async () => {},
    offered: 0,
    recorded: [] as LetterOutcome[],
    putOff: [] as PutOff<LetterOrder>[],
    settled: [] as string[],
  }
  const work = createLetterWork({
    steps: {
      loadLetter: async () => world.letter,
      recordLetter: async (_id, outcome) => {
        await world.write()
        world.recorded.push(outcome)
      },
      settleForgotten: async (id) => void world.settled.push(id),
      claimText: async () => world.obstacle,
    },
    deliverer: {
      sendLetter: async () => {
        world.offered += 1
        return world.answer
      },
    },
    putOff: async (_queue, jobs) => void world.putOff.push(...(jobs as PutOff<LetterOrder>[])),
    patience: createPatience({ isReachable: async () => true, log: silentLog, pause: async () => {} }),
    now: () => world.clock,
    random: () => 0.5,
    log: silentLog,
  })
  return { world, run: (data: LetterOrder = { letterId: 'letter' }) => work([{ id: 'job', data }]) }
}

const change = (world: { letter: AccountLetter | 'expired' | undefined }, over: Partial<AccountLetter>) => {
  if (typeof world.letter === 'object') world.letter = { ...world.letter, ...over }
}

describe('a letter', () => {
  it('is handed over once, and noted', async () => {
    const { world, run } = makeWorld()

    const results = await run()

    expect(results).toEqual([{ id: 'job', status: 'completed' }])
    expect(world).toMatchObject({ offered: 1, recorded: [{ kind: 'sent' }], putOff: [] })
  })

  it('that was sent or given up already is not offered', async () => {
    const { world, run } = makeWorld()
    world.letter = undefined

    await run()

    expect(world).toMatchObject({ offered: 0, recorded: [] })
  })

  it('whose code or link does not count any more is given up unsent', async () => {
    const { world, run } = makeWorld()
    world.letter = 'expired'

    await run()

    expect(world.offered).toBe(0)
    expect(world.recorded).toMatchObject([{ kind: 'failed' }])
  })

  it('that the server does not take now is put off, with pauses that grow, for a day', async () => {
    const { world, run } = makeWorld()
    world.answer = { kind: 'temporary', problem: 'Later, please.', serverWide: true }

    await run()
    change(world, { attempts: 5 })
    await run()
    world.clock = new Date(start.getTime() + 24 * HOUR)
    await run()

    const pauses = world.putOff.map(({ at }) => at.getTime() - start.getTime())
    expect(pauses).toEqual([30_000, 16 * MINUTE])
    expect(world.recorded).toEqual([
      { kind: 'again', maybeSent: false },
      { kind: 'again', maybeSent: false },
      { kind: 'failed', problem: 'Later, please.' },
    ])
  })

  it('that may have been sent is offered once more, and then left', async () => {
    const { world, run } = makeWorld()
    world.answer = { kind: 'uncertain', problem: 'It may have been sent.' }

    await run()
    change(world, { maybeSentAt: start })
    await run()

    expect(world.putOff).toHaveLength(1)
    expect(world.recorded).toEqual([
      { kind: 'again', maybeSent: true },
      { kind: 'sent', problem: 'It may have been sent.' },
    ])
  })

  it('that nobody can receive is given up with the reason', async () => {
    const { world, run } = makeWorld()
    world.answer = { kind: 'permanent', problem: 'No such address.' }

    await run()

    expect(world.recorded).toEqual([{ kind: 'failed', problem: 'No such address.' }])
  })

  it('that could not be noted is not offered again: the note is made up for', async () => {
    const { world, run } = makeWorld()
    world.write = () => Promise.reject(new Error('the disk is full'))

    const failed = await run()
    world.write = async () => {}
    const done = await run()

    expect(failed).toMatchObject([{ status: 'failed' }])
    expect(done).toEqual([{ id: 'job', status: 'completed' }])
    expect(world).toMatchObject({ offered: 1, recorded: [{ kind: 'sent' }] })
  })

  it.each<[TextObstacle, LetterOutcome['kind']]>([
    ['off', 'failed'],
    ['country', 'failed'],
    ['limit', 'again'],
  ])('SECURITY 25: by SMS is not sent where the organisation does not let it (%s)', async (obstacle, outcome) => {
    const { world, run } = makeWorld()
    change(world, { channel: 'sms', to: '+447400123456' })
    world.obstacle = obstacle

    await run()

    expect(world.offered).toBe(0)
    expect(world.recorded).toMatchObject([{ kind: outcome }])
  })
})

it('whose name a forgotten password is, is found out in the same queue', async () => {
  const { world, run } = makeWorld()

  await run({ forgottenId: 'asked' })

  expect(world).toMatchObject({ settled: ['asked'], offered: 0 })
})
