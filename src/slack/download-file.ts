// A file that somebody put into a form, read as it comes: the bot's token goes to Slack's own file host alone.
import { UnreadableList } from '../people/index.ts'
import type { SlackFile } from './feature.ts'

/** The file is not there any more, or stands where the bot's token is not sent. */
export class FileUnavailable extends Error {
  override readonly name = 'FileUnavailable'
}

export type FileSource = {
  botToken: string
  /** Where Slack's Web API is; its host may serve files too (another address than Slack's own, for tests). */
  apiUrl: string | undefined
}

const SLACKS_FILE_HOSTS = ['files.slack.com', 'files-origin.slack.com', 'slack-files.com']
/** Longest wait for the first byte, in ms. */
const PATIENCE = 10_000

/**
 * Opens a file for reading. Throws FileUnavailable (deleted, not to be had, or at an address that is not Slack's: the
 * token is not sent there) and UnreadableList `web_page` (Slack answers with its login page).
 */
export async function downloadFile(source: FileSource, file: SlackFile): Promise<AsyncIterable<Uint8Array>> {
  const address = file.url_private_download ?? file.url_private
  if (!address || !isSlacks(address, source)) throw new FileUnavailable('its address is not one of Slack’s')
  const response = await fetch(address, {
    headers: { authorization: `Bearer ${source.botToken}` },
    redirect: 'manual',
    signal: AbortSignal.timeout(PATIENCE),
  })
  const isPage = (response.headers.get('content-type') ?? '').startsWith('text/html')
  // Without the scope, or with a token that was revoked, Slack sends to its login page or answers with it.
  if (isPage || (response.status >= 300 && response.status < 400)) {
    await response.body?.cancel()
    throw new UnreadableList({ code: 'web_page', detail: {} })
  }
  if (!response.ok || !response.body) {
    await response.body?.cancel()
    if (response.status >= 500) throw new Error(`Slack's file host answered ${response.status}`)
    throw new FileUnavailable(`Slack answered ${response.status}`)
  }
  return response.body
}

function isSlacks(address: string, { apiUrl }: FileSource): boolean {
  const url = URL.parse(address)
  if (!url) return false
  if (apiUrl && url.host === new URL(apiUrl).host) return true
  return url.protocol === 'https:' && SLACKS_FILE_HOSTS.includes(url.hostname)
}
