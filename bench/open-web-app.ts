// The whole app on an embedded database of its own, with links to open, for the figures of the sign-up page.
import { buildApp } from '../src/app.ts'
import type { Database } from '../src/database/index.ts'
import { JOIN_PURPOSE } from '../src/invitations/index.ts'
import { deriveKey } from '../src/keys.ts'
import { seedInvitations } from './seed-invitations.ts'
import { makeDataFolder } from './support/data-folder.ts'

export type WebApp = { port: number; tokens: string[]; db: Database; secret: string; close: () => Promise<void> }

/** Starts the app and makes so many invitations (in an organisation of their own) that wait for an answer. Nobody is limited: one address asks for all. */
export async function openWebApp(invitations: number): Promise<WebApp> {
  const folder = await makeDataFolder()
  const secret = 'a secret that is for measuring only, and 32 long'
  const log = { debug() {}, info() {}, warn() {}, error: console.error }
  const app = await buildApp(
    {
      mode: 'sandbox',
      host: '127.0.0.1',
      port: 0,
      publicUrl: 'http://localhost:3000',
      trustProxy: false,
      logLevel: 'error',
      metricsToken: undefined,
      dataDir: folder.path,
      databaseUrl: undefined,
      secret,
      slackCommand: '/invites',
      auditAnchorFile: undefined,
      isUnderNpm: false,
    },
    { log, schedule: false, webLimits: { open: 1_000_000_000, send: 1_000_000_000, ask: 1_000_000_000 } },
  )
  const joinKey = deriveKey(secret, JOIN_PURPOSE)
  const seed = () => seedInvitations({ db: app.db, now: () => new Date(), joinKey }, invitations)
  const tokens = invitations === 0 ? [] : await seed()
  return {
    port: Number(new URL(app.url).port),
    tokens,
    db: app.db,
    secret,
    async close() {
      await app.stop()
      await folder.remove()
    },
  }
}
