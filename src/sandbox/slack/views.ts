// Modals and Home tabs: the stack of three, hashes that change with every update, and what was typed into them.
import { randomBytes } from 'node:crypto'
import { findBlockKitProblems, maximumViewBytes } from './block-kit.ts'
import { isRecord } from './block-kit-checks.ts'
import type { Block, ClientView, StateValues, TextObject } from './client-api.ts'
import { problemText } from './message-body.ts'
import { stateOf, withIds } from './view-state.ts'
import { newId, publish, type Workspace } from './workspace.ts'

export interface OpenView {
  id: string
  userId: string
  type: 'modal' | 'home'
  rootId: string
  previousId: string | null
  /** the conversation it was opened from */
  conversation?: string
  hash: string
  blocks: Block[]
  values: StateValues
  errors: Record<string, string>
  trouble?: string
  submitting: boolean
  callback_id: string
  external_id: string
  private_metadata: string
  title?: TextObject
  submit?: TextObject
  close?: TextObject
  notify_on_close: boolean
  clear_on_close: boolean
}

export type ViewResult = { view: OpenView } | { error: string; messages?: string[] }

export interface Views {
  /** A new modal for a person; what was open before is gone. */
  open(userId: string, given: unknown, conversation?: string): ViewResult
  /** A modal on top of the open one. */
  push(userId: string, given: unknown): ViewResult
  /** New content for an open view, found by id or external id; `hash` must be the current one where it is given. */
  update(where: { view_id?: string; external_id?: string; hash?: string }, given: unknown): ViewResult
  /** A person's Home tab. */
  publish(userId: string, given: unknown, hash?: string): ViewResult
  /** Takes views away: the top one (with its id), or all of a person's. */
  remove(view: OpenView): void
  removeAll(userId: string): void
  find(viewId: string): OpenView | undefined
  stack(userId: string): OpenView[]
  home(userId: string): OpenView | undefined
  /** Tells the person's clients that something in a view changed. */
  changed(view: OpenView): void
  /** The view as payloads and Web API answers carry it. */
  toPayload(view: OpenView): Record<string, unknown>
}

const maximumStack = 3

/** A view as a person's client gets it. */
export function toClientView(view: OpenView): ClientView {
  const { id, type, callback_id, title, submit, close, blocks, values, hash, errors, trouble, submitting } = view
  return { id, type, callback_id, title, submit, close, blocks, state: { values }, hash, errors, trouble, submitting }
}

