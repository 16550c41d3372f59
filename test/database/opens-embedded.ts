// A program that opens the built-in database of a folder and keeps it open: what embedded.test.ts kills.
// Run as: opens-embedded.ts <folder>. Says its address, or why not, in one line of JSON.
import { startEmbedded } from '../../src/database/embedded/index.ts'

const log = { info() {}, warn() {}, error() {} }

try {
  const { connectionString, home, stop } = await startEmbedded({ dataDir: process.argv[2] ?? '', log })
  // A test run that is killed takes this with it.
  process.stdin.on('end', () => process.exit()).resume()
  process.once('SIGTERM', () => stop().then(() => process.exit(0)))
  console.log(JSON.stringify({ url: connectionString, home }))
} catch (error) {
  if (!(error instanceof Error)) throw error
  console.log(JSON.stringify({ name: error.name, message: error.message }))
  process.exitCode = 1
}
