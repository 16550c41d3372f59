// Is PUBLIC_URL really this program? Asked from here, which is not from everywhere.
import { bad, type Finding, good, whyUnreachable } from './finding.ts'

/** Gets `publicUrl`/healthz and looks who answers. `fetchPage` is fetch; it may throw. */
export async function checkPublicUrl(
  publicUrl: string,
  fetchPage: (url: string, options: { redirect: 'manual' }) => Promise<Response>,
): Promise<Finding> {
  const about = 'PUBLIC_URL'
  let response: Response
  try {
    response = await fetchPage(`${publicUrl}/healthz`, { redirect: 'manual' })
  } catch (error) {
    const why = whyUnreachable(error)
    return bad(
      about,
      `${publicUrl} cannot be reached from here: ${why}. Is Usher running, and does the proxy in front pass requests on?`,
    )
  }
  const text = (await response.text().catch(() => '')).slice(0, 10_000)
  if (response.status === 200 && isUsher(text))
    return good(about, `${publicUrl} is reachable from here, and it is Usher`)
  if (response.status >= 300 && response.status < 400) {
    const target = URL.parse(response.headers.get('location') ?? '', publicUrl)
    return bad(
      about,
      `${publicUrl} sends callers on to ${target?.origin ?? 'another address'}. Set PUBLIC_URL to the address that Usher itself answers on.`,
    )
  }
  if (response.status >= 502 && response.status <= 504) {
    return bad(
      about,
      `a proxy answers at ${publicUrl}, but does not reach Usher (${response.status}). Is Usher running, on the PORT that the proxy calls?`,
    )
  }
  return bad(
    about,
    `another program answers at ${publicUrl} (${response.status}). Set PUBLIC_URL to Usher's own address, or PORT to a free one.`,
  )
}

function isUsher(text: string): boolean {
  try {
    const answer: unknown = JSON.parse(text)
    return typeof answer === 'object' && answer !== null && 'alive' in answer && answer.alive === true
  } catch {
    return false
  }
}
