// The program itself, started as people start it (`node src/main.ts`), with an embedded database of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { SIGNING_SECRET } from './slack-request.ts'

export type Program = {
  port: number
  /** From its start to ready, in ms. */
  startedIn: number
  /** Asks it to end, and waits until it has. */
  stop: () => Promise<void>
}

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const READY_WITHIN = 60_000
const OURS = /^(PORT|HOST|PUBLIC_URL|TRUST_PROXY|DATABASE_URL|DATA_DIR|SLACK_.*|SMTP_URL|MAIL_FROM|USHER_.*|LOG_LEVEL)$/

/** Starts it in its sandbox. Throws when it is not ready within a minute. */
export function startSandbox(dataDir: string): Promise<Program> {
  return start({ DATA_DIR: dataDir })
}

/** Starts it with a Slack and a mail server on these ports. Throws when it is not ready within a minute. */
export function startProgram(outside: { dataDir: string; slackPort: number; mailPort: number }): Promise<Program> {
  return start({
    DATA_DIR: outside.dataDir,
    HOST: '127.0.0.1',
    PUBLIC_URL: 'https://usher.bench.example',
    SLACK_BOT_TOKEN: 'xoxb-0123456789-bench',
    SLACK_SIGNING_SECRET: SIGNING_SECRET,
    SLACK_API_URL: `http://127.0.0.1:${outside.slackPort}/api/`,
    SMTP_URL: `smtp://127.0.0.1:${outside.mailPort}`,
    MAIL_FROM: 'Usher <usher@bench.example>',
  })
}

async function start(env: Record<string, string>): Promise<Program> {
  const inherited = Object.entries(process.env).filter(([name]) => !OURS.test(name))
  const port = await findFreePort()
  const began = performance.now()
  const child = spawn(process.execPath, [main], {
    env: { ...Object.fromEntries(inherited), PORT: String(port), LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const said = once(child.stdout, 'data')
  await untilReady(child, port)
  const startedIn = performance.now() - began
  // Its first words come when it can be asked to end.
  await Promise.race([said, ended])
  if (child.exitCode !== null) throw new Error('Usher ended while it started')
  child.stdout.resume()
  return {
    port,
    startedIn,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function untilReady(child: ChildProcess, port: number): Promise<void> {
  const began = performance.now()
  while (child.exitCode === null) {
    const isReady = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) return
    if (performance.now() - began > READY_WITHIN) {
      child.kill('SIGTERM')
      break
    }
    await sleep(5)
  }
  throw new Error('Usher did not start')
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address !== 'object') throw new Error('No port is free')
  return address.port
}
