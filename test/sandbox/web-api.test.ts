// Web API methods with their error names and scopes, events with their repetitions, ordered faults.
import { WebClient } from '@slack/web-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { messageText } from '../../src/sandbox/slack/local-slack.ts'
import { type Loose, plain, startFakeApp } from './fake-app.ts'

let world: Awaited<ReturnType<typeof startFakeApp>>

beforeEach(async () => {
  world = await startFakeApp({ limits: { answer: 100, eventRetries: [0, 20, 20] } })
})
afterEach(() => world.close())

const raw = (method: string, init: RequestInit = {}) =>
  fetch(`${world.slack.apiUrl}${method}`, { method: 'POST', ...init })

describe('the Web API', () => {
  it('speaks with the official client', async () => {
    const client = new WebClient(world.slack.botToken, { slackApiUrl: world.slack.apiUrl, retryConfig: { retries: 0 } })

    const auth = await client.auth.test()
    const posted = await client.chat.postMessage({ channel: 'UPAT', text: 'Hello' })
    const changed = await client.chat.update({
      channel: posted.channel ?? '',
      ts: posted.ts ?? '',
      text: 'Hello again',
    })
    const { user } = await client.users.info({ user: 'UADA' })
    const found = await client.users.lookupByEmail({ email: 'MAX@northwind.example' })

    expect(auth).toMatchObject({ team_id: 'T0NORTHWIND', user_id: 'UUSHERBOT', bot_id: 'B0USHER' })
    expect(auth.response_metadata?.scopes).toContain('chat:write')
    expect(changed.ok).toBe(true)
    expect(world.slack.as('UPAT').dm().map(messageText)).toEqual(['Hello again'])
    expect(user).toMatchObject({
      is_primary_owner: true,
      is_admin: true,
      tz: 'Europe/Berlin',
      tz_offset: expect.any(Number),
    })
    expect(user?.profile?.email).toBe('ada@northwind.example')
    expect(found.user?.id).toBe('UMAX')
  })

  it('goes through all people by cursor', async () => {
    const client = new WebClient(world.slack.botToken, { slackApiUrl: world.slack.apiUrl })
    const ids: string[] = []

    for await (const page of client.paginate('users.list', { limit: 3 })) {
      const { members }: Loose = page
      for (const { id } of members) ids.push(id)
    }

    expect(ids).toHaveLength(8)
    expect(new Set(ids).size).toBe(8)
  })

  it('refuses with the names that Slack has for it', async () => {
    const post = (given: object) => world.api('chat.postMessage', { channel: 'general', text: 'x', ...given })
    const without: Loose = await (await raw('auth.test')).json()
    const wrong: Loose = await (await raw('auth.test', { headers: { authorization: 'Bearer xoxb-1' } })).json()
    const errors = {
      noToken: without.error,
      wrongToken: wrong.error,
      unknownMethod: (await world.api('chat.postLetter')).error,
      channel: (await post({ channel: 'nowhere' })).error,
      notIn: (await post({ channel: 'random' })).error,
      noText: (await post({ text: '' })).error,
      long: (await post({ text: 'x'.repeat(40_001) })).error,
      blocks: (await post({ blocks: [{ type: 'header', text: plain('') }] })).error,
      ephemeral: (await world.api('chat.postEphemeral', { channel: 'people-ops', user: 'UPAT', text: 'x' })).error,
      nobody: (await world.api('users.info', { user: 'U0' })).error,
      email: (await world.api('users.lookupByEmail', { email: 'nobody@x.example' })).error,
      update: (await world.api('chat.update', { channel: 'CGENERAL', ts: '1.2', text: 'x' })).error,
    }

    expect(errors).toEqual({
      ...{ noToken: 'not_authed', wrongToken: 'invalid_auth', unknownMethod: 'unknown_method' },
      ...{ channel: 'channel_not_found', notIn: 'not_in_channel', noText: 'no_text', long: 'msg_too_long' },
      ...{ blocks: 'invalid_blocks', ephemeral: 'user_not_in_channel', nobody: 'user_not_found' },
      ...{ email: 'users_not_found', update: 'message_not_found' },
    })
  })

  it('asks for the scope that is missing', async () => {
    const response = await raw('usergroups.list', { headers: { authorization: `Bearer ${world.slack.botToken}` } })

    expect(await response.json()).toMatchObject({
      ...{
        ok: false,
        error: 'missing_scope',
        needed: 'usergroups:read',
        provided: expect.stringContaining('chat:write'),
      },
    })
    expect(response.headers.get('x-oauth-scopes')).toContain('chat:write')
  })

  it('takes JSON bodies, and keeps tokens out of its log', async () => {
    const body = JSON.stringify({ token: world.slack.botToken, channel: 'CGENERAL', text: 'As JSON' })

    const answer: Loose = await (
      await raw('chat.postMessage', { body, headers: { 'content-type': 'application/json; charset=utf-8' } })
    ).json()

    expect(answer.ok).toBe(true)
    expect(JSON.stringify(world.slack.requests)).not.toContain(world.slack.botToken)
    expect(world.slack.requests.at(-1)).toMatchObject({
      method: 'chat.postMessage',
      body: { text: 'As JSON' },
      answer: { ok: true },
    })
  })

  it('carries files up and shows them in a channel', async () => {
    const client = new WebClient(world.slack.botToken, { slackApiUrl: world.slack.apiUrl })

    await client.filesUploadV2({
      channel_id: 'CGENERAL',
      filename: 'result.csv',
      content: 'email\n',
      initial_comment: 'Done',
    })

    const message = await world.slack.as('USAM').waitForMessage('Done')
    expect(message.files).toMatchObject([{ name: 'result.csv', size: 6 }])
  })

  it('publishes a Home tab for one person', async () => {
    const section = { type: 'section', text: { type: 'mrkdwn', text: 'Nothing waits for you' } }

    await world.api('views.publish', { user_id: 'UPAT', view: { type: 'home', blocks: [section] } })

    expect(world.slack.as('UPAT').home()?.text).toBe('Nothing waits for you')
    expect(world.slack.as('UADA').home()).toBeUndefined()
  })

  it('has the faults that a test orders', async () => {
    const { faults } = world.slack
    faults.next('auth.test', { kind: 'rate_limited', retryAfter: 3 })
    faults.next('auth.test', { kind: 'status', status: 503 })
    faults.next('*', { kind: 'error', error: 'fatal_error' })
    faults.next('chat.postMessage', { kind: 'lost_answer' })
    const headers = { authorization: `Bearer ${world.slack.botToken}` }

    const limited = await raw('auth.test', { headers })
    const broken = await raw('auth.test', { headers })
    const refused = await world.api('auth.test')
    const lost = await world.api('chat.postMessage', { channel: 'general', text: 'Posted' }).catch(() => 'lost')
    const well = await world.api('auth.test')

    expect([limited.status, limited.headers.get('retry-after'), broken.status]).toEqual([429, '3', 503])
    expect([refused.error, lost, well.ok]).toEqual(['fatal_error', 'lost', true])
    expect(world.slack.as('UPAT').messages('general').map(messageText)).toEqual(['Posted'])
  })
})

