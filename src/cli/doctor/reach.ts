// How far the doctor reaches: the clock, the mail server and the database of the installation that it examines.
import type { Config, SlackConfig } from '../../config.ts'
import { type Database, migrationState, openDatabase } from '../../database/index.ts'
import { createBounceMailbox, createDelivery } from '../../delivery/index.ts'
import type { DatabaseAnswer } from './check-database.ts'
import type { MailVerdict } from './check-mail.ts'
import { withinLimit } from './finding.ts'

export type OpenedDatabase = { prisma: Database['prisma']; describe(): Promise<DatabaseAnswer> }

export type Reach = {
  now(): Date
  /** Signs in to the mail server, giving up after `limit` ms. */
  verifyMail(config: SlackConfig, limit: number): Promise<MailVerdict>
  /** Signs in to the mailbox of bounces, giving up after `limit` ms. */
  verifyBounces(url: string, limit: number): Promise<MailVerdict>
  /** Asks Twilio for our account; undefined where SMS is not set up. */
  verifySms(config: SlackConfig): Promise<MailVerdict> | undefined
  /** Opens the database for `use` and closes it again, all within `limit` ms. Throws the database house's errors. */
  withDatabase<T>(config: Config, limit: number, use: (database: OpenedDatabase) => Promise<T>): Promise<T>
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** The real thing. */
export function createReach(): Reach {
  return {
    now: () => new Date(),
    async verifyMail({ smtpUrl, mailFrom, publicUrl }, limit) {
      const timeouts = { connection: limit, greeting: limit, answer: limit }
      const delivery = createDelivery({
        smtpUrl,
        mailFrom,
        publicUrl,
        connections: 1,
        timeouts,
        now: this.now,
        log: silent,
      })
      try {
        return await delivery.verify()
      } finally {
        delivery.close()
      }
    },
    verifyBounces: (url, limit) =>
      createBounceMailbox({ url, timeouts: { connection: limit, answer: limit } }).verify(),
    verifySms({ smtpUrl, mailFrom, publicUrl, sms }) {
      if (!sms) return undefined
      const delivery = createDelivery({ smtpUrl, mailFrom, publicUrl, sms, now: this.now, log: silent })
      return delivery.verifySms()?.finally(() => delivery.close())
    },
    async withDatabase(config, limit, use) {
      // The built-in database of an Usher that runs is joined; one that rests is started for the moment.
      const opening = openDatabase({
        url: config.databaseUrl,
        dataDir: config.dataDir,
        log: silent,
        poolSize: 1,
        waitMs: 0,
        join: true,
      })
      const close = () => opening.then((database) => database.close())
      try {
        const found = await withinLimit(limit, async () => use(opened(await opening)))
        await close()
        return found
      } catch (error) {
        // What is opened too late is closed when it comes.
        close().catch(() => {})
        throw error
      }
    },
  }
}

function opened({ prisma, pool, url }: Database): OpenedDatabase {
  return {
    prisma,
    async describe() {
      const migrations = await migrationState(url)
      const { rows } = await pool.query<{ version: string; number: string; readonly: string; clock: Date }>(
        `SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number,
                current_setting('transaction_read_only') AS readonly, clock_timestamp() AS clock`,
      )
      const [row] = rows
      if (!row) throw new Error('the database gave no answer')
      return {
        version: row.version,
        versionNumber: Number(row.number),
        readOnly: row.readonly === 'on',
        clock: row.clock,
        migrations,
      }
    },
  }
}
