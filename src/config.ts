// The only reader of process.env: every setting with its rule and its sentence. Long because each has both here.
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** What both modes have. Addresses (`publicUrl`) end without a slash. */
type Common = Readonly<{
  port: number
  publicUrl: string
  /** Express's `trust proxy`: how many proxies stand in front, which ones, or none. */
  trustProxy: false | number | string[]
  logLevel: LogLevel
  /** What a request for the metrics shows that does not come from this machine; undefined: none is let in. */
  metricsToken: string | undefined
  /** An absolute path. */
  dataDir: string
  /** PostgreSQL's address; undefined: the embedded one, under `dataDir`. */
  databaseUrl: string | undefined
  /** Undefined only with the embedded database, until `ensureSecret` has made it. */
  secret: string | undefined
  slackCommand: string
  /** Where the last audit seal of each day is appended, an absolute path; undefined: in no file. */
  auditAnchorFile: string | undefined
  /** Started as `npm start`: npm stands between Usher and whoever ends it. */
  isUnderNpm: boolean
}>

export type SandboxConfig = Common & Readonly<{ mode: 'sandbox'; host: '127.0.0.1' }>

/** Twilio's account; `apiUrl` undefined: Twilio itself. */
export type SmsConfig = Readonly<{ accountSid: string; authToken: string; from: string; apiUrl: string | undefined }>

/** The app's client; `issuer`: who vouches for the people, Slack or its stand-in, without a slash at the end. */
export type SlackSignInConfig = Readonly<{ clientId: string; clientSecret: string; issuer: string }>

export type SlackConfig = Common &
  Readonly<{
    mode: 'slack'
    /** Undefined: every address of this machine. */
    host: string | undefined
    slack: Readonly<{
      botToken: string
      signingSecret: string
      /** Given: Socket Mode. */
      appToken: string | undefined
      /** Ends with a slash. Undefined: Slack itself. */
      apiUrl: string | undefined
      /** Undefined: nobody signs in with Slack. */
      signIn: SlackSignInConfig | undefined
    }>
    smtpUrl: string
    mailFrom: string
    /** The envelope's sender, to which bounces come back; undefined: the address of `mailFrom`. */
    returnPath: string | undefined
    /** The mailbox that bounces come into; undefined: none is read. */
    bounceImapUrl: string | undefined
    /** Undefined: nothing is sent by SMS. */
    sms: SmsConfig | undefined
  }>

export type Config = SandboxConfig | SlackConfig

/** Everything that is wrong with the settings, in plain words and never with a secret's value. */
export class ConfigurationProblems extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    const what = problems.length === 1 ? 'One problem' : `${problems.length} problems`
    const lines = problems.map((problem) => `  - ${problem}`)
    super([`${what} in the settings:`, ...lines, 'README.md explains every setting under "Configuration".'].join('\n'))
    this.name = 'ConfigurationProblems'
    this.problems = problems
  }
}

const whereInSlack = 'api.slack.com/apps, your app'
const localHosts = ['localhost', '127.0.0.1', '[::1]']

const isSafeAddress = (text: string) => {
  const url = URL.parse(text)
  return url === null || url.protocol === 'https:' || localHosts.includes(url.hostname)
}

const isBareOrigin = (text: string) => {
  const url = URL.parse(text)
  return url === null || (url.pathname === '/' && !url.search && !url.hash && !url.username && !url.password)
}

const isProxy = (text: string) => {
  const [address = '', bits, ...more] = text.split('/')
  const inBits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address) === 6 ? 128 : 32))
  return ['loopback', 'linklocal', 'uniquelocal'].includes(text) || (isIP(address) !== 0 && inBits && more.length === 0)
}

const hasSignIn = (text: string) => {
  const { username = '', password = '', pathname = '' } = URL.parse(text) ?? {}
  const parts = [username, password, pathname]
  return username !== '' && password !== '' && parts.every((part) => !/%(?![0-9a-f]{2})/i.test(part))
}

const token = (prefix: string, message: string) =>
  z.string().refine((text) => text.startsWith(prefix) && /^[\w-]{10,}$/.test(text), message)

