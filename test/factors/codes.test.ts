// Codes that are sent, recovery codes, and what is sealed: the rules without a database.
import { randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { waitAfter } from '../../src/accounts/factors/guard.ts'
import { codeOf, judgeCode, type SentCode } from '../../src/accounts/factors/one-time-code.ts'
import {
  hashRecoveryCode,
  newRecoveryCodes,
  readRecoveryCode,
  recoveryCodesOfPassage,
} from '../../src/accounts/factors/recovery-code.ts'
import { seal, unseal } from '../../src/accounts/factors/seal.ts'
import { deriveKey } from '../../src/keys.ts'

const SECRET = 'a secret for tests, and for tests alone'
const codeKey = deriveKey(SECRET, 'code')
const recoveryKey = deriveKey(SECRET, 'recovery')
const NOW = new Date('2026-11-26T10:00:00Z')
const LATER = new Date('2026-11-26T10:10:00Z')

describe('a code that is sent', () => {
  const here = { boundTo: randomUUID(), factorId: randomUUID(), at: NOW }
  const row = (more: Partial<SentCode> = {}): SentCode => ({
    id: randomUUID(),
    boundTo: here.boundTo,
    factorId: here.factorId,
    expiresAt: LATER,
    usedAt: null,
    ...more,
  })
  const judge = (code: string, sent: SentCode[], at = NOW) => judgeCode(codeKey, code, { ...here, at, sent })

  it('has six digits, is the same each time, and another one with another key', () => {
    const id = randomUUID()

    expect(codeOf(codeKey, id)).toMatch(/^\d{6}$/)
    expect(codeOf(codeKey, id)).toBe(codeOf(codeKey, id))
    expect(codeOf(deriveKey(SECRET, 'recovery'), id)).not.toBe(codeOf(codeKey, id))
  })

  it('is spread evenly: each first digit a tenth of the time', () => {
    const counts = Array.from({ length: 10 }, () => 0)
    for (let count = 0; count < 20_000; count += 1) {
      const digit = Number(codeOf(codeKey, `id ${count}`)[0])
      counts[digit] = (counts[digit] ?? 0) + 1
    }

    // Six standard deviations.
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(255)
  })

  it('is right when it is the newest, unused and not ten minutes old', () => {
    const newest = row()

    expect(judge(codeOf(codeKey, newest.id), [newest, row()])).toEqual({ is: 'right', id: newest.id })
  })

  it('is old at the second at which it expires', () => {
    const newest = row()

    expect(judge(codeOf(codeKey, newest.id), [newest], new Date(LATER.getTime() - 1)).is).toBe('right')
    expect(judge(codeOf(codeKey, newest.id), [newest], LATER)).toEqual({ is: 'old' })
  })

  it('is old once a newer one was sent', () => {
    const older = row()

    expect(judge(codeOf(codeKey, older.id), [row(), older])).toEqual({ is: 'old' })
  })

  it('is used after its use', () => {
    const used = row({ usedAt: NOW })

    expect(judge(codeOf(codeKey, used.id), [used])).toEqual({ is: 'used' })
    expect(judge(codeOf(codeKey, used.id), [row(), used])).toEqual({ is: 'used' })
  })

  it('of another session, or for another factor, is never taken', () => {
    const elsewhere = row({ boundTo: randomUUID() })
    const forOther = row({ factorId: randomUUID() })

    expect(judge(codeOf(codeKey, elsewhere.id), [row(), elsewhere])).toEqual({ is: 'elsewhere' })
    expect(judge(codeOf(codeKey, forOther.id), [forOther, row()])).toEqual({ is: 'elsewhere' })
  })

  it('that was never sent is wrong; where none was sent at all it is said', () => {
    const sent = row()
    const wrong = codeOf(codeKey, sent.id) === '123456' ? '654321' : '123456'

    expect(judge(wrong, [sent])).toEqual({ is: 'wrong' })
    expect(judge(wrong, [])).toEqual({ is: 'none' })
  })
})

describe('recovery codes', () => {
  it('are ten, each of fifty bits, and no two the same', () => {
    const codes = newRecoveryCodes()

    expect(new Set(codes).size).toBe(10)
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/)
  })

  it('of one sign-up are the same each time that its page is shown, and others for every other browser', () => {
    const token = randomBytes(16).toString('base64url')
    const codes = recoveryCodesOfPassage(recoveryKey, token)

    expect(recoveryCodesOfPassage(recoveryKey, token)).toEqual(codes)
    expect(new Set([...codes, ...recoveryCodesOfPassage(recoveryKey, `${token}x`)]).size).toBe(20)
  })

  it('are read however they are typed: small letters, spaces, dashes, O for 0, l for 1', () => {
    const written = '01AB1-0XY0Z'

    for (const typed of ['01ab1-0xy0z', ' 01AB1 0XY0Z ', 'OlAbI–oxyOz', '01AB10XY0Z']) {
      expect(readRecoveryCode(typed)).toBe(written)
    }
    for (const typed of ['', '01AB1-0XY0', '01AB1-0XY0U', '01AB1-0XY0Z1'])
      expect(readRecoveryCode(typed)).toBeUndefined()
  })

  it('are kept in a way that says nothing to whoever lacks the key, and differs between people', () => {
    const [code = ''] = newRecoveryCodes()
    const kept = hashRecoveryCode(recoveryKey, { personId: 'a', code })

    expect(kept).not.toContain(code)
    expect(hashRecoveryCode(recoveryKey, { personId: 'b', code })).not.toBe(kept)
    expect(hashRecoveryCode(codeKey, { personId: 'a', code })).not.toBe(kept)
  })
})

describe('what is sealed', () => {
  const key = deriveKey(SECRET, 'factor')

  it('opens with its key and in its place, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.uuid(), (text, place) => {
        expect(unseal(key, seal(key, text, place), place)).toBe(text)
      }),
    )
  })

  it('looks different each time, and holds nothing of its text', () => {
    expect(seal(key, 'GEZDGNBVGY3TQOJQ', 'a')).not.toBe(seal(key, 'GEZDGNBVGY3TQOJQ', 'a'))
    expect(Buffer.from(seal(key, 'GEZDGNBVGY3TQOJQ', 'a'), 'base64url').toString('latin1')).not.toContain('GEZDGNBV')
  })

  it('opens neither with another key, nor in another row, nor with one bit changed', () => {
    const sealed = seal(key, 'GEZDGNBVGY3TQOJQ', 'a')
    const bytes = Buffer.from(sealed, 'base64url')
    for (const index of bytes.keys()) {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index)
      expect(() => unseal(key, changed.toString('base64url'), 'a')).toThrow()
    }
    expect(() => unseal(codeKey, sealed, 'a')).toThrow()
    expect(() => unseal(key, sealed, 'b')).toThrow()
  })
})

describe('the guard', () => {
  it('lets five tries be wrong, then waits a minute, twice as long each time, and an hour at the most', () => {
    expect([0, 1, 4].map(waitAfter)).toEqual([0, 0, 0])
    expect([5, 6, 7, 8].map(waitAfter)).toEqual([60, 120, 240, 480])
    expect([11, 12, 100, 5000].map(waitAfter)).toEqual([3600, 3600, 3600, 3600])
  })
})
