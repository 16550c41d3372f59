// Long because it ties everything together: the only file that knows everybody. It opens the database, the queue and the
// doors, in this order, and closes them.
import { setTimeout as sleep } from 'node:timers/promises'
import express from 'express'
import {
  createAccountDoor,
  createPasswordHasher,
  createSecondFactors,
  type FactorKeys,
  forgetLetters,
  forgetPassages,
  forgetSessions,
  ONE_TIME_PURPOSE,
  RESET_PURPOSE,
  type SecondFactors,
  SIGN_IN_PURPOSE,
  signInNameKey,
  tellAccountHolder,
} from './accounts/index.ts'
import { createSightings, SEAL_PURPOSE, type Sightings } from './audit/index.ts'
import type { Collaborators, Log } from './collaborators.ts'
import type { Config } from './config.ts'
import { createLog } from './create-log.ts'
import { type Database, forgetTaken, migrate, openDatabase, readReadiness, takeOnce } from './database/index.ts'
import { createBounceMailbox, createDelivery, type Deliverer, laterProblem, renderSlips } from './delivery/index.ts'
import { type Front, openFront } from './front.ts'
import { furnishSandbox } from './furnish-sandbox.ts'
import {
  acceptInvitation,
  askForNewLink,
  askToRegister,
  countByStatus,
  createLinkOpenings,
  createOpenings,
  forgetAsks,
  forgetDigests,
  forgetDrafts,
  forgetNotices,
  forgetSendings,
  JOIN_PURPOSE,
  joinFromAccount,
  letPeopleGo,
  listInvitationsToAccept,
  makeRegisterToken,
  type Openings,
  openByCredentials,
  openBySlip,
  openJoinStep,
  openRegistrationLink,
  type PageOpenings,
  REGISTER_PURPOSE,
  readInvitationId,
  recordTextReceipt,
  SLIP_PURPOSE,
  takeJoinStep,
} from './invitations/index.ts'
import { createAnchorFile, openQueue, type Queue, startJobs } from './jobs/index.ts'
import { deriveKey } from './keys.ts'
import { createUsualLanguage, findOrganisationOf } from './organisation/index.ts'
import { createScimDirectory } from './people/index.ts'
import type { Sandbox } from './sandbox/index.ts'
import { ensureSecret } from './secret.ts'
import { createSlackDoor, type SlackDoor, type SlackTimes } from './slack/index.ts'
import { buildManifest } from './slack/manifest.ts'
import { createWeb, SCIM_PATH, type WebLimits, type WebSettings } from './web/index.ts'

/** What a test may replace; everything else is the real thing. */
export type Overrides = {
  log?: Log
  now?: () => Date
  /** Whether the clock's jobs run: yes where it is not said otherwise. */
  schedule?: boolean
  webLimits?: Partial<WebLimits>
  /** News that a place is told one by one in a minute: five where it is not said otherwise. */
  noticesAtOnce?: number
  /** Where Slack has more patience than the real one: how long is waited for it, and until a form is answered. */
  slackTimes?: SlackTimes
  /** How long to wait for a database that is not there at the start, in ms: 30,000. */
  databaseWaitMs?: number
}

export type App = {
  /** Where it listens, for this machine. */
  url: string
  db: Database
  slack: SlackDoor
  /** Only without Slack credentials. */
  sandbox: Sandbox | undefined
  /** Takes no more work, ends what runs within 10 s, and closes everything. Safe to call twice. */
  stop: () => Promise<void>
}

/** Where messages go out to: Slack and the mail server, or what the sandbox has in their place. */
type Outside = Pick<
  Extract<Config, { mode: 'slack' }>,
  'slack' | 'smtpUrl' | 'mailFrom' | 'returnPath' | 'bounceImapUrl' | 'sms'
>

/** For running jobs to end when the app stops, in ms: ten seconds in all, less the closing itself. */
const STOP_WITHIN = 7_000
/** For everything to close, in ms: a database that does not answer must not keep the program from ending. */
const CLOSE_WITHIN = 9_500
/** How long taken requests (Slack repeats an event for a day at the most) and drafts of lists are kept, in ms. */
const KEPT = 24 * 60 * 60 * 1000
/** To whom messages come back in the sandbox. */
const SANDBOX_RETURN_PATH = 'bounces@northwind.example'
/** The sandbox's Slack waits for a slow machine, and so do we: a first try is not lost to a clock. In ms. */
const SANDBOX_TIMES = { call: 60_000, form: 60_000, answer: 60_000 }
/** The sandbox's page is under this path. */
export const SANDBOX_PATH = '/sandbox'

