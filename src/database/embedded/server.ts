// One run of the built-in server: started, watched until it answers, stopped. It never outlives the program.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { codeOf, reasonOf } from '../errors.ts'
import type { Binaries } from './binaries.ts'
import { isAlive } from './lock.ts'
import type { User } from './place.ts'

export type Run = { exited: Promise<void>; hasExited(): boolean; complaints(): string; stop(): Promise<void> }

// Standard input is a pipe that the program holds. When the program ends, however it ends, the pipe closes, `cat` ends,
// and the server is told to stop (SIGINT: at once, but cleanly). When the server ends by itself, so does the shell.
// Signals to the whole group (Ctrl-C, a service manager) are for the program, which stops the server in its turn.
const keeper = `trap '' HUP INT TERM
exec 3<&0
"$0" "$@" 3<&- &
server=$!
{ cat >/dev/null; kill -INT $server; } <&3 3<&- 2>/dev/null &
watch=$!
exec 3<&- </dev/null
wait $server
code=$?
kill -KILL $watch 2>/dev/null
exit $code`

// Small, and no processes that a small server does not need. What is not named here is PostgreSQL's default:
// fsync, synchronous commit and checksums are on.
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '64MB',
  min_wal_size: '32MB',
  max_wal_size: '512MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_parallel_workers_per_gather: '0',
  autovacuum_max_workers: '1',
  io_method: 'sync',
  jit: 'off',
  idle_in_transaction_session_timeout: '60s',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'fatal',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
}

// For databases that are thrown away: quick, and lost when the machine goes down.
const throwAway = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  autovacuum: 'off',
}

export type ServerOptions = {
  binaries: Binaries
  user: User | undefined
  cluster: string
  port: number
  durable: boolean
}

/** Starts the server and does not wait for it. Several runs on one cluster are refused by PostgreSQL itself. */
export function runServer({ binaries, user, cluster, port, durable }: ServerOptions): Run {
  const values = Object.entries({ ...settings, ...(durable ? {} : throwAway), port: String(port) })
  const args = ['-D', cluster, ...values.flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const options = { cwd: '/', stdio: ['pipe', 'ignore', 'pipe'] as const, env: serverEnvironment(), ...user }
  const child: ChildProcess =
    process.platform === 'win32'
      ? spawn(binaries.postgres, args, { ...options, stdio: [...options.stdio], windowsHide: true })
      : spawn('/bin/sh', ['-c', keeper, binaries.postgres, ...args], {
          ...options,
          stdio: [...options.stdio],
          detached: true,
        })
  let complaints = ''
  let over = false
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4_000)
  })
  child.stdin?.on('error', () => {})
  const exited = new Promise<void>((resolve) => {
    const end = () => {
      over = true
      child.stdin?.destroy()
      resolve()
    }
    child.once('exit', end)
    child.once('error', (error) => {
      complaints += error.message
      end()
    })
  })
  return {
    exited,
    hasExited: () => over,
    complaints: () => complaints.trim(),
    async stop() {
      if (over) return
      if (process.platform === 'win32') child.kill()
      child.stdin?.end()
      await exited
    },
  }
}

/** The environment of the server's programs: nothing of the user's PG* settings, and English messages. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot, TMPDIR: '/tmp', LC_ALL: 'C', TZ: 'UTC' }
}

/** Waits until the server of this run answers at `connectionString`; false when it ended before. */
export async function untilItAnswers(run: Run, connectionString: string): Promise<boolean> {
  // After a crash the server reads its log again before it answers, which is worth waiting for.
  const deadline = Date.now() + 120_000
  for (;;) {
    if (run.hasExited()) return false
    const client = new Client({ connectionString, connectionTimeoutMillis: 5_000 })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query('SELECT 1')
      return true
    } catch (error) {
      const stillStarting = ['ECONNREFUSED', 'ECONNRESET', '57P03'].includes(codeOf(error) ?? '')
      if (!stillStarting || Date.now() > deadline) throw error
    } finally {
      await client.end().catch(() => {})
    }
    await Promise.race([sleep(15), run.exited])
  }
}

type PidFile = { pid: number; port: number | undefined }

/** What postmaster.pid says of the server that has this cluster open, or had. */
export function readPidFile(cluster: string): PidFile | undefined {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
    const pid = Number(lines[0])
    if (!Number.isInteger(pid) || pid <= 0) return undefined
    return { pid, port: Number(lines[3]) || undefined }
  } catch {
    return undefined
  }
}

/** Whether the process with this id is a PostgreSQL server on this cluster, and not a later one with the same id. */
function isServerOf(cluster: string, pid: number): boolean {
  if (!isAlive(pid)) return false
  try {
    const command =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
    return command.includes(cluster)
  } catch {
    return process.platform === 'win32'
  }
}

/**
 * Stops what a killed program left on this cluster: usually it is stopping already. Call it with the folder locked.
 * Throws when the server does not stop within 20 seconds.
 */
export async function stopLeftover(cluster: string) {
  const left = readPidFile(cluster)
  if (!left) return
  const began = Date.now()
  let asked = false
  while (isServerOf(cluster, left.pid)) {
    const waited = Date.now() - began
    if (waited > 20_000) throw new Error(`A database server from an earlier run does not stop: process ${left.pid}.`)
    if (!asked && waited > 300) {
      process.kill(left.pid, 'SIGINT')
      asked = true
    }
    await sleep(15)
  }
  const file = join(cluster, 'postmaster.pid')
  // The id may be another program's by now, and PostgreSQL would then take it for its own server.
  if (existsSync(file) && readPidFile(cluster)?.pid === left.pid) rmSync(file, { force: true })
}

/** A sentence about why the server ended, from what it said last. */
export function whyItEnded(run: Run): string {
  const lines = run.complaints().split('\n')
  const fatal = lines.filter((line) => /FATAL|PANIC|ERROR|could not/.test(line))
  return (
    reasonOf((fatal.at(-1) ?? lines.at(-1) ?? '').replace(/^.*?(FATAL|PANIC|ERROR):\s*/, '')) || 'it did not say why'
  )
}
