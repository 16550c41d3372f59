// `/invites people`: filter, search, choose over all pages, and do something for exactly those who are chosen.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import { addUnit, queryRows, until } from './acts.ts'
import {
  addPeople,
  addWithoutAddress,
  boxes,
  goOn,
  names,
  openPeople,
  press,
  rowsBlock,
  tick,
  ticked,
} from './people-list-acts.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher({ webLimits: { open: 10_000, send: 10_000 } })
  await addUnit(usher, 'department', 'Nursing')
  await addUnit(usher, 'hub', 'Customer room')
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

const ada = () => usher.slack.as('UADA')

describe('the list', () => {
  it('shows a page of people with their address, where they stand, and what stands in the way', async () => {
    await addPeople(usher, 20)
    await addWithoutAddress(usher)
    const view = await openPeople(ada(), 'nomail')
    expect(view.text).toContain('1 person matches.')
    expect(boxes(view)).toMatchObject([
      { text: { text: 'Nora Nomail' }, description: { text: 'Not invited · no e-mail, no mobile · uncategorised' } },
    ])
    await view.fill({ people_search: 'probe' })
    expect(view.text).toContain('1 person matches.')
    await view.close()
    const probes = await openPeople(ada(), 'not invited probe')
    expect(probes.text).toContain('20 people match.')
    expect(boxes(probes)[0]).toMatchObject({
      text: { text: 'Pia 001 Probe · probe1@example.org' },
      description: { text: 'Not invited' },
    })
    await probes.close()
  })

  it('is turned forwards and backwards, and the choice survives', async () => {
    const view = await openPeople(ada(), 'probe')
    expect(names(view)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `Pia 00${n} Probe`))
    await tick(view, 'Pia 001', 'Pia 003')
    await press(view, 'Next page')
    expect(view.text).toContain('2 people chosen so far.')
    await tick(view, 'Pia 010')
    await press(view, 'Next page')
    expect(names(view)).toHaveLength(4)
    expect(view.text).not.toContain('Next page')
    await press(view, 'Previous page')
    expect(ticked(view)).toEqual(['Pia 010 Probe'])
    await press(view, 'Previous page')
    expect(ticked(view)).toEqual(['Pia 001 Probe', 'Pia 003 Probe'])
    await tick(view, 'Pia 003')
    await press(view, 'Next page')
    expect(view.text).toContain('2 people chosen so far.')
    await press(view, 'Choose nobody')
    expect(view.text).not.toContain('chosen so far')
    expect(ticked(view)).toEqual([])
    await view.close()
  })

  it('is narrowed by the menus, which keep the search and the choice', async () => {
    const view = await openPeople(ada(), 'probe')
    await tick(view, 'Pia 002')
    await view.fill({ people_invited: 'Error' })
    await until(async () => expect(view.text).toContain('Nobody is found.'))
    expect(view.text).toContain('1 person chosen so far.')
    await view.fill({ people_invited: 'All', people_user: 'Not invited' })
    await until(async () => expect(view.text).toContain('20 people match. 1 person chosen so far.'))
    await view.close()
  })

  it('makes a search that was only typed before it goes on', async () => {
    const view = await openPeople(ada(), 'probe')
    await tick(view, 'Pia 001')
    await view.fill({ people_search: 'nomail' })
    expect((await view.submit()).updated).toBeDefined()
    expect(names(view)).toEqual(['Nora Nomail'])
    expect(view.text).toContain('1 person chosen so far.')
    await view.close()
  })

  it('does not go on without anybody', async () => {
    const view = await openPeople(ada(), 'probe')
    const { errors } = await view.submit()
    expect(errors).toEqual({ [rowsBlock(view)]: 'Choose at least one.' })
    await view.close()
  })

  it('shows names that try to be something else as they are', async () => {
    await addPeople(usher, 1, { lastName: '<!channel> *x* & ‮evil' })
    const view = await openPeople(ada(), '<!channel>')
    expect(boxes(view)[0]?.text).toMatchObject({ type: 'plain_text' })
    expect(boxes(view)[0]?.text.text).toContain('<!channel> *x* & evil')
    await view.close()
  })
})

describe('all that match', () => {
  it('are chosen by one button, which names their number, and are then exactly those', async () => {
    await addPeople(usher, 30, { lastName: 'Whole' })
    const view = await openPeople(ada(), 'whole')
    await press(view, 'Choose all 30 that match')
    expect(view.text).toContain('30 people chosen so far.')
    expect(ticked(view)).toHaveLength(8)
    await tick(view, 'Pia 002', 'Pia 003', 'Pia 004', 'Pia 005', 'Pia 006', 'Pia 007', 'Pia 008')
    await addPeople(usher, 5, { lastName: 'Whole', from: 31 })
    await goOn(view)
    expect(view.text).toContain('29 people chosen')
    expect(view.text).toContain('To 29 people without an invitation.')
    await view.close()
  })

  it('past ten thousand are refused, and nobody is chosen', async () => {
    await addPeople(usher, 10_001, { lastName: 'Crowd' })
    const view = await openPeople(ada(), 'crowd')
    await view.click('Choose all that match')
    const refusal = await ada().waitForView((top) => top.text.includes('At most 10,000 people can be chosen at once'))
    await refusal.close()
    await queryRows(usher, `DELETE FROM "Person" WHERE "emailKey" = 'crowd1@example.org'`)
    await press(view, 'Choose all that match')
    expect(view.text).toContain('10,000 people chosen so far.')
    await view.close()
    await queryRows(usher, `DELETE FROM "Person" WHERE "lastName" = 'Crowd'`)
  })
})
