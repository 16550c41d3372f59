// The whole app for a journey: the real doors, a database of its own, a local Slack, a mailbox, and a clock that the
// test holds. Nothing else is replaced.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, buildApp, type Overrides } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createMailbox, type Mailbox } from '../../src/sandbox/mailbox/mailbox.ts'
import { createLocalTwilio, freePort, type LocalTwilio } from '../../src/sandbox/phone/local-twilio.ts'
import { createPhone, type Phone } from '../../src/sandbox/phone/phone.ts'
import { createLocalSlack, type LocalSlack } from '../../src/sandbox/slack/local-slack.ts'
import { WAIT_LIMIT } from '../../src/sandbox/wait-limit.ts'
import { buildManifest } from '../../src/slack/manifest.ts'
import { createDatabase, silentLog } from './database.ts'

export const PUBLIC_URL = 'https://usher.example.test'

/** One line of the log, as it was written. */
export type LogLine = { level: string; text: string; details: object }

export type Usher = {
  app: App
  slack: LocalSlack
  mailbox: Mailbox
  /** Where text messages arrive; only with `phone: true`. */
  phone: Phone
  twilio: LocalTwilio | undefined
  /** Every line of the log. */
  log: LogLine[]
  clock: { now: Date; pass: (ms: number) => void }
  /** The queue's clock is the database's: what was put off is due now. */
  hurry: () => Promise<void>
  /** Opens the address of a link, as it stands in a mail, on this machine. */
  visit: (link: string, init?: RequestInit) => Promise<Response>
  /** What the environment was, for another instance on the same database. */
  env: NodeJS.ProcessEnv
  stop: () => Promise<void>
}

export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE

/** For a Slack that waits for a busy machine. */
const PATIENT = { call: WAIT_LIMIT, form: WAIT_LIMIT, answer: WAIT_LIMIT }

/** Starts everything; call `stop` in afterAll. */
export async function startUsher(
  overrides: Overrides & {
    env?: NodeJS.ProcessEnv
    hourlyLimit?: number
    phone?: boolean
    /** Slack's own three seconds: for what is about them. Everybody else's Slack waits for a busy machine. */
    isSlackImpatient?: boolean
  } = {},
): Promise<Usher> {
  const {
    env: moreEnv,
    hourlyLimit = 1000,
    noticesAtOnce = 1000,
    phone: hasPhone = false,
    isSlackImpatient,
    ...replaced
  } = overrides
  const database = await createDatabase()
  const dataDir = mkdtempSync(join(tmpdir(), 'usher-journey-'))
  const log: LogLine[] = []
  const write = (level: string) => (details: object, text: string) => void log.push({ level, text, details })
  const clock = {
    now: new Date(),
    pass(ms: number) {
      clock.now = new Date(clock.now.getTime() + ms)
    },
  }
  const mailbox = await createMailbox({ log: { info() {}, error() {} } })
  let appUrl = ''
  const phone = createPhone()
  const twilio = hasPhone ? await createLocalTwilio({ receive: phone.receive, log: silentLog }) : undefined
  // Twilio's receipts go to the public address: then that is this machine's.
  const port = hasPhone ? await freePort() : 0
  const publicUrl = moreEnv?.PUBLIC_URL ?? (hasPhone ? `http://localhost:${port}` : PUBLIC_URL)
  const slack = await createLocalSlack({
    appUrl: () => appUrl,
    manifest: buildManifest({ url: publicUrl, command: '/invites' }),
    now: () => clock.now.getTime(),
    ...(isSlackImpatient ? {} : { limits: { answer: WAIT_LIMIT } }),
  })
  const env = {
    PORT: String(port),
    HOST: '127.0.0.1',
    PUBLIC_URL: publicUrl,
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    USHER_SECRET: 'a secret for tests, and for tests alone',
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    SLACK_CLIENT_ID: slack.signIn.clientId,
    SLACK_CLIENT_SECRET: slack.signIn.clientSecret,
    SMTP_URL: mailbox.smtpUrl,
    MAIL_FROM: 'Usher <usher@example.test>',
    ...(twilio
      ? {
          TWILIO_ACCOUNT_SID: twilio.accountSid,
          TWILIO_AUTH_TOKEN: twilio.authToken,
          TWILIO_FROM: twilio.from,
          TWILIO_API_URL: twilio.apiUrl,
        }
      : {}),
    ...moreEnv,
  }
  const app = await buildApp(readConfig(env), {
    log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
    now: () => clock.now,
    schedule: false,
    // So may more become of invitations in one minute of a story; what is summed up has tests of its own.
    noticesAtOnce,
    ...(isSlackImpatient ? {} : { slackTimes: PATIENT }),
    ...replaced,
  })
  appUrl = app.url
  // A start goes on without a Slack that is slow to answer; what follows here leans on the organization.
  while ((await app.db.prisma.organisation.count()) === 0) await app.slack.directory.meetWorkspace().catch(() => {})
  // A story may send more in its minute than a person does in an hour; the limit has tests of its own.
  await app.db.prisma.organisation.updateMany({ data: { hourlyLimit } })
  return {
    app,
    slack,
    mailbox,
    phone,
    twilio,
    log,
    clock,
    hurry: async () => {
      await app.db.pool.query(
        "UPDATE queue.job SET start_after = now() WHERE state IN ('created', 'retry') AND start_after > now()",
      )
    },
    env,
    visit: (link, init) => fetch(link.replace(PUBLIC_URL, app.url), { redirect: 'manual', ...init }),
    async stop() {
      await app.stop()
      await slack.close()
      await mailbox.close()
      await twilio?.close()
      await phone.close()
      await database.drop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Another instance on the same database, on a port of its own; call its `stop` before the first one's. */
export function startAnother(usher: Usher, overrides: Overrides = {}): Promise<App> {
  return buildApp(readConfig({ ...usher.env, PORT: '0' }), {
    ...{ log: silentLog, now: () => usher.clock.now, schedule: false, slackTimes: PATIENT },
    ...overrides,
  })
}

/** The one link in a mail. */
export function linkIn(mail: { text: string }): string {
  const [link, ...others] = [...new Set(mail.text.match(/https:\/\/usher\.example\.test\/join\/[\w-]+/g) ?? [])]
  if (!link || others.length > 0) throw new Error(`one link was expected in: ${mail.text}`)
  return link
}

/** A form body as a browser sends it. */
export function formBody(fields: Record<string, string>): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  }
}
