// One program a data folder: the file `in-use` names the one that has it open. PostgreSQL guards its own files as well;
// this lock tells a living program from a server that a killed one left behind.
import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf, EmbeddedDatabaseInUse } from '../errors.ts'

type Owner = { pid: number; started: string; host: string }

const heartbeatMs = 3_000
const patienceWithOtherHostMs = 10_000

/** The fields of /proc/<pid>/stat that follow the name, which may itself hold spaces: the state first. */
function linuxStat(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** When a process started, as text that no later process with the same id repeats; empty where that cannot be known. */
function startOf(pid: number): string {
  try {
    if (process.platform === 'linux') {
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
      return `${boot} ${linuxStat(pid)[19]}`
    }
    if (process.platform === 'win32') return ''
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    }).trim()
  } catch {
    return ''
  }
}

/** Whether a process with this id exists, whoever owns it. One that is dead and waits for its parent is not alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false
  }
  if (process.platform !== 'linux') return true
  try {
    return linuxStat(pid)[0] !== 'Z'
  } catch {
    return true
  }
}

function readOwner(file: string): Owner | undefined {
  try {
    const owner: Owner = JSON.parse(readFileSync(file, 'utf8'))
    return owner
  } catch {
    return undefined
  }
}

async function ownerLives(file: string, owner: Owner): Promise<boolean> {
  if (owner.host === hostname()) return isAlive(owner.pid) && startOf(owner.pid) === owner.started
  // Another machine or container with the same folder: its processes cannot be seen from here, its heartbeat can.
  const seen = statSync(file, { throwIfNoEntry: false })?.mtimeMs
  for (let waited = 0; waited < patienceWithOtherHostMs; waited += 500) {
    await sleep(500)
    const now = statSync(file, { throwIfNoEntry: false })?.mtimeMs
    if (now === undefined) return false
    if (now !== seen) return true
  }
  return false
}

/**
 * Takes the folder for this process and gives the function that lets it go again.
 * Throws EmbeddedDatabaseInUse when a living program has it.
 */
export async function lockFolder(home: string, dataDir: string): Promise<() => void> {
  const file = join(home, 'in-use')
  const mine = join(home, `in-use-${randomUUID()}`)
  const me: Owner = { pid: process.pid, started: startOf(process.pid), host: hostname() }
  writeFileSync(mine, JSON.stringify(me), { mode: 0o600 })
  try {
    for (;;) {
      try {
        // A link is made whole or not at all, also when two programs try at once.
        linkSync(mine, file)
        break
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error
      }
      const owner = readOwner(file)
      if (owner && (await ownerLives(file, owner))) {
        const who = owner.host === me.host ? `process ${owner.pid}` : `process ${owner.pid} on ${owner.host}`
        throw new EmbeddedDatabaseInUse(
          `Another Usher (${who}) has the database in ${dataDir} open. Stop it first, or give this one another DATA_DIR.`,
        )
      }
      removeStale(file, owner)
    }
  } finally {
    rmSync(mine, { force: true })
  }
  const heartbeat = setInterval(() => touch(file), heartbeatMs).unref()
  return () => {
    clearInterval(heartbeat)
    rmSync(file, { force: true })
  }
}

/** Removes the lock of a dead owner, unless another program was quicker and has put its own there. */
function removeStale(file: string, stale: Owner | undefined) {
  const aside = `${file}-${randomUUID()}`
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  const found = readOwner(aside)
  if (found && JSON.stringify(found) !== JSON.stringify(stale)) renameSync(aside, file)
  else rmSync(aside, { force: true })
}

function touch(file: string) {
  const now = new Date()
  try {
    utimesSync(file, now, now)
  } catch {
    // A folder that was taken away is noticed where the database is asked.
  }
}