/**
 * Builds and starts the app. Throws PortTaken, ConfigurationProblems, and what openDatabase and migrate throw: each
 * with one sentence for the person who started it.
 */
export async function buildApp(config: Config, overrides: Overrides = {}): Promise<App> {
  const log = overrides.log ?? createLog({ level: config.logLevel, readable: config.mode === 'sandbox' })
  const now = overrides.now ?? (() => new Date())
  const open: (() => unknown)[] = []
  const stop = once(() => closeInTime(open, log))
  try {
    const secret = ensureSecret(config)
    const front = await openFront({ ...config, log })
    open.push(front.close)
    const publicUrl = config.port === 0 && config.mode === 'sandbox' ? front.url : config.publicUrl
    const sandbox = config.mode === 'sandbox' ? await loadSandbox(config, { front, publicUrl, log }) : undefined
    if (sandbox) open.push(sandbox.close)
    const outside = config.mode === 'slack' ? config : outsideOf(sandbox)

    const db = await openDatabase({
      url: config.databaseUrl,
      dataDir: config.dataDir,
      log,
      ...(overrides.databaseWaitMs === undefined ? {} : { waitMs: overrides.databaseWaitMs }),
    })
    open.push(() => db.close())
    const applied = await migrate(db.url)
    if (applied.length > 0) log.info({ migrations: applied }, 'The database was brought up to date')
    const queue = await openQueue({ db, log, now })
    open.push(() => queue.close())

    const { smtpUrl, mailFrom, returnPath, bounceImapUrl, sms } = outside
    const deliverer = createDelivery({ smtpUrl, mailFrom, returnPath, sms, publicUrl, now, log })
    open.push(() => deliverer.close())
    const c: Collaborators = {
      db,
      followUp: queue.followUp,
      letGo: (tx, leaving) => letPeopleGo(tx, queue, leaving),
      canText: deliverer.hasSms,
      slipKey: deriveKey(secret, SLIP_PURPOSE),
      now,
      log,
    }
    const joinKey = deriveKey(secret, JOIN_PURPOSE)
    const oneTimeKey = deriveKey(secret, ONE_TIME_PURPOSE)
    const openings = createOpenings(c)
    open.push(openings.close)
    const registerKey = deriveKey(secret, REGISTER_PURPOSE)
    const linkOpenings = createLinkOpenings(c)
    open.push(linkOpenings.close)
    const factorKeys: FactorKeys = {
      factorKey: deriveKey(secret, 'factor'),
      codeKey: deriveKey(secret, 'code'),
      recoveryKey: deriveKey(secret, 'recovery'),
    }
    const factors = createSecondFactors({ ...c, factorKeys })
    const sightings = createSightings(c)
    open.push(sightings.close)
    const accountKeys = { signInKey: deriveKey(secret, SIGN_IN_PURPOSE), resetKey: deriveKey(secret, RESET_PURPOSE) }
    const web = createWeb({
      ...webSettings(c, {
        queue,
        joinKey,
        oneTimeKey,
        openings,
        registerKey,
        linkOpenings,
        sightings,
        deliverer,
        factors,
        factorKeys,
        accountKeys,
      }),
      slackSignIn: outside.slack.signIn && {
        client: outside.slack.signIn,
        key: deriveKey(secret, 'slack-sign-in'),
        takeOnce: (key) => takeOnce(db, key, now()),
        now,
      },
      publicUrl,
      metricsToken: config.metricsToken,
      vouchFor: front.vouchFor,
      trustProxy: typeof config.trustProxy === 'object' ? [...config.trustProxy] : config.trustProxy,
      ...(overrides.webLimits ? { limits: overrides.webLimits } : {}),
    })
    const server = express()
    if (sandbox) attachSandbox(server, sandbox)
    web.attach(server)
    const slack = createSlackDoor({
      c: {
        ...c,
        refused: sightings.refused,
        takeOnce: (key) => takeOnce(db, key, now()),
        scimAddress: new URL(SCIM_PATH, publicUrl).href,
        resetFactors: factors.resetFactors,
        canSignInWithSlack: outside.slack.signIn !== undefined,
        drawSlips: (slips) => renderSlips(slips, publicUrl),
        addressOfLink: (link) => `${publicUrl.replace(/\/+$/, '')}/register/${makeRegisterToken(registerKey, link)}`,
      },
      connection: outside.slack,
      command: config.slackCommand,
      server,
      times: overrides.slackTimes ?? (sandbox ? SANDBOX_TIMES : undefined),
    })
    web.attachLast(server)

    const jobs = await startJobs({
      queue,
      db,
      joinKey,
      slipKey: c.slipKey,
      oneTimeKey,
      sealKey: deriveKey(secret, SEAL_PURPOSE),
      appendAnchor: config.auditAnchorFile === undefined ? undefined : createAnchorFile(config.auditAnchorFile),
      letterKeys: { ...factorKeys, ...accountKeys },
      deliverer,
      bounceMailbox: bounceImapUrl === undefined ? undefined : createBounceMailbox({ url: bounceImapUrl }),
      postNotice: slack.postNotice,
      showProgress: slack.showProgress,
      showRequest: slack.showRequest,
      showBooking: slack.showBooking,
      showPause: slack.showPause,
      tell: slack.tell,
      directory: slack.directory,
      letGo: c.letGo,
      purge: () => purge(db, now()),
      isAlone: config.databaseUrl === undefined,
      schedule: overrides.schedule ?? true,
      noticesAtOnce: overrides.noticesAtOnce,
      now,
      log,
    })
    open.push(() => jobs.stop({ withinMs: STOP_WITHIN }))
    front.serve(server)
    open.push(() => slack.stop())
    await slack.start()
    if (sandbox) await furnish(c, sandbox)
    // Closed first: the doors, before the work behind them ends.
    open.push(front.close)
    return { url: front.url, db, slack, sandbox, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type WebParts = Record<'joinKey' | 'oneTimeKey' | 'registerKey', Buffer> & {
  openings: PageOpenings
  linkOpenings: Openings
  queue: Queue
  sightings: Sightings
  deliverer: Deliverer
  factors: SecondFactors
  factorKeys: FactorKeys
  accountKeys: Record<'signInKey' | 'resetKey', Buffer>
}

function webSettings(
  c: Collaborators,
  {
    queue,
    joinKey,
    oneTimeKey,
    openings,
    registerKey,
    linkOpenings,
    sightings,
    deliverer,
    factors,
    factorKeys,
    accountKeys,
  }: WebParts,
): Pick<WebSettings, 'door' | 'accounts' | 'health' | 'log' | 'databaseIsAway'> {
  const { db, now, log } = c
  const hasher = createPasswordHasher()
  return {
    door: {
      openJoinStep: (token, passage) => openJoinStep({ ...c, joinKey, factors, factorKeys, sightings }, token, passage),
      takeJoinStep: (token, request) => takeJoinStep({ ...c, joinKey, factors, factorKeys, sightings }, token, request),
      noteOpening: openings.note,
      noteDeadLink: (token, look) => sightings.probed({ invitationId: readInvitationId(token), ...look }),
      noteFailedSignIn: (name, given) =>
        sightings.signInFailed({ who: { nameKey: signInNameKey(name) }, how: 'password', ...given }),
      noteWrongSlip: ({ from }) => sightings.codeWrong({ holder: undefined, from, kind: 'slip', code: 'code_wrong' }),
      askForNewLink: (token, from) => {
        askForNewLink({ ...c, joinKey }, token, from).catch((error: unknown) =>
          log.error({ err: error }, 'Somebody who asked for a new link could not be heard'),
        )
      },
      acceptInvitation: (token, request) =>
        acceptInvitation({ ...c, joinKey, hashPassword: hasher.hash, noteStart: openings.noteStart }, token, request),
      openRegistrationLink: (token) => openRegistrationLink({ db, now, registerKey }, token),
      noteLinkOpening: linkOpenings.note,
      askToRegister: (token, ask) => askToRegister({ ...c, registerKey }, token, ask),
      usualLanguage: createUsualLanguage(c),
      scim: createScimDirectory({
        ...c,
        tellNewAddress: (tx, { personId, former: sentTo }) =>
          tellAccountHolder(tx, c, { personId, kind: 'email_changed', to: { channel: 'email', sentTo } }),
      }),
      listInvitationsToAccept: (holder) => listInvitationsToAccept(c, holder),
      joinFromAccount: (request) => joinFromAccount(c, request),
      openBySlip: (code) => openBySlip({ ...c, joinKey }, code),
      openByCredentials: (given) => openByCredentials({ ...c, joinKey, oneTimeKey }, given),
      isGenuineReceipt: deliverer.isGenuineReceipt,
      noteReceipt: ({ code, ...receipt }) => recordTextReceipt(c, { ...receipt, problem: laterProblem(code) }),
    },
    accounts: createAccountDoor({ ...c, ...accountKeys, hasher, secondFactors: factors, sightings }),
    health: {
      check: async () => {
        const { canWrite, queue: hasQueue, migrations } = await readReadiness(db.pool)
        return {
          database: canWrite || 'the database is read-only',
          queue: hasQueue || 'the queue does not answer',
          migrations: migrations === 'current' || `the migrations are ${migrations}`,
        }
      },
      queueCounts: queue.counts,
      invitationCounts: () => countByStatus(db),
    },
    log,
    databaseIsAway: () =>
      db.ping().then(
        () => false,
        () => true,
      ),
  }
}

// Loaded only here and only then: a real installation has no part of the sandbox in memory.
async function loadSandbox(
  config: Config,
  { front, publicUrl, log }: { front: Front; publicUrl: string; log: Log },
): Promise<Sandbox> {
  const { openSandbox } = await import('./sandbox/index.ts')
  return openSandbox({
    appUrl: () => front.url,
    manifest: buildManifest({ url: publicUrl, command: config.slackCommand }),
    dataDir: config.dataDir,
    log,
  })
}

function outsideOf(sandbox: Sandbox | undefined): Outside {
  if (!sandbox) throw new Error('neither Slack nor the sandbox is there')
  const { botToken, signingSecret, apiUrl, signIn } = sandbox.slack
  return {
    slack: { botToken, signingSecret, appToken: undefined, apiUrl, signIn },
    smtpUrl: sandbox.mailbox.smtpUrl,
    mailFrom: 'Usher <usher@northwind.example>',
    returnPath: SANDBOX_RETURN_PATH,
    bounceImapUrl: sandbox.mailbox.imapUrl(SANDBOX_RETURN_PATH),
    sms: sandbox.twilio,
  }
}

function attachSandbox(server: express.Express, sandbox: Sandbox): void {
  server.get('/', (_request, response) => response.redirect(`${SANDBOX_PATH}/`))
  server.get(SANDBOX_PATH, (request, response, next) =>
    // The page's own files are found beside it, so its address has to end with a slash.
    request.path === SANDBOX_PATH ? response.redirect(`${SANDBOX_PATH}/`) : next(),
  )
  server.use(SANDBOX_PATH, (request, response, next) => {
    if (!sandbox.handle(request, response)) next()
  })
}

async function furnish(c: Collaborators, sandbox: Sandbox): Promise<void> {
  const organisation = await findOrganisationOf(c.db, sandbox.slack.teamId)
  const owner = sandbox.slack.users().find((user) => user.is_owner)
  if (!organisation || !owner) return
  const channel = sandbox.slack.channels().find(({ name }) => name === 'people-ops')
  await furnishSandbox(c, organisation, {
    owner: { id: owner.id, name: owner.real_name, email: owner.email ?? null },
    channelId: channel?.id ?? null,
  })
}

async function purge(db: Database, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT)
  await forgetTaken(db, before)
  await forgetDrafts(db, before)
  await forgetSendings(db, now)
  await forgetAsks(db, now)
  await forgetNotices(db, now)
  await forgetDigests(db, now)
  await forgetLetters(db, now)
  await forgetSessions(db, now)
  await forgetPassages(db, now)
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= work()
    return running
  }
}

async function closeInTime(open: (() => unknown)[], log: Log): Promise<void> {
  const limit = new AbortController()
  const late = sleep(CLOSE_WITHIN, true, { signal: limit.signal, ref: false }).catch(() => false)
  if (await Promise.race([closeAll(open, log).then(() => false), late])) {
    log.warn({}, 'Not everything closed in time; what was accepted is kept')
  }
  limit.abort()
}

async function closeAll(open: (() => unknown)[], log: Log): Promise<void> {
  for (const close of open.toReversed()) {
    try {
      await close()
    } catch (error) {
      log.error({ err: error }, 'A part did not close')
    }
  }
}
