// Leaving and coming back through the real doors: Slack's events, the list of people, the Home tab, the pages.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  addUnit,
  expectDead,
  invitationOf,
  invite,
  inviteAndGetLink,
  mailTo,
  makeMember,
  queryRows,
  signUp,
  until,
  waitForStatus,
} from '../journeys/acts.ts'
import { ask, known, questionTo } from '../journeys/approval-acts.ts'
import { expectDeadLink, startLink } from '../journeys/link-acts.ts'
import { csv, giveImport, send } from '../journeys/list-acts.ts'
import { addPeople, boxes, goOn, names, openPeople, press, tick } from '../journeys/people-list-acts.ts'
import { linkIn, MINUTE, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher({ webLimits: { open: 10_000, send: 10_000 } })
  await addUnit(usher, 'hub', 'Customer room')
}, 60_000)
afterEach(async () => {
  for (const id of ['UADA', 'ULENA', 'UPAT', 'USAM']) await usher.slack.as(id).view()?.close({ all: true })
  expect(usher.slack.complaints).toEqual([])
  expect(usher.log.filter(({ level }) => level === 'error')).toEqual([])
})
afterAll(() => usher.stop())

const ada = () => usher.slack.as('UADA')

async function personOf(slackUserId: string) {
  return usher.app.db.prisma.person.findFirstOrThrow({
    where: { slackUserId },
    include: { account: true, memberships: true },
  })
}

async function isActiveIn(slackUserId: string, isActive: boolean) {
  await until(async () => expect((await personOf(slackUserId)).isActive).toBe(isActive))
}

describe('a member whom Slack deactivates', () => {
  it('has no way in any more, and the Corporate Admins look at what they had sent, and revoke all of it', async () => {
    await makeMember(usher, 'USAM', { Hub: 'Main hub', 'User type': 'Hub Admin' })
    const own = await inviteAndGetLink(usher, 'for-sam@example.org')
    await queryRows(usher, `UPDATE "Invitation" SET "personId" = $1 WHERE "email" = 'for-sam@example.org'`, [
      (await personOf('USAM')).id,
    ])
    const sent: string[] = []
    for (const email of ['one@example.org', 'two@example.org', 'three@example.org']) {
      sent.push(await inviteAndGetLink(usher, email, { by: 'USAM' }))
    }
    const { address } = await startLink(usher, { by: 'USAM' })

    await usher.slack.setUser('USAM', { deleted: true })

    const message = await ada().waitForMessage('Sam Rivera has left.')
    expect(message.text).toBe(
      'Sam Rivera has left. 3 invitations that they sent are still open. Their registration link for Main hub: External Member was turned off; whoever turns it on again is its owner.',
    )
    await expectDead(usher, own)
    await expectDeadLink(usher, address)
    expect(await personOf('USAM')).toMatchObject({ role: null, memberships: [], account: { status: 'inactive' } })
    for (const link of sent) expect((await usher.visit(link)).status).toBe(200)

    await ada().click(message, 'Look at the invitations')
    const list = await ada().waitForView((view) => view.title === 'Sent by leavers')
    expect(list.text).toContain('Open invitations sent by Sam Rivera: 3')
    await list.click('Open', { value: (await invitationOf(usher, 'two@example.org')).id })
    const story = await ada().waitForView((view) => view.title === 'Invitation')
    expect(story.text).toContain('two@example.org')
    await story.close()
    expect(JSON.stringify(list.blocks)).toContain('Everything open that Sam Rivera sent is revoked.')
    await list.click('Revoke all 3')
    await until(async () => expect(list.text).toContain('3 invitations revoked.'))
    expect(list.text).toContain('There is none now.')
    for (const link of sent) await expectDead(usher, link)
  })

  it('is told once to each Corporate Admin, and to nobody else', async () => {
    const heard = (id: string) =>
      usher.slack
        .as(id)
        .dm()
        .filter(({ text }) => text.includes('has left')).length
    expect(heard('UADA')).toBe(1)
    for (const id of ['UPAT', 'ULENA', 'USAM']) expect(heard(id)).toBe(0)
  })

  it('comes back in Slack: with nothing, until they are invited again and have signed up anew', async () => {
    const before = await personOf('USAM')
    await usher.slack.setUser('USAM', { deleted: false })
    await isActiveIn('USAM', true)
    expect(await personOf('USAM')).toMatchObject({ role: null, memberships: [], account: { status: 'inactive' } })
    await usher.slack.as('USAM').openHome()
    await usher.slack.as('USAM').waitForHome((tab) => tab.text.includes('You can ask for people to be invited'))
    const email = 'sam@northwind.example'
    const link = await inviteAndGetLink(usher, email, { fields: { Hub: 'Customer room' }, nth: 2 })
    expect((await signUp(usher, link, { firstName: 'Samuel', password: 'another nine lanterns' })).status).toBe(303)
    const after = await personOf('USAM')
    expect(after).toMatchObject({
      isActive: true,
      firstName: 'Samuel',
      role: 'employee',
      account: { status: 'active' },
    })
    expect(after.account?.passwordHash).not.toBe(before.account?.passwordHash)
    expect(after.memberships.map(({ userType }) => userType)).toEqual(['team_member'])
  })
})

