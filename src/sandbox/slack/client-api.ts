// The contract between the sandbox's browser page and the local Slack behind it: types only.
// The page calls `/sandbox/api/…` (the app strips `/sandbox`). Bodies and answers are JSON unless a line says otherwise.
// Every answer is `{ ok: true, … }` or `{ ok: false, error }` with Slack's error names; HTTP 403 for a foreign Host or
// Origin, 400 for a malformed body, 404 for an unknown path. `as` is always the id of the person the page acts for.
//
//   GET  /api/boot                -> Boot
//   GET  /api/state?as=U          -> State
//   GET  /api/stream?as=U         -> text/event-stream; each `data:` line is one StreamEvent (no `event:` names).
//                                    The first one is `{ type: 'state', state }`, so nothing is lost in between; after a
//                                    reconnection it comes again and replaces everything. `: ping` comments keep it open.
//   POST /api/message             MessageRequest   -> Ok & { message }
//   POST /api/command             CommandRequest   -> Ok (its outcome arrives by the stream)
//   POST /api/action              ActionRequest    -> Ok
//   POST /api/view/input          ViewValuesRequest-> Ok
//   POST /api/view/submit         ViewValuesRequest-> SubmitAnswer
//   POST /api/view/close          ViewCloseRequest -> Ok
//   POST /api/options             OptionsRequest   -> OptionsAnswer
//   POST /api/home/open           { as }           -> Ok & { home }
//   POST /api/shortcut            ShortcutRequest  -> Ok
//   POST /api/file?as=U&name=N    raw bytes (any content type) -> Ok & { file }
//   GET  /api/file/:id            the bytes
//   POST /api/read                { as, channel }  -> Ok (unread becomes 0)

import type { ClientUser, ClientUserGroup } from './client-people.ts'

export type { ClientUser, ClientUserGroup } from './client-people.ts'

/** One Block Kit block, as the app sent it (block_id and action_id are always filled in). Narrow by `type`. */
export interface Block {
  type: string
  block_id?: string
  [field: string]: unknown
}

export interface TextObject {
  type: 'plain_text' | 'mrkdwn'
  text: string
  emoji?: boolean
}

export interface OptionObject {
  text: TextObject
  value?: string
  description?: TextObject
  url?: string
}

/** One element's value, Slack-shaped. Only the field that belongs to `type` is there; empty is null (lists: []). */
export interface StateValue {
  type: string
  /** plain_text_input, email_text_input, url_text_input, number_input (a string there too), button */
  value?: string | null
  /** static_select, external_select, radio_buttons, overflow */
  selected_option?: OptionObject | null
  /** checkboxes, multi_static_select, multi_external_select */
  selected_options?: OptionObject[]
  selected_user?: string | null
  selected_users?: string[]
  selected_channel?: string | null
  selected_channels?: string[]
  selected_conversation?: string | null
  selected_conversations?: string[]
  /** datepicker, YYYY-MM-DD */
  selected_date?: string | null
  /** timepicker, HH:mm */
  selected_time?: string | null
  timezone?: string
  /** datetimepicker, epoch seconds */
  selected_date_time?: number | null
  /** file_input: what POST /api/file answered; `{ id }` alone is enough when the page sends it */
  files?: (ClientFile | { id: string })[]
  /** rich_text_input */
  rich_text_value?: Block | null
}

/** block_id -> action_id -> value */
export type StateValues = Record<string, Record<string, StateValue>>

export interface ClientFile {
  id: string
  name: string
  mimetype: string
  filetype: string
  /** bytes */
  size: number
  user: string
  [field: string]: unknown
}

export interface ClientChannel {
  id: string
  /** without # */
  name: string
  is_private: boolean
  is_archived: boolean
  topic: string
  members: string[]
}

export interface ClientShortcut {
  name: string
  callback_id: string
  description: string
  type: 'global' | 'message'
}

export interface Boot {
  ok: true
  team: { id: string; name: string; domain: string }
  /** everybody, bots and deactivated people too */
  users: ClientUser[]
  channels: ClientChannel[]
  user_groups: ClientUserGroup[]
  commands: { command: string; description: string; usage_hint: string }[]
  shortcuts: ClientShortcut[]
  /** its direct message is the conversation whose kind is 'app' in State; it is there from the start */
  app: { id: string; name: string; description: string; botUserId: string; homeTab: boolean; messagesTab: boolean }
}

export interface ClientConversation {
  /** C… or D… */
  id: string
  /** channels: without #; direct messages: the other person's name */
  name: string
  /** 'app' is the direct message with the app itself (its Messages tab) */
  kind: 'channel' | 'private' | 'dm' | 'app'
  /** the other person of a direct message */
  user?: string
  is_member: boolean
  is_archived: boolean
  unread: number
}

