// What a check has found out, and the time it may take to do so.

/** good: as it should be. bad: must be mended. note: not tried, or fit to be known. */
export type Finding = { state: 'good' | 'bad' | 'note'; about: string; text: string }

export const good = (about: string, text: string): Finding => ({ state: 'good', about, text })
export const bad = (about: string, text: string): Finding => ({ state: 'bad', about, text })
export const note = (about: string, text: string): Finding => ({ state: 'note', about, text })

const marks = { good: '✓', bad: '✗', note: '–' } as const

/** The finding as one line. */
export function toLine({ state, about, text }: Finding): string {
  return `${marks[state]} ${about}: ${text}`
}

export class TooSlow extends Error {
  override name = 'TooSlow'
}

/** Runs `work`, and throws TooSlow when it has not ended after `limit` ms; its signal is then aborted. */
export async function withinLimit<T>(limit: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const control = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new TooSlow(`no answer within ${limit / 1000} seconds`))
      control.abort()
    }, limit)
  })
  try {
    return await Promise.race([work(control.signal), late])
  } finally {
    clearTimeout(timer)
  }
}

const words: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'there is no way to that machine',
  ENETUNREACH: 'there is no network',
  ENOTFOUND: 'the name of the machine is not known',
  EAI_AGAIN: 'names of machines cannot be looked up now',
  ETIMEDOUT: 'no answer',
  UND_ERR_CONNECT_TIMEOUT: 'no answer',
  UND_ERR_SOCKET: 'the connection was cut',
  CERT_HAS_EXPIRED: 'its certificate has run out',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes without the ones above it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority that is not known here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on that port',
}

/** Why something could not be reached, in words; the innermost reason counts. Never shows an address with a password. */
export function whyUnreachable(error: unknown): string {
  if (error instanceof TooSlow) return error.message
  if (!(error instanceof Error)) return String(error)
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause
  if (inner instanceof Error) return whyUnreachable(inner)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return words[code] ?? error.message
}