describe('an open request', () => {
  it('is closed when whoever asked leaves, and every copy of it says so and has no button', async () => {
    await known(usher, 'UPAT')
    await ask(usher, 'wanted@example.org')
    const question = await questionTo(ada(), 'wanted@example.org')
    await usher.slack.setUser('UPAT', { deleted: true })
    await isActiveIn('UPAT', false)
    const closed = await ada().waitForMessage(
      ({ ts, text }) => ts === question.ts && text.includes('The request was closed.'),
    )
    expect(closed.text).toContain('Whoever asked for it is not active in the organisation any more.')
    expect(JSON.stringify(closed.blocks)).not.toContain('request_review')
    expect((await invitationOf(usher, 'wanted@example.org')).status).toBe('rejected')
    await usher.slack.setUser('UPAT', { deleted: false })
    await isActiveIn('UPAT', true)
  })

  it('is closed when the invitee leaves, and whoever asked hears of it', async () => {
    await queryRows(
      usher,
      `INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "lastName", "createdAt")
       SELECT gen_random_uuid(), "id", 'invitee@example.org', 'invitee@example.org', 'Ina', 'Vitee', now() FROM "Organisation"`,
    )
    await ask(usher, 'invitee@example.org')
    await questionTo(ada(), 'invitee@example.org')
    await markLeft('Vitee', 'Ina')
    const told = await usher.slack.as('UPAT').waitForMessage('was closed')
    expect(told.text).toBe(
      'Your request to invite invitee@example.org into Main hub was closed. They are not active in the organisation any more.',
    )
    expect((await invitationOf(usher, 'invitee@example.org')).status).toBe('revoked')
  })
})

/** Chooses people in the list and marks them as left. */
async function markLeft(search: string, ...who: string[]) {
  const view = await openPeople(ada(), search)
  await tick(view, ...who)
  await goOn(view)
  await view.click('people_mark_left')
  await until(async () => expect(view.text).toContain('marked as left.'))
  return view
}

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
    await usher.slack.setUser('UPAT', { deleted: true })
    await isActiveIn('UPAT', false)
    await addPeople(usher, 1, { lastName: 'Morgan' })
    await queryRows(usher, `UPDATE "Person" SET "lastName" = 'Morgan' WHERE "slackUserId" = 'UPAT'`)
    await markLeft('morgan', 'Pia 001')
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
    await isActiveIn('UPAT', true)
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
    await isActiveIn('ULENA', false)
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
    await isActiveIn('ULENA', true)
  })
})

describe('an import that says who has left', () => {
  it('lets several go in one act, and the Corporate Admins hear of them in one message', async () => {
    const { id: hubId } = await usher.app.db.prisma.hub.findFirstOrThrow({ where: { isDefault: true } })
    for (const [slackId, to] of [
      ['UPAT', 'of-pat@example.org'],
      ['ULENA', 'by-lena@example.org'],
    ] as const) {
      await known(usher, slackId, { hubs: { [hubId]: 'hub_admin' } })
      await inviteAndGetLink(usher, to, { by: slackId })
    }
    usher.clock.pass(2 * MINUTE)
    const rows = ['email,active', 'pat@northwind.example,no', 'lena@northwind.example,no']
    await send(ada(), await giveImport(ada(), csv(rows.join('\n'))))
    await isActiveIn('UPAT', false)
    await isActiveIn('ULENA', false)
    const message = await ada().waitForMessage('have left.')
    // One of Lena's is from before: she had left once already.
    expect(message.text).toBe('Lena Fischer and Pat Morgan have left. 3 invitations that they sent are still open.')
    for (const slackId of ['UPAT', 'ULENA']) expect(await personOf(slackId)).toMatchObject({ memberships: [] })
    await send(ada(), await giveImport(ada(), csv(rows.join('\n').replaceAll(',no', ',yes'))))
    await isActiveIn('UPAT', true)
    await isActiveIn('ULENA', true)
    expect(await personOf('ULENA')).toMatchObject({ memberships: [] })
  })
})
