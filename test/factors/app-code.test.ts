// Authenticator apps: what any of them shows is taken within a step of now, and nothing else is.
import fc from 'fast-check'
import { generateSync } from 'otplib'
import { describe, expect, it } from 'vitest'
import { appUri, judgeAppCode, keyInGroups, newAppKey, STEP } from '../../src/accounts/factors/app-code.ts'

// One key and one seed: of random ones, one in some thousands would have two steps with the same code.
const KEY = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const RUNS = { numRuns: 60, seed: 20261126 }
const MOMENT = new Date('2026-11-26T10:00:10Z')
const stepAt = (at: Date) => Math.floor(at.getTime() / 1000 / STEP)
const codeAt = (key: string, at: Date) => generateSync({ secret: key, epoch: Math.floor(at.getTime() / 1000) })
const later = (at: Date, seconds: number) => new Date(at.getTime() + seconds * 1000)

const moments = fc.date({ min: new Date('2024-01-01'), max: new Date('2060-01-01'), noInvalidDate: true })

describe('a code of an authenticator app', () => {
  it('is the one that RFC 6238 gives for a known key', () => {
    // The RFC's own table (SHA-1), of which six digits are the last six of its eight.
    const key = KEY
    const at = new Date(1111111109 * 1000)

    expect(judgeAppCode(key, '081804', { at, lastStep: null })).toEqual({ is: 'right', step: stepAt(at) })
  })

  it('is taken in its own step, in the one before and in the one after, at every moment of time', () => {
    fc.assert(
      fc.property(moments, fc.constantFrom(-STEP, 0, STEP), (at, apart) => {
        const key = KEY
        const shown = later(at, apart)
        const verdict = judgeAppCode(key, codeAt(key, shown), { at, lastStep: null })
        expect(verdict).toEqual({ is: 'right', step: stepAt(shown) })
      }),
      RUNS,
    )
  })

  it('of a clock that is 30 seconds off is taken; one that is further behind is told so', () => {
    const key = KEY

    expect(judgeAppCode(key, codeAt(key, later(MOMENT, -30)), { at: MOMENT, lastStep: null }).is).toBe('right')
    expect(judgeAppCode(key, codeAt(key, later(MOMENT, -90)), { at: MOMENT, lastStep: null })).toEqual({ is: 'behind' })
    expect(judgeAppCode(key, codeAt(key, later(MOMENT, -601)), { at: MOMENT, lastStep: null })).toEqual({
      is: 'behind',
    })
    expect(judgeAppCode(key, codeAt(key, later(MOMENT, -3600)), { at: MOMENT, lastStep: null })).toEqual({
      is: 'wrong',
    })
  })

  it('whose time is still to come is wrong and nothing more: a guesser must not learn what will be right', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: 2, max: 40 }), (at, steps) => {
        const key = KEY
        const { is } = judgeAppCode(key, codeAt(key, later(at, steps * STEP)), { at, lastStep: null })
        expect(is).toBe('wrong')
      }),
      RUNS,
    )
  })

  it('SECURITY 12: is used once its step was taken, and so are those of all steps before', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: -1, max: 1 }), fc.integer({ min: 0, max: 3 }), (at, apart, ahead) => {
        const key = KEY
        const shown = later(at, apart * STEP)
        const lastStep = stepAt(shown) + ahead
        expect(judgeAppCode(key, codeAt(key, shown), { at, lastStep })).toEqual({ is: 'used' })
      }),
      RUNS,
    )
  })

  it('of another key is wrong', () => {
    const code = codeAt(newAppKey(), MOMENT)

    expect(judgeAppCode(newAppKey(), code, { at: MOMENT, lastStep: null }).is).not.toBe('right')
  })
})

describe('what an app is given', () => {
  it('is a key of 160 bits, whose picture names the organisation and the person', () => {
    const key = newAppKey()
    const uri = new URL(appUri(key, { issuer: 'Acme & Söhne', label: 'ana@example.org' }))

    expect(key).toMatch(/^[A-Z2-7]{32}$/)
    expect(uri.protocol).toBe('otpauth:')
    expect(uri.searchParams.get('secret')).toBe(key)
    expect(uri.searchParams.get('issuer')).toBe('Acme & Söhne')
    expect(decodeURIComponent(uri.pathname)).toContain('ana@example.org')
  })

  it('can be typed by hand: the groups without their spaces are the key', () => {
    const key = newAppKey()

    expect(keyInGroups(key)).toMatch(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/)
    expect(keyInGroups(key).replaceAll(' ', '')).toBe(key)
  })
})
