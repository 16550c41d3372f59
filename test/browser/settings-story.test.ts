// The settings by clicking: every group, a hub, somebody's role, and "Invite from message"; wide and narrow, with axe.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closePages, executablePath, openBrowser } from './browser.ts'
import { visitPage } from './sandbox-stage.ts'
import { composer, dialog, go, logOf, look, startSandboxProgram, type, WIDE, write } from './story-stage.ts'

describe.skipIf(!executablePath)('the settings, by clicking', () => {
  let browser: Browser
  let page: Page
  let sandbox: Awaited<ReturnType<typeof startSandboxProgram>>
  let problems: string[]

  beforeAll(async () => {
    sandbox = await startSandboxProgram()
    browser = await openBrowser()
    ;({ page, problems } = await visitPage(browser, sandbox.url, { viewport: WIDE }))
  })

  afterAll(async () => {
    await closePages()
    expect(await sandbox?.stop()).toBe(0)
  })

  /** The last of that name: "Back" stands at the top of a window, too. */
  const press = (name: string) => page.getByRole('button', { name, exact: true }).last().click()

  /** Chooses in a menu of the window that is open; the page behind it has a list of people, too. */
  const pick = async (field: string, option: string) => {
    const window = page.getByRole('dialog')
    await window.getByRole('combobox', { name: field, exact: true }).click()
    await window.getByRole('option', { name: option }).first().click()
  }

  it('each group opens, and leads back to the menu', async () => {
    await go(page, 'general')
    await type(page, '/invites settings')
    await dialog(page, 'Settings').waitFor()
    for (const [button, title] of [
      ['Change messages', 'Messages'],
      ['Change invitations', 'Invitations'],
      ['Change channels', 'Channels'],
      ['Change who is admin', 'Corporate Admins'],
    ] as const) {
      await press(button)
      await dialog(page, title).waitFor()
      await look(page, `settings-${title.toLowerCase().replaceAll(' ', '-')}`)
      if (title === 'Messages') {
        await write(page, 'Appendix (optional)', 'Questions? people@northwind.example')
        await press('See how a message ends')
        await dialog(page, 'The end of a message').getByText('Questions? people@northwind.example').waitFor()
        await look(page, 'settings-preview')
        await press('Back')
        await dialog(page, title).waitFor()
      }
      await press('Back')
      await dialog(page, 'Settings').waitFor()
    }
  })

  it('a hub is added, renamed, archived, and brought back', async () => {
    await press('Hubs')
    await dialog(page, 'Hubs').waitFor()
    await press('Add a hub')
    await write(page, 'Name of the hub', 'Pilot')
    await press('Add hub')
    await dialog(page, 'Hubs').getByText('Pilot').waitFor()
    await look(page, 'settings-hubs')
    await press('Change Pilot')
    await look(page, 'settings-hub')
    await press('Archive')
    await page.getByText('cannot be chosen any more').waitFor()
    await look(page, 'settings-hub-archive')
    await press('Archive')
    await dialog(page, 'Change hub').getByText('Archived').waitFor()
    await press('Bring back')
    await page.getByRole('button', { name: 'Archive', exact: true }).waitFor()
    await press('Back')
    await dialog(page, 'Hubs').waitFor()
    await press('Back')
    await dialog(page, 'Settings').waitFor()
  })

  it('Sam becomes HR Admin of Sales', async () => {
    await press('Roles')
    await dialog(page, 'Roles').waitFor()
    await pick('Give somebody a role (optional)', 'Sam Rivera')
    await look(page, 'settings-roles')
    await press('Go on')
    await dialog(page, 'Role').waitFor()
    await pick('Role', 'HR Admin')
    await pick('Department (optional)', 'Sales')
    await look(page, 'settings-role')
    await press('Save')
    await dialog(page, 'Settings').waitFor()
    await press('Roles')
    await dialog(page, 'Roles').getByText('HR Admin, Sales').waitFor()
    await look(page, 'settings-role-given')
    await press('Back')
    await dialog(page, 'Settings').waitFor()
    await press('Close')
    await dialog(page, 'Settings').waitFor({ state: 'detached' })
  })

  it('the addresses of a message are invited from its menu', async () => {
    await composer(page).click()
    await page.keyboard.type('New from Monday: ana@example.org, bea@example.org')
    await page.keyboard.press('Enter')
    const message = logOf(page).getByText('New from Monday')
    await message.hover()
    await logOf(page).getByRole('button', { name: 'More actions' }).last().click()
    await page.getByRole('menuitem', { name: /Invite from message/ }).click()
    await dialog(page, 'Invite many people').getByText('2 addresses recognised').waitFor()
    await look(page, 'from-message')
    await page.keyboard.press('Escape')
  })

  it('nothing went wrong behind all that', () => {
    expect(problems).toEqual([])
    expect(sandbox.lines.filter((line) => /WARN|ERROR/.test(line))).toEqual([])
  })
})
