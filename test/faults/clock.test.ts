// SECURITY 32, as far as the app goes: a clock that is put back, and a machine that slept.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Queue } from '../../src/jobs/index.ts'
import {
  hurryJobs,
  invitationOf,
  inviteAndGetLink,
  openQueueOf,
  runExpiry,
  signUp,
  waitForQuiet,
} from '../journeys/acts.ts'
import { DAY, MINUTE, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
let queue: Queue

beforeAll(async () => {
  usher = await startUsher()
  queue = await openQueueOf(usher)
})
afterAll(async () => {
  await queue.close()
  await usher.stop()
})

const newsOf = (email: string) =>
  usher.slack
    .as('UADA')
    .dm()
    .filter(({ text }) => text.includes(email))

it('32: a clock that is put back by four minutes ends no link early and revives none', async () => {
  const live = await inviteAndGetLink(usher, 'ana@example.org')
  const dead = await inviteAndGetLink(usher, 'bea@example.org')
  await usher.app.db.prisma.invitation.updateMany({
    where: { email: 'bea@example.org' },
    data: { expiresAt: new Date(usher.clock.now.getTime() - MINUTE) },
  })
  await runExpiry(usher, queue)
  usher.clock.pass(-4 * MINUTE)
  await runExpiry(usher, queue)
  expect((await invitationOf(usher, 'bea@example.org')).status).toBe('expired')
  expect((await usher.visit(dead)).status).toBe(404)
  expect((await usher.visit(live)).status).toBe(200)
  expect((await signUp(usher, live)).status).toBe(303)
  // Somebody invited while the clock is behind has a mail and a link like everybody else.
  expect((await usher.visit(await inviteAndGetLink(usher, 'cem@example.org'))).status).toBe(200)
  usher.clock.pass(4 * MINUTE)
})

it('32: after a sleep of three days what ran out meanwhile expires in one pass, and is told once', async () => {
  const early = ['dan@example.org', 'eve@example.org']
  for (const email of early) await inviteAndGetLink(usher, email)
  usher.clock.pass(6 * DAY)
  const fresh = await inviteAndGetLink(usher, 'fay@example.org')

  usher.clock.pass(3 * DAY)
  await runExpiry(usher, queue)
  for (const email of early) expect((await invitationOf(usher, email)).status).toBe('expired')
  expect((await usher.visit(fresh)).status).toBe(200)
  await runExpiry(usher, queue)
  await hurryJobs(usher)
  await waitForQuiet(usher)
  for (const email of early) expect(newsOf(email)).toHaveLength(1)
  expect(newsOf('fay@example.org')).toHaveLength(0)
  expect(usher.mailbox.messages.filter(({ envelope }) => envelope.to.some((to) => early.includes(to)))).toHaveLength(2)
})
