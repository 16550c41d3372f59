// The local Slack: a whole workspace that speaks Slack's protocols to the app, for the sandbox and for journey tests.
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { ClientChannel, ClientUser, ClientUserGroup } from './client-api.ts'
import { createClientApi } from './client-server.ts'
import type { Core, Limits, Log } from './core.ts'
import { type SlackEvent, sendEvent } from './events.ts'
import { createFaults, type Faults } from './faults.ts'
import { findManifestProblems, type Manifest } from './manifest.ts'
import { createMember, type Member } from './member.ts'
import { createOpenId, type OpenIdMistakes } from './open-id.ts'
import { createOutgoing, type Outgoing, type SentRequest } from './outgoing.ts'
import { slackUser } from './payloads.ts'
import { keepSaved, loadWorkspace } from './persistence.ts'
import { createResponseUrls } from './response-urls.ts'
import { makeUser, northwindTrading, type WorkspaceSeed } from './seed.ts'
import { createSocketMode, type SocketMode } from './socket-mode.ts'
import { createTriggers } from './triggers.ts'
import { changeGroup, type Silence, setGroup } from './user-groups.ts'
import { createViews } from './views.ts'
import { type ApiCall, createWebApi } from './web-api.ts'
import { createWorkspace, isPerson, type Message, openDirectMessage, putUser } from './workspace.ts'

export interface LocalSlackOptions {
  /** where the app listens, e.g. http://127.0.0.1:3000; requests go to its /slack/events */
  appUrl: () => string
  manifest: Manifest
  /** Northwind Trading when absent */
  seed?: WorkspaceSeed
  /** milliseconds */
  now?: () => number
  log?: Log
  /** people, conversations, messages and files are kept here as JSON across restarts */
  statePath?: string
  /** shorter times for tests */
  limits?: Partial<Limits>
}

export interface LocalSlack {
  /** for SLACK_API_URL */
  apiUrl: string
  botToken: string
  signingSecret: string
  /** For SLACK_APP_TOKEN; needed where the manifest turns Socket Mode on. */
  appToken: string
  /** The app's lines in Socket Mode; undefined where the manifest leaves it off. */
  socketMode: SocketMode | undefined
  /** For SLACK_CLIENT_ID and SLACK_CLIENT_SECRET; the issuer is at `apiUrl`'s own address. */
  signIn: { clientId: string; clientSecret: string; issuer: string }
  /** What Sign in with Slack does wrong, for tests: nothing where it is empty. */
  openIdMistakes: OpenIdMistakes
  teamId: string
  /** The client API of the browser page; expects paths that begin with /api/. */
  handleClient(request: IncomingMessage, response: ServerResponse): void
  as(userId: string): Member
  faults: Faults
  /** every Web API call, oldest first (the newest 2000), without tokens */
  requests: ApiCall[]
  /** every request to the app, oldest first (the newest 500) */
  sent: SentRequest[]
  /** what Slack would have refused or not understood from the app, in words: tests expect it to stay empty */
  complaints: string[]
  /** Sends exactly this to the app: for forged, repeated and aged requests. */
  sendRaw: Outgoing['sendRaw']
  /** Slack's signature of a body at a time in epoch seconds. */
  sign(body: string, timestamp: number): string
  /** Sends an event if the manifest subscribes to it; whether the app took it at the first try, undefined if not sent. */
  emit(event: SlackEvent): Promise<boolean | undefined>
  /** Changes a person (user_change) or adds one (team_join, with a direct message to the app). */
  setUser(userId: string, change: Partial<ClientUser>, options?: Silence): Promise<boolean | undefined>
  /** Makes a user group (subteam_created) or changes it (subteam_updated). */
  setGroup(groupId: string, change: Partial<ClientUserGroup>, options?: Silence): Promise<boolean | undefined>
  /** People come into a user group and leave it (subteam_members_changed). */
  changeGroup(
    groupId: string,
    change: { add?: string[]; remove?: string[] },
    options?: Silence,
  ): Promise<boolean | undefined>
  /** A user group is not listed any more; no event tells of it. */
  forgetGroup(groupId: string): void
  users(): ClientUser[]
  channels(): ClientChannel[]
  /** everything in a channel (id), everybody's ephemeral messages included */
  messages(channelId: string): Message[]
  close(): Promise<void>
}

export type { Delivery, SentRequest } from './outgoing.ts'

const silent: Log = { info() {}, warn() {}, error() {} }

function checkManifest(manifest: Manifest): void {
  const problems = findManifestProblems(manifest)
  if (problems.length > 0) throw new Error(`Slack would refuse this manifest: ${problems.join('; ')}`)
}

