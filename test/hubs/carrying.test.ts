// Whose message tells of which invitation, as a rule: pure.
import { describe, expect, it } from 'vitest'
import { carryingOf, type OpenInvitation } from '../../src/invitations/carry-together.ts'

const invitation = (id: string, over: Partial<OpenInvitation> = {}): OpenInvitation => ({
  id,
  status: 'waiting',
  generation: 1,
  channel: 'email',
  contact: 'ana@example.org',
  mode: 'link',
  carriedById: null,
  isApart: false,
  isDue: true,
  ...over,
})
const sent = (id: string, over: Partial<OpenInvitation> = {}) => invitation(id, { status: 'pending', ...over })

describe('an invitation that is about to be sent', () => {
  it('carries those of the same person that wait as well', () => {
    const one = invitation('a')
    const other = invitation('b')

    expect(carryingOf(one, [one, other])).toEqual({ carries: [other] })
  })

  it('gets a message of its own where another has left already: nothing that left told of it', () => {
    const one = invitation('b')

    expect(carryingOf(one, [one, sent('a')])).toEqual({ carries: [] })
  })

  it.each([
    ['goes another way', { channel: 'sms' }],
    ['goes to another address', { contact: 'ana@elsewhere.example' }],
    ['carries no link', { mode: 'credentials' }],
    ['is told by another one', { carriedById: 'z' }],
    ['was asked for by a registration link', { isApart: true }],
  ])('leaves out one that %s', (_why, other) => {
    const one = invitation('a')

    expect(carryingOf(one, [one, invitation('b', other)])).toEqual({ carries: [] })
  })

  it('carries what those would have carried', () => {
    const one = invitation('a')
    const other = invitation('b')
    const third = invitation('c', { carriedById: 'b', isDue: false })

    expect(carryingOf(one, [one, other, third])).toEqual({ carries: [other, third] })
  })

  it('leaves out those whose list can be undone still, and those that pause after a failure', () => {
    const one = invitation('a')

    expect(carryingOf(one, [one, invitation('b', { isDue: false })])).toEqual({ carries: [] })
  })

  it('waits for the one that carries it, and rides when that has left', () => {
    const one = invitation('b', { carriedById: 'a' })

    expect(carryingOf(one, [one, invitation('a')])).toEqual({ waits: 'a' })
    expect(carryingOf(one, [one, sent('a')])).toEqual({ rides: sent('a') })
  })

  it('tells again of those that it carries when it is sent anew', () => {
    const one = invitation('a', { generation: 2 })
    const carried = sent('b', { carriedById: 'a' })

    expect(carryingOf(one, [one, carried])).toEqual({ carries: [carried] })
  })
})
