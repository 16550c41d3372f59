// What HR does through the real doors: in the list of people, on a person’s card, from the Home tab.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectDead, invite, inviteAndGetLink, mailTo, queryRows, until, waitForStatus } from '../journeys/acts.ts'
import { known } from '../journeys/approval-acts.ts'
import { addPeople, boxes, goOn, names, openPeople, press, tick } from '../journeys/people-list-acts.ts'
import { linkIn, startUsher, type Usher } from '../setup/usher.ts'
import { isActiveIn, markLeft } from './leaver-acts.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher({ webLimits: { open: 10_000, send: 10_000 } })
})
afterEach(async () => {
  for (const id of ['UADA', 'ULENA', 'UPAT', 'USAM']) await usher.slack.as(id).view()?.close({ all: true })
  expect(usher.slack.complaints).toEqual([])
  expect(usher.log.filter(({ level }) => level === 'error')).toEqual([])
})
afterAll(() => usher.stop())

const ada = () => usher.slack.as('UADA')

describe('by hand, in the list of people', () => {
  it('the question names what follows; the leavers are listed, and brought back', async () => {
    await addPeople(usher, 3, { lastName: 'Goer' })
    const link = await inviteAndGetLink(usher, 'goer1@example.org')
    const view = await openPeople(ada(), 'goer')
    await tick(view, 'Pia 001', 'Pia 002')
    await goOn(view)
    expect(JSON.stringify(view.blocks)).toContain('Mark 2 people as left?')
    expect(JSON.stringify(view.blocks)).toContain('Invitations to them are revoked, their account is paused')
    await view.click('people_mark_left')
    await until(async () => expect(view.text).toContain('2 people marked as left.'))
    await expectDead(usher, link)
    await invite(usher, 'goer2@example.org')
    expect(await queryRows(usher, `SELECT 1 FROM "Invitation" WHERE "email" = 'goer2@example.org'`)).toEqual([])

    const left = await openPeople(ada(), 'left goer')
    expect(names(left)).toEqual(['Pia 001 Goer', 'Pia 002 Goer'])
    expect(boxes(left)[0]?.description.text).toContain('Inactive · has left')
    await press(left, 'Choose all 2 that match')
    await goOn(left)
    expect(left.text).not.toContain('Send invitation')
    await left.click('people_bring_back')
    await until(async () => expect(left.text).toContain('2 people brought back.'))
    expect(names(await openPeople(ada(), 'left goer'))).toEqual([])
    await expectDead(usher, link)
    await invite(usher, 'goer1@example.org')
    expect(linkIn(await mailTo(usher, 'goer1@example.org', 2))).not.toBe(link)
  })

  it('whom Slack has deactivated is brought back there alone, and the list says so', async () => {
    await known(usher, 'UPAT')
    await usher.slack.setUser('UPAT', { deleted: true })
    await isActiveIn(usher, 'UPAT', false)
    await addPeople(usher, 1, { lastName: 'Morgan' })
    await queryRows(usher, `UPDATE "Person" SET "lastName" = 'Morgan' WHERE "slackUserId" = 'UPAT'`)
    await markLeft(usher, 'morgan', 'Pia 001')
    const view = await openPeople(ada(), 'left morgan')
    await press(view, 'Choose all 2 that match')
    await goOn(view)
    await view.click('people_bring_back')
    await until(async () =>
      expect(view.text).toContain(
        '1 person brought back. Slack or SCIM says that 1 person left: reactivate them there.',
      ),
    )
    await usher.slack.setUser('UPAT', { deleted: false })
    await isActiveIn(usher, 'UPAT', true)
  })
})

