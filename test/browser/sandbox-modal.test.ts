// Modals in the sandbox's page, in a real browser: filled in by keyboard, refused, updated, closed.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { emailForm, plain, type Received } from '../sandbox/fake-app.ts'
import { closePages, executablePath, openBrowser } from './browser.ts'
import { actAsApp, inputs, openForm, startWorld, visitPage, type World } from './sandbox-stage.ts'

describe.skipIf(!executablePath)('a modal in the sandbox page', () => {
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let world: World
  let problems: string[]

  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(closePages)

  beforeEach(async () => {
    world = await startWorld()
    ;({ context, page, problems } = await visitPage(browser, world.url))
  })

  afterEach(async () => {
    await context.close()
    await world.close()
  })

  it('fills a modal by keyboard, shows the errors beside the fields, keeps what was typed, and closes when all is well', async () => {
    const answers = [
      { body: { response_action: 'errors', errors: { email: 'This address could not be invited.' } } },
      { body: '' },
    ]
    const submitted: Received[] = []
    actAsApp(world, (received) => {
      submitted.push(received)
      return answers.shift()
    })
    await openForm(page)

    await page.keyboard.type('ana@example.org')
    await page.keyboard.press('Tab')
    await page.keyboard.type('ware')
    await page.getByRole('option', { name: 'Warehouse' }).waitFor()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Tab')
    await page.keyboard.type('Bo')
    await page.getByRole('option', { name: 'Bonn' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('combobox', { name: 'Tell also' }).focus()
    await page.keyboard.type('pat')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    await page.getByRole('textbox', { name: 'Note' }).fill('Welcome <b>Ana</b>')
    await page.getByRole('button', { name: 'Send invitation' }).press('Enter')

    await page.getByText('This address could not be invited.').waitFor()
    expect(await page.getByRole('textbox', { name: 'E-mail' }).inputValue()).toBe('ana@example.org')
    expect(await page.getByRole('textbox', { name: 'E-mail' }).getAttribute('aria-invalid')).toBe('true')
    expect(await page.getByRole('combobox', { name: 'Hub' }).inputValue()).toBe('Warehouse')
    await page.getByRole('textbox', { name: 'E-mail' }).fill('bob@example.org')
    expect(await page.getByText('This address could not be invited.').isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Send invitation' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    const values = submitted[1]?.body.view.state.values
    expect(values.email.value.value).toBe('bob@example.org')
    expect(values.hub.value.selected_option.value).toBe('warehouse')
    expect(values.type.value.selected_option).not.toBeNull()
    expect(values.place.value.selected_option.text.text).toBe('Bonn')
    expect(values.tell.value.selected_users).toEqual(['UPAT'])
    expect(values.note.value.value).toBe('Welcome <b>Ana</b>')
    expect(world.slack.complaints).toEqual([])
    expect(problems).toEqual([])
  })

  it('asks for what is missing before anything is sent', async () => {
    actAsApp(world)
    await openForm(page)
    await page.getByRole('button', { name: 'Send invitation' }).click()

    await expect.poll(() => page.locator('.error:visible').count()).toBe(3)
    expect(world.received.some(({ body }) => body.type === 'view_submission')).toBe(false)
  })

  it('keeps focus, caret and typed values while the app updates the modal under the typing hands', async () => {
    let updates = 0
    actAsApp(world)
    const open = world.app.handle
    world.app.handle = async (received) => {
      if (received.body.type !== 'block_actions') return open(received)
      updates += 1
      const counted = { type: 'section', block_id: 'count', text: { type: 'mrkdwn', text: `Looked ${updates} times` } }
      // The typed block itself changes, too: its hint.
      const blocks = [counted, ...inputs].map((block) =>
        'block_id' in block && block.block_id === 'email' ? { ...block, hint: plain(`Seen ${updates}`) } : block,
      )
      await world.api('views.update', { view_id: received.body.view.id, view: emailForm({ blocks }) })
      return undefined
    }
    await openForm(page)
    await page.getByRole('textbox', { name: 'Note' }).fill('A long note')
    const email = page.getByRole('textbox', { name: 'E-mail' })
    await email.focus()
    for (const part of ['ana', '@exa', 'mple.org']) {
      const before = updates
      await page.keyboard.type(part)
      await page.getByText(`Seen ${before + 1}`).waitFor()
    }

    expect(await email.inputValue()).toBe('ana@example.org')
    expect(await page.evaluate('document.activeElement.getAttribute("data-focus")')).toBe('email/value')
    expect(await page.getByRole('textbox', { name: 'Note' }).inputValue()).toBe('A long note')
  })

  it('closes a modal with Escape and tells the app if it asked for that', async () => {
    world.app.handle = async ({ body }) => {
      if (body.command)
        await world.api('views.open', { trigger_id: body.trigger_id, view: emailForm({ notify_on_close: true }) })
      return undefined
    }
    await openForm(page)
    await page.keyboard.press('Escape')

    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect.poll(() => world.received.some(({ body }) => body.type === 'view_closed')).toBe(true)
    expect(await page.evaluate('document.activeElement.getAttribute("data-focus")')).toBe('composer')
  })

  it('takes files, dates, boxes and several choices', async () => {
    const input = (id: string, label: string, element: object) => ({
      ...{ type: 'input', block_id: id, optional: true, label: plain(label) },
      element: { action_id: 'value', ...element },
    })
    const options = ['One', 'Two', 'Three'].map((text) => ({ text: plain(text), value: text.toLowerCase() }))
    const blocks = [
      input('file', 'People', { type: 'file_input', filetypes: ['csv'], max_files: 2 }),
      input('day', 'Start', { type: 'datepicker', initial_date: '2026-01-02' }),
      input('hour', 'At', { type: 'timepicker' }),
      input('boxes', 'More', { type: 'checkboxes', options, initial_options: [options[0]] }),
      input('several', 'Which', { type: 'multi_static_select', options, max_selected_items: 2 }),
      input('where', 'Channel', { type: 'conversations_select' }),
    ]
    let values: Received['body'] = {}
    world.app.handle = async ({ body }) => {
      if (body.command) await world.api('views.open', { trigger_id: body.trigger_id, view: emailForm({ blocks }) })
      if (body.type === 'view_submission') values = body.view.state.values
      return undefined
    }
    await openForm(page)
    const file = { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from('email\nana@example.org\n') }
    await page.getByLabel('People').setInputFiles(file)
    await page.getByRole('button', { name: 'Remove people.csv' }).waitFor()
    await page.getByLabel('Start').fill('2026-12-24')
    await page.getByLabel('At (optional)').fill('09:30')
    await page.getByRole('checkbox', { name: 'Two' }).check()
    await page.getByRole('combobox', { name: 'Which' }).click()
    for (const name of ['One', 'Two', 'Three']) await page.getByRole('option', { name }).click()
    await page.getByRole('button', { name: 'Remove One' }).click()
    await page.getByRole('combobox', { name: 'Channel' }).fill('people')
    await page.getByRole('option', { name: '#people-ops' }).click()
    await page.getByRole('button', { name: 'Send invitation' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })

    expect(values.file.value.files).toMatchObject([{ name: 'people.csv', size: 22 }])
    expect(values.day.value.selected_date).toBe('2026-12-24')
    expect(values.hour.value.selected_time).toBe('09:30')
    const chosen = (of: { selected_options: { value: string }[] }) => of.selected_options.map(({ value }) => value)
    expect(chosen(values.boxes.value)).toEqual(['one', 'two'])
    expect(chosen(values.several.value)).toEqual(['two'])
    expect(values.where.value.selected_conversation).toBe('CPEOPLE')
    expect(problems).toEqual([])
  })
})
