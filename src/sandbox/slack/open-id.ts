// Sign in with Slack, as slack.com does it (OpenID Connect): its description, the page on which a member says yes, the
// tokens, and the keys with which they are signed.
import { createHash, generateKeyPair, type KeyObject, randomBytes, sign, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import type { ClientUser } from './client-api.ts'
import type { Core } from './core.ts'
import { authorizePage, refusalPage } from './open-id-page.ts'
import { teamOf } from './payloads.ts'
import { readBody } from './request-body.ts'
import { isPerson } from './workspace.ts'

/** What a test makes it do wrong, or otherwise than Slack. */
export type OpenIdMistakes = {
  /** In place of what the id token would say; undefined takes a claim away. */
  claims?: Record<string, unknown>
  /** Signed by a key that is not among the published ones. */
  isSignedByAnother?: boolean
  /** Slack offers no PKCE; with this it does, and demands it. */
  takesPkce?: boolean
}

export type OpenIdServer = {
  client: { clientId: string; clientSecret: string }
  mistakes: OpenIdMistakes
  serves: (path: string) => boolean
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
}

type Grant = { user: ClientUser; redirectUri: string; nonce: string | null; challenge: string | null; until: number }

const DISCOVERY = '/.well-known/openid-configuration'
const AUTHORIZE = '/openid/connect/authorize'
const KEYS = '/openid/connect/keys'
const TOKEN = '/api/openid.connect.token'
const CODE_LIFE = 10 * 60_000
const TOKEN_LIFE = 5 * 60
const MOST_GRANTS = 1000
const BODY_LIMIT = 16 * 1024

const makeKeys = promisify(generateKeyPair)

/** Makes it; the keys when they are first needed. */
export function createOpenId(core: Core): OpenIdServer {
  const client = { clientId: `1234567890.${Date.now()}`, clientSecret: randomBytes(16).toString('hex') }
  const mistakes: OpenIdMistakes = {}
  const grants = new Map<string, Grant>()
  const used = new Set<string>()
  let keys: Promise<{ publicKey: KeyObject; privateKey: KeyObject }> | undefined
  const ownKeys = () => {
    keys ??= makeKeys('rsa', { modulusLength: 2048 })
    return keys
  }

  function describe(): object {
    const origin = core.origin()
    return {
      issuer: origin,
      authorization_endpoint: `${origin}${AUTHORIZE}`,
      token_endpoint: `${origin}${TOKEN}`,
      jwks_uri: `${origin}${KEYS}`,
      scopes_supported: ['openid', 'profile', 'email'],
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      claims_supported: ['sub', 'auth_time', 'iss'],
      token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
      ...(mistakes.takesPkce ? { code_challenge_methods_supported: ['S256'] } : {}),
    }
  }

  function authorize(query: URLSearchParams, response: ServerResponse): unknown {
    const html = (status: number, body: string) =>
      void response
        .writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
        .end(body)
    const redirectUri = query.get('redirect_uri') ?? ''
    // Never back to an address that the app did not name: the code would be given away.
    if (query.get('client_id') !== client.clientId) return html(400, refusalPage('Invalid client_id parameter'))
    if (!core.manifest.oauth_config?.redirect_urls?.includes(redirectUri)) {
      return html(400, refusalPage('redirect_uri did not match any configured URIs'))
    }
    const back = (answer: Record<string, string>) => {
      const address = new URL(redirectUri)
      const state = query.get('state')
      for (const [name, value] of Object.entries({ ...answer, ...(state ? { state } : {}) })) {
        address.searchParams.set(name, value)
      }
      response.writeHead(302, { location: address.href, 'cache-control': 'no-store' }).end()
    }
    const scopes = (query.get('scope') ?? '').split(' ')
    if (query.get('response_type') !== 'code' || !scopes.includes('openid')) return back({ error: 'invalid_scope' })
    if (mistakes.takesPkce && query.get('code_challenge_method') !== 'S256') return back({ error: 'invalid_request' })
    const chosen = query.get('as')
    if (chosen === 'nobody') return back({ error: 'access_denied' })
    const people = [...core.workspace.users.values()].filter((user) => isPerson(user) && !user.deleted)
    const user = people.find(({ id }) => id === chosen)
    if (!user)
      return html(
        200,
        authorizePage({
          people,
          query,
          workspace: core.workspace.team.name,
          app: core.manifest.display_information.name,
        }),
      )
    const code = randomBytes(24).toString('hex')
    if (grants.size >= MOST_GRANTS) grants.clear()
    grants.set(code, {
      ...{ user, redirectUri, nonce: query.get('nonce'), challenge: query.get('code_challenge') },
      until: core.workspace.now() + CODE_LIFE,
    })
    back({ code })
  }

  async function exchange(given: URLSearchParams, authorization = ''): Promise<object> {
    const refuse = (error: string) => ({ ok: false, error })
    const basic = Buffer.from(authorization.replace(/^Basic /i, ''), 'base64')
      .toString('utf8')
      .split(':')
    const [id = '', secret = ''] = authorization
      ? basic
      : [given.get('client_id') ?? '', given.get('client_secret') ?? '']
    if (id !== client.clientId) return refuse('invalid_client_id')
    if (!isEqual(secret, client.clientSecret)) return refuse('bad_client_secret')
    if (given.get('grant_type') !== 'authorization_code') return refuse('invalid_grant_type')
    const code = given.get('code') ?? ''
    const grant = grants.get(code)
    if (used.has(code)) return refuse('code_already_used')
    if (!grant || grant.until < core.workspace.now()) return refuse('invalid_code')
    if (given.get('redirect_uri') !== grant.redirectUri) return refuse('bad_redirect_uri')
    // As Slack does: its OpenID Connect and PKCE do not go together.
    if (grant.challenge !== null && !mistakes.takesPkce) return refuse('internal_error')
    if (grant.challenge !== null && challengeOf(given.get('code_verifier') ?? '') !== grant.challenge) {
      return refuse('bad_code_verifier')
    }
    grants.delete(code)
    if (used.size >= MOST_GRANTS) used.clear()
    used.add(code)
    const token = `xoxp-${randomBytes(16).toString('hex')}`
    return { ok: true, access_token: token, token_type: 'Bearer', id_token: await idToken(grant) }
  }

  async function idToken({ user, nonce }: Grant): Promise<string> {
    const now = Math.floor(core.workspace.now() / 1000)
    const { team } = core.workspace
    const claims = {
      iss: core.origin(),
      sub: user.id,
      aud: client.clientId,
      exp: now + TOKEN_LIFE,
      iat: now,
      auth_time: now,
      nonce: nonce ?? undefined,
      'https://slack.com/team_id': teamOf(core, user),
      'https://slack.com/user_id': user.id,
      email: user.email,
      email_verified: user.email !== undefined,
      name: user.real_name,
      'https://slack.com/team_name': team.name,
      'https://slack.com/team_domain': team.domain,
      ...mistakes.claims,
    }
    const { privateKey } = mistakes.isSignedByAnother ? await makeKeys('rsa', { modulusLength: 2048 }) : await ownKeys()
    const head = encode({ alg: 'RS256', typ: 'JWT', kid: 'local' })
    const signed = `${head}.${encode(claims)}`
    return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
  }

  return {
    client,
    mistakes,
    serves: (path) => [DISCOVERY, AUTHORIZE, KEYS, TOKEN].includes(path),
    async answer(request, response) {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
      if (pathname === AUTHORIZE) {
        authorize(searchParams, response)
        return
      }
      const body = new URLSearchParams((await readBody(request, BODY_LIMIT)).toString('utf8'))
      const answer =
        pathname === DISCOVERY
          ? describe()
          : pathname === KEYS
            ? {
                keys: [
                  { ...(await ownKeys()).publicKey.export({ format: 'jwk' }), kid: 'local', alg: 'RS256', use: 'sig' },
                ],
              }
            : await exchange(body, request.headers.authorization)
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(answer))
    },
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}

function isEqual(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}
