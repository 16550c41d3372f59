// Codes of slips and one-time passwords: derived, told apart, and read as people type them.
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOneTimePassword, makeOneTimePassword } from '../../src/accounts/one-time-password.ts'
import { WORDS } from '../../src/accounts/one-time-words.ts'
import { makeSlipCode, readSlipCode, slipKeyOf } from '../../src/invitations/slip-code.ts'

const key = randomBytes(32)
const claim = {
  organisationId: '01990000-0000-7000-8000-00000000000a',
  invitationId: '01990000-0000-7000-8000-000000000001',
  generation: 1,
}

describe('the code of a slip', () => {
  it('is the same each time, and another for every generation, invitation, organisation and key', () => {
    const code = makeSlipCode(key, claim)

    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/)
    expect(makeSlipCode(key, claim)).toBe(code)
    const others = [
      makeSlipCode(key, { ...claim, generation: 2 }),
      makeSlipCode(key, { ...claim, invitationId: claim.organisationId }),
      makeSlipCode(key, { ...claim, organisationId: claim.invitationId }),
      makeSlipCode(randomBytes(32), claim),
    ]
    expect(new Set([code, ...others]).size).toBe(5)
  })

  it('is read with O for 0, I or L for 1, small letters, spaces and dashes anywhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.infiniteStream(fc.nat(3)), (generation, choices) => {
        const code = makeSlipCode(key, { ...claim, generation })
        const next = () => choices.next().value ?? 0
        const typed = [...code]
          .map((sign) => {
            if (sign === '-') return ['-', ' ', '', ' – '][next()]
            if (sign === '0') return ['0', 'O', 'o', '０'][next()]
            if (sign === '1') return ['1', 'I', 'l', 'L'][next()]
            return next() % 2 ? sign.toLowerCase() : sign
          })
          .join('')
        expect(readSlipCode(typed)).toBe(code)
      }),
    )
  })

  it.each(['', '7K3M-9QXW-0TRA-5HD', '7K3M-9QXW-0TRA-5HDNX', '7K3M-9QXW-0TRA-5HDU', 'x'.repeat(10_000), '7K3M 9QXW'])(
    'is none: %j',
    (typed) => {
      expect(readSlipCode(typed)).toBeUndefined()
    },
  )

  it('is found by a hash that does not show it', () => {
    expect(slipKeyOf('7K3M-9QXW-0TRA-5HDN')).not.toContain('7K3M')
  })
})

describe('a one-time password', () => {
  it('has a word for every byte, none twice', () => {
    expect(WORDS).toHaveLength(256)
    expect(new Set(WORDS).size).toBe(256)
    expect(WORDS.every((word) => /^[a-z]{4,9}$/.test(word))).toBe(true)
  })

  it('is accepted as people type it, and as nothing else', () => {
    const password = makeOneTimePassword(key, claim)

    expect(password).toMatch(/^[a-z]+(-[a-z]+){4}$/)
    for (const typed of [password, password.toUpperCase(), password.replaceAll('-', ' '), ` ${password}. `]) {
      expect(isOneTimePassword(key, typed, claim), typed).toBe(true)
    }
    expect(isOneTimePassword(key, password.replaceAll('-', ''), claim)).toBe(false)
    expect(isOneTimePassword(key, '', claim)).toBe(false)
    expect(isOneTimePassword(key, password, { ...claim, generation: 2 })).toBe(false)
  })
})
