// Which passwords are taken at sign-up (SECURITY 13).
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { passwordProblem } from '../../src/accounts/index.ts'

const nobody = { personalWords: [] }
const ana = { personalWords: ['Ana María Muñoz', 'ana.munoz@example.org', 'Acme Hospitals', 'Surgery'] }

describe('the length of a password', () => {
  it('is 12 to 128 characters, both included', () => {
    const long = 'n7!kQ2zР'.repeat(16)
    expect(passwordProblem('kq7!mzRw2pX', nobody)).toBe('password_too_short')
    expect(passwordProblem('kq7!mzRw2pXe', nobody)).toBeUndefined()
    expect(passwordProblem(`${long}x`, nobody)).toBe('password_too_long')
    expect(passwordProblem('', nobody)).toBe('password_too_short')
  })

  it('is counted as people count: an emoji or an accented letter is one, however it is encoded', () => {
    expect(passwordProblem('🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔', nobody)).toBe('password_too_short')
    expect(passwordProblem('🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧', nobody)).toBeUndefined()
    expect(passwordProblem('ñandú-ñu-pe'.normalize('NFD'), nobody)).toBe('password_too_short')
  })

  it('counts blanks: nothing is trimmed', () => {
    expect(passwordProblem('  kq7!mzRw2p', nobody)).toBeUndefined()
  })

  it('follows the count of code points for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const count = [...text.normalize('NFC')].length
        const problem = passwordProblem(text, nobody)
        if (count < 12) return problem === 'password_too_short'
        if (count > 128) return problem === 'password_too_long'
        return problem === undefined || problem === 'password_common'
      }),
    )
  })
})

describe('common passwords', () => {
  it.each([
    'motherfucker',
    '1q2w3e4r5t6y',
    'Sojdlg123aljg',
    'gfhjkmgfhjkm',
    'qwertyqwerty',
    'passwordpassword',
    'password1234',
    'Password2026!',
    'P@ssw0rd1234',
    '123456789012',
    '210987654321',
    'aaaaaaaaaaaa',
    'abababababab',
    'abcabcabcabca',
    'qwertyuiopas',
    'qazwsxedcrfv',
    '1qaz2wsx3edc4rfv',
    '!@#$%^&*()_+',
    'йцукенгшщзхъ',
    'абвгдежзийкл',
    'zyxwvutsrqpo',
    'aaaabbbbcccc',
    'abcd1234!!!!',
    '            ',
  ])('refuses %s', (password) => {
    expect(passwordProblem(password, nobody)).toBe('password_common')
  })

  it.each([
    'correct horse battery staple',
    'correcthorsebatterystaple',
    'kq7!mzRw2pXe',
    'мама мыла раму утром',
    'tea at five, always',
    'Tr0ub4dor&3-and-me',
    'the quick brown fox',
  ])('takes %s', (password) => {
    expect(passwordProblem(password, nobody)).toBeUndefined()
  })

  it('refuses any short pattern repeated', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 6 }), (pattern) => {
        const password = pattern.repeat(Math.ceil(12 / pattern.length))
        return passwordProblem(password, nobody) === 'password_common'
      }),
    )
  })

  it('takes what a password manager makes', () => {
    const sign = fc.constantFrom(...'abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789-_.!')
    fc.assert(
      fc.property(fc.array(sign, { minLength: 20, maxLength: 20 }), (signs) => {
        fc.pre(new Set(signs).size > 8)
        return passwordProblem(signs.join(''), ana) === undefined
      }),
    )
  })
})

describe("passwords made of the person's, the address's or the organisation's own words", () => {
  it.each([
    'AnaMunoz2026!',
    'ana.munoz@example.org',
    'Muñoz-Muñoz-1',
    'acmehospitals',
    'Surgery@Acme1',
    'MARIA maria 99',
  ])('refuses %s', (password) => {
    expect(passwordProblem(password, ana)).toBe('password_personal')
  })

  it('takes a long password in which such a word happens to stand', () => {
    expect(passwordProblem('ana likes green tea', ana)).toBeUndefined()
    expect(passwordProblem('banana bread 1971', ana)).toBeUndefined()
  })

  it('does not stumble over names without letters, one-letter names or nothing at all', () => {
    expect(passwordProblem('kq7!mzRw2pXe', { personalWords: ['', ' ', 'X', '—', '李'] })).toBeUndefined()
  })
})
