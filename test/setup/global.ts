// Before the first test: one throwaway PostgreSQL for the run, with a template that has every migration, and a copy of
// its files for the programs that tests start. TEST_DATABASE_URL names a server to use instead, whose files nobody has;
// its user must be allowed to create databases.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '../../src/database/embedded/index.ts'
import { isAlive } from '../../src/database/embedded/lock.ts'
import { migrate } from '../../src/database/migrate.ts'
import { withDatabase } from './database-url.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server's address, and the database that new ones are copied from. */
    database: { url: string; template: string }
    /** A built-in database with every migration, to be copied into a data folder; empty where there is none. */
    builtIn: string
  }
}

const prefix = 'usher-test-'

/** What killed runs left in the temporary folder. Their servers ended with them. */
function removeLeftovers() {
  for (const entry of readdirSync(tmpdir()).filter((name) => name.startsWith(prefix))) {
    const folder = join(tmpdir(), entry)
    try {
      if (isAlive(Number(readFileSync(join(folder, 'run'), 'utf8')))) continue
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // Half made at this moment by another run, or another user's.
    }
  }
}

async function startServer() {
  removeLeftovers()
  const dataDir = mkdtempSync(join(tmpdir(), prefix))
  writeFileSync(join(dataDir, 'run'), String(process.pid))
  // Open to others, so that the server can run as nobody where the tests run as root.
  chmodSync(dataDir, 0o755)
  const log = { info() {}, warn: console.warn, error: console.error }
  const start = () => startEmbedded({ dataDir, log, durable: false })
  const first = await start()
  await migrate(first.connectionString)
  await first.stop()
  const builtIn = join(dataDir, 'built-in')
  // Node's own copy would lose whom the files belong to.
  execFileSync('cp', ['-a', first.home, builtIn])
  const embedded = await start()
  return {
    url: embedded.connectionString,
    builtIn,
    async stop() {
      await embedded.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

export default async function setup(project: TestProject) {
  const given = process.env.TEST_DATABASE_URL
  const server = given ? { url: given, builtIn: '', stop: async () => {} } : await startServer()
  const template = `usher_template_${process.pid}`
  const admin = new Client({ connectionString: server.url })
  await admin.connect()
  await admin.query(`DROP DATABASE IF EXISTS ${template}`)
  await admin.query(`CREATE DATABASE ${template}`)
  await migrate(withDatabase(server.url, template))
  project.provide('database', { url: server.url, template })
  project.provide('builtIn', server.builtIn)
  return async () => {
    await admin.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`)
    await admin.end()
    await server.stop()
  }
}
