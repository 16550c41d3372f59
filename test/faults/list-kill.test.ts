// SECURITY 27 and 30 for lists: the program is killed, or told to end, in the middle of a list; every row is delivered
// once, and the one message ends truthfully.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Message } from '../../src/sandbox/slack/local-slack.ts'
import { addresses, csv, giveFile } from '../journeys/list-acts.ts'
import { type MailServer, openMailServer } from './mail-server.ts'
import { createWorld, type World } from './programs.ts'

const ROWS = 2_000
const KILLS = 3
/** What one kill may cost: the mail server's connections at once. */
const MOST_EXTRA = 5
const MOST_SECONDS = 10

let world: World
let mailServer: MailServer

beforeAll(async () => {
  world = await createWorld()
  mailServer = await openMailServer()
})
afterAll(async () => {
  await world.close()
  await mailServer.close()
})

const env = () => ({ SMTP_URL: mailServer.url })

/** A list that was just sent, its minute over. */
async function sendList(prefix: string): Promise<Message> {
  const ada = world.slack.as('UADA')
  const preview = await giveFile(ada, csv(addresses(prefix, ROWS).join('\n')))
  const before = ada.dm().at(-1)?.ts ?? ''
  await preview.submit()
  const progress = await ada.waitForMessage(
    ({ ts, text, visibleTo }) =>
      ts > before && visibleTo === undefined && text.includes('2,000 people will be invited'),
  )
  // As if a minute had passed.
  await world.ask(`UPDATE "Batch" SET "startsAt" = now() WHERE "status" = 'confirmed'`)
  await world.ask(`UPDATE queue.job SET start_after = now() WHERE state = 'created' AND start_after > now()`)
  return progress
}

async function untilAllSent(): Promise<void> {
  const left = () => world.ask(`SELECT count(*)::int AS n FROM "Invitation" WHERE "status" <> 'pending'`)
  await expect.poll(left, { interval: 200 }).toEqual([{ n: 0 }])
}

async function expectTheEnd({ ts }: Message): Promise<void> {
  const done = await world.slack
    .as('UADA')
    .waitForMessage((message) => message.ts === ts && message.text.includes('were invited'))
  expect(done.text).toBe('2,000 people were invited into Main hub. Nobody was left out.')
}

const taken = (prefix: string) => mailServer.recipients.filter((to) => to.startsWith(prefix))

it(`27: ${KILLS} kills in the middle of ${ROWS} rows: each is delivered once, and the message says so`, async () => {
  let program = world.start(env())
  await program.ready()
  mailServer.pace(20)
  const progress = await sendList('kill')
  for (let kill = 1; kill <= KILLS; kill += 1) {
    await mailServer.took(kill * 400)
    await program.end('SIGKILL')
    // What was in flight is at the mail server by then.
    await mailServer.quiet()
    expect(taken('kill').length).toBeLessThan(ROWS)
    program = world.start(env())
    await program.ready()
  }
  await untilAllSent()
  expect(new Set(taken('kill')).size).toBe(ROWS)
  expect(taken('kill').length - ROWS).toBeLessThanOrEqual(KILLS * MOST_EXTRA)
  await expectTheEnd(progress)
  expect(await program.end('SIGTERM')).toBe(0)
})

it('30: SIGTERM with a list under way ends with 0 in time, and the rest goes on at the next start, none twice', async () => {
  const program = world.start(env())
  await program.ready()
  mailServer.pace(20)
  const progress = await sendList('term')
  await expect.poll(() => taken('term').length).toBeGreaterThan(200)
  const began = performance.now()
  expect(await program.end('SIGTERM')).toBe(0)
  expect((performance.now() - began) / 1000).toBeLessThan(MOST_SECONDS)
  expect(taken('term').length).toBeLessThan(ROWS)

  mailServer.pace(0)
  const next = world.start(env())
  await next.ready()
  await untilAllSent()
  expect(taken('term')).toHaveLength(ROWS)
  expect(new Set(taken('term')).size).toBe(ROWS)
  await expectTheEnd(progress)
  expect(await next.end('SIGTERM')).toBe(0)
  expect(world.slack.complaints).toEqual([])
})