const settings = z.object({
  PORT: z
    .string()
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, 'PORT must be a whole number from 0 to 65535.')
    .transform(Number)
    .default(3000),
  HOST: z
    .string()
    .regex(/^[\w.:-]+$/, 'HOST must be one address or name of this machine, such as 127.0.0.1.')
    .optional(),
  PUBLIC_URL: z
    .url({
      protocol: /^https?$/,
      error: 'PUBLIC_URL must be an address such as https://usher.example.com.',
      abort: true,
    })
    .refine(isBareOrigin, 'PUBLIC_URL must end after the name (and port): no path, question mark, user or password.')
    .refine(isSafeAddress, 'PUBLIC_URL must begin with https:// (http:// is for localhost only).')
    .transform((text) => new URL(text).origin)
    .optional(),
  TRUST_PROXY: z
    .string()
    .refine(
      (text) => /^\d{1,2}$/.test(text) || text.split(/[\s,]+/).every(isProxy),
      'TRUST_PROXY must be the number of proxies in front of Usher, or their addresses with commas between them.',
    )
    .transform(readTrustProxy)
    .default(false),
  DATABASE_URL: z
    .url({
      protocol: /^postgres(ql)?$/,
      error: 'DATABASE_URL must be an address such as postgresql://user:password@host:5432/usher.',
    })
    .optional(),
  DATA_DIR: z
    .string()
    .default('data')
    .transform((path) => resolve(path)),
  SLACK_BOT_TOKEN: token(
    'xoxb-',
    `SLACK_BOT_TOKEN must begin with xoxb-: copy the "Bot User OAuth Token" (${whereInSlack}, OAuth & Permissions).`,
  ).optional(),
  SLACK_SIGNING_SECRET: z
    .string()
    .regex(
      /^(?!xox|xapp)\S{16,}$/,
      `SLACK_SIGNING_SECRET does not look like one: copy it from ${whereInSlack}, Basic Information, App Credentials.`,
    )
    .optional(),
  SLACK_APP_TOKEN: token(
    'xapp-',
    `SLACK_APP_TOKEN must begin with xapp-: make one with connections:write (${whereInSlack}, Basic Information, App-Level Tokens).`,
  ).optional(),
  SLACK_API_URL: z
    .url({
      protocol: /^https?$/,
      error: 'SLACK_API_URL must be an address such as https://slack.com/api/.',
      abort: true,
    })
    .refine(isSafeAddress, 'SLACK_API_URL must begin with https:// (http:// is for localhost only).')
    .transform((text) => (text.endsWith('/') ? text : `${text}/`))
    .optional(),
  SLACK_CLIENT_ID: z
    .string()
    .regex(
      /^\d+\.\d+$/,
      `SLACK_CLIENT_ID must be two numbers with a dot between them: copy it from ${whereInSlack}, Basic Information, App Credentials.`,
    )
    .optional(),
  SLACK_CLIENT_SECRET: z
    .string()
    .regex(
      /^(?!xox|xapp)\S{16,}$/,
      `SLACK_CLIENT_SECRET does not look like one: copy it from ${whereInSlack}, Basic Information, App Credentials.`,
    )
    .optional(),
  SLACK_COMMAND: z
    .string()
    .regex(
      /^\/[a-z0-9_-]{1,31}$/,
      'SLACK_COMMAND must be a slash and then small letters, digits, - or _, at most 32 in all, such as /invites.',
    )
    .default('/invites'),
  SMTP_URL: z
    .url({
      protocol: /^smtps?$/,
      hostname: /./,
      error: 'SMTP_URL must be an address such as smtps://user:password@mail.example.com:465 (or smtp://…:587).',
    })
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(
      /^([^<>@\r\n]+<[^\s<>@,;]+@[^\s<>@,;]+>|[^\s<>@,;]+@[^\s<>@,;]+)$/,
      'MAIL_FROM must be one address, such as usher@example.com or Usher <usher@example.com>.',
    )
    .optional(),
  MAIL_RETURN_PATH: z
    .string()
    .regex(/^[^\s<>@,;]+@[^\s<>@,;]+$/, 'MAIL_RETURN_PATH must be one bare address, such as bounces@example.com.')
    .optional(),
  BOUNCE_IMAP_URL: z
    .url({
      protocol: /^imaps?$/,
      hostname: /./,
      error: 'BOUNCE_IMAP_URL must be an address such as imaps://user:password@mail.example.com:993/INBOX.',
      abort: true,
    })
    .refine(
      hasSignIn,
      'BOUNCE_IMAP_URL must hold a user name and a password, with signs such as @ and / in them written %40 and %2F.',
    )
    .optional(),
  USHER_SECRET: z
    .string()
    .min(32, 'USHER_SECRET must have at least 32 characters. This makes a good one: openssl rand -hex 32')
    .optional(),
  TWILIO_ACCOUNT_SID: z
    .string()
    .regex(
      /^AC[0-9a-f]{32}$/i,
      'TWILIO_ACCOUNT_SID must be AC and 32 digits and letters: copy it from the Twilio Console.',
    )
    .optional(),
  TWILIO_AUTH_TOKEN: z
    .string()
    .min(8, 'TWILIO_AUTH_TOKEN is too short to be one: copy it from the Twilio Console, beside the Account SID.')
    .optional(),
  TWILIO_FROM: z
    .string()
    .regex(
      /^(\+[1-9]\d{6,14}|MG[0-9a-f]{32}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$/i,
      'TWILIO_FROM must be a number such as +15551234567, a messaging service (MG…), or a name of at most 11 letters and digits.',
    )
    .optional(),
  TWILIO_API_URL: z
    .url({
      protocol: /^https?$/,
      error: 'TWILIO_API_URL must be an address such as https://api.twilio.com.',
      abort: true,
    })
    .refine(isSafeAddress, 'TWILIO_API_URL must begin with https:// (http:// is for localhost only).')
    .optional(),
  METRICS_TOKEN: z
    .string()
    .regex(
      /^[\w.~+/=-]{16,}$/,
      'METRICS_TOKEN must have at least 16 characters, letters and digits. This makes a good one: openssl rand -hex 32',
    )
    .optional(),
  AUDIT_ANCHOR_FILE: z
    .string()
    .transform((path) => resolve(path))
    .optional(),
  LOG_LEVEL: z.enum(logLevels, `LOG_LEVEL must be one of ${logLevels.join(', ')}.`).default('info'),
})

