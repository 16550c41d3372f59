// @ts-check
// What the page knows: who is being acted for, what the local Slack said, and which place is open.
import { follow, get } from './api.js'

/** @typedef {import('../../slack/client-api.ts').Boot} Boot */
/** @typedef {import('../../slack/client-api.ts').ClientConversation} ClientConversation */
/** @typedef {import('../../slack/client-api.ts').ClientMessage} ClientMessage */
/** @typedef {import('../../slack/client-api.ts').ClientView} ClientView */
/** @typedef {import('../../slack/client-api.ts').StreamEvent} StreamEvent */

/** The place that is not a conversation: the app's Home tab. */
export const HOME = 'home'

const MAX_MESSAGES = 200

/**
 * @type {{ boot: Boot, as: string, place: string, conversations: ClientConversation[], messages: Record<string, ClientMessage[]>,
 *   views: ClientView[], home: ClientView | undefined, dismissed: Set<string>, online: boolean, ready: boolean }}
 */
export const store = {
  boot: /** @type {any} */ (undefined),
  as: '',
  place: '',
  conversations: [],
  messages: {},
  views: [],
  home: undefined,
  dismissed: new Set(),
  online: true,
  ready: false,
}

/** @typedef {'who' | 'place' | 'conversations' | 'messages' | 'views' | 'home' | 'users' | 'online' | 'toast'} Topic */
/** @type {Map<Topic, Set<(detail?: any) => void>>} */
const listeners = new Map()

/**
 * Calls the listener whenever one of these topics changed.
 * @param {Topic[]} topics
 * @param {(detail?: any) => void} listener
 */
export function on(topics, listener) {
  for (const topic of topics) {
    const set = listeners.get(topic) ?? new Set()
    set.add(listener)
    listeners.set(topic, set)
  }
}

/**
 * @param {Topic} topic
 * @param {any} [detail]
 */
export function tell(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail)
}

/** Loads what never changes. */
export async function boot() {
  store.boot = await get('boot')
}

/** @type {() => void} */
let unfollow = () => {}

/**
 * Becomes this person, in this place (an id, HOME or '' for the first channel), and follows what they see.
 * @param {string} userId
 * @param {string} place
 */
export function become(userId, place) {
  unfollow()
  Object.assign(store, { as: userId, place, conversations: [], messages: {}, views: [], home: undefined, ready: false })
  store.dismissed = new Set()
  localStorage.setItem('sandbox-as', userId)
  tell('who')
  unfollow = follow(`stream?as=${encodeURIComponent(userId)}`, {
    onEvent: take,
    onOpen: () => setOnline(true),
    onLost: () => setOnline(false),
  })
}

/** @param {boolean} online */
function setOnline(online) {
  if (store.online === online) return
  store.online = online
  tell('online')
}

/** @param {string} place */
export function go(place) {
  store.place = place
  tell('place')
}

/** @param {StreamEvent} event */
function take(event) {
  if (event.type === 'state') {
    const { conversations, messages, views, home } = event.state
    Object.assign(store, { conversations, messages, views, home, ready: true })
    for (const topic of /** @type {Topic[]} */ (['conversations', 'place', 'messages', 'home', 'views'])) tell(topic)
  } else if (event.type === 'message') {
    const list = store.messages[event.channel] ?? []
    store.messages[event.channel] = list
    if (!list.some((message) => message.ts === event.message.ts)) list.push(event.message)
    if (list.length > MAX_MESSAGES) list.shift()
    tell('messages', event.channel)
  } else if (event.type === 'message_changed') {
    const list = store.messages[event.channel] ?? []
    const index = list.findIndex((message) => message.ts === event.message.ts)
    if (index >= 0) list[index] = event.message
    tell('messages', event.channel)
  } else if (event.type === 'message_deleted') {
    store.messages[event.channel] = (store.messages[event.channel] ?? []).filter((message) => message.ts !== event.ts)
    tell('messages', event.channel)
  } else if (event.type === 'views') {
    store.views = event.views
    tell('views')
  } else if (event.type === 'home') {
    store.home = event.home
    tell('home')
  } else if (event.type === 'conversations') {
    store.conversations = event.conversations
    tell('conversations')
  } else if (event.type === 'users') {
    store.boot.users = event.users
    tell('users')
  } else if (event.type === 'toast') tell('toast', event.text)
}

/** @param {string} id */
export function userOf(id) {
  return store.boot.users.find((user) => user.id === id)
}

/** The name people see. @param {string} id */
export function nameOf(id) {
  const user = userOf(id)
  if (id === store.boot.app.botUserId) return store.boot.app.name
  return user ? user.real_name || user.name : id === 'USLACKBOT' ? 'Slackbot' : id
}

/** The people one can be in the sandbox. */
export function people() {
  return store.boot.users.filter((user) => !user.is_bot && !user.deleted && user.id !== 'USLACKBOT')
}

/** The app's direct message. */
export function appConversation() {
  return store.conversations.find((conversation) => conversation.kind === 'app')
}
