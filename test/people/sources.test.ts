// Who said what of a person: the order of the sources, field by field.
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  type FieldSources,
  isActiveBy,
  type Said,
  SOURCES,
  type Source,
  settleFacts,
  settleSignUp,
  whoSaysActive,
} from '../../src/people/index.ts'
import { type Activity, NO_FACTS } from '../../src/people/sources.ts'

const NOBODY = { facts: NO_FACTS, sources: {} as FieldSources, activity: {} as Activity }

/** What is known after sources have spoken, one after the other. */
function knownAfter(...spoken: [Source, Said][]) {
  let known = NOBODY
  for (const [source, said] of spoken) {
    const { changes, sources, activity } = settleFacts(known, source, said)
    known = { facts: { ...known.facts, ...changes }, sources, activity }
  }
  return known
}

describe('a field', () => {
  it('is of the strongest source that spoke of it, whichever spoke first', () => {
    const spoken: [Source, Said][] = [
      ['slack', { firstName: 'Slack' }],
      ['scim', { firstName: 'Scim' }],
      ['csv', { firstName: 'Csv' }],
    ]
    expect(knownAfter(...spoken).facts.firstName).toBe('Scim')
    expect(knownAfter(...spoken.toReversed()).facts.firstName).toBe('Scim')
    expect(knownAfter(...spoken).sources).toEqual({ firstName: 'scim' })
  })

  it('that a source takes back is free again, and only what it said itself is taken back', () => {
    expect(knownAfter(['slack', { startDate: '2026-12-01' }], ['csv', { startDate: null }]).facts.startDate).toBe(
      '2026-12-01',
    )
    const { facts, sources } = knownAfter(['csv', { startDate: '2026-12-01' }], ['csv', { startDate: null }])
    expect([facts.startDate, sources]).toEqual([null, {}])
    expect(
      knownAfter(['csv', { mobile: '+1' }], ['csv', { mobile: null }], ['slack', { mobile: '+2' }]).facts.mobile,
    ).toBe('+2')
  })

  it('of which a source does not speak stays as it is', () => {
    expect(knownAfter(['csv', { firstName: 'Ana' }], ['csv', { lastName: 'Diaz' }]).facts).toMatchObject({
      ...{ firstName: 'Ana', lastName: 'Diaz' },
    })
  })

  test('whatever is said in whatever order: the holder is the strongest of those who claim it, and its word stands', () => {
    const word = fc.tuple(fc.constantFrom(...SOURCES), fc.stringMatching(/^[a-z]{1,5}$/))
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), (words) => {
        const { facts, sources } = knownAfter(
          ...words.map(([source, name]): [Source, Said] => [source, { firstName: name }]),
        )
        const strongest = SOURCES.find((source) => words.some(([one]) => one === source))
        expect(sources.firstName).toBe(strongest)
        expect(facts.firstName).toBe(words.findLast(([source]) => source === strongest)?.[1])
      }),
    )
  })

  test('what is said twice is as if it were said once', () => {
    const said = fc.record(
      { firstName: fc.constantFrom('', 'Ana', 'Bea'), mobile: fc.constantFrom(null, '+1', '+2'), active: fc.boolean() },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...SOURCES), said), { maxLength: 8 }), (words) => {
        const once = knownAfter(...words)
        const last = words.at(-1)
        expect(last ? knownAfter(...words, last) : once).toEqual(once)
      }),
    )
  })
})

describe('being active', () => {
  it.each<[Activity, boolean, Source | undefined]>([
    [{}, true, undefined],
    [{ slack: false }, false, 'slack'],
    [{ scim: true, slack: false }, true, 'scim'],
    [{ scim: true, csv: false }, true, 'scim'],
    [{ csv: false, slack: true }, false, 'csv'],
    [{ hand: false, scim: true }, false, 'hand'],
  ])('by %j is %s, by the word of %s', (activity, isActive, by) => {
    expect([isActiveBy(activity), whoSaysActive(activity)]).toEqual([isActive, by])
  })

  it('by an import’s "yes" is no word of its own: it takes back its "no"', () => {
    expect(knownAfter(['csv', { active: false }], ['csv', { active: true }]).activity).toEqual({})
    expect(isActiveBy(knownAfter(['slack', { active: false }], ['csv', { active: true }]).activity)).toBe(false)
  })

  it('by an admin’s "yes" takes back their "no" and an import’s', () => {
    const { activity } = knownAfter(['csv', { active: false }], ['hand', { active: false }], ['hand', { active: true }])
    expect(isActiveBy(activity)).toBe(true)
  })
})

describe('signing up', () => {
  const facts = { firstName: 'Ann', lastName: 'Diaz', mobile: '+1', departmentId: 'sales', locationId: null }
  const typed = { firstName: 'Ana', lastName: 'Diaz', mobile: null, departmentId: 'care', locationId: null }

  it('writes what was typed, whatever an import or an admin said, and claims it', () => {
    const settled = settleSignUp({ facts, sources: { firstName: 'csv', lastName: 'slack' } }, typed)
    expect(settled.facts).toEqual({ ...facts, firstName: 'Ana' })
    expect(settled.sources).toEqual({ firstName: 'self', lastName: 'self' })
  })

  it('leaves SCIM what SCIM holds', () => {
    const settled = settleSignUp({ facts, sources: { firstName: 'scim', departmentId: 'scim' } }, typed)
    expect(settled.facts).toEqual(facts)
    expect(settled.sources).toEqual({ firstName: 'scim', departmentId: 'scim', lastName: 'self' })
  })

  it('leaves an import and an admin what they said where it was left as it stood', () => {
    const sources: FieldSources = { lastName: 'csv', firstName: 'hand' }
    expect(settleSignUp({ facts: { ...facts, firstName: 'Ana' }, sources }, typed).sources).toEqual(sources)
  })

  it('38: moves nobody who is placed already, and places whom nobody has placed', () => {
    for (const source of ['scim', 'csv', 'hand'] as const) {
      const { facts: after, sources } = settleSignUp({ facts, sources: { departmentId: source } }, typed)
      expect([after.departmentId, sources.departmentId]).toEqual([facts.departmentId, source])
    }
    expect(settleSignUp({ facts: { ...facts, departmentId: null }, sources: {} }, typed).facts.departmentId).toBe(
      'care',
    )
  })
})
