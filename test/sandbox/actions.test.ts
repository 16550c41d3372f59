// What a person presses, chooses and types outside of submissions, and what the app is told of it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { emailForm, plain, type Reply, startFakeApp } from './fake-app.ts'

let world: Awaited<ReturnType<typeof startFakeApp>>

beforeEach(async () => {
  world = await startFakeApp({ limits: { answer: 200 } })
})
afterEach(() => world.close())

const text = (block_id: string, more = {}, element = {}) => ({
  ...{ type: 'input', block_id, label: plain(block_id), ...more },
  element: { type: 'plain_text_input', action_id: 'value', ...element },
})

/** Opens a modal for Pat by a command; returns her session and what the app is told from then on. */
async function open(view: unknown, answer: (type: string) => Reply | undefined = () => undefined) {
  world.app.handle = async ({ body }) => {
    if (body.command) {
      const opened = await world.api('views.open', { trigger_id: body.trigger_id, view })
      if (!opened.ok) throw new Error(JSON.stringify(opened))
      return undefined
    }
    return answer(body.type)
  }
  const pat = world.slack.as('UPAT')
  await pat.command('/invites')
  const session = await pat.waitForView()
  return { pat, session }
}

const last = () => world.received.at(-1)?.body

describe('elements that are heard of at once', () => {
  it('tell of typing where the block dispatches', async () => {
    const dispatching = text(
      'many',
      { dispatch_action: true },
      { dispatch_action_config: { trigger_actions_on: ['on_character_entered'] } },
    )
    const { session } = await open(emailForm({ blocks: [dispatching, text('quiet')] }))
    const before = world.received.length

    await session.fill({ quiet: 'nothing' })
    await session.fill({ many: 'ana@example.org' })

    expect(world.received).toHaveLength(before + 1)
    expect(last()).toMatchObject({
      ...{ type: 'block_actions', container: { type: 'view', view_id: session.id } },
      actions: [{ type: 'plain_text_input', block_id: 'many', action_id: 'value', value: 'ana@example.org' }],
      view: { hash: session.hash, state: { values: { quiet: { value: { value: 'nothing' } } } } },
    })
    expect(last().response_url).toBeUndefined()
  })

  it('tell of buttons and choices in messages, with the place to answer', async () => {
    const pat = world.slack.as('UPAT')
    const options = [{ text: plain('Later'), value: 'later' }]
    const elements = [
      { type: 'button', action_id: 'go', text: plain('Go'), value: '7', style: 'primary' },
      { type: 'static_select', action_id: 'when', placeholder: plain('When'), options },
      { type: 'overflow', action_id: 'more', options: [{ text: plain('Revoke'), value: 'revoke:7' }] },
    ]
    const blocks = [{ type: 'actions', block_id: 'row', elements }]
    const { ts } = await world.api('chat.postMessage', { channel: 'UPAT', text: 'Choose', blocks })
    const [message] = pat.dm()
    if (!message) throw new Error('no message')

    await pat.choose(message, { When: 'Later' })
    await pat.click(message, 'Go')
    await pat.click(message, 'Revoke')

    const [choice, press, overflow] = world.received.map(({ body }) => body)
    expect(choice.actions).toMatchObject([{ type: 'static_select', selected_option: { value: 'later' } }])
    expect(press).toMatchObject({
      ...{ container: { type: 'message', message_ts: ts, is_ephemeral: false }, channel: { name: 'directmessage' } },
      ...{ message: { text: 'Choose', bot_id: 'B0USHER' }, response_url: expect.any(String) },
      actions: [{ type: 'button', action_id: 'go', block_id: 'row', value: '7', text: { text: 'Go' } }],
      state: { values: { row: { when: { selected_option: { value: 'later' } } } } },
    })
    expect(overflow.actions).toMatchObject([{ type: 'overflow', selected_option: { value: 'revoke:7' } }])
    await expect(pat.click(message, 'Stop')).rejects.toThrow('no button "Stop"')
  })

  it('load options from the app and hold it to one hundred', async () => {
    const external = { type: 'external_select', action_id: 'value', min_query_length: 0 }
    let count = 100
    const { session } = await open(
      emailForm({ blocks: [{ type: 'input', block_id: 'hub', label: plain('Hub'), element: external }] }),
      (type) =>
        type === 'block_suggestion'
          ? { body: { options: Array.from({ length: count }, (_, n) => ({ text: plain(`Hub ${n}`), value: `${n}` })) } }
          : undefined,
    )

    await session.fill({ Hub: 'Hub 42' })
    expect(last()).toMatchObject({ type: 'block_suggestion', block_id: 'hub', action_id: 'value', value: 'Hub 42' })
    expect(session.values.hub?.value?.selected_option?.value).toBe('42')
    count = 101
    await expect(session.fill({ Hub: 'Hub 1' })).rejects.toThrow('invalid_options')
  })

  it('include shortcuts, global and of messages', async () => {
    const pat = world.slack.as('UPAT')
    const message = world.slack.as('UADA').say('Please invite ana@example.org & Bob', { channel: 'general' })
    if (!message) throw new Error('not said')

    await pat.shortcut('invite_one')
    await pat.messageShortcut('invite_from', message)
    const wrong = await pat.shortcut('invite_from')

    expect(world.received.map(({ body }) => body)).toMatchObject([
      { type: 'shortcut', callback_id: 'invite_one', trigger_id: expect.any(String) },
      {
        ...{ type: 'message_action', callback_id: 'invite_from', channel: { id: 'CGENERAL', name: 'general' } },
        ...{ message: { user: 'UADA', text: 'Please invite ana@example.org &amp; Bob' }, message_ts: message.ts },
      },
    ])
    expect(wrong.error).toBe('shortcut_not_found')
  })
})
