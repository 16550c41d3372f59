// Socket Mode: the same journey over the line that the app opens, and what becomes of it when the line breaks.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createWorld, openInvitation, type World } from './programs.ts'

// Whole programs are started, also on machines that have other things to do.
let world: World

beforeAll(async () => {
  world = await createWorld({ socketMode: true })
})
afterAll(() => world.close())

const appToken = () => ({ SLACK_APP_TOKEN: world.slack.appToken })
const lines = () => world.slack.socketMode?.connections
/** Until the app has opened a new line after the old one broke. */
const untilConnected = () => expect.poll(lines, { interval: 10 }).toBe(1)

it('a form in Slack becomes a mail, over the line that the app opened', async () => {
  const { slack, mailbox } = world
  const program = world.start(appToken())
  await program.ready()
  expect(lines()).toBe(1)

  const ada = slack.as('UADA')
  expect((await ada.command('/invites help')).body).toContain('/invites status')
  const form = await openInvitation(slack, 'UADA', 'not an address@')
  expect((await form.submit()).errors).toBeDefined()
  await form.fill({ 'E-mail': 'ana@example.org' })
  expect(await form.submit()).toEqual({ closed: true })
  await ada.waitForMessage('ana@example.org is being invited')
  await mailbox.waitFor(({ to }) => to.includes('ana@example.org'))
  await ada.openHome()
  expect((await ada.waitForHome()).text).not.toBe('')
  expect(slack.sent.map(({ path }) => path)).not.toContain('/slack/events')
  expect(slack.complaints).toEqual([])

  expect(await program.end('SIGTERM')).toBe(0)
  expect(lines()).toBe(0)
})

it('an envelope that Slack sends twice is done once', async () => {
  const { slack } = world
  const program = world.start(appToken())
  await program.ready()
  const form = await openInvitation(slack, 'UADA', 'twice@example.org')
  const before = slack.requests.filter(({ method }) => method === 'views.open').length
  const command = {
    ...Object.fromEntries(new URLSearchParams(slack.sent.find(({ kind }) => kind === 'command')?.body)),
  }
  const again = slack.socketMode?.send('slash_commands', command)
  expect(await again).toMatchObject({ outcome: 'answered' })
  await program.saying(/came twice and is done once/)
  expect(slack.requests.filter(({ method }) => method === 'views.open')).toHaveLength(before)
  await form.close()
  await program.end('SIGTERM')
})

it('a line that Slack renews, or that breaks, is opened again; an app token that Slack refuses for a while, too', async () => {
  const { slack } = world
  const program = world.start(appToken())
  await program.ready()

  slack.socketMode?.disconnect('refresh')
  await expect.poll(lines, { interval: 1 }).toBe(0)
  await untilConnected()
  slack.faults.next('apps.connections.open', { kind: 'error', error: 'invalid_auth' })
  slack.socketMode?.disconnect('cut')
  await expect.poll(lines, { interval: 1 }).toBe(0)
  await untilConnected()

  const form = await openInvitation(slack, 'UADA', 'bea@example.org')
  expect(await form.submit()).toEqual({ closed: true })
  expect(await program.end('SIGTERM')).toBe(0)
})

it('Slack that cannot be reached at the start keeps neither the pages nor SIGTERM waiting', async () => {
  const { slack } = world
  slack.faults.next('apps.connections.open', { kind: 'status', status: 500 })
  slack.faults.next('auth.test', { kind: 'status', status: 500 })
  const program = world.start(appToken())
  await program.ready()
  expect(await world.readiness()).toBe(200)
  await untilConnected()
  const form = await openInvitation(slack, 'UADA', 'cem@example.org')
  expect(await form.submit()).toEqual({ closed: true })
  slack.faults.next('apps.connections.open', { kind: 'hang' }, { times: 10 })
  slack.socketMode?.disconnect('cut')
  expect(await program.end('SIGTERM')).toBe(0)
  slack.faults.clear()
})
