// `usher doctor`: everything that a real installation needs, a line each, with what to do.
import { existsSync } from 'node:fs'
import { type Config, ConfigurationProblems, type SlackConfig } from '../../config.ts'
import { findOrganisation } from '../../organisation/index.ts'
import { findSecret } from '../../secret.ts'
import { askIdentity, askSocketMode, type Identity, postLine } from '../../slack/doctor.ts'
import { checkBounces } from './check-bounces.ts'
import { checkClock } from './check-clock.ts'
import { checkDatabase } from './check-database.ts'
import { checkMail } from './check-mail.ts'
import { checkPublicUrl } from './check-public-url.ts'
import { checkChannel, checkSlackToken, checkSocketMode } from './check-slack.ts'
import { checkSms } from './check-sms.ts'
import { bad, type Finding, good, note, withinLimit } from './finding.ts'
import type { Reach } from './reach.ts'

export type Options = {
  /** How far the doctor reaches: mail server, database, clock. */
  reach: Reach
  /** Whether to write a line into the notification channel. */
  post: boolean
  /** Ms for each question. A built-in database that must first be started has three times as long. */
  limit: number
}

/** Examines an installation. `readConfig` gives the settings or throws ConfigurationProblems. Throws nothing itself. */
export async function examine(readConfig: () => Config, options: Options): Promise<Finding[]> {
  let config: Config
  try {
    config = readConfig()
  } catch (error) {
    if (!(error instanceof ConfigurationProblems)) throw error
    const problems = error.problems.map((problem) => bad('Settings', problem))
    return [...problems, note('Everything else', 'not tried. Mend the settings first, then try again.')]
  }
  const parts = config.mode === 'slack' ? examineSlack(config, options) : examineSandbox(config, options)
  return [good('Settings', 'complete and well-formed'), checkSecret(config), ...(await parts)]
}

async function examineSandbox(config: Config, options: Options): Promise<Finding[]> {
  const todo =
    'npm start opens the sandbox. To connect a workspace, set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET (README.md, "Connect it to Slack").'
  return [note('Slack', `nothing is set. ${todo}`), ...(await examineDatabase(config, options))]
}

async function examineSlack(config: SlackConfig, options: Options): Promise<Finding[]> {
  const { reach, limit } = options
  const { botToken, appToken, apiUrl } = config.slack
  let identity: Identity | undefined
  const slack = async () => {
    const asked = reach.now()
    const found = await checkSlackToken(() =>
      withinLimit(limit, (signal) => askIdentity({ apiUrl, token: botToken, signal })),
    )
    identity = found.identity
    if (!identity) return found.findings
    const times = { asked, answered: reach.now(), theirs: identity.date, grain: 1_000 }
    return [...found.findings, checkClock("Slack's", times)]
  }
  const ask = (signal: AbortSignal) => askSocketMode({ apiUrl, token: appToken ?? '', signal })
  const socketMode = async () => (appToken ? [await checkSocketMode(() => withinLimit(limit, ask))] : [])
  const mail = async () => [await checkMail(() => withinLimit(limit, () => reach.verifyMail(config, limit)))]
  const sms = async () => [await checkSms(() => reach.verifySms(config), limit)]
  const url = config.bounceImapUrl
  const verifyBounces = url && (() => withinLimit(limit, () => reach.verifyBounces(url, limit)))
  const bounces = async () => [await checkBounces(verifyBounces || undefined)]
  const publicUrl = async () => [
    await checkPublicUrl(config.publicUrl, (url, how) =>
      withinLimit(limit, (signal) => fetch(url, { ...how, signal })),
    ),
  ]
  // The channel is written in the database under the workspace that only the token knows.
  const channel = async () => (identity?.ok ? await examineChannel(config, { ...options, identity }) : [])
  const findings = await Promise.all([
    slack(),
    socketMode(),
    mail(),
    sms(),
    bounces(),
    examineDatabase(config, options),
    publicUrl(),
  ])
  const signing = good(
    'Signing secret',
    'set. Whether it is the right one shows with the first command typed in Slack.',
  )
  return [signing, checkSlackSignIn(config), ...findings.flat(), ...(await channel())]
}

async function examineDatabase(config: Config, { reach, limit }: Options): Promise<Finding[]> {
  if (config.databaseUrl === undefined && !existsSync(config.dataDir)) {
    return [note('Database', `none yet. The first start of Usher makes the built-in one in ${config.dataDir}.`)]
  }
  const time = config.databaseUrl === undefined ? limit * 3 : limit
  let asked = reach.now()
  const { findings, answer } = await checkDatabase(() =>
    reach.withDatabase(config, time, (database) => {
      asked = reach.now()
      return database.describe()
    }),
  )
  if (!answer) return findings
  return [...findings, checkClock("the database's", { asked, answered: reach.now(), theirs: answer.clock, grain: 0 })]
}

async function examineChannel(
  config: SlackConfig,
  { reach, limit, post, identity }: Options & { identity: Identity },
): Promise<Finding[]> {
  const about = 'Notification channel'
  const read = reach.withDatabase(config, limit * 3, async ({ prisma }) => {
    return (await findOrganisation(prisma, { slackTeamId: identity.teamId }))?.notificationChannelId
  })
  // A database that cannot be read has a line of its own already.
  const channel = await read.catch(() => undefined)
  if (!channel) return [note(about, 'none chosen yet, or not to be read. It is chosen in Slack, in the settings.')]
  if (!post) return [note(about, 'not tried. With --post the doctor writes a line there.')]
  const { botToken: token, apiUrl } = config.slack
  const line = { channel, text: 'Usher may write here: its doctor has just tried.' }
  return [await checkChannel(() => withinLimit(limit, (signal) => postLine({ apiUrl, token, signal }, line)))]
}

function checkSlackSignIn({ slack }: SlackConfig): Finding {
  const about = 'Sign in with Slack'
  if (!slack.signIn) return note(about, 'not set up. SLACK_CLIENT_ID and SLACK_CLIENT_SECRET make it possible.')
  return good(
    about,
    'client id and secret are set. Whether they are right shows at the first sign-in; it is allowed in Slack, in the settings.',
  )
}

function checkSecret(config: Config): Finding {
  const about = 'USHER_SECRET'
  if (config.secret !== undefined) return good(about, 'set')
  try {
    const kept = findSecret(config) !== undefined
    return kept
      ? good(about, `kept in ${config.dataDir}/secret. Have it in your backups.`)
      : note(about, `none yet. The first start of Usher makes one and keeps it in ${config.dataDir}/secret.`)
  } catch (error) {
    return bad(about, error instanceof ConfigurationProblems ? error.problems.join(' ') : String(error))
  }
}
