// The card of one person: what is known, and by whose word; for those within whose reach they are.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { learnPerson, setGroupMembers, writeGroup } from '../../src/people/index.ts'
import type { ViewSession } from '../../src/sandbox/slack/local-slack.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { addUnit, forge, freshTrigger, inviteAndGetLink, openStory, signUp, until } from './acts.ts'
import { memberOf } from './directory-acts.ts'
import { csv, giveImport, mainHub, makeStanding, send, waitForEnd } from './list-acts.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher()
  await addUnit(usher, 'department', 'Sales')
  await usher.slack.setUser('USAM', { phone: '+7 905 111-11-11', start_date: '2026-12-01' })
  await until(async () => expect((await memberOf(usher, 'USAM')).mobile).toBe('+79051111111'))
})
afterEach(async () => {
  for (const id of ['UADA', 'UPAT', 'ULENA']) await usher.slack.as(id).view()?.close({ all: true })
  expect(usher.slack.complaints).toEqual([])
})
afterAll(() => usher.stop())

const ada = () => usher.slack.as('UADA')

/** Opens somebody's card from the list of people, by what the list is searched for. */
async function openCard(search: string, by = ada()): Promise<ViewSession> {
  await by.command(`/invites people ${search}`)
  const list = await by.waitForView('people_list')
  const { id } = await usher.app.db.prisma.person.findFirstOrThrow({ where: { emailKey: search } })
  await list.fill({ person_chosen: id })
  return by.waitForView('person_card')
}

async function importRow(row: string): Promise<void> {
  const file = csv(`email,first name,department,employee type,groups,active\n${row}`)
  const { ts } = await send(ada(), await giveImport(ada(), file))
  await waitForEnd(ada(), ts)
}

/** SCIM says something, as its door does. */
async function scimSays(slackUserId: string, said: Parameters<typeof learnPerson>[2]['said']): Promise<void> {
  const { id: personId, organisationId } = await memberOf(usher, slackUserId)
  const actor = { id: null, name: 'SCIM' }
  const letGo = async () => {}
  await usher.app.db.inTransaction(async (tx) => {
    const by = { organisationId, actor, origin: 'scim', at: usher.clock.now }
    await learnPerson(tx, { letGo }, { ...by, personId, source: 'scim', said })
    const { id: groupId } = await writeGroup(tx, { source: 'scim', externalId: 'g1', name: 'Sales' }, by)
    await setGroupMembers(tx, { groupId, personIds: [personId] }, by)
  })
}

describe('a card', () => {
  it('says of each field where it comes from, of groups and hubs which, and by whose word somebody is active', async () => {
    await importRow('sam@northwind.example,Samuel,Sales,Contractor,Night shift,')
    await scimSays('USAM', { lastName: 'Rivera y Paz', active: true })

    const { text } = await openCard('sam@northwind.example')

    for (const words of [
      '*First name*\nSamuel\nfrom an import',
      '*Last name*\nRivera y Paz\nfrom SCIM',
      '*E-mail*\nsam@northwind.example\nfrom Slack',
      '*Mobile*\n+79051111111\nfrom Slack',
      '*Department*\nSales\nfrom an import',
      '*Location*\nnone',
      '*Employee type*\nContractor\nfrom an import',
      '*Start date*\n2026-12-01\nfrom Slack',
      '*Active*, as SCIM says.',
      '*Invitation*\nNot invited',
      '*Groups*\nNight shift (import)\nSales (SCIM)',
      '*Hubs*\nnone',
    ])
      expect(text).toContain(words)
  })

  it('of somebody who signed up says what they typed, what the invitation said, and their hub', async () => {
    const link = await inviteAndGetLink(usher, 'ana@example.org')
    await signUp(usher, link, { mobile: '+7 905 222-22-22' })

    const { text } = await openCard('ana@example.org')

    expect(text).toContain('*First name*\nAna\nfrom themselves')
    expect(text).toContain('*Mobile*\n+79052222222\nfrom themselves')
    expect(text).toContain('*E-mail*\nana@example.org\nfrom an invitation')
    expect(text).toContain('*Active.* Nobody has said otherwise.')
    expect(text).toContain('*Hubs*\nMain hub (Team Member)')
  })

  it('of somebody who left says since when, and who says so', async () => {
    await importRow('ana@example.org,,,,,no')
    const { text } = await openCard('ana@example.org')
    expect(text).toMatch(/\*Not active\* since <!date\^\d+\^.*>, as an import says\./)
  })

  it('is opened again and again from the same place in the list, and what was ticked there stays ticked', async () => {
    await ada().command('/invites people sam@northwind.example')
    const list = await ada().waitForView('people_list')
    const { id } = await memberOf(usher, 'USAM')
    await list.fill({ 'Choose people': [id] })
    await list.fill({ person_chosen: id })
    await (await ada().waitForView('person_card')).close()
    const back = await ada().waitForView('people_list')
    expect(Object.values(back.values.people_rows_1 ?? back.values.people_rows_0 ?? {})).toMatchObject([
      { selected_options: [{ value: id }] },
    ])

    await back.fill({ person_chosen: id })

    expect((await ada().waitForView('person_card')).text).toContain('Samuel')
  })

  it('is a press away from the story of an invitation, and the story from it', async () => {
    await inviteAndGetLink(usher, 'bea@example.org')
    const story = await openStory(ada(), 'bea@example.org')
    await story.click('About this person')
    const card = await ada().waitForView('person_card')
    expect(card.text).toContain('*E-mail*\nbea@example.org\nfrom an invitation')
    await card.click('Back to the invitation')
    await ada().waitForView('Invitation')
    await ada().view()?.close({ all: true })

    const fromList = await openCard('bea@example.org')
    await fromList.click('Open invitation')

    expect((await ada().waitForView('Invitation')).text).toContain('bea@example.org')
  })

  it('is shown within the viewer’s reach alone, forged presses included', async () => {
    const pat = await makeStanding(usher, 'UPAT', { hub: { id: await mainHub(usher), userType: 'team_member' } })
    await openStory(ada(), 'bea@example.org')
    const story = await ada().waitForView('Invitation')
    await story.click('About this person')
    await ada().waitForView('person_card')
    await pat.command('/invites status')
    const overview = await pat.waitForView('Invitations')
    const trigger = await freshTrigger(usher, 'UPAT')
    await forge(
      usher,
      'block_actions',
      (payload) => {
        payload.user.id = 'UPAT'
        payload.trigger_id = trigger
        payload.view.id = overview.id
      },
      { later: 1 },
    )
    await pat.waitForView((view) => view.text.includes('This person is not among those whom you can see.'))
  })
})

describe('the question of the clock', () => {
  it('is answered from the card, in a window above it', async () => {
    const card = await openCard('sam@northwind.example')
    await card.click('Why invited, or not')
    const answer = await ada().waitForView('Why invited, or not')

    expect(answer.text).toContain('Categorised')
    expect(answer.text).toMatch(/automatic invitations/i)
  })
})
