// The doctor's judgement, where no server is needed: src/cli/doctor.
import { describe, expect, it } from 'vitest'
import { checkClock } from '../../src/cli/doctor/check-clock.ts'
import { checkDatabase, type DatabaseAnswer } from '../../src/cli/doctor/check-database.ts'
import { whyUnreachable, withinLimit } from '../../src/cli/doctor/finding.ts'

describe('the clock', () => {
  it.each([
    [1_900, 'good'],
    [-1_900, 'good'],
    [2_100, 'note'],
    [-59_000, 'note'],
    [61_000, 'bad'],
    [-61_000, 'bad'],
  ])('is %i ms off: %s', (off, state) => {
    const times = {
      asked: new Date(10_000 + off),
      answered: new Date(10_200 + off),
      theirs: new Date(10_100),
      grain: 0,
    }

    expect(checkClock("somebody's", times).state).toBe(state)
  })
})

describe('the database', () => {
  const well: DatabaseAnswer = {
    version: '18.4',
    versionNumber: 180_004,
    readOnly: false,
    clock: new Date(),
    migrations: 'current',
  }

  it.each([
    [{ versionNumber: 140_011, version: '14.11' }, 'PostgreSQL 14.11 is too old: Usher needs 15 or newer.'],
    [{ readOnly: true }, 'it is read-only'],
    [{ migrations: 'ahead' as const }, 'newer than this program'],
    [{ migrations: 'failed' as const }, 'one broke off'],
  ])('is not as it should be: %j', async (change, words) => {
    const { findings } = await checkDatabase(async () => ({ ...well, ...change }))

    const wrong = findings.filter((finding) => finding.state === 'bad')
    expect(wrong).toHaveLength(1)
    expect(wrong[0]?.text).toContain(words)
  })
})

describe('the time limit', () => {
  it('ends a check that hangs, and tells it so', async () => {
    let aborted = false
    const hanging = withinLimit(20, (signal) => {
      signal.addEventListener('abort', () => {
        aborted = true
      })
      return new Promise(() => {})
    })

    await expect(hanging).rejects.toThrow('no answer within 0.02 seconds')
    expect(aborted).toBe(true)
  })
})

describe('why something cannot be reached', () => {
  it('is the innermost reason, in words', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' })

    expect(whyUnreachable(new TypeError('fetch failed', { cause: new AggregateError([refused]) }))).toBe(
      'nothing listens there',
    )
    expect(whyUnreachable(new TypeError('fetch failed', { cause: new Error('bad port') }))).toBe('bad port')
    expect(whyUnreachable('x')).toBe('x')
  })
})