describe('events', () => {
  it('arrive as signed JSON, for what the manifest asks for', async () => {
    const taken = await world.slack.setUser('UPAT', { deleted: true })
    await world.slack.setUser('UNEW', { real_name: 'Nia New' })
    const ignored = await world.slack.emit({ type: 'reaction_added' })

    const [changed, joined] = world.received
    expect([taken, ignored, world.received.length]).toEqual([true, undefined, 2])
    expect(changed?.headers['content-type']).toBe('application/json')
    expect(changed?.headers['x-slack-signature']).toMatch(/^v0=[0-9a-f]{64}$/)
    expect(changed?.body).toMatchObject({
      ...{ type: 'event_callback', team_id: 'T0NORTHWIND', event_id: expect.stringMatching(/^Ev/) },
      event: { type: 'user_change', user: { id: 'UPAT', deleted: true }, event_ts: expect.any(String) },
    })
    expect(joined?.body.event).toMatchObject({ type: 'team_join', user: { id: 'UNEW', real_name: 'Nia New' } })
  })

  it('tell of an opened Home tab, with the view that is there', async () => {
    const pat = world.slack.as('UPAT')
    await world.api('views.publish', { user_id: 'UPAT', view: { type: 'home', blocks: [] } })

    await pat.openHome()

    expect(world.received[0]?.body.event).toMatchObject({
      ...{ type: 'app_home_opened', user: 'UPAT', tab: 'home', channel: 'DPAT', view: { type: 'home' } },
    })
  })

  it('come again, with a number and a reason, until they are taken', async () => {
    const replies = [{ status: 500 }, { hang: true }, {}]
    const third = new Promise<void>((resolve) => {
      world.app.handle = () => {
        if (world.received.length === 3) resolve()
        return replies[world.received.length - 1]
      }
    })

    await world.slack.setUser('UPAT', { title: 'Lead' })
    await third

    expect(
      world.received.map(({ headers }) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']]),
    ).toEqual([
      ...[
        [undefined, undefined],
        ['1', 'http_error'],
        ['2', 'http_timeout'],
      ],
    ])
    expect(new Set(world.received.map(({ body }) => body.event_id)).size).toBe(1)
  })
})

describe('raw requests', () => {
  it('let a test repeat, age and forge what Slack sends', async () => {
    await world.slack.as('UPAT').command('/invites')
    const [sent] = world.slack.sent
    if (!sent) throw new Error('nothing sent')
    const old = Math.floor(Date.now() / 1000) - 301

    await world.slack.sendRaw(sent)
    await world.slack.sendRaw({
      body: sent.body,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': String(old),
        'x-slack-signature': world.slack.sign(sent.body, old),
      },
    })

    const [first, repeated, aged] = world.received
    expect(repeated?.headers['x-slack-signature']).toBe(first?.headers['x-slack-signature'])
    expect(aged?.headers['x-slack-request-timestamp']).toBe(String(old))
  })
})
