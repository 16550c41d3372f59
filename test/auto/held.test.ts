// A pass that would invite more than so many is held: it needs a second yes, for exactly these people, once.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Queue } from '../../src/jobs/index.ts'
import { openQueueOf, queryRows, until } from '../journeys/acts.ts'
import { MINUTE, startUsher, type Usher } from '../setup/usher.ts'
import { bringIn, invitedByClock, openAuto, putInto, runPass, switchOn } from './auto-acts.ts'

let usher: Usher
let queue: Queue

beforeAll(async () => {
  usher = await startUsher()
  queue = await openQueueOf(usher)
  for (const id of ['UADA', 'UMAX']) {
    await usher.slack.as(id).openHome()
    await usher.slack.as(id).waitForHome()
  }
  await putInto(usher, 'Sales')
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await queue.close()
  await usher.stop()
})
beforeEach(async () => {
  usher.clock.pass(5 * MINUTE)
  await usher.slack.as('UADA').view()?.close({ all: true })
})

/** So many newcomers who are due. */
async function bringInMany(prefix: string, count: number): Promise<string[]> {
  const emails = Array.from({ length: count }, (_, index) => `${prefix}${index}@example.org`)
  for (const email of emails) await bringIn(usher, email, { startDate: '2026-01-01' })
  return emails
}

const invitedOf = async (prefix: string) => (await invitedByClock(usher)).filter((email) => email.startsWith(prefix))

const questions = () =>
  usher.slack
    .as('UADA')
    .dm()
    .filter(({ text }) => text.includes('need a second yes'))

it('holds the pass and asks whoever switched it on, once, however often the clock comes by', async () => {
  await switchOn(usher, { 'Most people invited in one pass': '3' })
  await bringInMany('held', 4)

  await runPass(usher, queue)
  await runPass(usher, queue)

  await usher.slack.as('UADA').waitForMessage('would invite 4 people into Main hub in one pass, and more than 3')
  await until(async () => expect(await queryRows(usher, `SELECT 1 FROM "AutoTold"`)).toHaveLength(1))
  expect(questions()).toHaveLength(1)
  expect(await invitedOf('held')).toEqual([])
  const state = await openAuto(usher)
  expect(state.text).toContain('4 people wait for a second yes')
  await state.click('Show them')
  const list = await usher.slack.as('UADA').waitForView('People')
  expect(list.text).toContain('held3 · held3@example.org')
})

it('a yes lets exactly those go for whom it was asked; who came meanwhile is held anew', async () => {
  await bringInMany('meanwhile', 4)
  const ada = usher.slack.as('UADA')
  const [question] = questions()
  if (!question) throw new Error('nobody was asked')

  await ada.click(question, 'Invite 4 people')

  await ada.waitForMessage('Yes: 4 people are being invited')
  expect(await invitedOf('held')).toEqual(['held0', 'held1', 'held2', 'held3'].map((name) => `${name}@example.org`))
  expect(await invitedOf('meanwhile')).toEqual([])
  await until(async () => expect(questions()).toHaveLength(1))
  const rule = await usher.app.db.prisma.autoRule.findFirstOrThrow({ where: { status: 'on' } })
  expect(rule).toMatchObject({ heldCount: 4, agreedAt: null })
  expect(await usher.app.db.prisma.autoHeld.count()).toBe(4)
  const agreed = await queryRows(usher, `SELECT "actorName", "after" FROM "AuditEvent" WHERE "act" = 'auto.agreed'`)
  expect(agreed).toEqual([{ actorName: 'Ada Lovelace', after: { people: 4, most: 3 } }])
})

it('an older question is answered by nobody any more: its button changes nothing', async () => {
  const { ts } = usher.slack.as('UADA').dm().at(-1) ?? { ts: '' }
  const rule = await usher.app.db.prisma.autoRule.findFirstOrThrow({ where: { status: 'on' } })
  await usher.app.db.prisma.autoRule.update({
    where: { id: rule.id },
    data: { heldAt: new Date((rule.heldAt?.getTime() ?? 0) + 1_000) },
  })
  const [question] = questions()
  if (!question) throw new Error('nobody was asked')
  await usher.slack.as('UADA').click(question, 'Invite 4 people')
  await usher.slack.as('UADA').waitForMessage('Nothing was done: somebody answered this already', { after: ts })
  await runPass(usher, queue)
  expect(await invitedOf('meanwhile')).toEqual([])
})

it('a yes that is pressed five times at once in the window is one yes', async () => {
  const state = await openAuto(usher)
  await Promise.all(Array.from({ length: 5 }, () => state.click('Invite 4 people')))
  await until(async () => expect(await invitedOf('meanwhile')).toHaveLength(4))
  await runPass(usher, queue)
  expect(await invitedOf('meanwhile')).toHaveLength(4)
  expect(await queryRows(usher, `SELECT 1 FROM "AuditEvent" WHERE "act" = 'auto.agreed'`)).toHaveLength(2)
  expect(state.text).not.toContain('second yes, since')
})

it('a pass that is small enough by now goes without a yes', async () => {
  const emails = await bringInMany('fewer', 4)
  await runPass(usher, queue)
  expect(await invitedOf('fewer')).toEqual([])
  await usher.app.db.prisma.person.updateMany({ where: { email: emails[0] ?? '' }, data: { employeeType: null } })
  await runPass(usher, queue)
  expect(await invitedOf('fewer')).toEqual(emails.slice(1))
  const rule = await usher.app.db.prisma.autoRule.findFirstOrThrow({ where: { status: 'on' } })
  expect(rule).toMatchObject({ heldAt: null, heldCount: 0 })
  expect(await usher.app.db.prisma.autoHeld.count()).toBe(0)
})

it('other conditions are another question: what was held by the earlier ones is held no more', async () => {
  await bringInMany('other', 5)
  await runPass(usher, queue)
  expect(await usher.app.db.prisma.autoHeld.count()).toBe(5)
  const before = await usher.app.db.prisma.autoRule.findFirstOrThrow({ where: { status: 'on' } })
  await switchOn(usher, { 'Most people invited in one pass': '4', Role: 'Team Lead' })
  expect(await usher.app.db.prisma.autoHeld.count()).toBe(0)
  expect(await usher.app.db.prisma.autoRule.findUnique({ where: { id: before.id } })).toBeNull()
  await runPass(usher, queue)
  expect(await invitedOf('other')).toEqual([])
  await usher.slack.as('UADA').waitForMessage('would invite 5 people into Main hub in one pass, and more than 4')
})

it('where whoever switched it on takes no messages, the other Corporate Admins are asked', async () => {
  const { prisma } = usher.app.db
  await prisma.autoHeld.deleteMany()
  await prisma.autoTold.deleteMany()
  await prisma.autoRule.updateMany({ where: { status: 'on' }, data: { heldAt: null } })
  usher.slack.faults.next('chat.postMessage', { kind: 'error', error: 'user_not_found' })
  await runPass(usher, queue)
  await usher.slack.as('UMAX').waitForMessage('would invite 5 people into Main hub')
  const told = async () => (await prisma.autoTold.findMany()).map(({ sentTo }) => sentTo)
  await until(async () => expect(await told()).toContain('UMAX'))
})