/** The names of all settings, for the test that compares them with the README. */
export const settingNames: readonly string[] = Object.keys(settings.shape)

const twilioNames = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM']
const clientNames = ['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET']
const slackNames = ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'SLACK_APP_TOKEN']

/** Reads all settings. Throws ConfigurationProblems, which names everything that is missing or malformed at once. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = readGiven(env)
  const wantsSlack = slackNames.some((name) => env[name] !== undefined)
  const missing = findMissing(given, { env, wantsSlack })
  const read = settings.safeParse(given)
  // One setting can break two rules that share a sentence.
  const malformed = read.success ? [] : new Set(read.error.issues.map((issue) => issue.message))
  if (!read.success || missing.length > 0) throw new ConfigurationProblems([...missing, ...malformed])

  const found = read.data
  const common: Common = {
    port: found.PORT,
    publicUrl: found.PUBLIC_URL ?? `http://localhost:${found.PORT}`,
    trustProxy: found.TRUST_PROXY,
    logLevel: found.LOG_LEVEL,
    metricsToken: found.METRICS_TOKEN,
    dataDir: found.DATA_DIR,
    databaseUrl: found.DATABASE_URL,
    secret: found.USHER_SECRET,
    slackCommand: found.SLACK_COMMAND,
    auditAnchorFile: found.AUDIT_ANCHOR_FILE,
    isUnderNpm: env.npm_lifecycle_event === 'start',
  }
  const {
    SLACK_BOT_TOKEN: botToken,
    SLACK_SIGNING_SECRET: signingSecret,
    SMTP_URL: smtpUrl,
    MAIL_FROM: mailFrom,
  } = found
  // findMissing has seen to it that these are there in any case but the sandbox's.
  if (!botToken || !signingSecret || !smtpUrl || !mailFrom || !wantsSlack) {
    // The sandbox lets anybody be any person: it is never open to other machines, whatever HOST says.
    return Object.freeze({ ...common, mode: 'sandbox', host: '127.0.0.1' })
  }
  const slack = {
    botToken,
    signingSecret,
    appToken: found.SLACK_APP_TOKEN,
    apiUrl: found.SLACK_API_URL,
    signIn: slackSignInOf(found),
  }
  return Object.freeze({
    ...common,
    mode: 'slack',
    host: found.HOST,
    slack: Object.freeze(slack),
    smtpUrl,
    mailFrom,
    returnPath: found.MAIL_RETURN_PATH,
    bounceImapUrl: found.BOUNCE_IMAP_URL,
    sms: smsOf(found),
  })
}

/** An empty variable counts as one that is not there: files for Docker and systemd often list them so. */
function readGiven(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = settingNames.map((name) => [name, env[name]?.trim() ?? ''])
  return Object.fromEntries(entries.filter(([, text]) => text !== ''))
}

