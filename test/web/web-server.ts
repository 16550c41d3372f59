// The web door on a real server, before a core that each test makes up.
import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import type { AccountDoor } from '../../src/accounts/index.ts'
import type { JoinAnswer, JoinForm, JoinPage, JoinStep, RegisterPage } from '../../src/invitations/index.ts'
import type { Language } from '../../src/languages/index.ts'
import type { ScimDirectory } from '../../src/people/index.ts'
import { Refusal, Refusals } from '../../src/refusal.ts'
import { createWeb, type WebSettings } from '../../src/web/index.ts'

export const liveToken = 'live-token'

export const joinPage: JoinPage = {
  invitationId: '00000000-0000-7000-8000-000000000000',
  organisationName: 'Acme Hospitals',
  hubName: 'Surgery',
  inviterName: 'Ada Admin',
  email: 'ana@example.org',
  language: 'en',
  languageChosen: true,
  timeZone: 'Europe/Madrid',
  firstName: 'Ana',
  lastName: '',
  mobile: '',
  terms: 'Be kind.\n\nKeep secrets.',
  termsVersion: 3,
  expiresAt: new Date('2026-11-27T13:05:00Z'),
  isByLink: false,
  personEmail: 'ana@example.org',
  userName: null,
  otherHubs: [],
  shown: 'shown',
  hasAccount: false,
  secondFactorRequired: false,
}

/** What a person who does everything right sends. */
export const goodForm = {
  firstName: 'Ana',
  lastName: 'Diaz',
  mobile: '+44 7400 123456',
  password: 'tea at five, always',
  termsAgreed: 'yes',
  termsVersion: '3',
  language: 'en',
}

/** Signing in and accounts have tests of their own, before the real core. */
const noAccounts = new Proxy({} as AccountDoor, {
  get: (_door, name) => () => Promise.reject(new Error(`${String(name)} is not looked at here`)),
})

export type Answer = { status: number; headers: IncomingHttpHeaders; body: string }
type Sent = { method?: string; headers?: Record<string, string>; body?: string }
export type Accepted = { token: string; form: JoinForm; from: string }
export type TestWeb = Awaited<ReturnType<typeof startWeb>>

/** Starts the door. `page`: what the live link shows; `accept`: what happens instead of accepting. */
export async function startWeb(
  overrides: Partial<WebSettings> & {
    page?: Partial<JoinPage>
    /** Where the browser stands: at the form, where it is not said otherwise. */
    step?: JoinStep
    registration?: Partial<RegisterPage>
    accept?: () => Promise<unknown>
    usualLanguage?: Language
  } = {},
) {
  const { page, step, registration, accept, usualLanguage, ...settings } = overrides
  const answers: JoinAnswer[] = []
  const accepted: Accepted[] = []
  const openedLinks: string[] = []
  const asks: { email: string; language: string; from: string }[] = []
  const logged: { details: object; text: string }[] = []
  const note = (details: object, text: string) => void logged.push({ details, text })
  const web = createWeb({
    door: {
      // Nobody's token works here; what a directory does has tests of its own.
      scim: { findCaller: async () => undefined } as Partial<ScimDirectory> as ScimDirectory,
      async openJoinStep(token) {
        if (token !== liveToken) throw new Refusal('link_dead')
        return { page: { ...joinPage, ...page }, step: step ?? { at: 'form' } }
      },
      async takeJoinStep(token, { answer }) {
        if (token !== liveToken) throw new Refusal('link_dead')
        await accept?.()
        answers.push(answer)
        return { joined: answer.step === 'agree' }
      },
      noteOpening() {},
      async openRegistrationLink(token) {
        if (token !== liveToken) throw new Refusal('link_dead')
        return {
          linkId: joinPage.invitationId,
          organisationName: 'Acme Hospitals',
          hubName: 'Surgery',
          language: 'en',
          ...registration,
        }
      },
      noteLinkOpening: (linkId) => void openedLinks.push(linkId),
      async askToRegister(token, ask) {
        if (token !== liveToken) throw new Refusal('link_dead')
        if (!/@example/.test(ask.email)) throw new Refusals([new Refusal('address_malformed', { field: 'email' })])
        asks.push(ask)
      },
      noteDeadLink() {},
      noteFailedSignIn() {},
      noteWrongSlip() {},
      usualLanguage: () => usualLanguage ?? 'en',
      askForNewLink() {},
      listInvitationsToAccept: async () => [],
      joinFromAccount: async () => {},
      openBySlip: async () => undefined,
      openByCredentials: async () => undefined,
      isGenuineReceipt: async () => false,
      noteReceipt: async () => false,
      async acceptInvitation(token, { form, from }) {
        if (token !== liveToken) throw new Refusal('link_dead')
        await accept?.()
        accepted.push({ token, form, from })
        return { passage: undefined, hasAccount: false }
      },
    },
    accounts: noAccounts,
    health: {
      check: async () => ({ database: true, queue: true, migrations: true }),
      queueCounts: async () => [{ queue: 'deliver', waiting: 2 }],
      invitationCounts: async () => [{ status: 'pending', count: 5 }],
    },
    publicUrl: 'http://localhost:3000',
    trustProxy: false,
    log: { debug: note, info: note, warn: note, error: note },
    databaseIsAway: async () => false,
    ...settings,
  })
  const app = express()
  web.attach(app)
  app.get('/broken', () => {
    throw new Error('a bug')
  })
  web.attachLast(app)
  const server = createServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  // node:http and not fetch: fetch sets Host, Origin and Sec-Fetch-Site by itself.
  function ask(path: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts).toString(),
          }),
        )
      })
      asked.on('error', reject)
      asked.end(body)
    })
  }

  return {
    url: `http://127.0.0.1:${port}`,
    accepted,
    answers,
    openedLinks,
    asks,
    logged,
    ask,
    open: (token = liveToken, sent: Sent = {}) => ask(`/join/${token}`, sent),
    send(fields: Record<string, string>, { token = liveToken, headers = {} as Record<string, string> } = {}) {
      const body = new URLSearchParams(fields).toString()
      const form = { 'Content-Type': 'application/x-www-form-urlencoded', ...headers }
      return ask(`/join/${token}`, { method: 'POST', headers: form, body })
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
