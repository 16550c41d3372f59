// A full reading of the Slack workspace: its people and groups, page by page, whatever happens in between.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { App } from '../../src/app.ts'
import type { Queue } from '../../src/jobs/index.ts'
import { DAY, MINUTE, startAnother, startUsher, type Usher } from '../setup/usher.ts'
import { openQueueOf, openSettingsMenu, queryRows, until, waitForQuiet } from './acts.ts'
import {
  actsOf,
  addMembers,
  askedFor,
  askForReading,
  finishedReadings,
  groupIn,
  memberOf,
  readAll,
  readToTheEnd,
} from './directory-acts.ts'

let usher: Usher
let queue: Queue

beforeAll(async () => {
  usher = await startUsher()
  queue = await openQueueOf(usher)
  await addMembers(usher, 'M', 450)
})
afterEach(async () => {
  expect(usher.slack.complaints).toEqual([])
  usher.slack.faults.clear()
  await usher.slack.as('UADA').view()?.close({ all: true })
  await readToTheEnd(usher, queue, await usher.app.db.prisma.directoryPass.count())
})
afterAll(async () => {
  await queue.close()
  await usher.stop()
})

/** What the settings say of the readings. */
async function said(): Promise<string> {
  const menu = await openSettingsMenu(usher)
  await menu.click('Directory')
  const view = await usher.slack.as('UADA').waitForView('Directory')
  const { text } = view
  await view.close({ all: true })
  return text
}

const since = () => usher.slack.requests.length