describe('on a person’s card', () => {
  it('they are categorised, marked as left and brought back, each time shown as it is then', async () => {
    await addPeople(usher, 1, { lastName: 'Carder' })
    await queryRows(usher, `UPDATE "Person" SET "employeeType" = NULL WHERE "lastName" = 'Carder'`)
    const view = await openPeople(ada(), 'carder')
    await view.fill({ 'Look at one of them': 'Pia 001 Carder · carder1@example.org' })
    const card = await ada().waitForView((shown) => shown.callbackId === 'person_card')
    await card.click('Set Employee')
    await until(async () => expect(card.text).toContain('Employee\nfrom an admin'))
    expect(card.text).not.toContain('Set Contractor')
    expect(JSON.stringify(card.blocks)).toContain('Mark Pia 001 Carder as left?')
    await card.click('Mark as left')
    await until(async () => expect(card.text).toContain('as an admin says.'))
    expect(card.text).toContain('Not active')
    await card.click('Bring back')
    await until(async () => expect(card.text).toContain('Mark as left'))
  })
})

describe('the Home tab', () => {
  it('says who is not categorised yet, and leads to them; several are categorised in one act', async () => {
    await addPeople(usher, 3, { lastName: 'Newling' })
    await queryRows(
      usher,
      `UPDATE "Person" SET "employeeType" = CASE WHEN "lastName" = 'Newling' THEN NULL
      ELSE 'employee'::"EmployeeType" END`,
    )
    await ada().openHome()
    const home = await ada().waitForHome((tab) => tab.text.includes('3 people are not categorised yet.'))
    await home.click('Categorise')
    const view = await ada().waitForView((shown) => shown.callbackId === 'people_list')
    expect(names(view)).toEqual(['Pia 001 Newling', 'Pia 002 Newling', 'Pia 003 Newling'])
    await tick(view, 'Pia 001', 'Pia 003')
    await goOn(view)
    expect(view.text).toContain('2 people will be Contractors.')
    await view.click('people_set_contractor')
    await until(async () => expect(view.text).toContain('2 people set to Contractor.'))
    expect(names(view)).toEqual(['Pia 002 Newling'])
    const types = await queryRows(
      usher,
      `SELECT "employeeType"::text AS "type", "sources"->>'employeeType' AS "by" FROM "Person" WHERE "lastName" = 'Newling'
       ORDER BY "firstName"`,
    )
    expect(types).toEqual([
      { type: 'contractor', by: 'hand' },
      { type: null, by: null },
      { type: 'contractor', by: 'hand' },
    ])
    await ada().openHome()
    await ada().waitForHome((tab) => tab.text.includes('1 person is not categorised yet.'))
  })

  it('says what leavers had sent, to Corporate Admins alone, and leads to all of it', async () => {
    const { id: hubId } = await usher.app.db.prisma.hub.findFirstOrThrow({ where: { isDefault: true } })
    await known(usher, 'ULENA', { hubs: { [hubId]: 'hub_admin' } })
    await inviteAndGetLink(usher, 'of-lena@example.org', { by: 'ULENA' })
    await usher.slack.setUser('ULENA', { deleted: true })
    await isActiveIn(usher, 'ULENA', false)
    await ada().openHome()
    const home = await ada().waitForHome((tab) =>
      tab.text.includes('1 open invitation was sent by people who have left.'),
    )
    await home.click('Look at them')
    const list = await ada().waitForView((view) => view.title === 'Sent by leavers')
    expect(list.text).toContain('Open invitations sent by people who left: 1')
    expect(list.text).toContain('by Lena Fischer')
    await list.click('Only Lena Fischer')
    await until(async () => expect(list.text).toContain('Open invitations sent by Lena Fischer: 1'))
    await list.click('Everybody who left')
    await until(async () => expect(list.text).toContain('sent by people who left: 1'))
    await list.close()
    await ada().command('/invites status left')
    expect((await ada().waitForView((view) => view.title === 'Sent by leavers')).text).toContain('of-lena@example.org')
    await waitForStatus(usher, 'of-lena@example.org', 'pending')
    await usher.slack.setUser('ULENA', { deleted: false })
    await isActiveIn(usher, 'ULENA', true)
  })
})
