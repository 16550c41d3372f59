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
  const app = await buildApp(config)
  const address = config.mode === 'sandbox' ? `http://localhost:${new URL(app.url).port}` : config.publicUrl
  console.log(config.mode === 'sandbox' ? sandboxBanner(address) : `Usher is ready at ${address}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      await app.stop()
      process.exit(0)
    })
  }
} catch (error) {
  const isPlain = error instanceof Error && SAYS_WHAT_TO_DO.includes(error.name)
  console.error(isPlain ? `\n${error.message}\n` : error)
  process.exit(1)
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
