// What the modal with the people remembers: within Slack's 3,000 characters, and nothing that is not of its shape.
import { describe, expect, it } from 'vitest'
import { EVERYBODY } from '../../src/people/index.ts'
import { type PeopleMemory, placeOf, recallPeople, rememberPeople } from '../../src/slack/people-memory.ts'

const id = '01939b5e-7c1a-7000-8000-000000000001'
const memory: PeopleMemory = {
  filter: { invited: 'error', user: 'all', only: 'left', search: 'ana' },
  at: { after: { lastName: 'Diaz', firstName: 'Ana', id } },
  selectionId: id,
  page: 3,
  from: 'CGENERAL',
}

describe('the memory', () => {
  it('is read as it was written', () => {
    expect(recallPeople(rememberPeople(memory))).toEqual(memory)
  })

  it('fits, however long names and searches are', () => {
    const long = placeOf({ lastName: '"'.repeat(5_000), firstName: '\\'.repeat(5_000), id })
    const filter = { ...memory.filter, search: '"'.repeat(5_000) }
    const written = rememberPeople({ ...memory, filter, at: { after: long }, first: long, last: long })
    expect(written.length).toBeLessThanOrEqual(3_000)
    expect(recallPeople(written).at).toEqual({ after: long })
  })

  it.each([
    '',
    'nonsense',
    'null',
    '[]',
    '{"filter":{"invited":"x"}}',
    JSON.stringify({ ...memory, at: { after: { id: "'" } } }),
  ])('begins anew with %j', (written) => {
    expect(recallPeople(written)).toEqual({ filter: EVERYBODY, at: 'first', selectionId: '', page: 0, from: '' })
  })
})
