// Leaving and coming back through the real doors: Slack’s events, requests, an import, the pages.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  addUnit,
  expectDead,
  invitationOf,
  inviteAndGetLink,
  makeMember,
  queryRows,
  signUp,
  until,
} from '../journeys/acts.ts'
import { ask, known, questionTo } from '../journeys/approval-acts.ts'
import { expectDeadLink, startLink } from '../journeys/link-acts.ts'
import { csv, giveImport, send } from '../journeys/list-acts.ts'
import { MINUTE, startUsher, type Usher } from '../setup/usher.ts'
import { isActiveIn, markLeft, personOf } from './leaver-acts.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher({ webLimits: { open: 10_000, send: 10_000 } })
  await addUnit(usher, 'hub', 'Customer room')
})
afterEach(async () => {
  for (const id of ['UADA', 'ULENA', 'UPAT', 'USAM']) await usher.slack.as(id).view()?.close({ all: true })
  expect(usher.slack.complaints).toEqual([])
  expect(usher.log.filter(({ level }) => level === 'error')).toEqual([])
})
afterAll(() => usher.stop())

const ada = () => usher.slack.as('UADA')

describe('a member whom Slack deactivates', () => {
  it('has no way in any more, and the Corporate Admins look at what they had sent, and revoke all of it', async () => {
    await makeMember(usher, 'USAM', { Hub: 'Main hub', 'User type': 'Hub Admin' })
    const own = await inviteAndGetLink(usher, 'for-sam@example.org')
    await queryRows(usher, `UPDATE "Invitation" SET "personId" = $1 WHERE "email" = 'for-sam@example.org'`, [
      (await personOf(usher, 'USAM')).id,
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
    expect(await personOf(usher, 'USAM')).toMatchObject({
      role: null,
      memberships: [],
      account: { status: 'inactive' },
    })
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
    const before = await personOf(usher, 'USAM')
    await usher.slack.setUser('USAM', { deleted: false })
    await isActiveIn(usher, 'USAM', true)
    expect(await personOf(usher, 'USAM')).toMatchObject({
      role: null,
      memberships: [],
      account: { status: 'inactive' },
    })
    await usher.slack.as('USAM').openHome()
    await usher.slack.as('USAM').waitForHome((tab) => tab.text.includes('You can ask for people to be invited'))
    const email = 'sam@northwind.example'
    const link = await inviteAndGetLink(usher, email, { fields: { Hub: 'Customer room' }, nth: 2 })
    expect((await signUp(usher, link, { firstName: 'Samuel', password: 'another nine lanterns' })).status).toBe(303)
    const after = await personOf(usher, 'USAM')
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
    await isActiveIn(usher, 'UPAT', false)
    const closed = await ada().waitForMessage(
      ({ ts, text }) => ts === question.ts && text.includes('The request was closed.'),
    )
    expect(closed.text).toContain('Whoever asked for it is not active in the organisation any more.')
    expect(JSON.stringify(closed.blocks)).not.toContain('request_review')
    expect((await invitationOf(usher, 'wanted@example.org')).status).toBe('rejected')
    await usher.slack.setUser('UPAT', { deleted: false })
    await isActiveIn(usher, 'UPAT', true)
  })

  it('is closed when the invitee leaves, and whoever asked hears of it', async () => {
    await queryRows(
      usher,
      `INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "lastName", "createdAt")
       SELECT gen_random_uuid(), "id", 'invitee@example.org', 'invitee@example.org', 'Ina', 'Vitee', now() FROM "Organisation"`,
    )
    await ask(usher, 'invitee@example.org')
    await questionTo(ada(), 'invitee@example.org')
    await markLeft(usher, 'Vitee', 'Ina')
    const told = await usher.slack.as('UPAT').waitForMessage('was closed')
    expect(told.text).toBe(
      'Your request to invite invitee@example.org into Main hub was closed. They are not active in the organisation any more.',
    )
    expect((await invitationOf(usher, 'invitee@example.org')).status).toBe('revoked')
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
    await isActiveIn(usher, 'UPAT', false)
    await isActiveIn(usher, 'ULENA', false)
    const message = await ada().waitForMessage('have left.')
    expect(message.text).toBe('Lena Fischer and Pat Morgan have left. 2 invitations that they sent are still open.')
    for (const slackId of ['UPAT', 'ULENA']) expect(await personOf(usher, slackId)).toMatchObject({ memberships: [] })
    await send(ada(), await giveImport(ada(), csv(rows.join('\n').replaceAll(',no', ',yes'))))
    await isActiveIn(usher, 'UPAT', true)
    await isActiveIn(usher, 'ULENA', true)
    expect(await personOf(usher, 'ULENA')).toMatchObject({ memberships: [] })
  })
})