function findMissing(
  given: Record<string, string>,
  { env, wantsSlack }: { env: NodeJS.ProcessEnv; wantsSlack: boolean },
): string[] {
  const problems: string[] = []
  const need = (name: string, whatToDo: string) => {
    if (given[name] === undefined)
      problems.push(`${name} is ${env[name] === undefined ? 'missing' : 'empty'}: ${whatToDo}`)
  }
  if (wantsSlack) {
    const others = slackNames.filter((name) => env[name] !== undefined)
    const because = (name: string) => {
      const named = others.filter((other) => other !== name).join(' and ')
      return named && `, because ${named} ${others.length > 2 ? 'are' : 'is'} given`
    }
    const orSandbox = '(With no token and no secret of Slack, Usher opens the sandbox.)'
    need(
      'SLACK_BOT_TOKEN',
      `copy the "Bot User OAuth Token" (${whereInSlack}, OAuth & Permissions)${because('SLACK_BOT_TOKEN')}. ${orSandbox}`,
    )
    need(
      'SLACK_SIGNING_SECRET',
      `copy it from ${whereInSlack}, Basic Information, App Credentials${because('SLACK_SIGNING_SECRET')}. ${orSandbox}`,
    )
    if (env.SLACK_APP_TOKEN !== undefined) {
      need('SLACK_APP_TOKEN', 'give the xapp- token for Socket Mode, or take the variable away.')
    }
    need('SMTP_URL', 'say which mail server sends the invitations, such as smtps://user:password@mail.example.com:465.')
    need('MAIL_FROM', 'say whom the invitations come from, such as Usher <usher@example.com>.')
    need('PUBLIC_URL', 'say how the world reaches Usher, such as https://usher.example.com. Links are made from it.')
  }
  if (clientNames.some((name) => given[name] !== undefined)) {
    const forSignIn =
      'for Sign in with Slack both SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are needed, or neither of them.'
    for (const name of clientNames) need(name, forSignIn)
  }
  if (twilioNames.some((name) => given[name] !== undefined)) {
    const forSms =
      'for SMS all three of TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM are needed, or none of them.'
    for (const name of twilioNames) need(name, forSms)
  }
  if (given.DATABASE_URL !== undefined) {
    need(
      'USHER_SECRET',
      'it signs the links, and every instance on this database needs the same one. Make it once and keep it: openssl rand -hex 32',
    )
  }
  return problems
}

function slackSignInOf(found: z.infer<typeof settings>): SlackSignInConfig | undefined {
  const { SLACK_CLIENT_ID: clientId, SLACK_CLIENT_SECRET: clientSecret, SLACK_API_URL: apiUrl } = found
  if (!clientId || !clientSecret) return undefined
  return Object.freeze({ clientId, clientSecret, issuer: apiUrl ? new URL(apiUrl).origin : 'https://slack.com' })
}

function smsOf(found: z.infer<typeof settings>): SmsConfig | undefined {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_FROM: from } = found
  if (!accountSid || !authToken || !from) return undefined
  return Object.freeze({ accountSid, authToken, from, apiUrl: found.TWILIO_API_URL })
}

function readTrustProxy(text: string): false | number | string[] {
  if (/^\d+$/.test(text)) return Number(text) || false
  return text.split(/[\s,]+/).filter(Boolean)
}
