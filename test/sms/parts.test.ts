// How many parts a text message takes, and that the fullest wording of the fewest parts is chosen.
import { describe, expect, it } from 'vitest'
import { countParts } from '../../src/delivery/sms/parts.ts'
import { fullestOfFewestParts, shortName } from '../../src/delivery/sms/short-message.ts'
import { writeText } from '../../src/delivery/wording/index.ts'
import { aDelivery } from '../delivery/a-delivery.ts'

const url = `https://usher.example.com/join/${'A'.repeat(43)}`
const expiresAt = new Date('2026-12-03T14:05:00Z')

describe('the parts of a text message', () => {
  it.each([
    ['a'.repeat(160), 1],
    ['a'.repeat(161), 2],
    ['a'.repeat(306), 2],
    ['a'.repeat(307), 3],
    ['€'.repeat(80), 1],
    ['€'.repeat(81), 2],
    ['ж'.repeat(70), 1],
    ['ж'.repeat(71), 2],
    [`${'a'.repeat(69)}ж`, 1],
    ['', 1],
  ])('%#: are counted as the standard says', (text, parts) => {
    expect(countParts(text)).toBe(parts)
  })

  it('decide between wordings: the fullest of those that need the fewest', () => {
    expect(fullestOfFewestParts(['a'.repeat(200), 'b'.repeat(150), 'c'.repeat(100)])).toBe('b'.repeat(150))
    expect(fullestOfFewestParts(['a'.repeat(200), 'b'.repeat(190)])).toBe('a'.repeat(200))
  })
})

describe('an invitation as a text message', () => {
  it('says who invites, into what, until when, with one link, in one part', () => {
    const text = writeText(aDelivery({ channel: 'sms', to: '+4915123456789' }), { url, expiresAt })

    expect(text).toBe(`Max Weber invites you to People Ops, Northwind Trading. Accept until 3 Dec, 15:05: ${url}`)
    expect(countParts(text)).toBeLessThanOrEqual(2)
  })

  it('takes as few parts as can be with long names, and never cuts the link', () => {
    const long = {
      inviterName: 'Maximilian Alexander von Weber',
      hubName: 'A hub with a name that has no end at all',
      organisationName: 'Northwind Trading and Shipping Company Limited',
    }
    const text = writeText(aDelivery({ channel: 'sms', ...long }), { url, expiresAt })

    expect(text).toContain(url)
    expect(countParts(text)).toBe(1)
  })

  it('is in Russian for whoever reads that', () => {
    const text = writeText(aDelivery({ channel: 'sms', language: 'ru' }), { url, expiresAt })

    expect(text).toMatch(/приглашает/)
    expect(countParts(text)).toBeLessThanOrEqual(3)
  })

  it('makes no link of a name', () => {
    expect(shortName('https://evil.example/login', 60)).toBe('https evil example login')
  })
})
