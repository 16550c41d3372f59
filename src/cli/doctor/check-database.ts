// Is the database there, new enough, and in the shape that this program needs?
import type { MigrationState } from '../../database/index.ts'
import { bad, type Finding, good, note, whyUnreachable } from './finding.ts'

/** What the database says of itself. `versionNumber` is PostgreSQL's server_version_num: 180004 is 18.4. */
export type DatabaseAnswer = {
  version: string
  versionNumber: number
  readOnly: boolean
  clock: Date
  migrations: MigrationState
}

const oldestVersion = 15

const migrationWords: Record<MigrationState, Finding> = {
  current: good('Migrations', 'all applied'),
  behind: note('Migrations', 'some are still to be applied. The next start of Usher does it.'),
  ahead: bad(
    'Migrations',
    'the database is newer than this program. Install the newer Usher again, or put the backup back.',
  ),
  failed: bad('Migrations', 'one broke off in the middle. Start Usher and do what it says.'),
}

/** Findings about the database. `ask` opens it and may throw. */
export async function checkDatabase(
  ask: () => Promise<DatabaseAnswer>,
): Promise<{ findings: Finding[]; answer?: DatabaseAnswer }> {
  const about = 'Database'
  let answer: DatabaseAnswer
  try {
    answer = await ask()
  } catch (error) {
    return { findings: [bad(about, inWords(error))] }
  }
  return { findings: [checkServer(about, answer), migrationWords[answer.migrations]], answer }
}

function checkServer(about: string, { version, versionNumber, readOnly }: DatabaseAnswer): Finding {
  if (versionNumber < oldestVersion * 10_000) {
    return bad(about, `PostgreSQL ${version} is too old: Usher needs ${oldestVersion} or newer.`)
  }
  if (readOnly) return bad(about, 'it is read-only. Is its disk full, or is it a copy of the real one?')
  return good(about, `PostgreSQL ${version}`)
}

function inWords(error: unknown): string {
  // The database house writes whole sentences for people; what comes from elsewhere is a bare reason.
  const isSentence = error instanceof Error && /^(Database|EmbeddedDatabase)/.test(error.name)
  return isSentence ? error.message : `it cannot be used: ${whyUnreachable(error)}. Is DATABASE_URL right?`
}
