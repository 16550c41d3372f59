// SECURITY 28, the whole app on its built-in database: two on one folder, and the deaths of the app and of the server.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { isAlive } from '../../src/database/embedded/lock.ts'
import { createWorld, openInvitation, pickPort, type World } from './programs.ts'

// Whole programs are started, also on machines that have other things to do.
let world: World

beforeEach(async () => {
  world = await createWorld()
})
afterEach(() => world.close())

it('28: a second app on the same folder says so and ends with 1; the first goes on', async () => {
  await world.start().ready()
  const second = world.start({ PORT: String(await pickPort()) })
  expect(await second.exit()).toBe(1)
  expect(second.lines.join('\n')).toContain(`has the database in ${world.dataDir} open. Stop it first`)
  expect(second.lines.join('\n')).not.toMatch(/^\s+at /m)
  expect(await world.readiness()).toBe(200)
})

it('28: the app is killed: no database process is left, and the next start finds the invitation and sends it', async () => {
  const program = world.start()
  await program.ready()
  world.mailbox.faults.next('rcpt', 'hang', { times: Number.POSITIVE_INFINITY })
  const form = await openInvitation(world.slack, 'UADA', 'ana@example.org')
  expect(await form.submit()).toEqual({ closed: true })
  const database = world.databasePid()
  expect(isAlive(database)).toBe(true)

  await program.end('SIGKILL')

  await expect.poll(() => isAlive(database)).toBe(false)
  world.mailbox.faults.clear()
  await world.start().ready()
  await world.mailbox.waitFor(({ to }) => to.includes('ana@example.org'))
})

it('28: the database server is killed: /readyz tells, it is started again, and nothing accepted is lost or sent twice', async () => {
  const { slack, mailbox } = world
  const program = world.start()
  await program.ready()
  const invite = async (email: string) => {
    const form = await openInvitation(slack, 'UADA', email)
    expect(await form.submit()).toEqual({ closed: true })
  }
  const database = world.databasePid()
  const prepared = await openInvitation(slack, 'UMAX', 'during@example.org')
  await invite('before@example.org')

  process.kill(database, 'SIGKILL')
  expect(await world.readiness()).toBe(503)
  const submitted = await prepared.submit()
  await expect.poll(() => world.readiness(), { interval: 20 }).toBe(200)
  expect((await fetch(`${world.url}/healthz`)).status).toBe(200)

  // Refused in words, with everything typed still there, and then simply sent again; or it was in time after all.
  if (!submitted.closed) {
    expect(submitted.errors?.email).toMatch(/the number \w+/)
    expect(await prepared.submit()).toEqual({ closed: true })
  }
  await invite('after@example.org')
  expect(world.databasePid()).not.toBe(database)
  for (const email of ['before', 'during', 'after']) {
    await mailbox.waitFor(({ to }) => to.includes(`${email}@example.org`))
  }
  expect(mailbox.messages).toHaveLength(3)
  expect(program.lines.join('\n')).toContain('The built-in database runs again')
})
