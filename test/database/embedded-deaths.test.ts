// SECURITY 28, the deaths: of the program, of its server, of what watches over it, of the machine.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startEmbedded } from '../../src/database/embedded/index.ts'
import { isAlive } from '../../src/database/embedded/lock.ts'
import { openDatabase } from '../../src/database/index.ts'
import { silentLog } from '../setup/database.ts'
import { ask, end, newFolder, opensWith, prepareApps, serverPid, startApp } from './apps.ts'

prepareApps()

describe('deaths', () => {
  test('the program is killed: no server is left, and the next start finds everything committed', async () => {
    const folder = newFolder()
    const { app, url, home = '' } = await startApp(folder)
    await ask(url, 'CREATE TABLE kept AS SELECT 1 AS one')
    const pid = serverPid(home)

    await end(app, 'SIGKILL')

    await expect.poll(() => isAlive(pid)).toBe(false)
    expect(await opensWith(folder, 'SELECT one FROM kept')).toEqual([{ one: 1 }])
  })

  test('the program is killed and started again in the same moment, five times', async () => {
    const folder = newFolder()
    let { app, url, message } = await startApp(folder)
    await ask(url, 'CREATE TABLE kept (n int)')
    for (let n = 1; n <= 5; n++) {
      await ask(url, `INSERT INTO kept VALUES (${n})`)
      await end(app, 'SIGKILL')
      ;({ app, url, message } = await startApp(folder))
      expect(message).toBeUndefined()
    }
    expect(await ask(url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 5 }])
  })

  test('the program is killed together with what watches over the server: the next start stops it first', async () => {
    const folder = newFolder()
    const { app, home = '' } = await startApp(folder)
    const pid = serverPid(home)
    // Stopped first, so that it cannot do anything about it.
    app.kill('SIGSTOP')
    killWatchersOf(pid)
    await end(app, 'SIGKILL')
    expect(isAlive(pid)).toBe(true)

    expect(await opensWith(folder, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(isAlive(pid)).toBe(false)
  })

  test('what watches over the server is killed: a new one takes over, at the same address', async () => {
    const folder = newFolder()
    const restarted = Promise.withResolvers<void>()
    const database = await startEmbedded({ dataDir: folder, log: silentLog, onRestart: restarted.resolve })
    try {
      const pid = serverPid(database.home)
      killWatchersOf(pid)
      await restarted.promise
      expect(isAlive(pid)).toBe(false)
      expect(await ask(database.connectionString, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    } finally {
      await database.stop()
    }
  })

  test('the server is killed: it runs again at the same address, and nothing committed is lost', async () => {
    const folder = newFolder()
    const restarted = Promise.withResolvers<void>()
    const database = await startEmbedded({ dataDir: folder, log: silentLog, onRestart: restarted.resolve })
    try {
      await ask(database.connectionString, 'CREATE TABLE kept AS SELECT 1 AS one')
      process.kill(serverPid(database.home), 'SIGKILL')
      await restarted.promise
      expect(await ask(database.connectionString, 'SELECT one FROM kept')).toEqual([{ one: 1 }])
    } finally {
      await database.stop()
    }
  })

  test('the open database recovers by itself when its server is killed', async () => {
    const db = await openDatabase({ dataDir: newFolder(), log: silentLog })
    try {
      const pinged = () =>
        db.ping().then(
          () => 'answers',
          () => 'silent',
        )
      await db.pool.query('CREATE TABLE kept AS SELECT 1 AS one')
      const asked = await db.pool.query<{ folder: string }>("SELECT current_setting('data_directory') AS folder")
      process.kill(serverPid(join(asked.rows[0]?.folder ?? '', '..')), 'SIGKILL')
      await expect.poll(pinged, { interval: 5 }).toBe('silent')
      await expect.poll(pinged).toBe('answers')
      expect(await db.prisma.$queryRaw`SELECT one FROM kept`).toEqual([{ one: 1 }])
    } finally {
      await db.close()
    }
  })

  test('what a dead machine left (a stale postmaster.pid, a lock, a half-made cluster) does not keep it from opening', async () => {
    const folder = newFolder()
    const { app, home = '' } = await startApp(folder)
    const pidFile = readFileSync(join(home, 'cluster', 'postmaster.pid'), 'utf8')
    const lock = readFileSync(join(home, 'in-use'), 'utf8')
    await end(app, 'SIGTERM')
    expect(readdirSync(home).sort()).toEqual(['cluster', 'password'])

    // Their ids belong to a living process by now: this one.
    writeFileSync(join(home, 'cluster', 'postmaster.pid'), pidFile.replace(/^\d+/, String(process.pid)))
    writeFileSync(join(home, 'in-use'), lock.replace(/"pid":\d+/, `"pid":${process.pid}`))
    mkdirSync(join(home, 'new-0123', 'base'), { recursive: true })

    expect(await opensWith(folder, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(readdirSync(home).sort()).toEqual(['cluster', 'password'])
  })
})

/** Kills the shells around a server, as when memory runs out. */
function killWatchersOf(pid: number) {
  const group = execFileSync('ps', ['-o', 'pgid=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  const members = execFileSync('ps', ['-e', '-o', 'pid=,pgid=,comm='], { encoding: 'utf8' }).split('\n')
  for (const member of members.map((line) => line.trim().split(/\s+/))) {
    if (member[1] === group && (member[2] === 'sh' || member[2] === 'dash' || member[2] === 'cat')) {
      process.kill(Number(member[0]), 'SIGKILL')
    }
  }
}
