// Pure functions over the fields of a view or message: their ids, their values before anybody touched them, what is
// kept over an update, and the checks that Slack's client makes before it submits.
import { isRecord } from './block-kit-checks.ts'
import type { Block, OptionObject, StateValue, StateValues } from './client-api.ts'

export interface Field {
  blockId: string
  actionId: string
  block: Block
  element: Record<string, unknown>
  type: string
  /** inside an input block, as opposed to a section or actions block */
  isInput: boolean
}

let counter = 0

/** Fills in missing block and action ids, as Slack does with short random ones. */
export function withIds(blocks: Record<string, unknown>[]): Block[] {
  const id = () => (++counter).toString(36).padStart(5, '0')
  const named = (element: unknown) =>
    isRecord(element) && element.type !== 'image' && element.action_id === undefined && 'type' in element
      ? { ...element, action_id: id() }
      : element
  return blocks.map((block) => {
    const filled: Block = { ...block, type: String(block.type), block_id: String(block.block_id || id()) }
    if (block.element !== undefined) filled.element = named(block.element)
    if (block.accessory !== undefined) filled.accessory = named(block.accessory)
    if (block.type === 'actions' && Array.isArray(block.elements)) filled.elements = block.elements.map(named)
    return filled
  })
}

/** Every interactive element of the blocks, buttons included, in order. */
export function fieldsOf(blocks: Block[]): Field[] {
  return blocks.flatMap((block) => {
    const inActions = block.type === 'actions' && Array.isArray(block.elements) ? block.elements : []
    return [block.element, block.accessory, ...inActions].flatMap((element): Field[] => {
      if (!isRecord(element) || typeof element.action_id !== 'string' || typeof element.type !== 'string') return []
      const place = { block, element, isInput: block.type === 'input' }
      return [{ blockId: String(block.block_id), actionId: element.action_id, type: element.type, ...place }]
    })
  })
}

/** The field with these ids. */
export function findField(blocks: Block[], blockId: string, actionId: string): Field | undefined {
  return fieldsOf(blocks).find((field) => field.blockId === blockId && field.actionId === actionId)
}

/** Which member of StateValue holds the value of an element type; undefined for elements without a lasting value. */
export function valueKey(type: string): keyof StateValue | undefined {
  const keys: Record<string, keyof StateValue> = {
    plain_text_input: 'value',
    email_text_input: 'value',
    url_text_input: 'value',
    number_input: 'value',
    static_select: 'selected_option',
    external_select: 'selected_option',
    radio_buttons: 'selected_option',
    checkboxes: 'selected_options',
    multi_static_select: 'selected_options',
    multi_external_select: 'selected_options',
    users_select: 'selected_user',
    multi_users_select: 'selected_users',
    channels_select: 'selected_channel',
    multi_channels_select: 'selected_channels',
    conversations_select: 'selected_conversation',
    multi_conversations_select: 'selected_conversations',
    datepicker: 'selected_date',
    timepicker: 'selected_time',
    datetimepicker: 'selected_date_time',
    file_input: 'files',
    rich_text_input: 'rich_text_value',
  }
  return keys[type]
}

// selected_option -> initial_option, value -> initial_value, …
function initialKey(key: string): string {
  return key === 'value' || key === 'rich_text_value' ? 'initial_value' : key.replace('selected_', 'initial_')
}

function emptyValue(key: keyof StateValue): unknown {
  return key.endsWith('s') ? [] : null
}

function startingValue(field: Field, key: keyof StateValue, currentConversation: string | undefined): StateValue {
  const initial = field.element[initialKey(key)]
  const fromHere = field.element.default_to_current_conversation === true ? currentConversation : undefined
  const here = fromHere !== undefined && key === 'selected_conversations' ? [fromHere] : fromHere
  const value: StateValue = { type: field.type, [key]: here ?? initial ?? emptyValue(key) }
  return typeof field.element.timezone === 'string' ? { ...value, timezone: field.element.timezone } : value
}

