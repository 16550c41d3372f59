// Sign in with Slack, between us and Slack (OpenID Connect): where the browser is sent, and what Slack says of it. The
// library checks the signature, the issuer, the audience, the times and the nonce.
import type * as OpenId from 'openid-client'

export type SlackClient = {
  clientId: string
  clientSecret: string
  /** Slack's own, https://slack.com, or that of a stand-in. */
  issuer: string
}

/** What one way to Slack and back is bound to; made anew for each. */
export type Bound = { state: string; nonce: string; verifier: string }

export type SlackIdentity = { teamId: string; slackUserId: string; email: string; isVerified: boolean }

/** Why Slack's answer is no use. `why` is safe to log: a code, never what was sent or received. */
export class SlackFailure extends Error {
  readonly kind: 'over' | 'away' | 'failed'
  readonly why: string

  constructor(kind: SlackFailure['kind'], why: string) {
    super('Slack let nobody in')
    this.kind = kind
    this.why = why
  }
}

export type SlackOpenId = {
  /** Where the browser goes. `teamId`: the workspace that Slack offers first. Throws SlackFailure. */
  begin: (bound: Bound, redirectUri: string, teamId: string | undefined) => Promise<string>
  /** `current`: the address that the browser came back to, with all that Slack put into it. Throws SlackFailure. */
  finish: (bound: Bound, current: URL) => Promise<SlackIdentity>
}

/** For one request to Slack, in seconds. */
const PATIENCE = 10
/** Slack's words for a code that has been used, or is not its own (any more). */
const OVER = ['invalid_code', 'code_already_used', 'code_expired', 'invalid_grant']
const AWAY = ['internal_error', 'fatal_error', 'service_unavailable', 'ratelimited', 'request_timeout']

/** Nothing is loaded, and Slack is not asked, before somebody signs in so. */
export function createSlackOpenId(client: SlackClient, { now }: { now: () => Date }): SlackOpenId {
  let known: Promise<{ library: typeof OpenId; server: OpenId.ServerMetadata }> | undefined
  // Settings take http:// for this machine alone.
  const isHttp = client.issuer.startsWith('http:')

  async function discover() {
    const library = await import('openid-client')
    const found = await library.discovery(new URL(client.issuer), client.clientId, client.clientSecret, undefined, {
      timeout: PATIENCE,
      execute: isHttp ? [library.allowInsecureRequests] : [],
      [library.customFetch]: askSlack,
    })
    return { library, server: found.serverMetadata() }
  }

  /** Made anew each time, for the clock that everything here goes by: in seconds from the machine's. */
  async function ready() {
    known ??= discover()
    const { library, server } = await known.catch((error: unknown) => {
      // What could not be learnt now is asked for again the next time.
      known = undefined
      throw error
    })
    const configuration = new library.Configuration(server, client.clientId, {
      client_secret: client.clientSecret,
      [library.clockSkew]: Math.round((now().getTime() - Date.now()) / 1000),
    })
    configuration.timeout = PATIENCE
    configuration[library.customFetch] = askSlack
    if (isHttp) library.allowInsecureRequests(configuration)
    // Else the library takes a token that came straight from Slack without looking at its signature.
    library.enableNonRepudiationChecks(configuration)
    return { library, configuration }
  }

  return {
    begin: (bound, redirectUri, teamId) =>
      orFailure(async () => {
        const { library, configuration } = await ready()
        // Slack's own tokens for OpenID Connect are refused (internal_error) where a challenge was sent: it offers none.
        const takesPkce = configuration.serverMetadata().supportsPKCE()
        const challenge = takesPkce ? await library.calculatePKCECodeChallenge(bound.verifier) : undefined
        const address = library.buildAuthorizationUrl(configuration, {
          redirect_uri: redirectUri,
          scope: 'openid email profile',
          response_type: 'code',
          state: bound.state,
          nonce: bound.nonce,
          ...(teamId === undefined ? {} : { team: teamId }),
          ...(challenge === undefined ? {} : { code_challenge: challenge, code_challenge_method: 'S256' }),
        })
        return address.href
      }),
    finish: (bound, current) =>
      orFailure(async () => {
        const { library, configuration } = await ready()
        const takesPkce = configuration.serverMetadata().supportsPKCE()
        const tokens = await library.authorizationCodeGrant(configuration, current, {
          expectedState: bound.state,
          expectedNonce: bound.nonce,
          idTokenExpected: true,
          ...(takesPkce ? { pkceCodeVerifier: bound.verifier } : {}),
        })
        return identityIn(tokens.claims() ?? {})
      }),
  }
}

function identityIn(claims: Record<string, unknown>): SlackIdentity {
  const teamId = claims['https://slack.com/team_id']
  const slackUserId = claims['https://slack.com/user_id'] ?? claims.sub
  const { email = '' } = claims
  if (typeof teamId !== 'string' || typeof slackUserId !== 'string' || typeof email !== 'string') {
    throw new SlackFailure('failed', 'claims_missing')
  }
  return { teamId, slackUserId, email, isVerified: claims.email_verified === true }
}

// Slack says no with a good status and {"ok": false, "error": …}; the library expects OAuth's 400 with its error.
async function askSlack(url: string, options: RequestInit): Promise<Response> {
  const answer = await fetch(url, options)
  if (!answer.ok || !answer.headers.get('content-type')?.startsWith('application/json')) return answer
  const text = await answer.text()
  const { headers } = answer
  return new Response(text, { status: isRefusal(text) ? 400 : answer.status, headers })
}

function isRefusal(text: string): boolean {
  try {
    return JSON.parse(text)?.ok === false
  } catch {
    return false
  }
}

async function orFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SlackFailure) throw error
    throw failureOf(error)
  }
}

/** The library's errors hold Slack's answers, tokens among them: no more than their codes goes on. */
function failureOf(error: unknown): SlackFailure {
  const code = word(error, 'code')
  const said = word(error, 'error')
  if (said !== undefined) {
    return new SlackFailure(OVER.includes(said) ? 'over' : AWAY.includes(said) ? 'away' : 'failed', said)
  }
  if (error instanceof TypeError) return new SlackFailure('away', word(error.cause, 'code') ?? 'no_answer')
  const isAway = ['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON']
  return new SlackFailure(code !== undefined && isAway.includes(code) ? 'away' : 'failed', code ?? 'unknown')
}

function word(error: unknown, field: 'code' | 'error'): string | undefined {
  if (typeof error !== 'object' || error === null || !(field in error)) return undefined
  const value = Object.entries(error).find(([name]) => name === field)?.[1]
  return typeof value === 'string' && /^\w{1,60}$/.test(value) ? value : undefined
}