/** Starts a local Slack on a free port of 127.0.0.1. Throws for a manifest that Slack would refuse. */
export async function createLocalSlack(options: LocalSlackOptions): Promise<LocalSlack> {
  const { manifest, appUrl, now = Date.now, log = silent, statePath } = options
  checkManifest(manifest)
  const limits: Limits = { answer: 3000, trigger: 3000, eventRetries: [0, 60_000, 300_000], ...options.limits }
  const botToken = `xoxb-${randomBytes(16).toString('hex')}`
  const appToken = `xapp-1-${randomBytes(16).toString('hex')}`
  const signingSecret = randomBytes(16).toString('hex')
  const faults = createFaults()
  const requests: ApiCall[] = []
  const complaints: string[] = []
  const complain = (text: string) => {
    log.warn({ complaint: text }, 'Slack would not take this from the app')
    complaints.push(text)
    if (complaints.length > 500) complaints.shift()
  }

  const seed = options.seed ?? northwindTrading(manifest.features?.bot_user?.display_name ?? 'Usher')
  const workspace = createWorkspace(seed, now)
  if (statePath) loadWorkspace(workspace, statePath)
  let origin = ''
  const byHttp = createOutgoing({ appUrl, signingSecret, now, limit: limits.answer })
  const socketMode = manifest.settings?.socket_mode_enabled
    ? createSocketMode({
        ...{ byHttp, appId: workspace.app.id, limit: limits.answer },
        origin: () => origin.replace(/^http/, 'ws'),
      })
    : undefined
  const core: Core = {
    ...{ workspace, manifest, limits, log, complain },
    verificationToken: randomBytes(12).toString('hex'),
    origin: () => origin,
    outgoing: socketMode?.outgoing ?? byHttp,
    triggers: createTriggers(now, limits.trigger),
    responseUrls: createResponseUrls(workspace, { origin: () => origin, complain }),
    views: createViews(workspace, complain),
  }

  const tokens = { bot: botToken, app: appToken }
  const openId = createOpenId(core)
  const server = createServer(createWebApi(core, { tokens, faults, calls: requests, socketMode, openId }))
  if (socketMode) server.on('upgrade', socketMode.upgrade)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  moveFiles(core)
  const onError = (error: unknown) => log.error({ err: error }, 'The local Slack could not keep its state')
  const saving = statePath ? keepSaved(workspace, statePath, onError) : undefined
  const client = createClientApi(core, { appUrl })

  return {
    apiUrl: `${origin}/api/`,
    signIn: { ...openId.client, issuer: origin },
    openIdMistakes: openId.mistakes,
    ...{ botToken, signingSecret, appToken, teamId: workspace.team.id, faults, requests, complaints, socketMode },
    sent: core.outgoing.sent,
    handleClient: client.handle,
    as: (userId) => createMember(core, userId),
    sendRaw: core.outgoing.sendRaw,
    sign: core.outgoing.sign,
    emit: (event) => sendEvent(core, event),
    setUser: (userId, change, options) => setUser(core, userId, { change, ...options }),
    setGroup: (groupId, change, options) => setGroup(core, groupId, change, options),
    changeGroup: (groupId, change, options) => changeGroup(core, groupId, change, options),
    forgetGroup: (groupId) => void workspace.userGroups.delete(groupId),
    users: () => [...workspace.users.values()],
    channels: () => [...workspace.channels.values()],
    messages: (channelId) => workspace.messages.get(channelId) ?? [],
    async close() {
      client.close()
      saving?.flush()
      socketMode?.disconnect('cut')
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

// The port is another one after a restart, and files carry whole addresses.
function moveFiles(core: Core): void {
  for (const { file } of core.workspace.files.values()) {
    for (const field of ['url_private', 'url_private_download', 'permalink'])
      if (typeof file[field] === 'string')
        file[field] = file[field].replace(/^http:\/\/127\.0\.0\.1:\d+/, core.origin())
  }
}

async function setUser(
  core: Core,
  userId: string,
  { change, silently = false }: { change: Partial<ClientUser> } & Silence,
): Promise<boolean | undefined> {
  const { workspace } = core
  const known = workspace.users.get(userId)
  const usual = known ?? makeUser({ id: userId, name: userId.toLowerCase(), real_name: userId })
  const user = { ...usual, updated: Math.floor(workspace.now() / 1000), ...change }
  putUser(workspace, user)
  if (!known && isPerson(user)) openDirectMessage(workspace, workspace.app.botUserId, userId)
  if (silently) return undefined
  const told = slackUser(core, user, { withLocale: true })
  return sendEvent(core, { type: known ? 'user_change' : 'team_join', user: told })
}

export type { Manifest } from './manifest.ts'
export type { Member } from './member.ts'
export { messageText } from './member.ts'
export type { WorkspaceSeed } from './seed.ts'
export type { SubmitResult, ViewSession } from './view-session.ts'
export type { Message } from './workspace.ts'