export interface ClientMessage {
  /** '1700000000.000100': unique in its channel, sorts by time; seconds before the dot */
  ts: string
  channel: string
  /** the author's user id; USLACKBOT for Slack's own words */
  user: string
  /** the app's display name if it chose another one */
  username?: string
  /** raw mrkdwn; shown when there are no blocks */
  text: string
  blocks?: Block[]
  files?: ClientFile[]
  /** only this person sees it: show Slack's "Only visible to you" with a way to dismiss it locally */
  ephemeral: boolean
  edited: boolean
  thread_ts?: string
  /** what has been chosen in the message's own elements so far */
  state?: StateValues
}

export interface ClientView {
  id: string
  type: 'modal' | 'home'
  callback_id: string
  /** modals only */
  title?: TextObject
  /** no submit button when absent */
  submit?: TextObject
  /** 'Cancel' when absent */
  close?: TextObject
  blocks: Block[]
  /** current values: initial ones until touched, typed ones kept over an update with the same block_id and action_id */
  state: { values: StateValues }
  /** changes with every update by the app (not with typing) */
  hash: string
  /** the words beside the field: the client's own checks or the app's `response_action: errors`; gone at the next change of that field */
  errors: Record<string, string>
  /** 'We had some trouble connecting. Try again?' above the buttons; absent when all is well */
  trouble?: string
  /** true while the app has not answered the submission yet: show the button as busy */
  submitting: boolean
}

export interface State {
  ok: true
  conversations: ClientConversation[]
  /** by conversation id, oldest first, the newest 200 of each */
  messages: Record<string, ClientMessage[]>
  /** open modals, bottom first: the last one is what the person sees; [] = no modal */
  views: ClientView[]
  /** undefined until the app has published a Home tab for this person */
  home?: ClientView
}

export type StreamEvent =
  | { type: 'state'; state: State }
  | { type: 'message'; channel: string; message: ClientMessage }
  | { type: 'message_changed'; channel: string; message: ClientMessage }
  | { type: 'message_deleted'; channel: string; ts: string }
  /** the whole stack, after every change that the page did not make itself by /api/view/input */
  | { type: 'views'; views: ClientView[] }
  | { type: 'home'; home: ClientView }
  /** the whole list: a conversation appeared, or an unread count changed */
  | { type: 'conversations'; conversations: ClientConversation[] }
  | { type: 'users'; users: ClientUser[] }
  /** a short line for the corner of the screen, such as an app that did not answer */
  | { type: 'toast'; text: string }

export type MessageRequest = { as: string; channel: string; text: string }

/** `text` is the whole line, '/invites ana@example.org'. An unknown command is answered by Slackbot, only to this person. */
export type CommandRequest = { as: string; channel: string; text: string }

/**
 * A press or a choice that the app hears of at once (`block_actions`): every element outside an input block, and Enter in
 * a `dispatch_action` text field. Ask the element's `confirm` question first. `action` holds the new value in the fields
 * of StateValue (`{}` for a button). `state`: everything in this view or message as the page shows it now.
 * (What is typed or chosen inside an input block goes to /api/view/input only; see there.)
 */
export interface ActionRequest {
  as: string
  container: { message: { channel: string; ts: string } } | { view_id: string }
  block_id: string
  action_id: string
  action: Partial<StateValue>
  state?: StateValues
}

/**
 * view/input: what is typed or chosen in the view right now (all of it, or only the blocks that changed), so that it
 * survives updates; send it a moment after a change. Input blocks with `dispatch_action` whose value changed (text:
 * only with `on_character_entered`) make the local Slack send `block_actions` by itself.
 * view/submit: the same, then checked as Slack's client does (required, e-mail, number, URL, lengths), then sent.
 */
export interface ViewValuesRequest {
  as: string
  view_id: string
  values: StateValues
}

export interface ViewCloseRequest {
  as: string
  view_id: string
  /** true for the × of a pushed view: the whole stack goes (false, Cancel: only the top one) */
  all?: boolean
}

/**
 * The stream tells the new stack in every case; this is for the page's own convenience.
 * 'errors': beside the fields (from the client's checks or the app). 'trouble': no good answer in time; nothing is lost.
 */
export interface SubmitAnswer {
  ok: true
  result: 'closed' | 'errors' | 'updated' | 'pushed' | 'cleared' | 'trouble'
  errors?: Record<string, string>
}

// Typing into an external select.
export interface OptionsRequest {
  as: string
  container: { message: { channel: string; ts: string } } | { view_id: string }
  block_id: string
  action_id: string
  value: string
}

export interface OptionsAnswer {
  ok: true
  options?: OptionObject[]
  option_groups?: { label: TextObject; options: OptionObject[] }[]
}

/** `message` only for message shortcuts. */
export interface ShortcutRequest {
  as: string
  callback_id: string
  message?: { channel: string; ts: string }
}

export type ApiError = { ok: false; error: string }
