// Rights that are lost in between, groups that are gone, one person in many groups, and people who come back.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inSqlTransaction } from '../../src/database/index.ts'
import { letPeopleGo } from '../../src/invitations/index.ts'
import type { Queue } from '../../src/jobs/index.ts'
import { learnPerson } from '../../src/people/index.ts'
import { hurryJobs, mailTo, openQueueOf, queryRows, signUp, until, waitForStatus } from '../journeys/acts.ts'
import { linkIn, MINUTE, startUsher, type Usher } from '../setup/usher.ts'
import { bringIn, invitedByClock, mailsTo, openAuto, putInto, runPass, switchOn } from './auto-acts.ts'

let usher: Usher
let queue: Queue

beforeAll(async () => {
  usher = await startUsher()
  queue = await openQueueOf(usher)
  for (const id of ['UADA', 'UMAX']) {
    await usher.slack.as(id).openHome()
    await usher.slack.as(id).waitForHome()
  }
  for (const group of ['Sales', 'Care', 'Warehouse']) await putInto(usher, group)
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await queue.close()
  await usher.stop()
})

const timesInvited = async (email: string) => (await invitedByClock(usher)).filter((one) => one === email).length
const ALL = { Groups: ['Sales (import)', 'Care (import)', 'Warehouse (import)'] }
// What was deleted cannot be chosen any more.
const LEFT = { Groups: ['Sales (import)', 'Warehouse (import)'] }
const due = { startDate: '2026-01-01' }

it('the same person in three groups is invited once, and gets one message', async () => {
  await switchOn(usher, ALL)
  await bringIn(usher, 'thrice@example.org', { ...due, groups: ['Sales', 'Care', 'Warehouse'] })
  await runPass(usher, queue)
  await runPass(usher, queue)
  usher.clock.pass(2 * MINUTE)
  await hurryJobs(usher)
  await mailTo(usher, 'thrice@example.org')
  await waitForStatus(usher, 'thrice@example.org', 'pending')
  expect(await timesInvited('thrice@example.org')).toBe(1)
  expect(mailsTo(usher, 'thrice@example.org')).toBe(1)
})

it('from a group that was deleted where it came from nobody is invited; the rule says so, and everybody stays in it', async () => {
  const id = await bringIn(usher, 'care@example.org', { ...due, groups: ['Care'] })
  await usher.app.db.prisma.group.updateMany({ where: { name: 'Care' }, data: { deletedAt: usher.clock.now } })
  await runPass(usher, queue)
  expect(await timesInvited('care@example.org')).toBe(0)
  const state = await openAuto(usher)
  expect(state.text).toContain('Care (import): deleted where it came from')
  expect(state.text).toContain('Sales (import)')
  expect(await usher.app.db.prisma.groupMembership.count({ where: { personId: id } })).toBe(1)
  await usher.slack.as('UADA').view()?.close({ all: true })
  // In another of the groups they are invited by that one.
  await putInto(usher, 'Sales', id)
  await runPass(usher, queue)
  expect(await timesInvited('care@example.org')).toBe(1)
})

it('whoever left and is hired again is invited anew, once; their paused account opens again by it', async () => {
  const email = 'back@example.org'
  const id = await bringIn(usher, email, due)
  const invitedNow = async (times: number) => {
    await runPass(usher, queue)
    usher.clock.pass(2 * MINUTE)
    await hurryJobs(usher)
    expect(await timesInvited(email)).toBe(times)
  }
  const says = (active: boolean) =>
    inSqlTransaction(usher.app.db, async (tx) => {
      const { organisationId } = await usher.app.db.prisma.person.findUniqueOrThrow({ where: { id } })
      const c = {
        letGo: (inner: typeof tx, leaving: Parameters<typeof letPeopleGo>[2]) => letPeopleGo(inner, queue, leaving),
      }
      const by = { actor: { id: null, name: 'SCIM' }, origin: 'scim', at: usher.clock.now }
      await learnPerson(tx, c, { organisationId, personId: id, source: 'scim', said: { active }, ...by })
    })
  await invitedNow(1)
  const first = linkIn(await mailTo(usher, email))
  await waitForStatus(usher, email, 'pending')
  expect((await signUp(usher, first)).status).toBe(303)

  usher.clock.pass(MINUTE)
  await says(false)
  await invitedNow(1)
  usher.clock.pass(MINUTE)
  await says(true)
  await invitedNow(2)
  await invitedNow(2)

  const second = linkIn(await mailTo(usher, email, 2))
  await waitForStatus(usher, email, 'pending')
  expect((await usher.visit(second)).status).toBe(200)
  expect((await usher.visit(first)).status).toBe(404)
})

