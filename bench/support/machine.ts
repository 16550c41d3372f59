// The machine that the figures come from: without it they say nothing.
import { cpus, loadavg, totalmem } from 'node:os'
import { openDatabase } from '../../src/database/index.ts'
import { makeDataFolder } from './data-folder.ts'

export type Machine = {
  cpu: string
  cores: number
  memoryGiB: number
  node: string
  postgresql: string
  /** How many processes wanted a core in the minute before: what else the machine had to do. */
  loadBefore: number
}

const log = { info() {}, warn() {}, error: console.error }

/** Asks the machine who it is, and the built-in database for its version. */
export async function readMachine(): Promise<Machine> {
  const [loadBefore = 0] = loadavg()
  const all = cpus()
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    postgresql: await readDatabaseVersion(),
    loadBefore: Math.round(loadBefore * 10) / 10,
  }
}

async function readDatabaseVersion(): Promise<string> {
  const folder = await makeDataFolder()
  try {
    const db = await openDatabase({ dataDir: folder.path, log })
    const { rows } = await db.pool.query<{ server_version: string }>('SHOW server_version')
    await db.close()
    return rows[0]?.server_version ?? 'unknown'
  } finally {
    await folder.remove()
  }
}
