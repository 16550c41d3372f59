// The proof that the local Slack speaks the real protocol: a small app on the official Bolt library plays against it.
import type { AddressInfo } from 'node:net'
import { App, HTTPReceiver, LogLevel } from '@slack/bolt'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLocalSlack, type LocalSlack, messageText } from '../../src/sandbox/slack/local-slack.ts'
import { emailForm, manifest, plain } from './fake-app.ts'

let slack: LocalSlack
let app: App
let appUrl = ''

beforeAll(async () => {
  slack = await createLocalSlack({ appUrl: () => appUrl, manifest })
  const receiver = new HTTPReceiver({ signingSecret: slack.signingSecret, logLevel: LogLevel.ERROR })
  app = new App({
    receiver,
    token: slack.botToken,
    clientOptions: { slackApiUrl: slack.apiUrl },
    convoStore: false,
  })
  app.command('/invites', async ({ ack, body, client }) => {
    await ack()
    const options = { type: 'external_select' as const, action_id: 'value', min_query_length: 0 }
    const hub = {
      type: 'input' as const,
      block_id: 'hub',
      label: { type: 'plain_text' as const, text: 'Hub' },
      element: options,
    }
    const view = {
      ...emailForm(),
      type: 'modal' as const,
      title: { type: 'plain_text' as const, text: 'Invite someone' },
    }
    await client.views.open({
      trigger_id: body.trigger_id,
      view: { ...view, submit: view.title, blocks: [...view.blocks, hub] },
    })
  })
  app.options('value', ({ ack }) => ack({ options: [{ text: { type: 'plain_text', text: 'Sales' }, value: '1' }] }))
  app.view('invite', async ({ ack, body, view, client }) => {
    const address = view.state.values.email?.value?.value
    if (address === 'no@example.org') return ack({ response_action: 'errors', errors: { email: 'Not this one' } })
    await ack()
    const button = { type: 'button' as const, action_id: 'undo', text: { type: 'plain_text' as const, text: 'Undo' } }
    const blocks = [{ type: 'actions' as const, elements: [button] }]
    return void (await client.chat.postMessage({ channel: body.user.id, text: `Invited ${address}`, blocks }))
  })
  app.action('undo', async ({ ack, respond }) => {
    await ack()
    await respond({ replace_original: true, text: 'Taken back' })
  })
  app.event('app_home_opened', ({ event, client }) =>
    client.views
      .publish({
        user_id: event.user,
        view: { type: 'home', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'Welcome' } }] },
      })
      .then(() => undefined),
  )
  const server = await app.start({ port: 0, host: '127.0.0.1' })
  appUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await app.stop()
  await slack.close()
})

it('plays with a real Bolt app: command, form, options, refusal, message, button, Home tab', async () => {
  const ada = slack.as('UADA')

  await ada.command('/invites')
  const form = await ada.waitForView('Invite someone')
  await form.fill({ 'E-mail': 'no@example.org', Hub: 'Sales' })
  const refused = await form.submit()
  await form.fill({ 'E-mail': 'ana@example.org' })
  const sent = await form.submit()
  const message = await ada.waitForMessage('Invited ana@example.org')
  await ada.click(message, 'Undo')
  await ada.waitForMessage('Taken back')
  await ada.openHome()
  const home = await ada.waitForHome()

  expect(refused).toEqual({ errors: { email: 'Not this one' } })
  expect(sent).toEqual({ closed: true })
  expect(messageText(message)).toBe('Taken back')
  expect(home.text).toBe('Welcome')
  expect(slack.complaints).toEqual([])
  expect(slack.sent.every(({ answer, took }) => answer === 200 && took < 3000)).toBe(true)
})

it('is refused by Bolt when a signature is wrong', async () => {
  await slack.as('UADA').command('/invites')
  const [sent] = slack.sent
  if (!sent) throw new Error('nothing sent')

  const forged = await slack.sendRaw({ ...sent, body: `${sent.body}&text=${plain('x').text}` })

  expect(forged).toMatchObject({ outcome: 'answered', status: 401 })
})
