// Passes of the automatic invitations in a process of their own, as the app runs them; says how long each took, and how
// much memory it had.
import { setInterval } from 'node:timers'
import { openDatabase } from '../../src/database/index.ts'
import { runAutoPass } from '../../src/invitations/index.ts'
import { openQueue } from '../../src/jobs/index.ts'

const MEGABYTE = 1024 * 1024
const log = { debug() {}, info() {}, warn() {}, error: console.error }
const [url = '', ruleId = ''] = process.argv.slice(2)
const db = await openDatabase({ url, dataDir: '', log })
const queue = await openQueue({ db, log })
const c = { db, followUp: queue.followUp, letGo: async () => {}, now: () => new Date() }

process.on('message', async () => {
  let memory = 0
  const watch = () => {
    memory = Math.max(memory, process.memoryUsage.rss() / MEGABYTE)
  }
  const watching = setInterval(watch, 5)
  const began = performance.now()
  const invited = await runAutoPass(c, ruleId)
  const ms = performance.now() - began
  clearInterval(watching)
  watch()
  process.send?.({ ms, invited, memory })
})
process.once('disconnect', async () => {
  await queue.close()
  await db.close()
  process.exit(0)
})
process.send?.('ready')
