// Pictures of states, to be looked at: they cost more time than what is tested, so somebody has to ask for them.
import type { Page } from 'playwright-core'

/** Keeps a picture where USHER_PICTURES is set. */
export async function takePicture(page: Page, path: string, { fullPage = true } = {}): Promise<void> {
  if (process.env.USHER_PICTURES) await page.screenshot({ path, fullPage })
}
