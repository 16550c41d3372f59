// Where the built-in database lives, and as whom it runs. PostgreSQL refuses to run as root, and a folder of root's
// may be closed to every other user: then the database lives in /var/lib/usher, and the data folder says where.
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { EmbeddedDatabaseUnavailable, reasonOf, unavailable } from '../errors.ts'

/** A user to run the server as; undefined where it runs as the user of the program. */
export type User = { uid: number; gid: number }
export type Place = { home: string; user: User | undefined }

export const sharedHome = '/var/lib/usher'
const nobody: User = { uid: 65534, gid: 65534 }
const isRoot = () => process.getuid?.() === 0

function pointerIn(dataDir: string): string | undefined {
  const pointer = join(dataDir, 'postgres-location')
  return existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : undefined
}

/** The home of this data folder's database where there is one already. */
export function existingHome(dataDir: string): string | undefined {
  const home = pointerIn(dataDir) ?? join(resolve(dataDir), 'postgres')
  return existsSync(join(home, 'cluster')) ? home : undefined
}

function canEnter(folder: string, user: User): boolean {
  const run = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], { cwd: '/', ...user })
  if (run.error) {
    throw unavailable(
      `The built-in database does not run as root, and no other user can be taken here (${run.error.message}).`,
    )
  }
  return run.status === 0
}

/**
 * Finds or makes the home of the database that belongs to `dataDir`, and the user to run it as.
 * Throws EmbeddedDatabaseUnavailable, in words, when it cannot be there.
 */
export function findPlace(dataDir: string): Place {
  try {
    mkdirSync(dataDir, { recursive: true })
    return isRoot() ? placeForRoot(resolve(dataDir)) : placeForUser(resolve(dataDir))
  } catch (error) {
    if (error instanceof EmbeddedDatabaseUnavailable) throw error
    throw unavailable(
      `The built-in database cannot be kept in ${dataDir}: ${reasonOf(error)}. Choose another DATA_DIR.`,
    )
  }
}

function placeForUser(dataDir: string): Place {
  const elsewhere = pointerIn(dataDir)
  if (elsewhere) {
    throw unavailable(`The database of ${dataDir} was made by root and is kept in ${elsewhere}. Start Usher as root.`)
  }
  const home = join(dataDir, 'postgres')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const cluster = statSync(join(home, 'cluster'), { throwIfNoEntry: false })
  if (cluster && process.getuid && cluster.uid !== process.getuid()) {
    throw unavailable(`The database in ${home} was made by another user. Start Usher as that user, or as root.`)
  }
  return { home, user: undefined }
}

function placeForRoot(dataDir: string): Place {
  const elsewhere = pointerIn(dataDir)
  if (elsewhere && !existsSync(elsewhere)) {
    throw unavailable(
      `The database of ${dataDir} was kept in ${elsewhere}, which is gone. Bring it back from a backup; ` +
        `or remove ${join(dataDir, 'postgres-location')} to begin with an empty one.`,
    )
  }
  const home = elsewhere ?? join(dataDir, 'postgres')
  const cluster = statSync(join(home, 'cluster'), { throwIfNoEntry: false })
  // What an ordinary user began goes on as that user's, also when root starts it once.
  const user = cluster && cluster.uid !== 0 ? { uid: cluster.uid, gid: cluster.gid } : nobody
  if (elsewhere) return { home, user }
  if (canEnter(dataDir, user)) {
    makeEnterable(home, 0o711)
    if (canEnter(home, user)) return { home, user }
  }
  if (cluster) {
    throw unavailable(
      `The database in ${home} cannot be opened as root, because the folders above it are closed to other users. ` +
        'Move it back to where it was, or open them (chmod o+x).',
    )
  }
  return { home: makeHomeElsewhere(dataDir), user }
}

function makeEnterable(folder: string, mode: number) {
  mkdirSync(folder, { recursive: true })
  // Said again, because a strict umask takes it away at the making.
  chmodSync(folder, mode)
}

function makeHomeElsewhere(dataDir: string): string {
  // The random part: a data folder that was deleted begins anew, and does not find its old database again.
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 12)
  const home = join(sharedHome, `${hash}-${randomBytes(4).toString('hex')}`)
  makeEnterable(sharedHome, 0o755)
  makeEnterable(home, 0o711)
  writeFileSync(join(home, 'belongs-to'), `${dataDir}\n`)
  writeFileSync(join(dataDir, 'postgres-location'), `${home}\n`)
  return home
}
