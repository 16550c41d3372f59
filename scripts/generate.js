// Writes the Prisma client (src/database/generated) from prisma/schema.prisma.
// Plain JavaScript without dependencies: it must run on any Node from 20 on, before anything else does.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
// Says what the client was made from. Times of files would not do: git sets them as it likes.
const marker = join(root, 'src', 'database', 'generated', '.made-from')

function source() {
  const hash = createHash('sha256')
  hash.update(readFileSync(join(root, 'prisma', 'schema.prisma')))
  hash.update(readFileSync(join(root, 'node_modules', 'prisma', 'package.json')))
  return hash.digest('hex')
}

/** Whether the client is there and made from the present schema by the present Prisma. */
export function isGenerated() {
  return existsSync(marker) && readFileSync(marker, 'utf8') === source()
}

/** Generates the client, quietly. Gives the reason as text when that failed, and nothing when it worked. */
export function generate() {
  // Gone first, so that what was interrupted is not taken for whole.
  rmSync(marker, { force: true })
  const ownNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  const prisma = join(root, 'node_modules', 'prisma', 'build', 'index.js')
  const run = spawnSync(existsSync(ownNode) ? ownNode : process.execPath, [prisma, 'generate', '--no-hints'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      // Prisma wants to download its native schema engine before it generates. It needs the path of an executable,
      // and never runs it: any will do.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    },
  })
  if (run.error) return run.error.message
  if (run.status !== 0) return `${run.stdout}${run.stderr}`.trim()
  writeFileSync(marker, source())
  return undefined
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problem = generate()
  if (problem) {
    console.error(`The database client could not be generated:\n${problem}`)
    process.exitCode = 1
  }
}