/** The options of a select, checkboxes, radio buttons or overflow menu, groups flattened. */
export function optionsOf(element: Record<string, unknown>): OptionObject[] {
  const groups = Array.isArray(element.option_groups) ? element.option_groups.filter(isRecord) : []
  const options = [element.options, ...groups.map((group) => group.options)].flat().filter(isRecord)
  return options.flatMap((option) => {
    const { text, value } = option
    if (!isRecord(text) || typeof text.text !== 'string') return []
    const type = text.type === 'mrkdwn' ? 'mrkdwn' : 'plain_text'
    return [
      { ...option, text: { ...text, type, text: text.text }, value: typeof value === 'string' ? value : undefined },
    ]
  })
}

function stillOffered(field: Field, value: StateValue): boolean {
  if (field.type.endsWith('external_select') || valueKey(field.type)?.startsWith('selected_option') !== true)
    return true
  const offered = new Set(optionsOf(field.element).map((option) => option.value))
  return [value.selected_option ?? [], value.selected_options ?? []].flat().every((option) => offered.has(option.value))
}

/**
 * The state of freshly shown blocks.
 * @param before values to keep where block_id, action_id and element type are the same as before
 * @param currentConversation the id of the conversation it was opened from
 */
export function stateOf(blocks: Block[], before: StateValues = {}, currentConversation?: string): StateValues {
  const values: StateValues = {}
  for (const field of fieldsOf(blocks)) {
    const key = valueKey(field.type)
    if (key === undefined) continue
    const kept = before[field.blockId]?.[field.actionId]
    const keep = kept?.type === field.type && stillOffered(field, kept)
    values[field.blockId] = {
      ...values[field.blockId],
      [field.actionId]: keep ? kept : startingValue(field, key, currentConversation),
    }
  }
  return values
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

/** A value as it is kept: only what belongs to its element, empty text as null. */
export function cleanValue(field: Field, given: Partial<StateValue>): StateValue | undefined {
  const key = valueKey(field.type)
  if (key === undefined) return undefined
  const value = given[key]
  const kept: StateValue = { type: field.type, [key]: isEmpty(value) ? emptyValue(key) : value }
  return typeof field.element.timezone === 'string' ? { ...kept, timezone: field.element.timezone } : kept
}

function inputProblem(field: Field, value: StateValue): string | undefined {
  const { element, type, block } = field
  const key = valueKey(type)
  const content = key === undefined ? undefined : value[key]
  if (isEmpty(content)) return block.optional === true ? undefined : 'Please complete this required field.'
  const least = typeof element.min_length === 'number' ? element.min_length : 0
  const most = typeof element.max_length === 'number' ? element.max_length : 3000
  if (typeof content === 'string' && key === 'value') {
    const typed = content.trim()
    if (type === 'email_text_input' && !/^[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@.,;<>]{2,}$/.test(typed))
      return 'Please enter a valid email address.'
    if (type === 'url_text_input' && !URL.canParse(typed)) return 'Please enter a valid URL.'
    if (type === 'number_input') return numberProblem(element, typed)
    if (content.length < least) return `Please enter at least ${least} characters.`
    if (content.length > most) return `Please enter no more than ${most} characters.`
  }
  if (Array.isArray(content)) {
    const limit = type === 'file_input' ? (element.max_files ?? 10) : element.max_selected_items
    if (typeof limit === 'number' && content.length > limit) return `Please choose no more than ${limit}.`
  }
  return undefined
}

function numberProblem(element: Record<string, unknown>, typed: string): string | undefined {
  const number = Number(typed)
  if (!Number.isFinite(number)) return 'Please enter a number.'
  if (element.is_decimal_allowed !== true && !Number.isInteger(number)) return 'Please enter a whole number.'
  if (typeof element.min_value === 'string' && number < Number(element.min_value))
    return `Please enter ${element.min_value} or more.`
  if (typeof element.max_value === 'string' && number > Number(element.max_value))
    return `Please enter ${element.max_value} or less.`
  return undefined
}

/** What Slack's client finds before it submits: block_id to words; empty when the view may be sent. */
export function findInputProblems(blocks: Block[], values: StateValues): Record<string, string> {
  const problems: Record<string, string> = {}
  for (const field of fieldsOf(blocks)) {
    const value = values[field.blockId]?.[field.actionId]
    const problem = field.isInput && value ? inputProblem(field, value) : undefined
    if (problem !== undefined) problems[field.blockId] = problem
  }
  return problems
}
