// One open modal or Home tab in the hands of a person, for tests: read it, fill it in, press, submit, close.
import { textOf } from './blocks-text.ts'
import type { Block, StateValues } from './client-api.ts'
import type { Core } from './core.ts'
import { type FillValue, fieldNamed, pressable, valueFor } from './filling.ts'
import { act, type InteractionOutcome, typeInView } from './interactions.ts'
import { closeView, submitView } from './submissions.ts'
import type { OpenView } from './views.ts'

/** What became of a submission: exactly one field is there. */
export interface SubmitResult {
  closed?: true
  cleared?: true
  /** block_id -> words, from the client's own checks or from the app */
  errors?: Record<string, string>
  updated?: ViewSession
  pushed?: ViewSession
  /** the app gave no good answer in time; the form is still open with everything in it */
  trouble?: string
}

/** Everything is read live: after an update the same session shows the new content. */
export interface ViewSession {
  readonly id: string
  readonly isOpen: boolean
  readonly callbackId: string
  readonly title: string
  readonly submitText: string | undefined
  readonly blocks: Block[]
  /** every word that it shows, a line each */
  readonly text: string
  readonly hash: string
  readonly privateMetadata: string
  readonly values: StateValues
  readonly errors: Record<string, string>
  readonly trouble: string | undefined
  /** Fields by label, block_id or action_id. Resolves when the app has heard of those that dispatch. */
  fill(values: Record<string, FillValue>): Promise<void>
  submit(): Promise<SubmitResult>
  /** Cancel; `all`: the × of the whole stack. */
  close(options?: { all?: boolean }): Promise<void>
  /** A button by its text or action_id (and value, where several look alike), or an overflow option by its text. */
  click(name: string, options?: { value?: string }): Promise<InteractionOutcome>
}

/** A session over an open view. */
export function viewSession(core: Core, view: OpenView): ViewSession {
  const { userId } = view
  const container = { view_id: view.id }
  const current = () => core.views.find(view.id) ?? view

  const session: ViewSession = {
    id: view.id,
    get isOpen() {
      return core.views.find(view.id) !== undefined
    },
    get callbackId() {
      return current().callback_id
    },
    get title() {
      return current().title?.text ?? ''
    },
    get submitText() {
      return current().submit?.text
    },
    get blocks() {
      return current().blocks
    },
    get text() {
      return textOf(current().blocks)
    },
    get hash() {
      return current().hash
    },
    get privateMetadata() {
      return current().private_metadata
    },
    get values() {
      return current().values
    },
    get errors() {
      return current().errors
    },
    get trouble() {
      return current().trouble
    },
    async fill(values) {
      for (const [name, value] of Object.entries(values)) {
        const field = fieldNamed(current().blocks, name)
        const { blockId, actionId } = field
        const filled = await valueFor(core, { userId, container }, field, value)
        const outcome = field.isInput
          ? await typeInView(core, userId, view.id, { [blockId]: { [actionId]: filled } })
          : await act(core, userId, { container, block_id: blockId, action_id: actionId, action: filled })
        if (outcome.error === 'not_found') throw new Error(`"${name}" cannot be filled in: the view is closed`)
      }
    },
    async submit() {
      const answer = await submitView(core, userId, view.id)
      if ('error' in answer) throw new Error(`The view "${session.title}" cannot be submitted: ${answer.error}`)
      switch (answer.result) {
        case 'closed':
          return { closed: true }
        case 'cleared':
          return { cleared: true }
        case 'errors':
          return { errors: answer.errors ?? {} }
        case 'updated':
          return { updated: session }
        case 'pushed': {
          const top = core.views.stack(userId).at(-1)
          return { pushed: viewSession(core, top ?? view) }
        }
        case 'trouble':
          return { trouble: current().trouble ?? 'trouble' }
      }
    },
    async close({ all } = {}) {
      const { error } = await closeView(core, userId, view.id, all)
      if (error) throw new Error(`The view "${session.title}" is not the open one`)
    },
    async click(name, { value } = {}) {
      const { field, action } = pressable(current().blocks, name, value)
      return act(core, userId, { container, block_id: field.blockId, action_id: field.actionId, action })
    },
  }
  return session
}
