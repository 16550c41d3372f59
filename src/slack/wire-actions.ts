// Buttons, menus that load as somebody types, and shortcuts.
import type * as bolt from '@slack/bolt'
import type { ModalView } from '@slack/types'
import { escapeText, MOST_OPTIONS, option } from './blocks.ts'
import { type Door, guarded, notice } from './dispatch.ts'
import type { ActionVisit, Answer, OpenView, SharedMessage } from './feature.ts'
import { noteRefusals } from './note-refusals.ts'
import { createOpener, type Opener } from './opener.ts'
import { tellPrivately } from './tell-privately.ts'
import { updateView } from './update-view.ts'
import { readValues, type State } from './view-state.ts'
import { findVisitor, idsIn } from './visitor.ts'
import type { Wiring } from './wire-command.ts'

export type ViewBody = Pick<ModalView, 'blocks' | 'title'> & {
  submit?: ModalView['submit'] | null
  close?: ModalView['close'] | null
  callback_id?: string
  id: string
  hash: string
  private_metadata: string
  root_view_id: string | null
  state?: { values?: unknown }
}

export function openViewOf(view: ViewBody): OpenView {
  const { id, hash, private_metadata: privateMetadata, root_view_id: rootId, blocks, title, submit, close } = view
  return {
    id,
    hash,
    privateMetadata,
    rootId: rootId ?? id,
    values: readValues((view.state?.values ?? {}) as State),
    shown: {
      type: 'modal',
      blocks,
      title,
      ...(view.callback_id ? { callback_id: view.callback_id } : {}),
      private_metadata: privateMetadata,
      ...(submit ? { submit } : {}),
      ...(close ? { close } : {}),
    },
  }
}

type ActionBody = {
  user: { id: string; team_id?: string }
  team: { id: string } | null
  enterprise?: object | null
  trigger_id: string
  view?: ViewBody & { type?: string }
  channel?: { id: string }
  container?: { channel_id?: string }
}

export function wireActions(app: bolt.App, door: Door, { command, features }: Wiring): void {
  const actions = Object.assign({}, ...features.map((feature) => feature.actions ?? {})) as Record<string, Run>
  const shortcuts = Object.assign({}, ...features.map((feature) => feature.shortcuts ?? {})) as Record<string, Run>
  const choices = Object.assign({}, ...features.map((feature) => feature.choices ?? {})) as Record<string, Choose>

  app.action(/.*/, async ({ ack, action, body, respond }) => {
    await ack()
    const { actionId, value, at } = readAction(action)
    const run = actions[actionId]
    // A field that was changed, or a button of an older version: nothing to do.
    if (!run) return
    const request: ActionBody = body as ActionBody
    await serve(door, { what: `button ${actionId}`, request, value, at, command, run, respond })
  })

  app.shortcut(/.*/, async ({ ack, body }) => {
    await ack()
    const run = shortcuts[body.callback_id]
    if (!run) return
    const message = body.type === 'message_action' ? (body.message as SharedMessage) : undefined
    await serve(door, {
      what: `shortcut ${body.callback_id}`,
      request: body as ActionBody,
      value: '',
      command,
      run: (visit) => run(message ? { ...visit, message } : visit),
    })
  })

  app.options(/.*/, async ({ ack, body }) => {
    const choose = choices['action_id' in body ? body.action_id : '']
    const answer: { options: ReturnType<typeof option>[] } = { options: [] }
    await guarded(door, 'menu', {
      run: async () => {
        const userId = body.user.id
        const visitor = await findVisitor(door, idsIn(body), async () => {})
        const privateMetadata = body.view?.private_metadata ?? ''
        const visit = { ...visitor, c: door, client: door.client, userId, command, privateMetadata }
        const found = (await choose?.(visit, body.value ?? '')) ?? []
        answer.options = found.slice(0, MOST_OPTIONS).map(option)
      },
      say: async () => {},
    })
    await ack(answer)
  })
}

type Run = (visit: ActionVisit) => Promise<void>
type Choose = NonNullable<Wiring['features'][number]['choices']>[string]

function readAction(action: object): { actionId: string; value: string; at: number } {
  const actionId = 'action_id' in action && typeof action.action_id === 'string' ? action.action_id : ''
  const at = 'action_ts' in action ? Number(action.action_ts) || 0 : 0
  return { actionId, value: givenBy(action), at }
}

type Request = {
  what: string
  request: ActionBody
  value: string
  at?: number
  command: string
  run: Run
  respond?: (message: object) => Promise<unknown>
}

async function serve(door: Door, { what, request, value, at = 0, command, run, respond }: Request): Promise<void> {
  const userId = request.user.id
  const opener = createOpener(door.client, request.trigger_id)
  const modal = request.view && request.view.type !== 'home' ? request.view : undefined
  const channelId = request.channel?.id ?? request.container?.channel_id
  const push = async (view: ModalView) => {
    await door.client.views.push({ trigger_id: request.trigger_id, view })
  }
  await guarded(door, what, {
    run: async () => {
      const visitor = await findVisitor(door, idsIn(request), modal ? async () => {} : opener.loading)
      const visit: ActionVisit = {
        ...visitor,
        c: door,
        client: door.client,
        userId,
        command,
        value,
        at,
        channelId,
        view: modal ? openViewOf(modal) : undefined,
        open: opener.open,
        push,
        update: async (view) => {
          // Closed meanwhile: what was asked for is done, and there is nothing to show it in.
          if (modal) await updateView(door.client, modal.id, view)
        },
        replace: async (message: Answer) => {
          if (channelId && respond) await respond({ replace_original: true, ...message })
          else await door.client.chat.postMessage({ channel: userId, ...message })
        },
      }
      await noteRefusals(door, { ...visitor, what }, () => run(visit))
    },
    say: (text) =>
      sayWhere(door, text, { modal, opener, channelId, userId, push }).catch(() =>
        // No view can be shown: Slack is in trouble, or the trigger is used up or too old.
        tellPrivately({ client: door.client, userId }, '', { text: escapeText(text) }),
      ),
  })
}

type Place = {
  modal: ViewBody | undefined
  opener: Opener
  channelId: string | undefined
  userId: string
  push: (view: ModalView) => Promise<void>
}

/** Where the person is looking: above the modal, in the channel for their eyes only, or in a modal of its own. */
async function sayWhere(door: Door, text: string, place: Place): Promise<void> {
  if (place.modal) return place.push(notice('Usher', text))
  if (place.channelId && !place.opener.isOpen()) {
    return tellPrivately({ client: door.client, userId: place.userId }, place.channelId, { text: escapeText(text) })
  }
  return place.opener.open(notice('Usher', text))
}

/** Of a button its value; of a menu what was chosen. */
function givenBy(action: object): string {
  if ('value' in action && typeof action.value === 'string') return action.value
  const chosen = 'selected_option' in action ? action.selected_option : null
  if (typeof chosen !== 'object' || chosen === null || !('value' in chosen)) return ''
  return typeof chosen.value === 'string' ? chosen.value : ''
}
