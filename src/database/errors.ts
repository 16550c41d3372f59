// What can stand between the program and its database, each with a sentence for the person who started it.

/** The built-in database of this data folder is open in another program. */
export class EmbeddedDatabaseInUse extends Error {
  override name = 'EmbeddedDatabaseInUse'
}

/** The built-in database cannot run here; the message says what to do, and names DATABASE_URL. */
export class EmbeddedDatabaseUnavailable extends Error {
  override name = 'EmbeddedDatabaseUnavailable'
}

/** The trouble with the built-in database, as a sentence, followed by the way out of every such trouble. */
export function unavailable(trouble: string): EmbeddedDatabaseUnavailable {
  return new EmbeddedDatabaseUnavailable(
    `${trouble} Or use a PostgreSQL of your own (15 or newer): put its address into DATABASE_URL.`,
  )
}

/** The database did not answer in the time given to it. */
export class DatabaseUnreachable extends Error {
  override name = 'DatabaseUnreachable'
}

/** The database was made by a newer program: it has migrations that this one does not know. */
export class DatabaseIsNewer extends Error {
  override name = 'DatabaseIsNewer'
}

/** A migration failed, now or at an earlier start. */
export class MigrationFailed extends Error {
  override name = 'MigrationFailed'
}

/** What any error says about itself, for a log line or a sentence. */
export function reasonOf(error: unknown): string {
  // A refused connection to a name with several addresses has its reasons inside, and no message of its own.
  if (error instanceof AggregateError && !error.message) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}

/** The code that Node or PostgreSQL gave to an error (ECONNREFUSED, 40001 …), if any. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
