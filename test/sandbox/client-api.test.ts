// The browser page's side of the local Slack: who is let in, what each person sees, and that it survives a restart.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { StreamEvent } from '../../src/sandbox/slack/client-api.ts'
import { emailForm, type Loose, plain, startFakeApp } from './fake-app.ts'

const folder = mkdtempSync(join(tmpdir(), 'local-slack-'))
const statePath = join(folder, 'slack.json')
let world: Awaited<ReturnType<typeof startFakeApp>>
let page: Server
let base = ''

beforeEach(async () => {
  world = await startFakeApp({ limits: { answer: 500 }, statePath })
  page = createServer((request, response) => world.slack.handleClient(request, response))
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(page.address() as AddressInfo).port}/api`
})
afterEach(async () => {
  await world.close()
  page.closeAllConnections()
  page.close()
  rmSync(statePath, { force: true })
})

const get = async (path: string): Promise<Loose> => (await fetch(`${base}/${path}`)).json()
const post = async (path: string, body: unknown): Promise<Loose> =>
  (await fetch(`${base}/${path}`, { method: 'POST', body: JSON.stringify(body) })).json()

/** Reads a person's stream: `until` resolves with the first event that fits. */
async function listen(userId: string) {
  const response = await fetch(`${base}/stream?as=${userId}`)
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  return {
    async until(fits: (event: StreamEvent) => boolean): Promise<StreamEvent> {
      for (;;) {
        const at = rest.indexOf('\n\n')
        if (at < 0) {
          const chunk = await reader?.read()
          if (!chunk || chunk.done) throw new Error('The stream ended')
          rest += decoder.decode(chunk.value)
          continue
        }
        const line = rest.slice(0, at)
        rest = rest.slice(at + 2)
        if (!line.startsWith('data: ')) continue
        const event: StreamEvent = JSON.parse(line.slice(6))
        if (fits(event)) return event
      }
    },
    stop: () => reader?.cancel(),
  }
}

describe('the client API', () => {
  it('says who and what there is', async () => {
    const boot = await get('boot')

    expect(boot).toMatchObject({
      ...{ team: { name: 'Northwind Trading' }, app: { name: 'Usher', homeTab: true }, ok: true },
      commands: [{ command: '/invites', usage_hint: '[address]' }, { command: '/plain' }],
    })
    expect(boot.users.map(({ id }: { id: string }) => id)).toContain('UGUS')
  })

  it('shows each person their own conversations', async () => {
    const pat = await get('state?as=UPAT')
    const gus = await get('state?as=UGUS')

    const names = (state: { conversations: { name: string; kind: string }[] }) =>
      state.conversations.map(({ name, kind }) => `${kind} ${name}`)
    expect(names(pat)).toEqual([
      'channel general',
      'channel people-ops',
      'channel customer-care',
      'channel random',
      'app Usher',
    ])
    expect(names(gus)).toEqual(['channel general', 'app Usher'])
  })

  it('plays the whole story of a form: command, typing, refusal, submission, messages', async () => {
    world.app.handle = async ({ body }) => {
      if (body.command) await world.api('views.open', { trigger_id: body.trigger_id, view: emailForm() })
      if (body.type !== 'view_submission') return undefined
      const { value } = body.view.state.values.email.value
      if (value !== 'ana@example.org') return { body: { response_action: 'errors', errors: { email: 'Not this one' } } }
      await world.api('chat.postMessage', { channel: 'UPAT', text: `Invited ${value}` })
      return undefined
    }
    const stream = await listen('UPAT')
    const started = await stream.until((event) => event.type === 'state')
    const values = (value: string) => ({ email: { value: { type: 'email_text_input', value } } })

    await post('command', { as: 'UPAT', channel: 'CGENERAL', text: '/invites' })
    const opened = await stream.until((event) => event.type === 'views' && event.views.length === 1)
    const view_id = opened.type === 'views' ? opened.views[0]?.id : ''
    await post('view/input', { as: 'UPAT', view_id, values: values('bob@') })
    const invalid = await post('view/submit', { as: 'UPAT', view_id, values: values('bob@') })
    const refused = await post('view/submit', { as: 'UPAT', view_id, values: values('bob@example.org') })
    const state = await get('state?as=UPAT')
    const closed = await post('view/submit', { as: 'UPAT', view_id, values: values('ana@example.org') })
    const posted = await stream.until((event) => event.type === 'message')
    const unread = await stream.until((event) => event.type === 'conversations')
    await stream.until((event) => event.type === 'views' && event.views.length === 0)
    await stream.stop()

    expect(started.type === 'state' && started.state.views).toEqual([])
    expect(invalid).toEqual({ ok: true, result: 'errors', errors: { email: 'Please enter a valid email address.' } })
    expect(refused).toEqual({ ok: true, result: 'errors', errors: { email: 'Not this one' } })
    expect(state.views[0]).toMatchObject({
      errors: { email: 'Not this one' },
      state: { values: values('bob@example.org') },
    })
    expect(closed).toEqual({ ok: true, result: 'closed' })
    expect(posted).toMatchObject({ channel: 'DPAT', message: { text: 'Invited ana@example.org', ephemeral: false } })
    expect(unread.type === 'conversations' && unread.conversations.find(({ id }) => id === 'DPAT')?.unread).toBe(1)
  })

  it('presses buttons, loads options, carries files and opens the Home tab', async () => {
    world.app.handle = ({ body }) =>
      body.type === 'block_suggestion' ? { body: { options: [{ text: plain('Sales'), value: '1' }] } } : undefined
    const elements = [
      { type: 'button', action_id: 'go', text: plain('Go') },
      { type: 'external_select', action_id: 'hub', min_query_length: 0 },
    ]
    const { ts } = await world.api('chat.postMessage', {
      ...{ channel: 'DPAT', text: 'Press', blocks: [{ type: 'actions', block_id: 'row', elements }] },
    })
    const container = { message: { channel: 'DPAT', ts } }

    const pressed = await post('action', { as: 'UPAT', container, block_id: 'row', action_id: 'go', action: {} })
    const options = await post('options', { as: 'UPAT', container, block_id: 'row', action_id: 'hub', value: 'S' })
    const upload = await fetch(`${base}/file?as=UPAT&name=a.csv`, { method: 'POST', body: 'email\n' })
    const { file }: Loose = await upload.json()
    const content = await (await fetch(`${base}/file/${file.id}`)).text()
    await post('home/open', { as: 'UPAT' })
    const others = await post('action', { as: 'UADA', container, block_id: 'row', action_id: 'go', action: {} })

    expect([pressed.ok, options.options[0].value, content, others.error]).toEqual([true, '1', 'email\n', 'not_found'])
    expect(world.received.map(({ body }) => body.type ?? body.event?.type)).toEqual([
      ...['block_actions', 'block_suggestion', 'event_callback'],
    ])
  })

  it('answers malformed requests in words', async () => {
    const answers = await Promise.all([
      post('message', { as: 'UPAT' }),
      post('message', { as: 'U0', channel: 'CGENERAL', text: 'x' }),
      post('message', { as: 'UPAT', channel: 'CPEOPLE', text: 'x' }),
      post('nothing', {}),
    ])

    expect(answers.map(({ error }) => error)).toEqual([
      ...['invalid_arguments', 'user_not_found', 'not_in_channel', 'not_found'],
    ])
  })

  it('lets no other site in, by origin or by a name that points here', async () => {
    const { request } = await import('node:http')
    const status = (headers: Record<string, string>) =>
      new Promise((resolve) => {
        request(`${base}/boot`, { headers }, (response) => resolve(response.resume().statusCode)).end()
      })
    const host = new URL(base).host

    expect(await status({ origin: 'https://evil.example' })).toBe(403)
    expect(await status({ host: 'evil.example' })).toBe(403)
    expect(await status({ host: `localhost.evil.example:80` })).toBe(403)
    expect(await status({ origin: 'null' })).toBe(403)
    expect(await status({ 'sec-fetch-site': 'cross-site' })).toBe(403)
    expect(await status({ origin: `http://${host}` })).toBe(200)
    expect(await status({ host: 'localhost:3000' })).toBe(200)
  })

  it('remembers people and messages over a restart, ephemeral ones apart', async () => {
    await world.api('chat.postMessage', { channel: 'general', text: 'Kept' })
    await world.api('chat.postEphemeral', { channel: 'general', user: 'UPAT', text: 'Gone' })
    await world.slack.setUser('UNEW', { real_name: 'Nia New' })
    await world.close()

    world = await startFakeApp({ statePath })

    expect(
      world.slack
        .as('UPAT')
        .messages('general')
        .map(({ text }) => text),
    ).toEqual(['Kept'])
    expect(world.slack.as('UNEW').user.real_name).toBe('Nia New')
  })
})
