// The stage of the whole story: `node src/main.ts` in its sandbox, and hands for its page. Nothing is reached past the
// page but by clicking and typing.
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { startProgram } from '../faults/programs.ts'
import { makeDataFolder } from '../setup/data-folder.ts'
import { findBarriers } from './barriers.ts'
import { takePicture } from './take-picture.ts'

/** Where the pictures of every state go, to be looked at. */
export const pictures = join(tmpdir(), 'usher-whole-story')
export const WIDE = { width: 1280, height: 800 }
export const NARROW = { width: 390, height: 844 }

/**
 * The app without any Slack, on a free port and a data folder of its own, with `isEmpty` as before the first start; `url`
 * is the sandbox's page, as the banner says it.
 */
export async function startSandboxProgram({ isEmpty = false } = {}) {
  const dataDir = makeDataFolder({ isEmpty })
  mkdirSync(pictures, { recursive: true })
  const program = startProgram({ PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'warn' })
  const banner = await program.saying(/^\s+http:\/\/localhost:\d+\/sandbox\/$/)
  return {
    url: banner.trim(),
    lines: program.lines,
    /** Ends it as Ctrl+C does; gives the exit code. */
    async stop() {
      const code = await program.end('SIGINT')
      rmSync(dataDir, { recursive: true, force: true })
      return code
    },
  }
}

/** Takes pictures of what is shown, wide and narrow, and expects that axe finds nothing in either. */
export async function look(page: Page, name: string) {
  const before = page.viewportSize() ?? WIDE
  for (const viewport of [WIDE, NARROW]) {
    await page.setViewportSize(viewport)
    expect(await findBarriers(page), `${name} at ${viewport.width}`).toEqual([])
    expect(await page.evaluate<number>('document.documentElement.scrollWidth'), name).toBeLessThanOrEqual(
      viewport.width,
    )
    await takePicture(page, join(pictures, `${name}-${viewport.width}.png`), { fullPage: false })
  }
  await page.setViewportSize(before)
}

export const composer = (page: Page) => page.getByRole('textbox', { name: /^Message/ })
export const dialog = (page: Page, name: string) => page.getByRole('dialog', { name, exact: true })
export const logOf = (page: Page) => page.getByRole('log')

/** Types a command where one is, and sends it. */
export async function type(page: Page, command: string) {
  await composer(page).click()
  await page.keyboard.type(command)
  await page.keyboard.press('Enter')
}

/** Goes to a channel, a person or the app by the list at the left. */
export async function go(page: Page, place: string) {
  const list = page.getByRole('navigation', { name: 'Workspace' })
  if (!(await list.isVisible())) await page.getByRole('button', { name: 'Channels' }).click()
  await list.getByRole('button', { name: new RegExp(`^${place}( \\d+ unread)?$`) }).click()
}

/** Chooses in a menu of a form. */
export async function choose(page: Page, field: string, option: string) {
  await page.getByRole('combobox', { name: field, exact: true }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

/** Writes into a field what stands there afterwards, by keys. */
export async function write(page: Page, field: string, text: string) {
  await page.getByRole('textbox', { name: field, exact: true }).click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type(text)
}
