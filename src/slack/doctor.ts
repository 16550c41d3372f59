// What the doctor asks Slack: who a token belongs to, what it may do, and what time it is there. One request a question,
// never repeated, so that the doctor says what is, and soon.
import { botScopes } from './manifest.ts'

const slackItself = 'https://slack.com/api/'

export type SlackPlace = { apiUrl: string | undefined; token: string; signal?: AbortSignal }

/** Slack's answer. `error` is Slack's own name for what is wrong; `date` is Slack's clock, cut to the second. */
export type SlackAnswer = { date: Date | undefined } & ({ ok: false; error: string } | { ok: true })

export type Identity = SlackAnswer & { team: string; teamId: string; botName: string; scopes: string[] }

/** Asks whose token it is (auth.test). Throws what fetch throws when Slack cannot be reached. */
export async function askIdentity(place: SlackPlace): Promise<Identity> {
  const { answer, body, scopes } = await ask('auth.test', place)
  return { ...answer, team: text(body.team), teamId: text(body.team_id), botName: text(body.user), scopes }
}

/** Asks whether an xapp- token opens Socket Mode (apps.connections.open). Throws what fetch throws. */
export async function askSocketMode(place: SlackPlace): Promise<SlackAnswer> {
  return (await ask('apps.connections.open', place)).answer
}

/** Writes a line into a channel. Throws what fetch throws. */
export async function postLine(place: SlackPlace, line: { channel: string; text: string }): Promise<SlackAnswer> {
  return (await ask('chat.postMessage', place, line)).answer
}

/** The scopes that the manifest asks for and this token lacks. */
export function findMissingScopes(granted: readonly string[]): string[] {
  return Object.keys(botScopes).filter((scope) => !granted.includes(scope))
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')

async function ask(
  method: string,
  { apiUrl = slackItself, token, signal }: SlackPlace,
  fields: Record<string, string> = {},
) {
  const response = await fetch(new URL(method, apiUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams(fields),
    redirect: 'error',
    ...(signal ? { signal } : {}),
  })
  const parsed: unknown = await response.json().catch(() => undefined)
  const body: Record<string, unknown> = typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  const stated = new Date(response.headers.get('date') ?? '')
  const date = Number.isNaN(stated.getTime()) ? undefined : stated
  const error = text(body.error) || `HTTP ${response.status}`
  const answer: SlackAnswer = body.ok === true ? { date, ok: true } : { date, ok: false, error }
  const scopes = (response.headers.get('x-oauth-scopes') ?? '').split(/[\s,]+/).filter(Boolean)
  return { answer, body, scopes }
}
