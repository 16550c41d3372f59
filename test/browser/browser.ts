// Chromium, started once in each process of the test run: its files open contexts of their own in it.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { WAIT_LIMIT } from '../../src/sandbox/wait-limit.ts'

// The headless shell first: it takes half as much of the processor.
const places = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'].map((n) => `/usr/bin/${n}`)

/** Where Chromium is; undefined where there is none. */
export const executablePath = [process.env.CHROMIUM_PATH ?? '', ...places].find(
  (place) => place !== '' && existsSync(place),
)
if (!executablePath) console.warn('Skipped: no Chromium here. Install it, or name it in CHROMIUM_PATH.')

let running: Promise<Browser> | undefined

/** The browser; its pages wait as long as everything else in the tests does. It ends with the process. */
export function openBrowser(): Promise<Browser> {
  running ??= launch()
  return running
}

/** After a file's last test: closes what it left open. */
export async function closePages(): Promise<void> {
  const browser = await running
  await Promise.all((browser?.contexts() ?? []).map((context) => context.close()))
}

async function launch(): Promise<Browser> {
  const quiet = ['--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  const browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox', ...quiet] })
  const openContext = browser.newContext.bind(browser)
  browser.newContext = async (options) => {
    const context = await openContext(options)
    context.setDefaultTimeout(WAIT_LIMIT)
    return context
  }
  return browser
}