function textObject(value: unknown): TextObject | undefined {
  return isRecord(value) ? { type: 'plain_text', text: String(value.text), emoji: value.emoji !== false } : undefined
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

// The fields of a view that the app decides about.
function content(given: Record<string, unknown>) {
  return {
    blocks: withIds(Array.isArray(given.blocks) ? given.blocks.filter(isRecord) : []),
    callback_id: words(given.callback_id),
    external_id: words(given.external_id),
    private_metadata: words(given.private_metadata),
    title: textObject(given.title),
    submit: textObject(given.submit),
    close: textObject(given.close),
    notify_on_close: given.notify_on_close === true,
    clear_on_close: given.clear_on_close === true,
  }
}

/** @param complain takes every view that Slack would have refused, in words */
export function createViews(workspace: Workspace, complain: (text: string) => void): Views {
  const stacks = new Map<string, OpenView[]>()
  const homes = new Map<string, OpenView>()
  const everyView = () => [...[...stacks.values()].flat(), ...homes.values()]
  const newHash = () => `${Math.floor(workspace.now() / 1000)}.${randomBytes(4).toString('hex')}`

  function check(
    given: unknown,
    type: 'modal' | 'home',
    self?: OpenView,
  ): { given: Record<string, unknown> } | ViewResult {
    if (!isRecord(given)) return { error: 'invalid_arguments', messages: ['[ERROR] missing required field: view'] }
    if (Buffer.byteLength(JSON.stringify(given)) > maximumViewBytes) return { error: 'view_too_large' }
    const problems = findBlockKitProblems(given, type)
    if (problems.length > 0) {
      const messages = problems.map((problem) => problemText(problem, '/view'))
      complain(`view "${words(given.callback_id)}": ${messages.join('; ')}`)
      return { error: 'invalid_arguments', messages }
    }
    const external = words(given.external_id)
    if (external !== '' && everyView().some((view) => view !== self && view.external_id === external))
      return { error: 'duplicate_external_id' }
    return { given }
  }

  function make(
    userId: string,
    type: 'modal' | 'home',
    given: Record<string, unknown>,
    conversation?: string,
  ): OpenView {
    const id = newId('V')
    const fields = content(given)
    return {
      ...{ id, userId, type, rootId: id, previousId: null, conversation, hash: newHash() },
      ...{ errors: {}, submitting: false, values: stateOf(fields.blocks, {}, conversation) },
      ...fields,
    }
  }

  function replaceContent(view: OpenView, given: Record<string, unknown>): void {
    const fields = content(given)
    const values = stateOf(fields.blocks, view.values, view.conversation)
    Object.assign(view, fields, { values, hash: newHash(), errors: {}, trouble: undefined })
    views.changed(view)
  }

  const views: Views = {
    open(userId, given, conversation) {
      const checked = check(given, 'modal')
      if (!('given' in checked)) return checked
      const view = make(userId, 'modal', checked.given, conversation)
      stacks.set(userId, [view])
      views.changed(view)
      return { view }
    },
    push(userId, given) {
      const checked = check(given, 'modal')
      if (!('given' in checked)) return checked
      const stack = views.stack(userId)
      const [root] = stack
      const top = stack.at(-1)
      if (!root || !top) return { error: 'not_found' }
      if (stack.length >= maximumStack) return { error: 'push_limit_reached' }
      const view = { ...make(userId, 'modal', checked.given, top.conversation), rootId: root.id, previousId: top.id }
      stacks.set(userId, [...stack, view])
      views.changed(view)
      return { view }
    },
    update({ view_id, external_id, hash }, given) {
      const view = everyView().find((other) =>
        view_id
          ? other.id === view_id
          : external_id !== undefined && external_id !== '' && other.external_id === external_id,
      )
      if (!view) return { error: 'not_found' }
      const checked = check(given, view.type, view)
      if (!('given' in checked)) return checked
      if (hash !== undefined && hash !== '' && hash !== view.hash) return { error: 'hash_conflict' }
      replaceContent(view, checked.given)
      return { view }
    },
    publish(userId, given, hash) {
      const existing = homes.get(userId)
      const checked = check(given, 'home', existing)
      if (!('given' in checked)) return checked
      if (hash !== undefined && hash !== '' && hash !== existing?.hash) return { error: 'hash_conflict' }
      if (existing) {
        replaceContent(existing, checked.given)
        return { view: existing }
      }
      const view = make(userId, 'home', checked.given)
      homes.set(userId, view)
      views.changed(view)
      return { view }
    },
    remove(view) {
      const stack = views.stack(view.userId)
      if (!stack.includes(view)) return
      stacks.set(
        view.userId,
        stack.filter((other) => other !== view),
      )
      views.changed(view)
    },
    removeAll(userId) {
      const [view] = views.stack(userId)
      stacks.delete(userId)
      if (view) views.changed(view)
    },
    find: (viewId) => everyView().find((view) => view.id === viewId),
    stack: (userId) => stacks.get(userId) ?? [],
    home: (userId) => homes.get(userId),
    changed(view) {
      if (view.type === 'home') publish(workspace, [view.userId], { type: 'home', home: toClientView(view) })
      else publish(workspace, [view.userId], { type: 'views', views: views.stack(view.userId).map(toClientView) })
    },
    toPayload(view) {
      const { id, type, blocks, values, hash, callback_id, external_id, private_metadata } = view
      const { title, submit, close, notify_on_close, clear_on_close } = view
      return {
        ...{ id, team_id: workspace.team.id, type, blocks, private_metadata, callback_id },
        ...{ state: { values: structuredClone(values) }, hash, title: title ?? null, clear_on_close, notify_on_close },
        ...{
          close: close ?? null,
          submit: submit ?? null,
          previous_view_id: view.previousId,
          root_view_id: view.rootId,
        },
        ...{
          app_id: workspace.app.id,
          external_id,
          app_installed_team_id: workspace.team.id,
          bot_id: workspace.app.botId,
        },
      }
    },
  }
  return views
}
