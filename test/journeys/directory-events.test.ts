// What changes in Slack between two readings: events of people and groups, also lost, repeated and out of order.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Queue } from '../../src/jobs/index.ts'
import { MINUTE, startUsher, type Usher } from '../setup/usher.ts'
import { changeSettings, inviteAndGetLink, openQueueOf, signUp, until, waitForQuiet, waitForStatus } from './acts.ts'
import { actsOf, addMembers, groupIn, memberOf, readAll } from './directory-acts.ts'
import { csv, giveImport, send, waitForEnd } from './list-acts.ts'

let usher: Usher
let queue: Queue

beforeAll(async () => {
  usher = await startUsher()
  queue = await openQueueOf(usher)
  await addMembers(usher, 'B', 620)
  await readAll(usher, queue)
})
afterEach(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.slack.as('UADA').view()?.close({ all: true })
  // Slack tells the times of changes in seconds.
  usher.clock.pass(MINUTE)
})
afterAll(async () => {
  await queue.close()
  await usher.stop()
})

const membersOf = async (id: string) => (await groupIn(usher, id)).members

/** Waits until a group has these members. */
async function untilMembers(id: string, members: string[]): Promise<void> {
  await until(async () => expect(await membersOf(id)).toEqual(members))
}

/** Sends exactly the last event of a type once more, as a new event. */
async function again(type: string): Promise<void> {
  const sent = usher.slack.sent.findLast(({ kind }) => kind === type)
  const { event } = JSON.parse(sent?.body ?? '{}')
  await usher.slack.emit(event)
}

async function importRow(row: string): Promise<void> {
  const ada = usher.slack.as('UADA')
  const file = csv(`email,first name,mobile,start date,active\n${row}`)
  const preview = await giveImport(ada, file)
  const { ts } = await send(ada, preview)
  await waitForEnd(ada, ts)
}

