// Before the journey starts: the one secret that signs every link, and where it is kept when nobody sets it.
import { randomBytes } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Config, ConfigurationProblems } from './config.ts'

/**
 * The secret that signs links: the setting or, with the embedded database, the one kept in `dataDir`/secret, which is
 * made on first use and readable by its owner alone. Throws ConfigurationProblems when it is damaged or cannot be kept.
 */
export function ensureSecret(config: Pick<Config, 'secret' | 'dataDir'>): string {
  if (config.secret !== undefined) return config.secret
  return inWords(config, (path) => readSecretFile(path) ?? keepNewSecret(path))
}

/** The secret if there is one, making none: the setting or the kept one. Throws as ensureSecret does. */
export function findSecret(config: Pick<Config, 'secret' | 'dataDir'>): string | undefined {
  return config.secret ?? inWords(config, readSecretFile)
}

function inWords<T>(config: Pick<Config, 'dataDir'>, use: (path: string) => T): T {
  const path = join(config.dataDir, 'secret')
  try {
    return use(path)
  } catch (cause) {
    if (cause instanceof ConfigurationProblems) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigurationProblems([
      `DATA_DIR: the secret cannot be kept in ${path} (${reason}). Let Usher read and write there, or set USHER_SECRET.`,
    ])
  }
}

function readSecretFile(path: string): string | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8').trim()
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw cause
  }
  if (text.length >= 32) return text
  throw new ConfigurationProblems([
    `${path} is damaged: put it back from a backup. If there is none, delete it; links sent so far will then be dead.`,
  ])
}

function keepNewSecret(path: string): string {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${randomBytes(4).toString('hex')}`
  const secret = randomBytes(32).toString('hex')
  try {
    writeFileSync(draft, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true })
    chmodSync(draft, 0o600)
    // A link appears whole or not at all, and never over another's: two first starts at once agree on one secret.
    linkSync(draft, path)
    return secret
  } catch (cause) {
    const kept = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST' ? readSecretFile(path) : undefined
    if (kept === undefined) throw cause
    return kept
  } finally {
    rmSync(draft, { force: true })
  }
}
