// Makes the files of the built-in database the first time: whole, or not at all.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reasonOf, unavailable } from '../errors.ts'
import type { Binaries } from './binaries.ts'
import type { Place } from './place.ts'
import { serverEnvironment } from './server.ts'

export const databaseUser = 'usher'

/** The password of the server in this home, where there is one. */
export function readPassword(home: string): string | undefined {
  const file = join(home, 'password')
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
}

/**
 * Gives the folder of the cluster and its password; makes both when they are not there. Call it with the home locked.
 * Throws EmbeddedDatabaseUnavailable when the files cannot be made, or belong to another version of PostgreSQL.
 */
export async function ensureCluster({ home, user }: Place, binaries: Binaries, durable: boolean) {
  const cluster = join(home, 'cluster')
  for (const entry of readdirSync(home)) {
    if (entry.startsWith('new-')) rmSync(join(home, entry), { recursive: true, force: true })
  }
  const known = readPassword(home)
  if (existsSync(cluster)) {
    const major = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
    if (major !== binaries.major) {
      throw unavailable(
        `The database in ${home} was made by PostgreSQL ${major}, and this Usher brings PostgreSQL ${binaries.major}. ` +
          `Start the Usher that made it and export, then import here.`,
      )
    }
    if (!known) throw unavailable(`${join(home, 'password')} is missing. Bring it back from a backup.`)
    return { cluster, password: known }
  }
  const password = randomBytes(24).toString('base64url')
  const unfinished = join(home, `new-${randomBytes(6).toString('hex')}`)
  const passwordFile = `${unfinished}-password`
  try {
    mkdirSync(unfinished, { mode: 0o700 })
    writeFileSync(passwordFile, password, { mode: 0o600 })
    if (user) {
      chownSync(unfinished, user.uid, user.gid)
      chownSync(passwordFile, user.uid, user.gid)
    }
    await initdb(binaries.initdb, user, [
      `--pgdata=${unfinished}`,
      `--username=${databaseUser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The same order and the same letters on every machine, whatever the system's own languages are.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      ...(durable ? [] : ['--no-sync']),
    ])
    writeFileSync(join(home, 'password'), `${password}\n`, { mode: 0o600 })
    renameSync(unfinished, cluster)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    const nameless = /could not look up effective user ID (\d+)/.exec(reasonOf(error))
    if (nameless) {
      throw unavailable(`The built-in database cannot run as user ${nameless[1]}, who has no name in /etc/passwd.`)
    }
    throw unavailable(`The built-in database cannot be made in ${home}: ${reasonOf(error)}.`)
  } finally {
    rmSync(passwordFile, { force: true })
  }
  return { cluster, password }
}

function initdb(program: string, user: Place['user'], args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      env: serverEnvironment(),
      ...user,
    })
    let complaints = ''
    child.stderr.on('data', (chunk: Buffer) => {
      complaints = (complaints + chunk.toString()).slice(-4_000)
    })
    child.once('error', reject)
    child.once('close', (code) => {
      const said = complaints.split('\n').filter((line) => /error|FATAL|could not/i.test(line))
      if (code === 0) resolve()
      else reject(new Error(said.join(' ').trim() || complaints.trim() || `initdb ended with ${code}`))
    })
  })
}
