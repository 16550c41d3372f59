// Whose message tells of which invitation, as a rule: pure.
import { describe, expect, it } from 'vitest'
import { carryingOf, type OpenInvitation, SAME_MINUTES } from '../../src/invitations/carry-together.ts'

const now = new Date('2026-11-26T12:00:00Z')
const invitation = (id: string, over: Partial<OpenInvitation> = {}): OpenInvitation => ({
  id,
  status: 'waiting',
  generation: 1,
  channel: 'email',
  mode: 'link',
  note: '',
  sentAt: null,
  expiresAt: null,
  bouncedAt: null,
  carriedById: null,
  isApart: false,
  isDue: true,
  ...over,
})
const ago = (ms: number) => new Date(now.getTime() - ms)
const sent = (id: string, over: Partial<OpenInvitation> = {}) =>
  invitation(id, { status: 'pending', sentAt: ago(60_000), expiresAt: new Date('2026-12-03T12:00:00Z'), ...over })

describe('an invitation that is about to be sent', () => {
  it('carries those of the same person that wait as well', () => {
    const one = invitation('a')
    const other = invitation('b')

    expect(carryingOf(one, [one, other], now)).toEqual({ carries: [other] })
  })

  it('rides with a message that left in the same minutes', () => {
    const one = invitation('b')
    const left = sent('a')

    expect(carryingOf(one, [one, left], now)).toEqual({ rides: left })
  })

  it.each([
    ['left too long ago', {}, { sentAt: ago(SAME_MINUTES) }],
    ['came back', {}, { bouncedAt: ago(1000) }],
    ['is not valid any more', {}, { expiresAt: now }],
    ['went another way', {}, { channel: 'sms' }],
    ['carried no link', {}, { mode: 'credentials' }],
    ['rode with another itself', {}, { carriedById: 'z' }],
    ['was asked for by a registration link', {}, { isApart: true }],
    ['had another note', { note: 'Bring your badge' }, {}],
    ['is older than a resend by hand', { generation: 2 }, {}],
  ])('gets its own where that message %s', (_why, own, theirs) => {
    const one = invitation('b', own)

    expect(carryingOf(one, [one, sent('a', theirs)], now)).toEqual({ carries: [] })
  })

  it('rides all the same where the note is the very same', () => {
    const one = invitation('b', { note: 'Welcome' })
    const left = sent('a', { note: 'Welcome' })

    expect(carryingOf(one, [one, left], now)).toEqual({ rides: left })
  })

  it('leaves out those whose list can be undone still, and those that pause after a failure', () => {
    const one = invitation('a')

    expect(carryingOf(one, [one, invitation('b', { isDue: false })], now)).toEqual({ carries: [] })
  })

  it('waits for the one that carries it, and rides when that has left', () => {
    const one = invitation('b', { carriedById: 'a' })

    expect(carryingOf(one, [one, invitation('a')], now)).toEqual({ waits: 'a' })
    expect(carryingOf(one, [one, sent('a')], now)).toEqual({ rides: sent('a') })
  })

  it('tells again of those that it carries when it is sent anew', () => {
    const one = invitation('a', { generation: 2 })
    const carried = sent('b', { carriedById: 'a' })

    expect(carryingOf(one, [one, carried], now)).toEqual({ carries: [carried] })
  })
})
