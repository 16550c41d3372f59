// A person of the workspace in the hands of a test: types, presses, reads, waits. The same acts as the browser page's.
import { textOf } from './blocks-text.ts'
import type { ClientUser } from './client-api.ts'
import { type CommandOutcome, runCommand, sayMessage } from './commands.ts'
import type { Core } from './core.ts'
import { type FillValue, fieldNamed, pressable, valueFor } from './filling.ts'
import { act, type InteractionOutcome, openHome, runShortcut } from './interactions.ts'
import { type ViewSession, viewSession } from './view-session.ts'
import { waitUntil } from './waiting.ts'
import { conversationsOf, findConversationId, type Message, messagesFor, openDirectMessage } from './workspace.ts'

type Waiting = { within?: number }
export type ViewPredicate = string | ((view: ViewSession) => boolean)
export type MessagePredicate = string | RegExp | ((message: Message) => boolean)

export interface Member {
  readonly id: string
  readonly user: ClientUser
  /** Types a whole line, '/invites ana@example.org', in #general unless said otherwise. */
  command(line: string, options?: { channel?: string }): Promise<CommandOutcome>
  /** Writes an ordinary message; undefined when not a member there. */
  say(text: string, options: { channel: string }): Message | undefined
  /** What this person sees of a channel (name or id), ephemeral messages included. */
  messages(channel: string): Message[]
  /** The direct message with the app. */
  dm(): Message[]
  /** Messages that only this person sees, of one channel or of all. */
  ephemerals(channel?: string): Message[]
  /** The topmost open modal. */
  view(): ViewSession | undefined
  home(): ViewSession | undefined
  /** A topmost modal whose title or callback_id is this, or that fits; the one there is when nothing is asked. */
  waitForView(wanted?: ViewPredicate, options?: Waiting): Promise<ViewSession>
  /** Until no modal is open. */
  waitForNoView(options?: Waiting): Promise<void>
  waitForHome(wanted?: (home: ViewSession) => boolean, options?: Waiting): Promise<ViewSession>
  /** A message that contains the text or fits, in one channel or anywhere; earlier ones count unless `after` (a ts) is given. */
  waitForMessage(wanted: MessagePredicate, options?: Waiting & { channel?: string; after?: string }): Promise<Message>
  /** Presses a button (text or action_id; `value` where several look alike) or chooses an overflow option of a message. */
  click(message: Message, name: string, options?: { value?: string }): Promise<InteractionOutcome>
  /** Chooses in the selects of a message, by their placeholder, action_id or block_id. */
  choose(message: Message, values: Record<string, FillValue>): Promise<InteractionOutcome>
  /** Opens the Home tab; resolves when the app has heard of it (then see waitForHome). */
  openHome(): Promise<void>
  shortcut(callbackId: string): Promise<InteractionOutcome>
  messageShortcut(callbackId: string, message: Message): Promise<InteractionOutcome>
}

function fitsMessage(message: Message, wanted: MessagePredicate): boolean {
  if (typeof wanted === 'function') return wanted(message)
  const text = messageText(message)
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)
}

/** Every word of a message, its text first, then its blocks'. */
export function messageText(message: Message): string {
  return [message.text, textOf(message.blocks)].filter((words) => words !== '').join('\n')
}

/** The member with this id; throws for somebody who is not in the workspace. */
export function createMember(core: Core, userId: string): Member {
  const { workspace, views } = core
  if (!workspace.users.has(userId)) throw new Error(`There is nobody with the id ${userId}`)

  const channelId = (reference: string) => {
    const id = findConversationId(workspace, reference)
    if (id === undefined) throw new Error(`There is no channel "${reference}"`)
    return id
  }
  const appConversation = () => openDirectMessage(workspace, workspace.app.botUserId, userId).id
  const everywhere = () => conversationsOf(workspace, userId).flatMap(({ id }) => messagesFor(workspace, userId, id))
  const top = () => {
    const view = views.stack(userId).at(-1)
    return view && viewSession(core, view)
  }
  const describe = (view: ViewSession | undefined) =>
    view ? `view "${view.title}" (${view.callbackId})\n${view.text}\n${JSON.stringify(view.errors)}` : 'no view'
  const containerOf = ({ channel, ts }: Message) => ({ message: { channel, ts } })

  const member: Member = {
    id: userId,
    get user() {
      const user = workspace.users.get(userId)
      if (!user) throw new Error(`There is nobody with the id ${userId} any more`)
      return user
    },
    command: (line, { channel = 'general' } = {}) => runCommand(core, userId, channelId(channel), line),
    say: (text, { channel }) => sayMessage(core, userId, channelId(channel), text),
    messages: (channel) => messagesFor(workspace, userId, channelId(channel)),
    dm: () => messagesFor(workspace, userId, appConversation()),
    ephemerals: (channel) =>
      (channel ? member.messages(channel) : everywhere()).filter(({ visibleTo }) => visibleTo === userId),
    view: top,
    home() {
      const home = views.home(userId)
      return home && viewSession(core, home)
    },
    waitForView(wanted = () => true, { within } = {}) {
      const fits = (view: ViewSession) =>
        typeof wanted === 'string' ? [view.title, view.callbackId].includes(wanted) : wanted(view)
      const look = () => {
        const view = top()
        return view && fits(view) ? view : undefined
      }
      const what = typeof wanted === 'string' ? `the view "${wanted}"` : 'the view'
      const seen = () => [describe(top()), ...everywhere().slice(-3).map(messageText)].join('\n---\n')
      return waitUntil(core, userId, { look, what, seen, within })
    },
    async waitForNoView({ within } = {}) {
      const look = () => (top() ? undefined : true)
      await waitUntil(core, userId, { look, what: 'the modal close', seen: () => describe(top()), within })
    },
    waitForHome(wanted = () => true, { within } = {}) {
      const look = () => {
        const home = member.home()
        return home && wanted(home) ? home : undefined
      }
      return waitUntil(core, userId, { look, what: 'the Home tab', seen: () => describe(member.home()), within })
    },
    waitForMessage(wanted, { channel, after = '', within } = {}) {
      const visible = () => (channel ? member.messages(channel) : everywhere()).filter(({ ts }) => ts > after)
      const look = () => visible().find((message) => fitsMessage(message, wanted))
      const what = typeof wanted === 'function' ? 'the message' : `a message with ${String(wanted)}`
      const seen = () => visible().slice(-10).map(messageText).join('\n---\n') || 'no messages'
      return waitUntil(core, userId, { look, what, seen, within })
    },
    async click(message, name, { value } = {}) {
      const { field, action } = pressable(message.blocks ?? [], name, value)
      const press = { container: containerOf(message), block_id: field.blockId, action_id: field.actionId, action }
      return act(core, userId, press)
    },
    async choose(message, values) {
      let outcome: InteractionOutcome = {}
      for (const [name, value] of Object.entries(values)) {
        const container = containerOf(message)
        const field = fieldNamed(message.blocks ?? [], name)
        const action = await valueFor(core, { userId, container }, field, value)
        outcome = await act(core, userId, { container, block_id: field.blockId, action_id: field.actionId, action })
      }
      return outcome
    },
    openHome: () => openHome(core, userId),
    shortcut: (callbackId) => runShortcut(core, userId, callbackId),
    messageShortcut: (callbackId, { channel, ts }) => runShortcut(core, userId, callbackId, { channel, ts }),
  }
  return member
}
