// @ts-check
// The page's way to the local Slack, the mailbox and the phone behind it. Everything is below ./api/.

const RECONNECT_MS = 2000

/** An answer that says no; its message is fit to be shown. */
export class ApiProblem extends Error {}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
export function get(path) {
  return ask(path, {})
}

/**
 * @param {string} path
 * @param {object} body
 * @returns {Promise<any>}
 */
export function post(path, body) {
  return ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
}

/**
 * Uploads one file for a file_input.
 * @param {string} as
 * @param {File} file
 * @returns {Promise<any>}
 */
export async function upload(as, file) {
  const answer = await ask(`file?as=${encodeURIComponent(as)}&name=${encodeURIComponent(file.name)}`, {
    method: 'POST',
    headers: { 'content-type': file.type || 'application/octet-stream' },
    body: file,
  })
  return answer.file
}

/**
 * @param {string} path
 * @param {RequestInit} init
 */
async function ask(path, init) {
  let response
  try {
    response = await fetch(`./api/${path}`, init)
  } catch {
    throw new ApiProblem('The sandbox does not answer. Is it still running?')
  }
  const answer = await response.json().catch(() => undefined)
  if (response.status === 403) {
    throw new ApiProblem('The sandbox can only be used from this computer, at http://localhost or http://127.0.0.1.')
  }
  if (!response.ok || answer === undefined || answer.ok === false) {
    throw new ApiProblem(`That did not work: ${answer?.error ?? `status ${response.status}`}`)
  }
  return answer
}

/**
 * Follows a stream until the returned function is called, and connects again whenever it is lost.
 * @param {string} path
 * @param {{ event?: string, onEvent: (data: any) => void, onOpen?: () => void, onLost?: () => void }} listeners
 * @returns {() => void}
 */
export function follow(path, { event = 'message', onEvent, onOpen, onLost }) {
  /** @type {EventSource} */
  let source
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  const connect = () => {
    source = new EventSource(`./api/${path}`)
    source.addEventListener(event, (message) => onEvent(JSON.parse(/** @type {MessageEvent} */ (message).data)))
    if (onOpen) source.addEventListener('open', onOpen)
    source.addEventListener('error', () => {
      onLost?.()
      // The browser tries again after a lost connection, but gives up after an answer that is no stream.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(connect, RECONNECT_MS)
    })
  }
  connect()
  return () => {
    clearTimeout(timer)
    source.close()
  }
}
