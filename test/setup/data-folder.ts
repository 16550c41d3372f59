// Data folders for the programs that tests start.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'

/**
 * Makes a data folder. Its built-in database is there already, with every migration and nothing else, as after a start
 * that was ended at once: that saves each program three seconds. With `isEmpty` the folder is as before the first start.
 */
export function makeDataFolder({ isEmpty = false } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'usher-test-'))
  writeFileSync(join(folder, 'run'), String(process.pid))
  // Open to others, so that the database can run as nobody where the tests run as root.
  chmodSync(folder, 0o755)
  const builtIn = inject('builtIn')
  if (!isEmpty && builtIn) execFileSync('cp', ['-a', builtIn, join(folder, 'postgres')])
  return folder
}
