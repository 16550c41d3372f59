// The workspace itself: its people, conversations and messages, and the feed that tells each person what changed.
import { randomBytes } from 'node:crypto'
import type {
  Block,
  ClientChannel,
  ClientConversation,
  ClientFile,
  ClientMessage,
  ClientUser,
  ClientUserGroup,
  StateValues,
  StreamEvent,
} from './client-api.ts'
import { slackbotId, type WorkspaceSeed } from './seed.ts'

/** A message as it is kept; `visibleTo` makes it ephemeral, `states` are the choices each person made in its elements. */
export interface Message {
  ts: string
  channel: string
  user: string
  username?: string
  text: string
  blocks?: Block[]
  files?: ClientFile[]
  edited: boolean
  thread_ts?: string
  visibleTo?: string
  metadata?: unknown
  states: Record<string, StateValues>
}

export interface DirectMessage {
  id: string
  users: [string, string]
}

export interface StoredFile {
  file: ClientFile
  content: Buffer
}

export type FeedListener = (audience: string[], event: StreamEvent) => void

export interface Workspace {
  team: WorkspaceSeed['team']
  app: WorkspaceSeed['app']
  users: Map<string, ClientUser>
  channels: Map<string, ClientChannel>
  directMessages: Map<string, DirectMessage>
  userGroups: Map<string, ClientUserGroup>
  messages: Map<string, Message[]>
  files: Map<string, StoredFile>
  /** `${userId} ${conversationId}` -> count */
  unread: Map<string, number>
  listeners: Set<FeedListener>
  /** the newest ts that was given out, in microseconds */
  lastTs: number
  /** milliseconds */
  now: () => number
}

const maximumKept = 1000

/** An id as Slack makes them: a letter, then capitals and digits. */
export function newId(letters: string): string {
  return letters + randomBytes(6).toString('hex').toUpperCase()
}

/** A workspace as the seed describes it, with a direct message between the app and every person. */
export function createWorkspace(seed: WorkspaceSeed, now: () => number): Workspace {
  const workspace: Workspace = {
    team: seed.team,
    app: seed.app,
    users: new Map(seed.users.map((user) => [user.id, user])),
    channels: new Map(seed.channels.map((channel) => [channel.id, channel])),
    directMessages: new Map(),
    userGroups: new Map(seed.userGroups.map((group) => [group.id, group])),
    messages: new Map(),
    files: new Map(),
    unread: new Map(),
    listeners: new Set(),
    lastTs: 0,
    now,
  }
  for (const user of seed.users) if (isPerson(user)) openDirectMessage(workspace, seed.app.botUserId, user.id)
  return workspace
}

/** Whether this is a human, who can be written to and can act. */
export function isPerson(user: ClientUser): boolean {
  return !user.is_bot && user.id !== slackbotId
}

/** Tells these people (ids) what changed. */
export function publish(workspace: Workspace, audience: string[], event: StreamEvent): void {
  for (const listener of [...workspace.listeners]) listener(audience, event)
}

