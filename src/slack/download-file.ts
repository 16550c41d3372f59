// A file that somebody put into a form, read as it comes: the bot's token goes to Slack's own file host alone.
import { PEOPLE_FILE_BYTES, UnreadableList } from '../people/index.ts'
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
/** Longest wait for the next bytes, in ms. */
const PATIENCE = 10_000

/**
 * Opens a file for reading. Throws FileUnavailable (deleted, not to be had, or at an address that is not Slack's: the
 * token is not sent there) and UnreadableList `too_large` (as Slack says, before anything is read) and `web_page`
 * (Slack answers with its login page). A host that falls silent ends the reading with an error.
 */
export async function downloadFile(source: FileSource, file: SlackFile): Promise<AsyncIterable<Uint8Array>> {
  const address = file.url_private_download ?? file.url_private
  if (!address || !isSlacks(address, source)) throw new FileUnavailable('its address is not one of Slack’s')
  ensureSize(file.size ?? 0)
  const patience = createPatience()
  const response = await fetch(address, {
    headers: { authorization: `Bearer ${source.botToken}` },
    redirect: 'manual',
    signal: patience.signal,
  }).catch((error: unknown) => {
    patience.end()
    throw error
  })
  try {
    ensureFile(response)
  } catch (error) {
    patience.end()
    await response.body?.cancel()
    throw error
  }
  return reading(response, patience)
}

function ensureFile(response: Response): void {
  const { status } = response
  if (status === 404 || status === 410) throw new FileUnavailable(`Slack answered ${status}`)
  if (status >= 500 || status === 429) throw new Error(`Slack's file host answered ${status}`)
  const isPage = (response.headers.get('content-type') ?? '').startsWith('text/html')
  // Without the scope, or with a token that was revoked, Slack sends to its login page or answers with it.
  if (isPage || (status >= 300 && status < 400)) throw new UnreadableList({ code: 'web_page', detail: {} })
  if (!response.ok) throw new FileUnavailable(`Slack answered ${status}`)
  ensureSize(Number(response.headers.get('content-length') ?? 0))
}

function ensureSize(bytes: number): void {
  if (bytes > PEOPLE_FILE_BYTES) throw new UnreadableList({ code: 'too_large', detail: { most: PEOPLE_FILE_BYTES } })
}

async function* reading({ body }: Response, patience: Patience): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of body ?? []) {
      patience.again()
      yield bytes
    }
  } finally {
    patience.end()
  }
}

type Patience = { signal: AbortSignal; again: () => void; end: () => void }

function createPatience(): Patience {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(new Error('Slack’s file host fell silent')), PATIENCE)
  return { signal: controller.signal, again: () => timer.refresh(), end: () => clearTimeout(timer) }
}

function isSlacks(address: string, { apiUrl }: FileSource): boolean {
  const url = URL.parse(address)
  if (!url) return false
  if (apiUrl && url.host === new URL(apiUrl).host) return true
  return url.protocol === 'https:' && SLACKS_FILE_HOSTS.includes(url.hostname)
}
