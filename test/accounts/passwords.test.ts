// How passwords are kept: argon2id behind a bounded line.
import { describe, expect, it } from 'vitest'
import { createPasswordHasher } from '../../src/accounts/index.ts'

const password = 'kq7!mzRw2pXe'

describe('keeping a password', () => {
  it('uses argon2id with the cost that the house has chosen', async () => {
    const hash = await createPasswordHasher().hash(password)
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })

  it('salts: the same password gives another hash each time, and both fit', async () => {
    const hasher = createPasswordHasher()
    const [first, second] = await Promise.all([hasher.hash(password), hasher.hash(password)])
    expect(first).not.toBe(second)
    expect(await hasher.verify(first, password)).toBe(true)
    expect(await hasher.verify(second, password)).toBe(true)
  })

  it('cuts nothing off: the 128th character counts', async () => {
    const hasher = createPasswordHasher()
    const long = 'ж'.repeat(127)
    const hash = await hasher.hash(`${long}a`)
    expect(await hasher.verify(hash, `${long}b`)).toBe(false)
    expect(await hasher.verify(hash, `${long}a`)).toBe(true)
  })

  it('knows the same password from a keyboard that composes letters differently', async () => {
    const hasher = createPasswordHasher()
    const hash = await hasher.hash('mañana será otro'.normalize('NFC'))
    expect(await hasher.verify(hash, 'mañana será otro'.normalize('NFD'))).toBe(true)
  })
})

describe('the line before the hashing', () => {
  it('refuses past its end with too_busy, and serves everybody who stands in it', async () => {
    const hasher = createPasswordHasher({ concurrency: 1, waiting: 2 })
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => hasher.hash(password)))
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'])
    expect(answers[4]).toMatchObject({ reason: { code: 'too_busy' } })
  })

  it('is free again afterwards, also after a failure', async () => {
    const hasher = createPasswordHasher({ concurrency: 1, waiting: 0 })
    await expect(hasher.verify('$argon2id$broken', password)).rejects.toThrow()
    const hash = await hasher.hash(password)
    expect(await hasher.verify(hash, password)).toBe(true)
  })
})