describe('a member', () => {
  it('brings name, mobile, start date and language with them', async () => {
    await usher.slack.setUser('UNEW', {
      ...{ real_name: 'Nina New', email: 'nina@northwind.example', phone: '+7 905 111-11-11' },
      ...{ start_date: '2027-01-04', locale: 'ru-RU' },
    })
    await until(async () =>
      expect(await memberOf(usher, 'UNEW')).toMatchObject({
        ...{ firstName: 'Nina', lastName: 'New', email: 'nina@northwind.example', mobile: '+79051111111' },
        ...{ startDate: new Date('2027-01-04'), language: 'ru' },
      }),
    )
  })

  it('who changes their address, name and number is followed; a number that cannot be read is not', async () => {
    const change = { real_name: 'Nina Newer', email: 'newer@northwind.example', phone: 'ask reception', start_date: '' }
    await usher.slack.setUser('UNEW', change)
    await until(async () =>
      expect(await memberOf(usher, 'UNEW')).toMatchObject({
        ...{ lastName: 'Newer', email: 'newer@northwind.example', emailKey: 'newer@northwind.example' },
        ...{ mobile: '+79051111111', startDate: null },
      }),
    )
  })

  it('whose new address belongs to somebody else keeps the old one, until it is free', async () => {
    await inviteAndGetLink(usher, 'taken@northwind.example')
    await usher.slack.setUser('UNEW', { real_name: 'Nina Third', email: 'taken@northwind.example' })
    await until(async () => expect((await memberOf(usher, 'UNEW')).lastName).toBe('Third'))
    expect((await memberOf(usher, 'UNEW')).email).toBe('newer@northwind.example')

    const { prisma } = usher.app.db
    const other = { where: { emailKey: 'taken@northwind.example' } }
    await prisma.person.updateMany({ ...other, data: { email: null, emailKey: null } })
    await readAll(usher, queue)

    expect((await memberOf(usher, 'UNEW')).email).toBe('taken@northwind.example')
  })

  it('of whom an import says otherwise stays as the import has them, field by field', async () => {
    await usher.slack.setUser('UCSV', { real_name: 'Carl Slack', email: 'carl@northwind.example', phone: '' })
    await until(async () => expect((await memberOf(usher, 'UCSV')).firstName).toBe('Carl'))
    await importRow('carl@northwind.example,Carlos,+7 905 222-22-22,2027-02-01,')

    await usher.slack.setUser('UCSV', {
      real_name: 'Karl Slacker',
      phone: '+7 905 333-33-33',
      start_date: '2027-09-09',
    })

    await until(async () => expect((await memberOf(usher, 'UCSV')).lastName).toBe('Slacker'))
    expect(await memberOf(usher, 'UCSV')).toMatchObject({
      ...{ firstName: 'Carlos', mobile: '+79052222222', startDate: new Date('2027-02-01') },
      sources: {
        email: 'slack',
        emailKey: 'slack',
        firstName: 'csv',
        mobile: 'csv',
        startDate: 'csv',
        lastName: 'slack',
      },
    })
  })

  it('keeps what they typed when they signed up, and an import has the last word', async () => {
    const link = await inviteAndGetLink(usher, 'b600@northwind.example')
    await signUp(usher, link, { firstName: 'Typed', lastName: 'Myself', mobile: '+7 905 444-44-44' })
    await usher.slack.setUser('UB600', { real_name: 'Slack Again' })
    await until(async () => expect((await memberOf(usher, 'UB600')).slackName).toBe('Slack Again'))
    expect(await memberOf(usher, 'UB600')).toMatchObject({ firstName: 'Typed', lastName: 'Myself' })

    await importRow('b600@northwind.example,Listed,,,')

    expect(await memberOf(usher, 'UB600')).toMatchObject({
      ...{ firstName: 'Listed', lastName: 'Myself', mobile: '+79054444444' },
      sources: { email: 'slack', emailKey: 'slack', firstName: 'csv', lastName: 'self', mobile: 'self' },
    })
  })

  it('who left is let go, and an older event that comes late does not bring them back', async () => {
    const link = await inviteAndGetLink(usher, 'b601@northwind.example')
    await usher.slack.setUser('UB601', { title: 'Clerk' })
    const sent = usher.slack.sent.findLast(({ kind }) => kind === 'user_change')
    usher.clock.pass(MINUTE)
    await usher.slack.setUser('UB601', { deleted: true })
    await waitForStatus(usher, 'b601@northwind.example', 'revoked')

    await usher.slack.emit(JSON.parse(sent?.body ?? '{}').event)
    await usher.slack.setUser('UB601', { deleted: true })

    await waitForQuiet(usher)
    expect((await memberOf(usher, 'UB601')).isActive).toBe(false)
    expect((await usher.visit(link)).status).toBe(404)
    expect(await actsOf(usher, (await memberOf(usher, 'UB601')).id)).toEqual(['person.added', 'person.deactivated'])
  })

  it('who is a guest counts as a Contractor while the setting says so', async () => {
    await usher.slack.setUser('UGUS2', { real_name: 'Gil Guest', email: 'gil@partner.example', is_restricted: true })
    await until(async () => expect((await memberOf(usher, 'UGUS2')).employeeType).toBeNull())
    await importRow('gus@partner.example,,,,')

    await changeSettings(usher, { 'What guests count as': true })
    await until(async () => expect((await memberOf(usher, 'UGUS')).employeeType).toBe('contractor'))
    expect(await memberOf(usher, 'UGUS2')).toMatchObject({ employeeType: 'contractor' })
    expect(await memberOf(usher, 'UPAT')).toMatchObject({ employeeType: null })
    await usher.slack.setUser('UGUS2', { is_restricted: false })
    await until(async () => expect((await memberOf(usher, 'UGUS2')).employeeType).toBeNull())

    await changeSettings(usher, { 'What guests count as': false })

    await until(async () => expect((await memberOf(usher, 'UGUS')).employeeType).toBeNull())
  })
})

