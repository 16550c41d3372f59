// Every Block Kit limit that is enforced: what is just taken, and what is just too much.
import { describe, expect, it } from 'vitest'
import { findBlockKitProblems, type Surface } from '../../src/sandbox/slack/block-kit.ts'
import { emailForm, plain } from './fake-app.ts'

const button = (more = {}) => ({ type: 'button', action_id: 'go', text: plain('Go'), ...more })
const actions = (...elements: unknown[]) => ({ type: 'actions', elements })
const section = (text = 'Hello', more = {}) => ({ type: 'section', text: { type: 'mrkdwn', text }, ...more })
const input = (element: object, more = {}) => ({ type: 'input', label: plain('Label'), element, ...more })
const option = (value: string, text = value) => ({ text: plain(text), value })
const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index))
const select = (count: number, more = {}) => ({
  ...{ type: 'static_select', action_id: 'pick', options: many(count, (index) => option(`v${index}`)) },
  ...more,
})
const modal = (blocks: unknown[], more = {}) => ({
  type: 'modal',
  title: plain('T'),
  submit: plain('OK'),
  blocks,
  ...more,
})

const taken: [string, unknown, Surface][] = [
  ['a section', [section()], 'message'],
  ['a text of 3000', [section('x'.repeat(3000))], 'message'],
  ['25 buttons', [actions(...many(25, (index) => button({ action_id: `b${index}` })))], 'message'],
  ['50 blocks in a message', many(50, () => section()), 'message'],
  ['100 blocks in a modal', modal(many(100, () => section())), 'modal'],
  ['an option value of 150', modal([input(select(1, { options: [option('v'.repeat(150), 'x')] }))]), 'modal'],
  ['100 options', modal([input(select(100))]), 'modal'],
  ['an input on Home without submit', { type: 'home', blocks: [input({ type: 'plain_text_input' })] }, 'home'],
  ['a file input', modal([input({ type: 'file_input', filetypes: ['csv'], max_files: 1 })]), 'modal'],
  ['an alert in a modal', modal([{ type: 'alert', level: 'warning', text: plain('Careful') }]), 'modal'],
  ['a form', emailForm(), 'modal'],
  ['an image by URL', [{ type: 'image', image_url: 'https://example.org/a.png', alt_text: 'A chart' }], 'message'],
  [
    'an external select with an initial option',
    modal([input({ type: 'external_select', min_query_length: 0, initial_option: option('a') })]),
    'modal',
  ],
]

