// The stage of the browser tests of the sandbox's page: the page, the local Slack and the mailbox on one port, with a
// tiny app behind them.
import { createServer } from 'node:http'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { createMailbox } from '../../src/sandbox/mailbox/mailbox.ts'
import { servePage } from '../../src/sandbox/page/page.ts'
import { createPhone } from '../../src/sandbox/phone/phone.ts'
import { emailForm, plain, type Received, startFakeApp } from '../sandbox/fake-app.ts'

/** Starts everything behind the page. `url` is the page's address. */
export async function startWorld() {
  const fake = await startFakeApp()
  const mailbox = await createMailbox({ log: { info() {}, error() {} } })
  const phone = createPhone()
  const server = createServer((req, res) => {
    req.url = req.url?.replace(/^\/sandbox/, '')
    if (servePage(req, res) || mailbox.handleClient(req, res) || phone.handleClient(req, res)) return
    if (req.url?.startsWith('/api/')) fake.slack.handleClient(req, res)
    else res.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    ...fake,
    mailbox,
    phone,
    url: `http://localhost:${address !== null && typeof address === 'object' ? address.port : 0}/sandbox/`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await Promise.all([mailbox.close(), phone.close(), fake.close()])
    },
  }
}

export type World = Awaited<ReturnType<typeof startWorld>>

export type Visit = {
  context: BrowserContext
  page: Page
  /** Errors of scripts and of the console; tests expect it to stay empty. */
  problems: string[]
}

/** Opens the page in a fresh browser profile and waits until it shows a place. */
export async function visitPage(
  browser: Browser,
  url: string,
  { viewport = { width: 1280, height: 900 }, colorScheme = 'light' }: VisitOptions = {},
): Promise<Visit> {
  const problems: string[] = []
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' })
  const page = await context.newPage()
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (line) => {
    // Chromium's own words about a mail's frame, where nothing may run.
    if (line.type() === 'error' && !line.text().startsWith('Blocked script execution')) problems.push(line.text())
  })
  await page.goto(url)
  await page.locator('.place-title', { hasText: /./ }).waitFor()
  return { context, page, problems }
}

type VisitOptions = { viewport?: { width: number; height: number }; colorScheme?: 'light' | 'dark' }

export const composerOf = (page: Page) => page.getByRole('textbox', { name: /^Message/ })

/** Types the command that opens the form. */
export async function openForm(page: Page) {
  await composerOf(page).fill('/invites ana@example.org')
  await composerOf(page).press('Enter')
  await page.getByRole('dialog', { name: 'Invite someone' }).waitFor()
}

/** Makes the app answer commands and shortcuts with the form; `submit` decides about submissions. */
export function actAsApp(
  world: World,
  submit: (received: Received) => { body?: unknown } | undefined = () => undefined,
) {
  world.app.handle = async (received) => {
    const { body } = received
    if (body.command || body.type === 'shortcut' || body.type === 'message_action')
      await world.api('views.open', { trigger_id: body.trigger_id, view: emailForm({ blocks: inputs }) })
    if (body.type === 'block_suggestion')
      return { body: { options: ['Berlin', 'Bonn'].filter((name) => name.startsWith(body.value)).map(option) } }
    if (body.type === 'view_submission') return submit(received)
    return undefined
  }
}

export const option = (text: string) => ({ text: plain(text), value: text.toLowerCase() })
/** The form's blocks. */
export const inputs = [
  { type: 'alert', block_id: 'left', level: 'info', text: { type: 'mrkdwn', text: '*30* invitations left' } },
  {
    type: 'input',
    block_id: 'email',
    label: plain('E-mail'),
    dispatch_action: true,
    element: {
      type: 'email_text_input',
      action_id: 'value',
      dispatch_action_config: { trigger_actions_on: ['on_character_entered'] },
    },
  },
  {
    type: 'input',
    block_id: 'hub',
    label: plain('Hub'),
    element: { type: 'static_select', action_id: 'value', options: ['Sales', 'Warehouse', 'Support'].map(option) },
  },
  {
    type: 'input',
    block_id: 'type',
    label: plain('User type'),
    element: { type: 'radio_buttons', action_id: 'value', options: ['Team Member', 'External Member'].map(option) },
  },
  {
    type: 'input',
    block_id: 'place',
    optional: true,
    label: plain('Location'),
    element: { type: 'external_select', action_id: 'value', min_query_length: 1 },
  },
  {
    type: 'input',
    block_id: 'tell',
    optional: true,
    label: plain('Tell also'),
    element: { type: 'multi_users_select', action_id: 'value' },
  },
  {
    type: 'input',
    block_id: 'note',
    optional: true,
    label: plain('Note'),
    element: { type: 'plain_text_input', action_id: 'value', multiline: true },
  },
]

const cell = (text: string) => ({ type: 'raw_text', text })
/** A message with a block of many kinds. */
export const everyBlock = [
  { type: 'header', text: plain('Counts') },
  {
    type: 'section',
    fields: [{ type: 'mrkdwn', text: '*Hub*\nSales' }, plain('Plain')],
    accessory: { type: 'overflow', action_id: 'more', options: [option('Resend'), option('Revoke')] },
  },
  { type: 'divider' },
  {
    type: 'actions',
    elements: [
      { type: 'button', action_id: 'go', text: plain('Go'), style: 'primary' },
      { type: 'static_select', action_id: 'filter', placeholder: plain('Filter'), options: [option('All')] },
      { type: 'datepicker', action_id: 'day' },
      { type: 'checkboxes', action_id: 'boxes', options: [option('One'), option('Two')] },
    ],
  },
  {
    type: 'context',
    elements: [{ type: 'mrkdwn', text: '`code` ~gone~ _new_ <https://example.org|page> <!channel>' }],
  },
  {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_list',
        style: 'bullet',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'user', user_id: 'UADA' }] }],
      },
      { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'as it is' }] },
    ],
  },
  {
    type: 'data_table',
    caption: 'People',
    rows: [[cell('Name')], ...['Ana', 'Bo', 'Cy', 'Di', 'Ed', 'Flo'].map((name) => [cell(name)])],
  },
]
