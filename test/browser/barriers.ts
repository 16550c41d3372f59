// What axe and a narrow screen find wrong with a page.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { takePicture } from './take-picture.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds, a line each. It would wait for ever for an answer out of a mail's frame, so it looks into no frames. */
export async function findBarriers(page: Page): Promise<string[]> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe)
  return page.evaluate<string[]>(
    "axe.run(document, { iframes: false }).then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join(' ')))",
  )
}

/** Expects that nothing sticks out at the sides of what the page shows now. */
export async function expectToFit(page: Page, width: number, name = ''): Promise<void> {
  expect(await page.evaluate<number>('document.documentElement.scrollWidth'), name).toBeLessThanOrEqual(width)
}

/** Axe finds nothing in light and dark, and nothing sticks out at 320, 390 and 1280; a picture of each goes to `folder`. */
export async function expectNoBarriers(page: Page, { folder, name }: { folder: string; name: string }): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await findBarriers(page)).toEqual([])
    for (const width of [320, 390, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      await expectToFit(page, width)
      await takePicture(page, join(folder, `${name}-${colorScheme}-${width}.png`))
    }
  }
}
