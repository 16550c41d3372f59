// What a person does with what the app has shown: presses, choices, typing, shortcuts, options, the Home tab.
import { findOptionsProblems } from './block-kit.ts'
import { isRecord } from './block-kit-checks.ts'
import type { OptionObject, OptionsAnswer, StateValue, StateValues } from './client-api.ts'
import type { Core } from './core.ts'
import { sendEvent } from './events.ts'
import { type Delivery, formType } from './outgoing.ts'
import { actionTs, channelOf, interactionBase, slackMessage } from './payloads.ts'
import { cleanValue, type Field, fieldsOf, findField, optionsOf, stateOf, valueKey } from './view-state.ts'
import type { OpenView } from './views.ts'
import { canSee, changeMessage, findMessage, type Message, openDirectMessage, publish } from './workspace.ts'

/** Where an element is: in a message or in a view. */
export type Container = { message: { channel: string; ts: string } } | { view_id: string }

/** Whether the app took it in time (`error` undefined), or what went wrong. */
export interface InteractionOutcome {
  status?: number
  body?: string
  error?: string
}

/** Sends an interaction's payload as Slack does: `payload=` in a form. */
export function sendPayload(core: Core, payload: Record<string, unknown>): Promise<Delivery> {
  const form = new URLSearchParams({ payload: JSON.stringify(payload) })
  return core.outgoing.send(String(payload.type), form.toString(), formType)
}

function outcomeOf(core: Core, userId: string, delivery: Delivery): InteractionOutcome {
  if (delivery.outcome === 'answered' && delivery.status === 200) return { status: 200, body: delivery.body }
  const app = core.manifest.display_information.name
  publish(core.workspace, [userId], { type: 'toast', text: `${app} did not answer. Please try again.` })
  if (delivery.outcome === 'answered') return { status: delivery.status, body: delivery.body, error: 'dispatch_failed' }
  return { error: delivery.outcome === 'timeout' ? 'operation_timeout' : 'dispatch_failed' }
}

type Place = { view: OpenView } | { message: Message }

function findPlace(core: Core, userId: string, container: Container): Place | undefined {
  if ('view_id' in container) {
    const view = core.views.find(container.view_id)
    return view?.userId === userId ? { view } : undefined
  }
  const message = findMessage(core.workspace, container.message.channel, container.message.ts)
  return message && canSee(core.workspace, userId, message) ? { message } : undefined
}

// What the payload says about the place, the same for presses and options requests.
function describePlace(core: Core, place: Place): Record<string, unknown> {
  if ('view' in place)
    return { container: { type: 'view', view_id: place.view.id }, view: core.views.toPayload(place.view) }
  const { ts, channel, visibleTo } = place.message
  return {
    container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: visibleTo !== undefined },
    channel: channelOf(core, channel),
    // Ephemeral messages are not part of payloads, only their place.
    ...(visibleTo === undefined && { message: slackMessage(core, place.message) }),
  }
}

function messageValues(message: Message, userId: string): StateValues {
  return stateOf(message.blocks ?? [], message.states[userId])
}

// A value as the page or a test gave it, made whole: files by their ids, options by their values.
function completeValue(core: Core, field: Field, given: Partial<StateValue>): StateValue | undefined {
  const files = given.files?.flatMap(({ id }) => core.workspace.files.get(id)?.file ?? [])
  const offered = optionsOf(field.element)
  const whole = (option: OptionObject) => offered.find(({ value }) => value === option.value) ?? option
  return cleanValue(field, {
    ...given,
    ...(files && { files }),
    ...(given.selected_option && { selected_option: whole(given.selected_option) }),
    ...(given.selected_options && { selected_options: given.selected_options.map(whole) }),
  })
}

/** Takes over what was typed or chosen; returns the fields whose values are now different. */
export function takeValues(core: Core, view: OpenView, values: StateValues): Field[] {
  return fieldsOf(view.blocks).filter((field) => {
    const given = values[field.blockId]?.[field.actionId]
    const value = given && completeValue(core, field, given)
    const before = view.values[field.blockId]?.[field.actionId]
    if (!value || JSON.stringify(value) === JSON.stringify(before)) return false
    view.values[field.blockId] = { ...view.values[field.blockId], [field.actionId]: value }
    const { [field.blockId]: gone, ...others } = view.errors
    view.errors = others
    return true
  })
}

function actionPayload(core: Core, field: Field, given: Partial<StateValue>): Record<string, unknown> {
  const { element, type } = field
  const common = { action_id: field.actionId, block_id: field.blockId, type, action_ts: actionTs(core) }
  const placeholder = isRecord(element.placeholder) ? { placeholder: element.placeholder } : {}
  if (type === 'overflow') {
    const chosen = optionsOf(element).find((option) => option.value === given.selected_option?.value)
    return { ...common, selected_option: chosen ?? given.selected_option }
  }
  const value = completeValue(core, field, given)
  if (value) return { ...common, ...value, ...placeholder }
  const { text, value: buttonValue, url, style } = element
  return {
    ...common,
    text,
    ...(buttonValue !== undefined && { value: buttonValue }),
    ...(url ? { url } : {}),
    ...(style ? { style } : {}),
  }
}

