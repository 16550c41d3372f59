// The one secret and the keys made from it: src/secret.ts, src/keys.ts.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigurationProblems } from '../src/config.ts'
import { deriveKey } from '../src/keys.ts'
import { ensureSecret, findSecret } from '../src/secret.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-secret-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the secret', () => {
  it('is the setting where there is one, and nothing is written', () => {
    expect(ensureSecret({ secret: 's'.repeat(32), dataDir: folder })).toBe('s'.repeat(32))
    expect(readdirSync(folder)).toEqual([])
  })

  it('is made once, kept for its owner alone, and found again', () => {
    const config = { secret: undefined, dataDir: join(folder, 'not', 'yet', 'there') }

    expect(findSecret(config)).toBeUndefined()
    const first = ensureSecret(config)

    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(ensureSecret(config)).toBe(first)
    expect(findSecret(config)).toBe(first)
    expect(readdirSync(config.dataDir)).toEqual(['secret'])
    expect(statSync(join(config.dataDir, 'secret')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(config.dataDir, 'secret'), 'utf8').trim()).toBe(first)
  })

  it('is not made anew when the kept one is damaged: that would kill every link in silence', () => {
    writeFileSync(join(folder, 'secret'), '')

    expect(() => ensureSecret({ secret: undefined, dataDir: folder })).toThrow(/is damaged: put it back from a backup/)
  })

  it('says in words when it cannot be kept', () => {
    writeFileSync(join(folder, 'file'), '')

    const attempt = () => ensureSecret({ secret: undefined, dataDir: join(folder, 'file') })

    expect(attempt).toThrow(ConfigurationProblems)
    expect(attempt).toThrow(/set USHER_SECRET/)
  })
})

describe('a key', () => {
  it('has 32 bytes, the same for the same secret and another for another', () => {
    expect(deriveKey('a'.repeat(32), 'join')).toHaveLength(32)
    expect(deriveKey('a'.repeat(32), 'join')).toEqual(deriveKey('a'.repeat(32), 'join'))
    expect(deriveKey('a'.repeat(32), 'join')).not.toEqual(deriveKey('b'.repeat(32), 'join'))
  })

  it('stays what it is from version to version, or every link that was sent would die', () => {
    expect(deriveKey('usher-secret-for-this-test-alone', 'join').toString('hex')).toMatchInlineSnapshot(
      `"dc4cfee0a2bc1a9b178fbd857c478053a01659a93681d192ab0a640a07a2af52"`,
    )
  })
})
