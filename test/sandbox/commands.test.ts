// Slash commands as they arrive at the app, what becomes of its answers, and response URLs.
import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLocalSlack, messageText } from '../../src/sandbox/slack/local-slack.ts'
import { manifest, plain, startFakeApp } from './fake-app.ts'

let time = 1_700_000_000_000
let world: Awaited<ReturnType<typeof startFakeApp>>

beforeEach(async () => {
  time = Date.now()
  world = await startFakeApp({ now: () => time, limits: { answer: 150 } })
})
afterEach(() => world.close())

const respond = (url: string, body: unknown) => fetch(url, { method: 'POST', body: JSON.stringify(body) })

describe('slash commands', () => {
  it('arrive with every field, signed, with the exact content type', async () => {
    await world.slack.as('UPAT').command('/invites ana@example.org  now', { channel: '#customer-care' })

    const { raw = '', headers = {}, body } = world.received[0] ?? {}
    const timestamp = headers['x-slack-request-timestamp']
    const hex = createHmac('sha256', world.slack.signingSecret).update(`v0:${timestamp}:${raw}`).digest('hex')
    expect(headers['x-slack-signature']).toBe(`v0=${hex}`)
    expect(timestamp).toBe(String(Math.floor(time / 1000)))
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(body).toMatchObject({
      ...{ team_id: 'T0NORTHWIND', team_domain: 'northwind', channel_id: 'CCARE', channel_name: 'customer-care' },
      ...{ user_id: 'UPAT', user_name: 'pat', command: '/invites', text: 'ana@example.org  now' },
      ...{ is_enterprise_install: 'false', api_app_id: 'A0USHER', token: expect.any(String) },
      ...{ response_url: expect.stringMatching(/^http:\/\/127/), trigger_id: expect.any(String) },
    })
  })

  it('escape mentions where the manifest says so, and nowhere else', async () => {
    await world.slack.as('UADA').command('/invites why @pat #general and bob@example.org')
    await world.slack.as('UADA').command('/plain why <@UPAT>')

    expect(world.received.map(({ body }) => body.text)).toEqual([
      'why <@UPAT> <#CGENERAL|general> and bob@example.org',
      'why @pat',
    ])
  })

  it('are answered by text or JSON, only for the person unless it says in_channel', async () => {
    const [pat, max] = [world.slack.as('UPAT'), world.slack.as('UMAX')]
    world.app.handle = ({ body }) => ({
      body: body.text === 'loud' ? { response_type: 'in_channel', text: 'To all' } : 'Just you',
    })

    await pat.command('/invites quiet')
    await pat.command('/invites loud')

    expect(pat.messages('general').map(({ text }) => text)).toEqual(['Just you', '/invites loud', 'To all'])
    expect(max.messages('general').map(({ text }) => text)).toEqual(['/invites loud', 'To all'])
    expect(pat.ephemerals('general')).toHaveLength(1)
  })

  it('that are not answered in time, or not with 200, fail with the words that Slack uses', async () => {
    const pat = world.slack.as('UPAT')
    world.app.handle = ({ body }) => (body.text === 'hang' ? { hang: true } : { status: 500 })

    const hung = await pat.command('/invites hang')
    const failed = await pat.command('/invites fail')

    expect([hung.error, failed.error]).toEqual(['operation_timeout', 'dispatch_failed'])
    expect(pat.ephemerals().map(messageText)).toEqual([
      '/invites failed with the error “operation_timeout”',
      '/invites failed with the error “dispatch_failed”',
    ])
  })

  it('that no app has are answered by Slackbot', async () => {
    const outcome = await world.slack.as('UPAT').command('/nonsense')

    expect(outcome.error).toBe('unknown_command')
    expect(world.received).toEqual([])
    expect(world.slack.as('UPAT').ephemerals()[0]?.text).toContain('`/nonsense` is not a valid command')
  })

  it('answered with broken blocks are complained about and not shown', async () => {
    world.app.handle = () => ({ body: { text: 'x', blocks: [{ type: 'header', text: plain('x'.repeat(200)) }] } })

    await world.slack.as('UPAT').command('/invites')

    expect(world.slack.as('UPAT').ephemerals()).toEqual([])
    expect(world.slack.complaints[0]).toMatch(/invalid_blocks.*less than 151/)
  })
})

describe('response URLs', () => {
  const urlOf = () => world.received[0]?.body.response_url

  it('work five times and not a sixth', async () => {
    await world.slack.as('UPAT').command('/invites')

    const statuses: number[] = []
    for (let count = 0; count < 6; count += 1) statuses.push((await respond(urlOf(), { text: `No. ${count}` })).status)

    expect(statuses).toEqual([200, 200, 200, 200, 200, 404])
    expect(world.slack.as('UPAT').ephemerals()).toHaveLength(5)
    expect(world.slack.as('UADA').messages('general')).toEqual([])
  })

  it('end after 30 minutes', async () => {
    await world.slack.as('UPAT').command('/invites')
    time += 30 * 60 * 1000 + 1

    const late = await respond(urlOf(), { text: 'Late' })

    expect([late.status, await late.text()]).toEqual([404, expect.stringContaining('expired_url')])
  })

  it('replace and delete the message whose button was pressed', async () => {
    const pat = world.slack.as('UPAT')
    const blocks = [{ type: 'actions', elements: [{ type: 'button', action_id: 'go', text: plain('Go'), value: '7' }] }]
    await world.api('chat.postMessage', { channel: 'customer-care', text: 'Press', blocks })
    const message = await pat.waitForMessage('Press')
    await pat.click(message, 'Go')
    const url = world.received[0]?.body.response_url

    await respond(url, { replace_original: true, text: 'Pressed' })

    expect(messageText(message)).toBe('Pressed')
    expect(message.edited).toBe(true)
    await respond(url, { delete_original: true })
    expect(pat.messages('customer-care')).toEqual([])
  })

  it('write into channels where the app is no member', async () => {
    await world.slack.as('USAM').command('/invites', { channel: 'random' })

    await respond(urlOf(), { response_type: 'in_channel', text: 'Hello random' })

    expect(
      world.slack
        .as('UPAT')
        .messages('random')
        .map(({ text }) => text),
    ).toEqual(['Hello random'])
  })
})

describe('the workspace', () => {
  it('refuses a manifest that Slack would refuse', async () => {
    const features = { slash_commands: [{ command: '/invite', description: 'Slack has this one' }] }

    const start = createLocalSlack({ appUrl: () => 'http://127.0.0.1:1', manifest: { ...manifest, features } })

    await expect(start).rejects.toThrow('/invite: the slash command has an invalid name')
  })

  it('says what was seen when something was waited for in vain', async () => {
    await world.api('chat.postMessage', { channel: 'general', text: 'Something else' })

    const waiting = world.slack.as('UPAT').waitForMessage('Welcome', { within: 20 })

    await expect(waiting).rejects.toThrow(/a message with Welcome within 20 ms.*Something else/s)
  })
})
