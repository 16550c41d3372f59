// A directory at Usher's door: sends requests as Okta and Entra do, with the token that an admin made in the settings.
import { expect } from 'vitest'
import { openSettingsMenu } from '../journeys/acts.ts'
import type { Usher } from '../setup/usher.ts'

export const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const USHER = 'urn:ietf:params:scim:schemas:extension:usher:2.0:User'
export const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error'
export const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
export const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

/** The body of an answer; a test looks at what it expects there. */
// biome-ignore lint/suspicious/noExplicitAny: a SCIM document is whatever the test says it is
export type Body = any
export type Said = { status: number; headers: Headers; body: Body; text: string }

export type Directory = {
  token: string
  get: (path: string) => Promise<Said>
  post: (path: string, body: unknown) => Promise<Said>
  put: (path: string, body: unknown) => Promise<Said>
  patch: (path: string, operations: unknown[]) => Promise<Said>
  remove: (path: string) => Promise<Said>
  /** A request as it is given. */
  send: (path: string, init: RequestInit) => Promise<Said>
}

/** Makes the organisation's token by the settings' own buttons; gives what Ada is shown once. */
export async function makeToken(usher: Pick<Usher, 'slack'>, by = 'UADA'): Promise<string> {
  const menu = await openSettingsMenu(usher, by)
  await menu.click('SCIM')
  const view = await usher.slack.as(by).waitForView('scim')
  await view.click(view.text.includes('Make a token') ? 'Make a token' : 'Renew')
  const shown = await usher.slack.as(by).waitForView((one) => one.text.includes('usher-scim-'))
  const [token] = /usher-scim-[\w-]{43}/.exec(shown.text) ?? []
  if (!token) throw new Error(`a token was expected in: ${shown.text}`)
  return token
}

export function directoryOf(url: string, token: string): Directory {
  async function send(path: string, { headers, ...init }: RequestInit): Promise<Said> {
    const response = await fetch(`${url}/scim/v2${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, accept: 'application/scim+json', ...headers },
    })
    const text = await response.text()
    expect(response.headers.get('content-type')).toBe('application/scim+json; charset=utf-8')
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
      text,
    }
  }
  const withBody = (method: string) => (path: string, body: unknown) =>
    send(path, { method, headers: { 'content-type': 'application/scim+json' }, body: JSON.stringify(body) })
  return {
    token,
    send,
    get: (path) => send(path, {}),
    post: withBody('POST'),
    put: withBody('PUT'),
    patch: (path, Operations) => withBody('PATCH')(path, { schemas: [PATCH], Operations }),
    remove: (path) => send(path, { method: 'DELETE' }),
  }
}

/** Writes a token straight into the database, for tests that are not about making it. */
export async function openDirectory(usher: Usher): Promise<Directory> {
  return directoryOf(usher.app.url, await makeToken(usher))
}

/** A user as Entra documents it. */
export function entraUser(name: string, more: Record<string, unknown> = {}) {
  return {
    schemas: [USER, ENTERPRISE],
    externalId: `entra-${name}`,
    userName: `${name}@contoso.example`,
    active: true,
    emails: [{ primary: true, type: 'work', value: `${name}@contoso.example` }],
    meta: { resourceType: 'User' },
    name: { formatted: `${name} Familyname`, familyName: 'Familyname', givenName: name },
    roles: [],
    ...more,
  }
}

export const filtered = (path: string, filter: string, more = '') =>
  `${path}?filter=${encodeURIComponent(filter)}${more}`

/** An answer's status and scimType, when it is an error as SCIM has them, without a stack or a page in it. */
export function errorOf({ status, body }: Pick<Said, 'status' | 'body'>): [number, string | undefined] {
  expect(body.schemas).toEqual([ERROR])
  expect(body.status).toBe(String(status))
  expect(body.detail).not.toMatch(/ at .*\(|node_modules|<html/)
  return [status, body.scimType]
}