/** The next message time: '1700000000.000100', unique and growing. */
export function nextTs(workspace: Workspace): string {
  workspace.lastTs = Math.max(workspace.now() * 1000, workspace.lastTs + 100)
  const digits = String(workspace.lastTs).padStart(16, '0')
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`
}

/** The direct message between two people, made on first use. */
export function openDirectMessage(workspace: Workspace, one: string, other: string): DirectMessage {
  for (const conversation of workspace.directMessages.values()) {
    const { users } = conversation
    if (users.includes(one) && users.includes(other) && (one !== other || users[0] === users[1])) return conversation
  }
  const person = one === workspace.app.botUserId ? other : one
  // Readable and the same after every start, so that what an app has stored stays right.
  const withApp = [one, other].includes(workspace.app.botUserId)
  const conversation: DirectMessage = { id: withApp ? `D${person.slice(1)}` : newId('D'), users: [one, other] }
  workspace.directMessages.set(conversation.id, conversation)
  return conversation
}

/** The ids of everybody in a conversation; empty when there is no such conversation. */
export function membersOf(workspace: Workspace, conversationId: string): string[] {
  return workspace.channels.get(conversationId)?.members ?? workspace.directMessages.get(conversationId)?.users ?? []
}

/** A channel or direct message by its id, or a channel by its name with or without #. */
export function findConversationId(workspace: Workspace, reference: string): string | undefined {
  if (workspace.channels.has(reference) || workspace.directMessages.has(reference)) return reference
  const name = reference.replace(/^#/, '')
  for (const channel of workspace.channels.values()) if (channel.name === name) return channel.id
  return undefined
}

/** The name of a conversation as Slack says it in payloads. */
export function conversationName(workspace: Workspace, conversationId: string): string {
  return workspace.channels.get(conversationId)?.name ?? 'directmessage'
}

/** The conversations that a person sees, channels first. */
export function conversationsOf(workspace: Workspace, userId: string): ClientConversation[] {
  const unread = (id: string) => workspace.unread.get(`${userId} ${id}`) ?? 0
  const guest = workspace.users.get(userId)?.is_restricted || workspace.users.get(userId)?.is_ultra_restricted
  const conversations: ClientConversation[] = []
  for (const { id, name, members, is_private, is_archived } of workspace.channels.values()) {
    const is_member = members.includes(userId)
    if (!is_member && (is_private || guest)) continue
    conversations.push({
      id,
      name,
      kind: is_private ? 'private' : 'channel',
      is_member,
      is_archived,
      unread: unread(id),
    })
  }
  for (const { id, users } of workspace.directMessages.values()) {
    if (!users.includes(userId)) continue
    const user = users.find((member) => member !== userId) ?? userId
    conversations.push({
      ...{ id, name: workspace.users.get(user)?.real_name ?? user, user, unread: unread(id) },
      ...{ kind: user === workspace.app.botUserId ? 'app' : 'dm', is_member: true, is_archived: false },
    })
  }
  return conversations
}

/** Whether a person sees a message: in the conversation (or a public channel), and not somebody else's ephemeral one. */
export function canSee(workspace: Workspace, userId: string, message: Message): boolean {
  if (message.visibleTo !== undefined && message.visibleTo !== userId) return false
  return conversationsOf(workspace, userId).some(({ id }) => id === message.channel)
}

function audienceOf(workspace: Workspace, message: Message): string[] {
  return [...workspace.users.keys()].filter((userId) => canSee(workspace, userId, message))
}

/** A message as one person's client gets it. */
export function toClientMessage(message: Message, userId: string): ClientMessage {
  const { visibleTo, states, metadata, ...rest } = message
  return { ...rest, ephemeral: visibleTo !== undefined, state: states[userId] }
}

/** Puts a message into a conversation and tells everybody who sees it. */
export function post(
  workspace: Workspace,
  draft: Pick<Message, 'channel' | 'user' | 'text'> & Partial<Message>,
): Message {
  const message: Message = { ts: nextTs(workspace), edited: false, states: {}, ...draft }
  const kept = workspace.messages.get(message.channel) ?? []
  kept.push(message)
  if (kept.length > maximumKept) kept.shift()
  workspace.messages.set(message.channel, kept)
  for (const userId of audienceOf(workspace, message)) {
    publish(workspace, [userId], {
      type: 'message',
      channel: message.channel,
      message: toClientMessage(message, userId),
    })
    if (userId === message.user || !membersOf(workspace, message.channel).includes(userId)) continue
    const key = `${userId} ${message.channel}`
    workspace.unread.set(key, (workspace.unread.get(key) ?? 0) + 1)
    publish(workspace, [userId], { type: 'conversations', conversations: conversationsOf(workspace, userId) })
  }
  return message
}

/** The message with this ts, ephemeral ones included. */
export function findMessage(workspace: Workspace, conversationId: string, ts: string): Message | undefined {
  return workspace.messages.get(conversationId)?.find((message) => message.ts === ts)
}

/** Changes a message in place and tells everybody who sees it. */
export function changeMessage(workspace: Workspace, message: Message, change: Partial<Message>): void {
  Object.assign(message, change)
  for (const userId of audienceOf(workspace, message)) {
    const event = {
      type: 'message_changed',
      channel: message.channel,
      message: toClientMessage(message, userId),
    } as const
    publish(workspace, [userId], event)
  }
}

/** Takes a message away and tells everybody who saw it. */
export function deleteMessage(workspace: Workspace, message: Message): void {
  const audience = audienceOf(workspace, message)
  const kept = workspace.messages.get(message.channel) ?? []
  workspace.messages.set(
    message.channel,
    kept.filter((other) => other !== message),
  )
  publish(workspace, audience, { type: 'message_deleted', channel: message.channel, ts: message.ts })
}

/** The messages of a conversation that a person sees, oldest first. */
export function messagesFor(workspace: Workspace, userId: string, conversationId: string): Message[] {
  return (workspace.messages.get(conversationId) ?? []).filter((message) => canSee(workspace, userId, message))
}

/** Sets the unread count of one person in one conversation to nothing. */
export function markRead(workspace: Workspace, userId: string, conversationId: string): void {
  if (!workspace.unread.delete(`${userId} ${conversationId}`)) return
  publish(workspace, [userId], { type: 'conversations', conversations: conversationsOf(workspace, userId) })
}

/** Adds or changes a person and tells everybody. */
export function putUser(workspace: Workspace, user: ClientUser): void {
  workspace.users.set(user.id, user)
  publish(workspace, [...workspace.users.keys()], { type: 'users', users: [...workspace.users.values()] })
}

/** Lines of Slack's own, only to one person. */
export function slackbotSays(workspace: Workspace, to: { user: string; channel: string }, text: string): Message {
  return post(workspace, { channel: to.channel, user: slackbotId, text, visibleTo: to.user })
}
