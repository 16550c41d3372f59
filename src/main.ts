// Start, stop on signals: nothing else.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Compiled code is kept beside the packages: every later start takes a quarter less. Without the right to write there
// it is compiled anew. Only what is imported after this line is kept.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/usher', import.meta.url)))
const { buildApp, SANDBOX_PATH } = await import('./app.ts')
const { readConfig } = await import('./config.ts')

/** Everything that says itself what is wrong and what to do; anything else is a bug and shows its stack. */
const SAYS_WHAT_TO_DO = [
  'ConfigurationProblems',
  'PortTaken',
  'DatabaseUnreachable',
  'DatabaseIsNewer',
  'MigrationFailed',
  'EmbeddedDatabaseInUse',
  'EmbeddedDatabaseUnavailable',
]

try {
  const config = readConfig()
  const building = buildApp(config)
  // Whoever ends it while it starts is obeyed too: jobs may run already.
  const stop = async () => {
    await building.then(
      (app) => app.stop(),
      () => {},
    )
    process.exit(0)
  }
  // Not `once`: Ctrl+C may come from the terminal and from npm, and the second must not cut the first short.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
  if (config.isUnderNpm) stopWithParent(stop)
  const app = await building
  const address = config.mode === 'sandbox' ? `http://localhost:${new URL(app.url).port}` : config.publicUrl
  console.log(config.mode === 'sandbox' ? sandboxBanner(address) : `Usher is ready at ${address}`)
} catch (error) {
  const isPlain = error instanceof Error && SAYS_WHAT_TO_DO.includes(error.name)
  console.error(isPlain ? `\n${error.message}\n` : error)
  process.exit(1)
}

/**
 * npm, told to end, does not always pass that on to what it started: when the parent is gone, so is the reason to run.
 * Only under npm: a program that was started by itself may well outlive its shell.
 */
function stopWithParent(stop: () => Promise<void>): void {
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) void stop()
  }, 500).unref()
}

function sandboxBanner(address: string): string {
  return [
    '',
    '  Usher is ready, in its sandbox: a Slack, a mailbox and a phone of your own.',
    '',
    `      ${address}${SANDBOX_PATH}/`,
    '',
    '  Type /invites ana@example.org there. Nothing leaves this computer.',
    '  Ctrl+C stops it; what you did is kept in the data folder.',
    '',
  ].join('\n')
}
