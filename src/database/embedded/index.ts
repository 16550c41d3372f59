// The built-in PostgreSQL: started under the data folder when no DATABASE_URL is set, watched, and gone with the program.
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { reasonOf, unavailable } from '../errors.ts'
import type { Log } from '../log.ts'
import { findBinaries } from './binaries.ts'
import { databaseUser, ensureCluster, readPassword } from './cluster.ts'
import { lockFolder } from './lock.ts'
import { existingHome, findPlace, sharedHome } from './place.ts'
import { type Run, readPidFile, runServer, stopLeftover, untilItAnswers, whyItEnded } from './server.ts'

export type EmbeddedDatabase = {
  connectionString: string
  /** The folder that holds the database: below the data folder, or where the data folder points to. */
  home: string
  stop(): Promise<void>
}

export type EmbeddedOptions = {
  dataDir: string
  log: Log
  /** Called when the server died and answers again. */
  onRestart?: () => void
  /** false: no fsync, for databases that are thrown away. */
  durable?: boolean
}

const databaseName = 'usher'

function addressOf(port: number, password: string, database: string) {
  return `postgresql://${databaseUser}:${password}@127.0.0.1:${port}/${database}`
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

async function ensureDatabase(maintenanceUrl: string) {
  const client = new Client({ connectionString: maintenanceUrl })
  client.on('error', () => {})
  await client.connect()
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName])
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`)
  } finally {
    await client.end()
  }
}

/**
 * Starts the built-in database of a data folder, makes it the first time, and starts it again whenever it dies.
 * Throws EmbeddedDatabaseInUse when another program has the folder open, and EmbeddedDatabaseUnavailable, with the way
 * out, when it cannot run here.
 */
export async function startEmbedded({ dataDir, log, onRestart, durable = true }: EmbeddedOptions) {
  const place = findPlace(dataDir)
  const { home, user } = place
  const binaries = await findBinaries(user, sharedHome)
  const unlock = await lockFolder(home, dataDir)
  let stopping = false
  let run: Run
  try {
    const { cluster, password } = await ensureCluster(place, binaries, durable)
    await stopLeftover(cluster)

    const start = async (port: number): Promise<Run> => {
      const url = addressOf(port, password, 'postgres')
      // A server that was killed holds its memory and its port for a moment longer.
      for (let attempt = 1; ; attempt++) {
        const begun = runServer({ binaries, user, cluster, port, durable })
        if (await untilItAnswers(begun, url).catch(async (error) => endAndThrow(begun, error))) return begun
        if (attempt >= 40 || !/still in use|could not bind|already exists/.test(begun.complaints())) {
          throw unavailable(`The built-in database in ${home} does not start: ${whyItEnded(begun)}.`)
        }
        await sleep(100)
        await stopLeftover(cluster)
      }
    }

    const keepRunning = async (port: number) => {
      while (!stopping) {
        await run.exited
        if (stopping) return
        log.error({ reason: whyItEnded(run) }, 'The built-in database ended; starting it again')
        for (let pause = 250; !stopping; pause = Math.min(pause * 2, 5_000)) {
          try {
            await stopLeftover(cluster)
            run = await start(port)
            break
          } catch (error) {
            log.error({ reason: reasonOf(error) }, 'The built-in database does not start; trying again')
            await sleep(pause)
          }
        }
        if (stopping) return await run.stop()
        log.warn({}, 'The built-in database runs again')
        onRestart?.()
      }
    }

    const port = await freePort()
    run = await start(port)
    await ensureDatabase(addressOf(port, password, 'postgres'))
    const kept = keepRunning(port)
    return {
      home,
      connectionString: addressOf(port, password, databaseName),
      async stop() {
        stopping = true
        await run.stop()
        await kept
        unlock()
      },
    } satisfies EmbeddedDatabase
  } catch (error) {
    unlock()
    throw error
  }
}

async function endAndThrow(run: Run, error: unknown): Promise<never> {
  await run.stop()
  throw error
}

/** The address of the built-in database of this data folder while another program has it open and running. */
export async function findRunningEmbedded(dataDir: string): Promise<string | undefined> {
  const home = existingHome(dataDir)
  const password = home && readPassword(home)
  const port = home && readPidFile(`${home}/cluster`)?.port
  if (!password || !port) return undefined
  const connectionString = addressOf(port, password, databaseName)
  const client = new Client({ connectionString, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return connectionString
  } catch {
    return undefined
  } finally {
    await client.end().catch(() => {})
  }
}
