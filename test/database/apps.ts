// Programs that open the built-in database, for the tests that start and kill them, and folders for them.
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { startEmbedded } from '../../src/database/embedded/index.ts'
import { silentLog } from '../setup/database.ts'

type Answer = { url?: string; home?: string; name?: string; message?: string }

/** A folder for this test file, open to other users, and removed after it. */
export let root = ''
let folders = 0

/** The program that these tests start. */
export const program = fileURLToPath(new URL('opens-embedded.ts', import.meta.url))

/** A path that is not there yet. */
export const newFolder = (name = 'data') => join(root, String(++folders), name)

const apps: ChildProcess[] = []

/** For the beginning of a test file: its folder, and the end of what each test has started. */
export function prepareApps(): void {
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'usher-test-'))
    writeFileSync(join(root, 'run'), String(process.pid))
    chmodSync(root, 0o755)
  })
  afterEach(async () => {
    for (const app of apps.splice(0)) await end(app, 'SIGKILL')
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))
}

type AppOptions = { uid?: number; gid?: number; program?: string }

/** Starts a program on a folder and waits for its line: its address, or why there is none. */
export async function startApp(folder: string, { program: path = program, ...user }: AppOptions = {}) {
  const app = spawn(process.execPath, [path, folder], { stdio: ['pipe', 'pipe', 'inherit'], ...user })
  apps.push(app)
  for await (const line of createInterface({ input: app.stdout })) {
    const answer: Answer = JSON.parse(line)
    return { app, ...answer }
  }
  throw new Error('The program ended without a word')
}

/** Sends a signal and waits for the end; gives the exit code. */
export async function end(app: ChildProcess, signal: NodeJS.Signals) {
  if (app.exitCode !== null || app.signalCode !== null) return app.exitCode
  const ended = new Promise<number | null>((resolve) => app.once('exit', resolve))
  app.kill(signal)
  return await ended
}

export const serverPid = (home: string) =>
  Number(readFileSync(join(home, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0])

/** Runs one statement on a connection of its own and gives its rows. */
export async function ask(url: string | undefined, statement: string) {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(statement)
    return rows
  } finally {
    await client.end()
  }
}

/** Opens the built-in database of a folder in this process, runs one statement, and closes it. */
export async function opensWith(folder: string, statement: string) {
  const database = await startEmbedded({ dataDir: folder, log: silentLog })
  try {
    return await ask(database.connectionString, statement)
  } finally {
    await database.stop()
  }
}