describe('a group', () => {
  it('that is made, renamed, and whose members change is followed at once', async () => {
    await usher.slack.setGroup('SNEW', { name: 'New', users: ['UB1', 'UB2'] })
    await untilMembers('SNEW', ['UB1', 'UB2'])
    usher.clock.pass(MINUTE)
    await usher.slack.setGroup('SNEW', { name: 'Newer' })
    await until(async () => expect((await groupIn(usher, 'SNEW')).name).toBe('Newer'))
    usher.clock.pass(MINUTE)
    await usher.slack.changeGroup('SNEW', { add: ['UB3'], remove: ['UB1'] })
    await untilMembers('SNEW', ['UB2', 'UB3'])
    const { id } = await usher.app.db.prisma.group.findFirstOrThrow({ where: { externalId: 'SNEW' } })
    expect(await actsOf(usher, id)).toEqual([
      ...['group.added', 'group.members_changed', 'group.renamed', 'group.members_changed'],
    ])
  })

  it('of more than 500, which Slack cuts in its event, is read whole', async () => {
    const users = Array.from({ length: 600 }, (_, at) => `UB${at}`)
    await usher.slack.setGroup('SBIG', { name: 'Big', users })
    await untilMembers('SBIG', [...users].sort())

    usher.clock.pass(MINUTE)
    await usher.slack.changeGroup('SBIG', { remove: users.slice(0, 590) })

    await untilMembers('SBIG', users.slice(590).sort())
  })

  it('whose event comes twice has nobody twice', async () => {
    await again('subteam_members_changed')
    await waitForQuiet(usher)
    expect(await membersOf('SBIG')).toHaveLength(10)
  })

  it('one of whose changes is lost is read whole at the next', async () => {
    await usher.slack.setGroup('SLOST', { name: 'Lost', users: ['UB1', 'UB2'] })
    await untilMembers('SLOST', ['UB1', 'UB2'])
    usher.clock.pass(MINUTE)
    await usher.slack.changeGroup('SLOST', { add: ['UB4'], remove: ['UB1'] }, { silently: true })
    usher.clock.pass(MINUTE)

    await usher.slack.changeGroup('SLOST', { add: ['UB5'] })

    await untilMembers('SLOST', ['UB2', 'UB4', 'UB5'])
  })

  it('two of whose changes come the wrong way round has those who are in it', async () => {
    const before = usher.slack.sent.length
    await usher.slack.changeGroup('SLOST', { add: ['UB6'] })
    await untilMembers('SLOST', ['UB2', 'UB4', 'UB5', 'UB6'])
    const added = usher.slack.sent.slice(before).find(({ kind }) => kind === 'subteam_members_changed')
    usher.clock.pass(MINUTE)
    await usher.slack.changeGroup('SLOST', { remove: ['UB6'] })
    await untilMembers('SLOST', ['UB2', 'UB4', 'UB5'])

    await usher.slack.emit(JSON.parse(added?.body ?? '{}').event)

    await waitForQuiet(usher)
    expect(await membersOf('SLOST')).toEqual(['UB2', 'UB4', 'UB5'])
  })

  it('that brings somebody whom nobody knows yet has them all the same', async () => {
    await usher.slack.setUser('ULATE', { real_name: 'Lou Late', email: 'lou@northwind.example' }, { silently: true })
    await usher.slack.changeGroup('SLOST', { add: ['ULATE', 'UUSHERBOT'] })
    await untilMembers('SLOST', ['UB2', 'UB4', 'UB5', 'ULATE'])
    expect(await memberOf(usher, 'ULATE')).toMatchObject({ firstName: 'Lou', email: 'lou@northwind.example' })
  })

  it('that is turned off is gone at once; all of its events lost, the next reading mends it', async () => {
    await usher.slack.setGroup('SLOST', { date_delete: 1_800_000_000 })
    await until(async () => expect((await groupIn(usher, 'SLOST')).isGone).toBe(true))
    expect(await membersOf('SLOST')).toHaveLength(4)
    usher.clock.pass(MINUTE)
    await usher.slack.setGroup('SLOST', { date_delete: 0, name: 'Found' }, { silently: true })
    await usher.slack.changeGroup('SLOST', { remove: ['UB2'] }, { silently: true })

    await readAll(usher, queue)

    expect(await groupIn(usher, 'SLOST')).toEqual({ name: 'Found', isGone: false, members: ['UB4', 'UB5', 'ULATE'] })
  })
})

it('names with anything in them are taken as text (SECURITY 19)', async () => {
  const nasty = `<!channel> \u0000\u202e<https://evil|bank> & \ud83d${'x'.repeat(10_000)}`
  await usher.slack.setUser('UB602', { real_name: nasty, name: nasty, phone: nasty, start_date: nasty, locale: nasty })
  await usher.slack.setGroup('SNASTY', { name: nasty, users: ['UB602'] })
  await untilMembers('SNASTY', ['UB602'])
  expect((await groupIn(usher, 'SNASTY')).name).toMatch(/^<!channel> /)
  // The change of the member came first, but two jobs may end in either order.
  await until(async () => expect((await memberOf(usher, 'UB602')).firstName).toBe('<!channel>'))
  usher.clock.pass(MINUTE)
  await usher.slack.setGroup('SNASTY', { date_delete: 1_800_000_000 })
  const ada = usher.slack.as('UADA')
  await ada.command('/invites settings')
  await (await ada.waitForView('settings_menu')).click('Directory')
  await ada.waitForView((view) => view.title === 'Directory' && view.text.includes('&lt;!channel&gt;'))
})