it('a right that is lost in between stops the rule before anybody is invited by it, and Corporate Admins are told once', async () => {
  const max = usher.slack.as('UMAX')
  await switchOn(usher, LEFT, 'UMAX')
  await bringIn(usher, 'late@example.org', due)
  await usher.slack.setUser('UMAX', { is_admin: false })
  await until(async () =>
    expect(await queryRows(usher, `SELECT "isWorkspaceAdmin" FROM "Person" WHERE "slackUserId" = 'UMAX'`)).toEqual([
      { isWorkspaceAdmin: false },
    ]),
  )

  await runPass(usher, queue)
  await runPass(usher, queue)

  expect(await timesInvited('late@example.org')).toBe(0)
  const ada = usher.slack.as('UADA')
  await ada.waitForMessage('have stopped, because whoever had switched them on is not a Corporate Admin any more')
  await until(async () =>
    expect(await queryRows(usher, `SELECT state::text FROM queue.job WHERE name = 'tell'`)).toEqual([
      { state: 'completed' },
    ]),
  )
  expect(ada.dm().filter(({ text }) => text.includes('have stopped'))).toHaveLength(1)
  expect(max.dm().filter(({ text }) => text.includes('have stopped'))).toHaveLength(0)
  const state = await openAuto(usher)
  expect(state.text).toContain('Stopped')
  await ada.view()?.close({ all: true })
  const events = await queryRows(
    usher,
    `SELECT "actorName", "origin", "after" FROM "AuditEvent" WHERE "act" = 'auto.stopped'`,
  )
  expect(events).toMatchObject([{ actorName: 'Usher', origin: 'scheduler', after: { because: 'right_lost' } }])
  // Set up anew by somebody who may, it goes on with whoever waited.
  await switchOn(usher, LEFT)
  await runPass(usher, queue)
  expect(await timesInvited('late@example.org')).toBe(1)
})

it('a hub that was archived meanwhile stops the rule', async () => {
  const { prisma } = usher.app.db
  await prisma.hub.updateMany({ where: { name: 'Main hub' }, data: { archivedAt: usher.clock.now } })
  await bringIn(usher, 'nowhere@example.org', due)
  await runPass(usher, queue)
  await usher.slack.as('UADA').waitForMessage('have stopped, because their hub was archived')
  expect(await timesInvited('nowhere@example.org')).toBe(0)
  await prisma.hub.updateMany({ where: { name: 'Main hub' }, data: { archivedAt: null } })
})

it('whoever was asked for, refused or taken back by hand before is not invited by the clock', async () => {
  await switchOn(usher, LEFT)
  const { prisma } = usher.app.db
  const { id: hubId, organisationId } = await prisma.hub.findFirstOrThrow({ where: { name: 'Main hub' } })
  const inviter = await prisma.person.findFirstOrThrow({ where: { slackUserId: 'UADA' } })
  const statuses = ['rejected', 'revoked', 'error', 'expired', 'awaiting_approval'] as const
  for (const status of statuses) {
    const personId = await bringIn(usher, `${status}@example.org`, due)
    await prisma.invitation.create({
      data: {
        ...{ id: crypto.randomUUID(), organisationId, hubId, personId, inviterId: inviter.id, status },
        ...{ email: `${status}@example.org`, userType: 'team_member', role: 'employee', language: 'en' },
        ...{ createdAt: usher.clock.now, queuedAt: usher.clock.now },
      },
    })
  }
  await runPass(usher, queue)
  for (const status of statuses) expect(await timesInvited(`${status}@example.org`), status).toBe(0)
})
