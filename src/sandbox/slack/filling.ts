// Filling in fields by what a person reads: a label and an option's text become Slack's ids and values.
import { isRecord } from './block-kit-checks.ts'
import type { Block, OptionObject, StateValue } from './client-api.ts'
import type { Core } from './core.ts'
import { storeFile } from './files.ts'
import { type Container, loadOptions } from './interactions.ts'
import { type Field, fieldsOf, optionsOf, valueKey } from './view-state.ts'

export interface FileContent {
  name: string
  content: string | Buffer
}

/**
 * text, numbers and dates as text; an option's text or value; names or ids of people and channels; lists of these;
 * true or false for a checkbox; a file or several; null to empty the field.
 */
export type FillValue = string | number | boolean | null | string[] | FileContent | FileContent[]

function words(value: unknown): string {
  return isRecord(value) && typeof value.text === 'string' ? value.text : ''
}

function namesOf({ block, element, blockId, actionId }: Field): string[] {
  const names = [words(block.label), words(block.text), words(element.placeholder), words(element.text)]
  return [blockId, actionId, ...names.filter((name) => name !== '')]
}

/** The field that a person means by a label, block_id or action_id; throws with what there is. */
export function fieldNamed(blocks: Block[], name: string): Field {
  const fields = fieldsOf(blocks).filter(({ type }) => valueKey(type) !== undefined)
  const field = fields.find((one) => namesOf(one).includes(name))
  if (field) return field
  const labels = fields.map((one) => words(one.block.label) || one.actionId)
  throw new Error(`There is no field "${name}", only: ${labels.join(', ') || 'none'}`)
}

/** The button or overflow option with this text, action_id or block_id, and, where several have it, this value. */
export function pressable(
  blocks: Block[],
  name: string,
  value?: string,
): { field: Field; action: Partial<StateValue> } {
  const fields = fieldsOf(blocks)
  for (const field of fields) {
    const fits = value === undefined || field.element.value === value
    if (field.type === 'button' && fits && [words(field.element.text), field.actionId, field.blockId].includes(name))
      return { field, action: {} }
    if (field.type !== 'overflow') continue
    const option = optionsOf(field.element).find(
      (one) => (one.text.text === name || one.value === name) && (value === undefined || one.value === value),
    )
    if (option) return { field, action: { selected_option: option } }
  }
  const buttons = fields.filter(({ type }) => type === 'button').map(({ element }) => words(element.text))
  throw new Error(`There is no button "${name}"${value ? ` with the value ${value}` : ''}, only: ${buttons.join(', ')}`)
}

function optionNamed(options: OptionObject[], name: string): OptionObject {
  const option = options.find((one) => one.text.text === name) ?? options.find((one) => one.value === name)
  if (!option) throw new Error(`There is no option "${name}", only: ${options.map((one) => one.text.text).join(', ')}`)
  return option
}

function personNamed(core: Core, name: string): string {
  const bare = name.replace(/^@/, '')
  const user = [...core.workspace.users.values()].find((one) => [one.id, one.name, one.real_name].includes(bare))
  if (!user) throw new Error(`There is no person "${name}"`)
  return user.id
}

function channelNamed(core: Core, name: string): string {
  const bare = name.replace(/^#/, '')
  const channel = [...core.workspace.channels.values()].find((one) => one.id === bare || one.name === bare)
  return channel?.id ?? name
}

function isFile(value: unknown): value is FileContent {
  return isRecord(value) && typeof value.name === 'string'
}

function asTexts(value: FillValue): string[] {
  return (Array.isArray(value) ? value : [value]).flatMap((entry) =>
    isFile(entry) || entry === null ? [] : [String(entry)],
  )
}

/** A person's value in Slack's shape. External selects ask the app for their options first. */
export async function valueFor(
  core: Core,
  who: { userId: string; container: Container },
  field: Field,
  value: FillValue,
): Promise<StateValue> {
  const key = valueKey(field.type)
  const { type, element } = field
  if (key === undefined) throw new Error(`${type} holds no value`)
  if (value === null) return { type, [key]: key.endsWith('s') ? [] : null }
  const texts = asTexts(value)
  const [text = ''] = texts
  switch (key) {
    case 'selected_option':
    case 'selected_options': {
      if (typeof value === 'boolean') return { type, selected_options: value ? optionsOf(element) : [] }
      const find = async (name: string) =>
        optionNamed(type.endsWith('external_select') ? await offered(core, who, field, name) : optionsOf(element), name)
      if (key === 'selected_option') return { type, selected_option: await find(text) }
      return { type, selected_options: await Promise.all(texts.map(find)) }
    }
    case 'selected_user':
      return { type, selected_user: personNamed(core, text) }
    case 'selected_users':
      return { type, selected_users: texts.map((name) => personNamed(core, name)) }
    case 'selected_channel':
    case 'selected_conversation':
      return { type, [key]: channelNamed(core, text) }
    case 'selected_channels':
    case 'selected_conversations':
      return { type, [key]: texts.map((name) => channelNamed(core, name)) }
    case 'selected_date_time':
      return { type, selected_date_time: Number(text) }
    case 'files':
      return {
        type,
        files: (Array.isArray(value) ? value : [value]).flatMap((file) =>
          isFile(file)
            ? [storeFile(core, { name: file.name, user: who.userId, content: Buffer.from(file.content) })]
            : [],
        ),
      }
    default:
      return { type, [key]: text }
  }
}

async function offered(
  core: Core,
  who: { userId: string; container: Container },
  field: Field,
  value: string,
): Promise<OptionObject[]> {
  const where = { container: who.container, block_id: field.blockId, action_id: field.actionId }
  const answer = await loadOptions(core, who.userId, { ...where, value })
  if ('error' in answer) throw new Error(`The options of ${field.actionId} could not be loaded: ${answer.error}`)
  return answer.options ?? answer.option_groups?.flatMap((group) => group.options) ?? []
}
