// What is typed behind `/invites people`, and the one word for where a person stands.
import { describe, expect, it } from 'vitest'
import { EVERYBODY, type PeopleFilter, readPeopleFilter, standingName } from '../../src/people/index.ts'
import { patternsOf } from '../../src/people/narrowing.ts'

describe('a filter or a search', () => {
  it.each<[string, Partial<PeopleFilter>]>([
    ['', {}],
    ['  ', {}],
    ['all', {}],
    ['error', { invited: 'error' }],
    ['Not invited', { invited: 'not_invited' }],
    ['not-invited ana diaz', { invited: 'not_invited', search: 'ana diaz' }],
    ['active', { user: 'active' }],
    ['INACTIVE sales', { user: 'inactive', search: 'sales' }],
    ['uncategorised', { only: 'uncategorised' }],
    ['Not categorised diaz', { only: 'uncategorised', search: 'diaz' }],
    ['left', { only: 'left' }],
    ['has left', { only: 'left' }],
    ['ana', { search: 'ana' }],
    ['ana error', { search: 'ana error' }],
    ['not ana', { search: 'not ana' }],
    ['all ana', { search: 'ana' }],
  ])('%j', (typed, filter) => {
    expect(readPeopleFilter(typed)).toEqual({ ...EVERYBODY, ...filter })
  })
})

describe('a search as patterns', () => {
  it.each([
    ['ana', ['%ana%']],
    ['an', ['% an%']],
    [' a\tb ', ['% a%', '% b%']],
    ['50%_\\', ['%50\\%\\_\\\\%']],
    ['one two three four five six seven', ['%one%', '%two%', '%three%', '%four%', '%five%', '%six%']],
  ])('%j', (typed, patterns) => {
    expect(patternsOf(typed)).toEqual(patterns)
  })
})

describe('the one word', () => {
  it.each([
    ['invited', 'active', 'Active'],
    ['error', 'inactive', 'Inactive'],
    ['error', 'not_invited', 'Error'],
    ['waiting', 'pending', 'Waiting'],
    ['invited', 'expired', 'Expired'],
    ['not_invited', 'not_invited', 'Not invited'],
  ] as const)('%s and %s: %s', (invited, user, word) => {
    expect(standingName({ invited, user })).toBe(word)
  })
})