describe('a reading', () => {
  it('takes in every member and group, page by page; bots, strangers and those who left long ago are left out', async () => {
    await usher.slack.setUser('UBOT', { is_bot: true }, { silently: true })
    await usher.slack.setUser('UFAR', { team_id: 'T0OTHER', email: 'far@other.example' }, { silently: true })
    await usher.slack.setUser('UGONE', { deleted: true, email: 'gone@northwind.example' }, { silently: true })
    const before = since()
    await askForReading(queue)

    // By its own pauses, each of which the clock passes.
    await until(async () => {
      await usher.hurry()
      expect(await finishedReadings(usher)).toBe(1)
    })

    expect(askedFor(usher, 'users.list', before)).toHaveLength(3)
    expect(await usher.app.db.prisma.person.count()).toBe(456)
    expect(await memberOf(usher, 'UM449')).toMatchObject({
      ...{ email: 'm449@northwind.example', firstName: 'Member', lastName: 'M449', isActive: true },
      ...{ sources: { email: 'slack', emailKey: 'slack', firstName: 'slack', lastName: 'slack' } },
    })
    expect(await groupIn(usher, 'SSALES')).toEqual({ name: 'Sales', isGone: false, members: ['UPAT', 'USAM'] })
    expect(await groupIn(usher, 'SWAREHOUSE')).toMatchObject({ members: ['ULENA', 'USAM'] })
    usher.clock.pass(3 * MINUTE)
    expect(await said()).toContain('*456 members and 2 groups*, read 3 minutes ago.')
  })

  it('that finds nothing new writes nothing: no row, no event', async () => {
    const rows = () =>
      queryRows(
        usher,
        `SELECT count(*)::int AS events, (SELECT max(xmin::text::bigint)::text FROM "Person") AS newest
        FROM "AuditEvent"`,
      )
    const before = await rows()

    await readAll(usher, queue)

    expect(await rows()).toEqual(before)
  })

  it('waits as long as Slack asks, and goes on where it stopped', async () => {
    const before = since()
    await askForReading(queue)
    await until(async () => expect(askedFor(usher, 'users.list', before)).toHaveLength(1))
    usher.slack.faults.next('users.list', { kind: 'rate_limited', retryAfter: 30 })
    usher.clock.pass(3_000)
    await usher.hurry()
    await until(async () =>
      expect(await usher.app.db.prisma.directoryPass.count({ where: { problem: 'ratelimited' } })).toBe(1),
    )
    const later = `SELECT 1 FROM queue.job WHERE name = 'directory' AND state = 'created'
      AND start_after > now() + interval '20 seconds'`
    await until(async () => expect(await queryRows(usher, later), 'filed for later').toHaveLength(1))
    expect(await said()).toMatch(/Slack is being read now: 198 members so far\. Slack asks for patience: it goes on </)

    await readToTheEnd(usher, queue, (await finishedReadings(usher)) + 1)

    const pages = askedFor(usher, 'users.list', before)
    expect(pages.map(({ status }) => status)).toEqual([200, 429, 200, 200])
    expect(pages[1]?.cursor).toBe(pages[2]?.cursor)
    expect(await said()).toContain('*456 members and 2 groups*, read just now.')
  })

  it.each([
    [
      'answers 500',
      { kind: 'status', status: 500 },
      'Slack did not answer the last time; it is asked again by itself.',
    ],
    ['breaks off', { kind: 'lost_answer' }, 'Slack did not answer the last time'],
    ['says no', { kind: 'error', error: 'fatal_error' }, 'Slack says “fatal_error”; it is asked again by itself.'],
    ['refuses the token', { kind: 'error', error: 'token_revoked' }, 'Slack refuses the app’s token.'],
  ] as const)('goes on where it stopped when Slack %s in the middle', async (_, fault, words) => {
    const before = since()
    await askForReading(queue)
    await until(async () => expect(askedFor(usher, 'users.list', before)).toHaveLength(1))
    usher.slack.faults.next('users.list', fault)
    usher.clock.pass(3_000)
    await usher.hurry()
    await until(async () =>
      expect(await usher.app.db.prisma.directoryPass.count({ where: { problem: { not: null } } })).toBe(1),
    )
    expect(await said()).toContain(words)

    await readToTheEnd(usher, queue, (await finishedReadings(usher)) + 1)

    expect(askedFor(usher, 'users.list', before)).toHaveLength(4)
    expect(await usher.app.db.prisma.person.count({ where: { isActive: true } })).toBe(456)
  })

  it('begins its people anew where Slack has forgotten the place, and counts nobody twice', async () => {
    const before = since()
    await askForReading(queue)
    await until(async () => expect(askedFor(usher, 'users.list', before)).toHaveLength(1))
    usher.slack.faults.next('users.list', { kind: 'error', error: 'invalid_cursor' })

    await readToTheEnd(usher, queue, (await finishedReadings(usher)) + 1)

    expect(askedFor(usher, 'users.list', before)).toHaveLength(5)
    expect(await said()).toContain('*456 members and 2 groups*')
  })

  it('that goes on is not begun a second time: by the button, and by whoever asks', async () => {
    const before = since()
    const finished = await finishedReadings(usher)
    await askForReading(queue)
    await until(async () =>
      expect(await usher.app.db.prisma.directoryPass.count({ where: { finishedAt: null } })).toBe(1),
    )
    await askForReading(queue)
    const menu = await openSettingsMenu(usher)
    await menu.click('Directory')
    const view = await usher.slack.as('UADA').waitForView('Directory')
    await view.click('Look again now')
    await view.close({ all: true })

    await readToTheEnd(usher, queue, finished + 1)
    await usher.hurry()
    await waitForQuiet(usher)

    expect(await finishedReadings(usher)).toBe(finished + 1)
    expect(await usher.app.db.prisma.directoryPass.count()).toBe(finished + 1)
    // The first page may have been on its way twice; what it held was taken in once.
    expect(askedFor(usher, 'usergroups.list', before).length).toBeLessThanOrEqual(3)
  })

  it('is begun by the button "Look again now", which says how it goes', async () => {
    const finished = await finishedReadings(usher)
    const menu = await openSettingsMenu(usher)
    await menu.click('Directory')
    const view = await usher.slack.as('UADA').waitForView('Directory')
    await view.click('Look again now')
    await usher.slack.as('UADA').waitForView((shown) => shown.text.includes('Slack is being read now:'))
    await view.close({ all: true })

    await readToTheEnd(usher, queue, finished + 1)

    expect(await said()).not.toContain('being read')
  })

  it('is asked for each hour, and done once since two o’clock at night', async () => {
    const { prisma } = usher.app.db
    const ask = async () => {
      await queue.boss.send('maintenance', { task: 'read_directory' })
      await waitForQuiet(usher)
    }
    usher.clock.now = new Date(Math.ceil(usher.clock.now.getTime() / DAY) * DAY + 3 * 60 * MINUTE)
    const finished = await finishedReadings(usher)
    await queue.boss.send('maintenance', { task: 'read_directory' })
    await readToTheEnd(usher, queue, finished + 1)
    await ask()
    usher.clock.pass(60 * MINUTE)
    await ask()
    expect(await prisma.directoryPass.count()).toBe(finished + 1)

    usher.clock.pass(DAY)
    await queue.boss.send('maintenance', { task: 'read_directory' })
    await readToTheEnd(usher, queue, finished + 2)
  })
})

