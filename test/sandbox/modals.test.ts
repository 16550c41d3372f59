// Modals: trigger ids, checks, submissions and their answers, the stack, hashes, and what stays typed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { emailForm, plain, type Reply, startFakeApp } from './fake-app.ts'

let time = 0
let world: Awaited<ReturnType<typeof startFakeApp>>

beforeEach(async () => {
  time = Date.now()
  world = await startFakeApp({ now: () => time, limits: { answer: 200 } })
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

describe('trigger ids', () => {
  it('work once, for three seconds, and only if Slack gave them', async () => {
    await world.slack.as('UPAT').command('/invites')
    await world.slack.as('UPAT').command('/invites')
    const [first, second] = world.received.map(({ body }) => body.trigger_id)

    const once = await world.api('views.open', { trigger_id: first, view: emailForm() })
    const twice = await world.api('views.open', { trigger_id: first, view: emailForm() })
    const invented = await world.api('views.open', { trigger_id: '1.2.3', view: emailForm() })
    time += 3001
    const late = await world.api('views.open', { trigger_id: second, view: emailForm() })

    expect(once.ok).toBe(true)
    expect([twice.error, invented.error, late.error]).toEqual([
      ...['exchanged_trigger_id', 'invalid_trigger_id', 'expired_trigger_id'],
    ])
  })
})

describe('modals', () => {
  it('are submitted with what was filled in, and close', async () => {
    const { pat, session } = await open(emailForm({ private_metadata: 'id=7' }))
    await session.fill({ 'E-mail': 'ana@example.org' })

    const result = await session.submit()

    expect(result).toEqual({ closed: true })
    expect(pat.view()).toBeUndefined()
    expect(last()).toMatchObject({
      ...{ type: 'view_submission', user: { id: 'UPAT' }, team: { id: 'T0NORTHWIND' }, response_urls: [] },
      view: {
        ...{ callback_id: 'invite', private_metadata: 'id=7', hash: session.hash, team_id: 'T0NORTHWIND' },
        state: { values: { email: { value: { type: 'email_text_input', value: 'ana@example.org' } } } },
      },
    })
  })

  it('are checked before anything is sent', async () => {
    const blocks = [
      ...emailForm().blocks,
      text('note', { optional: true }, { max_length: 5 }),
      {
        ...text('count'),
        element: { type: 'number_input', action_id: 'value', is_decimal_allowed: false, max_value: '30' },
      },
    ]
    const { session } = await open(emailForm({ blocks }))
    const before = world.received.length

    const empty = await session.submit()
    await session.fill({ 'E-mail': 'ana', note: 'too long', count: '31' })
    const wrong = await session.submit()

    expect(empty.errors).toEqual({
      email: 'Please complete this required field.',
      count: 'Please complete this required field.',
    })
    expect(wrong.errors).toEqual({
      email: 'Please enter a valid email address.',
      note: 'Please enter no more than 5 characters.',
      count: 'Please enter 30 or less.',
    })
    expect(world.received).toHaveLength(before)
  })

  it('stay open with the words beside the field when the app refuses', async () => {
    const refusal = { response_action: 'errors', errors: { email: 'This address could not be invited.' } }
    const { pat, session } = await open(emailForm(), () => ({ body: refusal }))
    await session.fill({ email: 'ana@example.org' })

    const result = await session.submit()

    expect(result).toEqual({ errors: refusal.errors })
    expect(pat.view()?.values.email?.value?.value).toBe('ana@example.org')
    await session.fill({ email: 'bob@example.org' })
    expect(session.errors).toEqual({})
  })

  it('complain of errors for what is no input block', async () => {
    const { session } = await open(emailForm(), () => ({
      body: { response_action: 'errors', errors: { nowhere: 'x' } },
    }))
    await session.fill({ email: 'ana@example.org' })

    const result = await session.submit()

    expect(result.trouble).toBe('We had some trouble connecting. Try again?')
    expect(world.slack.complaints[0]).toContain('nowhere')
  })

  it.each([
    ['no answer', { hang: true }],
    ['an error', { status: 500 }],
    ['nonsense', { body: 'oops' }],
  ])('stay open with everything in them after %s', async (_name, reply) => {
    const { session } = await open(emailForm(), () => reply)
    await session.fill({ email: 'ana@example.org' })

    const result = await session.submit()

    expect(result.trouble).toBe('We had some trouble connecting. Try again?')
    expect(session.isOpen).toBe(true)
    expect(session.values.email?.value?.value).toBe('ana@example.org')
  })

  it('are updated and pushed by the answer, and cleared all together', async () => {
    const answers = [
      { response_action: 'update', view: emailForm({ title: plain('Step 2') }) },
      { response_action: 'push', view: emailForm({ title: plain('On top') }) },
      { response_action: 'clear' },
    ]
    const { pat, session } = await open(emailForm(), () => ({ body: answers.shift() }))
    const firstHash = session.hash
    await session.fill({ email: 'ana@example.org' })

    const updated = await session.submit()
    const kept = session.values.email?.value?.value
    const pushed = await session.submit()
    await pushed.pushed?.fill({ email: 'bob@example.org' })
    const cleared = await pushed.pushed?.submit()

    expect(updated.updated?.title).toBe('Step 2')
    expect(session.hash).not.toBe(firstHash)
    expect(kept).toBe('ana@example.org')
    expect(pushed.pushed?.title).toBe('On top')
    expect(cleared).toEqual({ cleared: true })
    expect(pat.view()).toBeUndefined()
  })

  it('stack three high', async () => {
    const { pat } = await open(emailForm())
    const push = async () => {
      const shortcut = world.received.length
      world.app.handle = () => undefined
      await pat.shortcut('invite_one')
      return world.api('views.push', { trigger_id: world.received[shortcut]?.body.trigger_id, view: emailForm() })
    }

    const second = await push()
    const third = await push()
    const fourth = await push()

    expect(second.view.previous_view_id).toBe(second.view.root_view_id)
    expect(third.view.previous_view_id).toBe(second.view.id)
    expect(fourth.error).toBe('push_limit_reached')
    await pat.view()?.close()
    expect(pat.view()?.id).toBe(second.view.id)
  })

  it('are updated by id, external id and hash, and keep what was typed where the ids stay', async () => {
    const { session } = await open(
      emailForm({ external_id: 'form-1', blocks: [text('a', {}, { initial_value: 'start' }), text('b')] }),
    )
    await session.fill({ a: 'typed', b: 'gone' })
    const hash = session.hash
    const view = emailForm({
      external_id: 'form-1',
      blocks: [text('a', {}, { initial_value: 'new' }), text('b2', {}, { initial_value: 'fresh' })],
    })

    const first = await world.api('views.update', { external_id: 'form-1', hash, view })
    const stale = await world.api('views.update', { view_id: session.id, hash, view })
    const unknown = await world.api('views.update', { view_id: 'V000', view })

    expect(first.view.state.values).toMatchObject({
      a: { value: { value: 'typed' } },
      b2: { value: { value: 'fresh' } },
    })
    expect([stale.error, unknown.error]).toEqual(['hash_conflict', 'not_found'])
  })

  it('tell of their closing only where they ask for it', async () => {
    const silent = await open(emailForm())
    const before = world.received.length
    await silent.session.close()
    expect(world.received).toHaveLength(before)

    const { session } = await open(emailForm({ notify_on_close: true }))
    await session.fill({ email: 'ana@example.org' })
    await session.close()

    expect(last()).toMatchObject({ type: 'view_closed', is_cleared: false, view: { state: { values: {} } } })
  })

  it('are refused with explanations when they break a limit', async () => {
    await world.slack.as('UPAT').command('/invites')
    const trigger_id = last().trigger_id

    const answer = await world.api('views.open', { trigger_id, view: emailForm({ title: plain('x'.repeat(25)) }) })

    expect(answer).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'] },
    })
    expect(world.slack.complaints).toHaveLength(1)
  })

  it('give every kind of field its Slack-shaped value', async () => {
    const element = (type: string, more = {}) => ({ type, action_id: 'value', ...more })
    const options = ['Red', 'Blue'].map((name) => ({ text: plain(name), value: name.toLowerCase() }))
    const field = (name: string, given: object, more = {}) => ({
      ...{ type: 'input', block_id: name, label: plain(name), element: given, ...more },
    })
    const blocks = [
      field('select', element('static_select', { options })),
      field('initial', element('radio_buttons', { options, initial_option: options[1] })),
      field('boxes', element('checkboxes', { options: options.slice(0, 1) })),
      field('several', element('multi_static_select', { options })),
      field('date', element('datepicker')),
      field('person', element('users_select')),
      field('channel', element('conversations_select', { response_url_enabled: true })),
      field('file', element('file_input', { filetypes: ['csv'] })),
      field('untouched', element('plain_text_input'), { optional: true }),
    ]
    const { session } = await open(emailForm({ blocks }))
    await session.fill({
      ...{ select: 'Blue', boxes: true, several: ['Red', 'blue'], date: '2026-12-24', person: 'Max Weber' },
      ...{ channel: '#random', file: { name: 'people.csv', content: 'email\nana@example.org\n' } },
    })

    await session.submit()

    const { view, response_urls } = last()
    const values = Object.fromEntries(Object.entries(view.state.values).map(([id, one]) => [id, Object(one).value]))
    expect(values).toMatchObject({
      select: { type: 'static_select', selected_option: { value: 'blue', text: { text: 'Blue' } } },
      initial: { selected_option: { value: 'blue' } },
      boxes: { selected_options: [{ value: 'red' }] },
      several: { selected_options: [{ value: 'red' }, { value: 'blue' }] },
      date: { selected_date: '2026-12-24' },
      person: { selected_user: 'UMAX' },
      channel: { selected_conversation: 'CRANDOM' },
      file: { files: [{ name: 'people.csv', filetype: 'csv', size: 22 }] },
      untouched: { type: 'plain_text_input', value: null },
    })
    expect(response_urls).toMatchObject([{ block_id: 'channel', channel_id: 'CRANDOM' }])
    const url = values.file.files[0].url_private
    const [own, foreign] = await Promise.all(
      [world.slack.botToken, 'xoxb-wrong'].map(async (token) =>
        (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).text(),
      ),
    )
    expect(own).toBe('email\nana@example.org\n')
    expect(foreign).toContain('<html>')
  })
})
