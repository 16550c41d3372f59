// `node src/main.ts` on a folder that has been used before, from its start until it says that it is ready; beside it
// the start of its database alone.
import { openDatabase } from '../src/database/index.ts'
import type { Figure } from './figure.ts'
import { makeDataFolder } from './support/data-folder.ts'
import { median } from './support/percentile.ts'
import { startSandbox } from './support/program.ts'

const STARTS = 5
const log = { info() {}, warn() {}, error: console.error }

export async function run(): Promise<Figure[]> {
  const folder = await makeDataFolder()
  try {
    const first = await startOnce(folder.path)
    const starts: number[] = []
    const limits: number[] = []
    for (let start = 0; start < STARTS; start += 1) {
      limits.push(await startDatabase(folder.path))
      starts.push(await startOnce(folder.path))
    }
    const value = Math.round(median(starts))
    const limit = Math.round(median(limits))
    return [
      {
        name: 'Start to ready, second start',
        value,
        unit: 'ms',
        limit,
        ratio: value / limit,
        reach: 'at most 1,500 ms',
      },
      { name: 'Start to ready, first start in an empty folder', value: Math.round(first), unit: 'ms', reach: '' },
    ]
  } finally {
    await folder.remove()
  }
}

async function startOnce(dataDir: string): Promise<number> {
  const usher = await startSandbox(dataDir)
  await usher.stop()
  return usher.startedIn
}

async function startDatabase(dataDir: string): Promise<number> {
  const began = performance.now()
  const db = await openDatabase({ dataDir, log })
  const took = performance.now() - began
  await db.close()
  return took
}