describe('a group', () => {
  it('that is turned off in Slack is gone, and nobody is taken out of it; turned on again, it is back', async () => {
    await usher.slack.setGroup('SWAREHOUSE', { date_delete: 1_800_000_000 }, { silently: true })
    usher.clock.pass(MINUTE)
    await readAll(usher, queue)
    expect(await groupIn(usher, 'SWAREHOUSE')).toEqual({
      ...{ name: 'Warehouse', isGone: true, members: ['ULENA', 'USAM'] },
    })
    expect(await said()).toContain('Warehouse (Slack) · not there any more')

    usher.clock.pass(MINUTE)
    await usher.slack.setGroup('SWAREHOUSE', { date_delete: 0, name: 'Depot' }, { silently: true })
    await readAll(usher, queue)

    expect(await groupIn(usher, 'SWAREHOUSE')).toEqual({
      ...{ name: 'Depot', isGone: false, members: ['ULENA', 'USAM'] },
    })
    const { id } = await usher.app.db.prisma.group.findFirstOrThrow({ where: { externalId: 'SWAREHOUSE' } })
    expect(await actsOf(usher, id)).toEqual([
      ...['group.added', 'group.members_changed', 'group.gone', 'group.renamed', 'group.back'],
    ])
  })

  it('that Slack does not list any more is gone; one whose members changed unheard of has them as they are', async () => {
    await usher.slack.setGroup('STEMP', { name: 'Temps', users: ['UM1', 'UM2'] }, { silently: true })
    await readAll(usher, queue)
    expect(await groupIn(usher, 'STEMP')).toMatchObject({ isGone: false, members: ['UM1', 'UM2'] })
    usher.slack.forgetGroup('STEMP')
    usher.clock.pass(MINUTE)
    await usher.slack.changeGroup('SSALES', { add: ['UMAX'], remove: ['UPAT'] }, { silently: true })

    await readAll(usher, queue)

    expect(await groupIn(usher, 'STEMP')).toMatchObject({ isGone: true, members: ['UM1', 'UM2'] })
    expect(await groupIn(usher, 'SSALES')).toMatchObject({ members: ['UMAX', 'USAM'] })
  })

  it('is no error on a plan that has none: it is said, and the groups that are known stay', async () => {
    usher.slack.faults.next('usergroups.list', { kind: 'error', error: 'plan_upgrade_required' })
    await readAll(usher, queue)
    expect(await said()).toContain('This Slack plan has no user groups')
    expect(await groupIn(usher, 'SSALES')).toMatchObject({ isGone: false, members: ['UMAX', 'USAM'] })

    usher.slack.faults.next('usergroups.list', { kind: 'error', error: 'missing_scope' })
    await readAll(usher, queue)

    expect(await said()).toContain('User groups could not be read: the app may not do so yet.')
  })
})

describe('two instances, one of which is killed', () => {
  it('do one reading between them, and the other ends it', async () => {
    const other: App = await startAnother(usher)
    const finished = await finishedReadings(usher)
    const before = since()
    await Promise.all([askForReading(queue), askForReading(queue)])
    await until(async () => expect(askedFor(usher, 'users.list', before).length).toBeGreaterThanOrEqual(1))
    await other.stop()

    await readToTheEnd(usher, queue, finished + 1)

    expect(await usher.app.db.prisma.directoryPass.count({ where: { finishedAt: null } })).toBe(0)
    expect(await usher.app.db.prisma.person.count({ where: { isActive: true } })).toBe(456)
    expect(await queryRows(usher, `SELECT "slackUserId" FROM "Person" GROUP BY 1 HAVING count(*) > 1`)).toEqual([])
  })
})