/** A press or a choice that the app hears of at once (block_actions). */
export async function act(
  core: Core,
  userId: string,
  press: {
    container: Container
    block_id: string
    action_id: string
    action: Partial<StateValue>
    state?: StateValues
  },
): Promise<InteractionOutcome> {
  const place = findPlace(core, userId, press.container)
  if (!place) return { error: 'not_found' }
  const blocks = 'view' in place ? place.view.blocks : (place.message.blocks ?? [])
  const field = findField(blocks, press.block_id, press.action_id)
  if (!field) return { error: 'element_not_found' }
  const changes: StateValues = { ...press.state }
  if (valueKey(field.type))
    changes[field.blockId] = { ...changes[field.blockId], [field.actionId]: { type: field.type, ...press.action } }
  if ('view' in place) takeValues(core, place.view, changes)
  else takeMessageValues(core, userId, place.message, changes)
  const conversation = 'view' in place ? place.view.conversation : place.message.channel
  const target = 'message' in place && { userId, channel: place.message.channel, messageTs: place.message.ts }
  const delivery = await sendPayload(core, {
    ...interactionBase(core, userId, 'block_actions'),
    ...describePlace(core, place),
    ...('message' in place && { state: { values: place.message.states[userId] ?? {} } }),
    trigger_id: core.triggers.make(userId, conversation),
    ...(target && { response_url: core.responseUrls.make(target, 'actions') }),
    actions: [actionPayload(core, field, press.action)],
  })
  return outcomeOf(core, userId, delivery)
}

function takeMessageValues(core: Core, userId: string, message: Message, changes: StateValues): void {
  const values = messageValues(message, userId)
  for (const field of fieldsOf(message.blocks ?? [])) {
    const given = changes[field.blockId]?.[field.actionId]
    const value = given && completeValue(core, field, given)
    if (value) values[field.blockId] = { ...values[field.blockId], [field.actionId]: value }
  }
  changeMessage(core.workspace, message, { states: { ...message.states, [userId]: values } })
}

function dispatchesOnChange(field: Field): boolean {
  if (field.block.dispatch_action !== true) return false
  if (valueKey(field.type) !== 'value' && field.type !== 'rich_text_input') return true
  const config = field.element.dispatch_action_config
  const on = isRecord(config) && Array.isArray(config.trigger_actions_on) ? config.trigger_actions_on : []
  return on.includes('on_character_entered')
}

/** Typing and choosing in a view: kept, and told to the app where an input block asks for it (dispatch_action). */
export async function typeInView(
  core: Core,
  userId: string,
  viewId: string,
  values: StateValues,
): Promise<InteractionOutcome> {
  const view = core.views.find(viewId)
  if (view?.userId !== userId) return { error: 'not_found' }
  const changed = takeValues(core, view, values).filter(dispatchesOnChange)
  const outcomes = await Promise.all(
    changed.map((field) => {
      const action = view.values[field.blockId]?.[field.actionId] ?? {}
      const where = { container: { view_id: viewId }, block_id: field.blockId, action_id: field.actionId }
      return act(core, userId, { ...where, action })
    }),
  )
  return outcomes.find(({ error }) => error !== undefined) ?? {}
}

/** What an external select offers for what was typed into it; the app's answer must hold at most 100. */
export async function loadOptions(
  core: Core,
  userId: string,
  query: { container: Container; block_id: string; action_id: string; value: string },
): Promise<OptionsAnswer | { error: string }> {
  const place = findPlace(core, userId, query.container)
  if (!place) return { error: 'not_found' }
  const delivery = await sendPayload(core, {
    ...interactionBase(core, userId, 'block_suggestion'),
    ...describePlace(core, place),
    ...{ action_id: query.action_id, block_id: query.block_id, value: query.value },
  })
  const { error, body = '' } = outcomeOf(core, userId, delivery)
  if (error) return { error }
  let answer: unknown
  try {
    answer = JSON.parse(body)
  } catch {
    answer = undefined
  }
  const problems = findOptionsProblems(answer)
  if (problems.length > 0 || !isRecord(answer)) {
    core.complain(
      `options for ${query.action_id}: ${problems.map(({ pointer, message }) => `${pointer} ${message}`).join('; ')}`,
    )
    return { error: 'invalid_options' }
  }
  if (!Array.isArray(answer.option_groups)) return { ok: true, options: optionsOf(answer) }
  const groups = answer.option_groups.filter(isRecord).map((group) => ({
    label: { type: 'plain_text' as const, text: isRecord(group.label) ? String(group.label.text) : '' },
    options: optionsOf(group),
  }))
  return { ok: true, option_groups: groups }
}

/** A person opens the app's Home tab: the app hears app_home_opened. */
export async function openHome(core: Core, userId: string): Promise<void> {
  const home = core.views.home(userId)
  const channel = openDirectMessage(core.workspace, core.workspace.app.botUserId, userId).id
  const view = home ? { view: core.views.toPayload(home) } : {}
  await sendEvent(core, { type: 'app_home_opened', user: userId, channel, tab: 'home', ...view })
}

/** A global shortcut, or with a message one from its menu. */
export async function runShortcut(
  core: Core,
  userId: string,
  callbackId: string,
  from?: { channel: string; ts: string },
): Promise<InteractionOutcome> {
  const type = from ? 'message' : 'global'
  const known = core.manifest.features?.shortcuts?.some((one) => one.callback_id === callbackId && one.type === type)
  if (!known) return { error: 'shortcut_not_found' }
  const base = {
    callback_id: callbackId,
    action_ts: actionTs(core),
    trigger_id: core.triggers.make(userId, from?.channel),
  }
  if (!from)
    return outcomeOf(core, userId, await sendPayload(core, { ...interactionBase(core, userId, 'shortcut'), ...base }))
  const message = findMessage(core.workspace, from.channel, from.ts)
  if (!message || message.visibleTo || !canSee(core.workspace, userId, message)) return { error: 'message_not_found' }
  const delivery = await sendPayload(core, {
    ...interactionBase(core, userId, 'message_action'),
    ...base,
    ...{ message_ts: message.ts, message: slackMessage(core, message), channel: channelOf(core, from.channel) },
    response_url: core.responseUrls.make({ userId, channel: from.channel, messageTs: message.ts }, 'actions'),
  })
  return outcomeOf(core, userId, delivery)
}