const refused: [string, unknown, Surface, string, RegExp][] = [
  ['a text of 3001', [section('x'.repeat(3001))], 'message', '/blocks/0/text/text', /less than 3001/],
  ['an empty text', [section('')], 'message', '/blocks/0/text/text', /more than 0/],
  ['a section without anything', [{ type: 'section' }], 'message', '/blocks/0', /at least one of text, fields/],
  ['11 fields', [{ type: 'section', fields: many(11, () => plain('x')) }], 'message', '/blocks/0/fields', /10 items/],
  [
    'a field of 2001',
    [{ type: 'section', fields: [plain('x'.repeat(2001))] }],
    'message',
    '/blocks/0/fields/0/text',
    /2001/,
  ],
  ['a header of 151', [{ type: 'header', text: plain('x'.repeat(151)) }], 'message', '/blocks/0/text/text', /151/],
  [
    'a mrkdwn header',
    [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }],
    'message',
    '/blocks/0/text/type',
    /plain_text/,
  ],
  [
    'a mrkdwn button',
    [actions(button({ text: { type: 'mrkdwn', text: 'x' } }))],
    'message',
    '/blocks/0/elements/0/text/type',
    /plain_text/,
  ],
  [
    'a button text of 76',
    [actions(button({ text: plain('x'.repeat(76)) }))],
    'message',
    '/blocks/0/elements/0/text/text',
    /76/,
  ],
  [
    'a button value of 2001',
    [actions(button({ value: 'x'.repeat(2001) }))],
    'message',
    '/blocks/0/elements/0/value',
    /2001/,
  ],
  [
    'an unknown button style',
    [actions(button({ style: 'green' }))],
    'message',
    '/blocks/0/elements/0/style',
    /primary, danger/,
  ],
  [
    '26 buttons',
    [actions(...many(26, (index) => button({ action_id: `b${index}` })))],
    'message',
    '/blocks/0/elements',
    /25/,
  ],
  ['no buttons', [actions()], 'message', '/blocks/0/elements', /empty/],
  [
    'two buttons with one action_id',
    [actions(button(), button())],
    'message',
    '/blocks/0/elements/1/action_id',
    /duplicate/,
  ],
  [
    'one block_id twice',
    [section('a', { block_id: 'x' }), section('b', { block_id: 'x' })],
    'message',
    '/blocks/1/block_id',
    /duplicate block_id/,
  ],
  ['51 blocks in a message', many(51, () => section()), 'message', '/blocks', /50/],
  ['101 blocks on Home', { type: 'home', blocks: many(101, () => section()) }, 'home', '/blocks', /100/],
  [
    '11 context elements',
    [{ type: 'context', elements: many(11, () => plain('x')) }],
    'message',
    '/blocks/0/elements',
    /10/,
  ],
  [
    'an image without alt_text',
    [{ type: 'image', image_url: 'https://example.org/a.png' }],
    'message',
    '/blocks/0',
    /alt_text/,
  ],
  [
    'an image by URL and file',
    [{ type: 'image', image_url: 'https://a.org/a', slack_file: { id: 'F1' }, alt_text: 'a' }],
    'message',
    '/blocks/0',
    /exactly one/,
  ],
  ['an unknown block', [{ type: 'toggle' }], 'message', '/blocks/0', /unsupported type/],
  ['an unknown field', [section('x', { colour: 'red' })], 'message', '/blocks/0', /additional property: colour/],
  ['an alert in a message', [{ type: 'alert', text: plain('x') }], 'message', '/blocks/0', /surface/],
  ['markdown in a modal', modal([{ type: 'markdown', text: 'x' }]), 'modal', '/blocks/0', /surface/],
  ['an e-mail field in a message', [input({ type: 'email_text_input' })], 'message', '/blocks/0/element', /surface/],
  [
    'a date and time on Home',
    { type: 'home', blocks: [actions({ type: 'datetimepicker' })] },
    'home',
    '/blocks/0/elements/0',
    /surface/,
  ],
  [
    'a text field in actions',
    [actions({ type: 'plain_text_input' })],
    'message',
    '/blocks/0/elements/0',
    /unsupported type/,
  ],
  [
    'a file input that dispatches',
    modal([input({ type: 'file_input' }, { dispatch_action: true })]),
    'modal',
    '/blocks/0',
    /dispatch_action/,
  ],
  [
    'a form without submit',
    modal([input({ type: 'plain_text_input' })], { submit: undefined }),
    'modal',
    '/',
    /submit/,
  ],
  ['a modal without title', { type: 'modal', blocks: [] }, 'modal', '/', /title/],
  ['a title of 25', modal([], { title: plain('x'.repeat(25)) }), 'modal', '/title/text', /25/],
  ['metadata of 3001', modal([], { private_metadata: 'x'.repeat(3001) }), 'modal', '/private_metadata', /3001/],
  [
    'a text field of 3001',
    modal([input({ type: 'plain_text_input', max_length: 3001 })]),
    'modal',
    '/blocks/0/element/max_length',
    /3000/,
  ],
  [
    'a long initial value',
    modal([input({ type: 'plain_text_input', initial_value: 'x'.repeat(3001) })]),
    'modal',
    '/blocks/0/element/initial_value',
    /3001/,
  ],
  [
    'a placeholder of 151',
    modal([input({ type: 'plain_text_input', placeholder: plain('x'.repeat(151)) })]),
    'modal',
    '/blocks/0/element/placeholder/text',
    /151/,
  ],
  ['101 options', modal([input(select(101))]), 'modal', '/blocks/0/element/options', /100/],
  ['a select without options', modal([input(select(0))]), 'modal', '/blocks/0/element', /empty/],
  [
    'an option value of 151',
    modal([input(select(1, { options: [option('v'.repeat(151), 'x')] }))]),
    'modal',
    '/blocks/0/element/options/0/value',
    /151/,
  ],
  [
    'an initial option that is not offered',
    modal([input(select(2, { initial_option: option('other') }))]),
    'modal',
    '/blocks/0/element',
    /among the options/,
  ],
  [
    '11 checkboxes',
    modal([input({ type: 'checkboxes', options: many(11, (index) => option(`${index}`)) })]),
    'modal',
    '/blocks/0/element/options',
    /10/,
  ],
  [
    '6 in an overflow menu',
    [actions({ type: 'overflow', options: many(6, (index) => option(`${index}`)) })],
    'message',
    '/blocks/0/elements/0/options',
    /5/,
  ],
  [
    'a date in words',
    modal([input({ type: 'datepicker', initial_date: 'today' })]),
    'modal',
    '/blocks/0/element/initial_date',
    /YYYY-MM-DD/,
  ],
  [
    'a confirm text of 301',
    [
      actions(
        button({ confirm: { title: plain('t'), text: plain('x'.repeat(301)), confirm: plain('y'), deny: plain('n') } }),
      ),
    ],
    'message',
    '/blocks/0/elements/0/confirm/text/text',
    /301/,
  ],
  [
    'two fields with the focus',
    modal(many(2, () => input({ type: 'plain_text_input', focus_on_load: true }))),
    'modal',
    '/blocks/1/element',
    /focus_on_load/,
  ],
  [
    'response_url_enabled outside an input',
    modal([actions({ type: 'conversations_select', response_url_enabled: true, action_id: 'c' })]),
    'modal',
    '/blocks/0/elements/0',
    /response_url_enabled/,
  ],
  [
    'two tables',
    many(2, () => ({ type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] })),
    'message',
    '/blocks/1',
    /only_one_table/,
  ],
  ['a view of another type', modal([]), 'home', '/type', /home/],
  ['something else', 'text', 'message', '/', /list of blocks/],
]

describe('Block Kit limits', () => {
  it.each(taken)('takes %s', (_name, blocks, surface) => {
    expect(findBlockKitProblems(blocks, surface)).toEqual([])
  })

  it.each(refused)('refuses %s', (_name, blocks, surface, pointer, words) => {
    const problems = findBlockKitProblems(blocks, surface)

    expect(problems).toContainEqual({
      pointer: pointer === '/' && surface === 'modal' ? '' : pointer,
      message: expect.stringMatching(words),
    })
  })

  it('refuses a view larger than 250 kB', () => {
    const blocks = many(100, () => section('x'.repeat(2900)))

    const problems = findBlockKitProblems(modal(blocks), 'modal')

    expect(problems).toContainEqual({ pointer: '/', message: 'view_too_large' })
  })
})
