// The app as a program of its own (node src/main.ts), so that it can be killed, beside a local Slack and a mailbox that
// outlive it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { findRunningEmbedded } from '../../src/database/index.ts'
import { createMailbox, type Mailbox } from '../../src/sandbox/mailbox/mailbox.ts'
import { createLocalSlack, type LocalSlack } from '../../src/sandbox/slack/local-slack.ts'
import { makeUser, northwindTrading } from '../../src/sandbox/slack/seed.ts'
import { WAIT_LIMIT } from '../../src/sandbox/wait-limit.ts'
import { buildManifest } from '../../src/slack/manifest.ts'
import { makeDataFolder } from '../setup/data-folder.ts'
import { PUBLIC_URL } from '../setup/usher.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const quiet = { info() {}, error() {} }

export type Program = {
  pid: number
  /** Every line that it wrote, on both ways out, so far. */
  lines: string[]
  /** Resolves when it says that it is ready; throws with what it said when it ends before. */
  ready(): Promise<void>
  /** Resolves with the first line that fits, earlier ones included; throws when the program ends without it. */
  saying(pattern: RegExp): Promise<string>
  /** Sends a signal and waits for the end; gives the exit code, null where a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>
  /** Waits for the end; gives the exit code. */
  exit(): Promise<number | null>
}

// A test run that ends early takes its programs with it.
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts the app with this environment and no other. `nodeOptions` go before the name of the program. */
export function startProgram(env: NodeJS.ProcessEnv, nodeOptions: string[] = []): Program {
  const child: ChildProcess = spawn(process.execPath, [...nodeOptions, main], {
    env: { PATH: process.env.PATH, ...env },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { stdout, stderr, pid } = child
  if (!stdout || !stderr || pid === undefined) throw new Error('the program could not be started')
  running.add(child)
  const lines: string[] = []
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of [...listeners]) listener()
  }
  for (const stream of [stdout, stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      tell()
    })
  }
  // "close" comes when both ways out are read to their end.
  let isOver = false
  const over = once(child, 'close').then(() => {
    isOver = true
    running.delete(child)
    tell()
    return child.exitCode
  })
  const saying = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const line = lines.find((one) => pattern.test(one))
        if (line === undefined && !isOver) return
        listeners.delete(look)
        if (line === undefined) reject(new Error(`It ended without ${pattern}:\n${lines.join('\n')}`))
        else resolve(line)
      }
      listeners.add(look)
      look()
    })
  return {
    pid,
    lines,
    saying,
    ready: async () => {
      await saying(/Usher is ready/)
    },
    end(signal) {
      if (!isOver) child.kill(signal)
      return over
    },
    exit: () => over,
  }
}

/** A port that is free now, below those that the system hands out by itself: it stays free between two starts. */
export async function pickPort(): Promise<number> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 15_000)
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, () => resolve(true))
    })
    if (!isFree) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}

export type World = {
  slack: LocalSlack
  mailbox: Mailbox
  dataDir: string
  port: number
  /** Where the app is, for this machine. */
  url: string
  env: NodeJS.ProcessEnv
  /** Starts the app; it is killed with the world. */
  start(more?: NodeJS.ProcessEnv, nodeOptions?: string[]): Program
  /** Runs one statement on the built-in database of the running app and gives its rows. */
  ask(statement: string): Promise<Record<string, unknown>[]>
  /** The process of the built-in database. */
  databasePid(): number
  /** What /readyz says now: its status, or 0 while nothing listens. */
  readiness(): Promise<number>
  close(): Promise<void>
}

/**
 * Makes the surroundings of one app: a data folder (with `isEmpty` as before the first start), a port, a Slack with so
 * many more admins (UADM1 …), a mailbox.
 */
export async function createWorld({ admins = 0, socketMode = false, isEmpty = false } = {}): Promise<World> {
  const dataDir = makeDataFolder({ isEmpty })
  const mailbox = await createMailbox({ log: quiet })
  const port = await pickPort()
  const url = `http://127.0.0.1:${port}`
  const seed = northwindTrading('Usher')
  for (let n = 1; n <= admins; n += 1) {
    const user = { id: `UADM${n}`, name: `adm${n}`, real_name: `Adm ${n}`, email: `adm${n}@northwind.example` }
    seed.users.push(makeUser({ ...user, is_admin: true }))
    seed.channels[0]?.members.push(user.id)
  }
  const slack = await createLocalSlack({
    appUrl: () => url,
    manifest: buildManifest({ url: PUBLIC_URL, command: '/invites', socketMode }),
    seed,
  })
  const env = {
    PORT: String(port),
    HOST: '127.0.0.1',
    PUBLIC_URL,
    DATA_DIR: dataDir,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    SMTP_URL: mailbox.smtpUrl,
    MAIL_FROM: 'Usher <usher@example.test>',
  }
  const programs: Program[] = []
  return {
    slack,
    mailbox,
    dataDir,
    port,
    url,
    env,
    start(more = {}, nodeOptions = []) {
      const program = startProgram({ ...env, ...more }, nodeOptions)
      programs.push(program)
      return program
    },
    async ask(statement) {
      const connectionString = await findRunningEmbedded(dataDir)
      if (!connectionString) throw new Error('the built-in database does not run')
      const client = new Client({ connectionString })
      await client.connect()
      try {
        return (await client.query<Record<string, unknown>>(statement)).rows
      } finally {
        await client.end()
      }
    },
    databasePid: () =>
      Number(readFileSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]),
    readiness: () =>
      fetch(`${url}/readyz`).then(
        (response) => response.status,
        () => 0,
      ),
    async close() {
      for (const program of programs) await program.end('SIGKILL')
      await slack.close()
      await mailbox.close()
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    },
  }
}

/** A program that gives up a call of Slack after its real time is asked again, on a busy machine: every so many ms. */
const ASKED_AGAIN = 10_000

/** Opens the form of `/invites` for an address and fills it in; submitting is the caller's. */
export async function openInvitation(slack: LocalSlack, userId: string, email: string) {
  const member = slack.as(userId)
  const until = Date.now() + WAIT_LIMIT
  for (;;) {
    await member.command(`/invites ${email}`)
    const form = await member.waitForView('invite_form', { within: ASKED_AGAIN }).catch((error: unknown) => {
      if (Date.now() > until) throw error
    })
    if (!form) continue
    await form.fill({ 'User type': 'Team Member', Role: 'Employee' })
    return form
  }
}
