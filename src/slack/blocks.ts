// Block Kit, built in one place so that its limits are kept in one place. Pure. What people wrote goes into plain text
// or through `escape`: it never becomes a mention or a link.
import type {
  ActionsBlockElement,
  Button,
  ConfirmationDialog,
  ContextBlock,
  HeaderBlock,
  InputBlock,
  KnownBlock,
  MrkdwnElement,
  PlainTextElement,
  PlainTextOption,
  SectionBlock,
} from '@slack/types'

/** Slack's limits in characters: docs.slack.dev/reference/block-kit. */
const LIMIT = {
  email: 500,
  button: 75,
  option: 75,
  optionValue: 150,
  section: 3000,
  header: 150,
  label: 2000,
  hint: 2000,
}
/** A select holds 100 options; past that they are loaded as the person types. */
export const MOST_OPTIONS = 100

/** Cuts a text to what fits, at a whole character, and shows that it was cut. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const kept = text.slice(0, most - 1)
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`
}

/**
 * Makes a text safe inside mrkdwn: Slack's three characters are escaped (so that no mention and no link can be made
 * of them), controls and direction marks are dropped, and a formatting sign that would begin something is held apart by
 * a zero-width space. Addresses stay as they are: inside a word Slack formats nothing.
 */
export function escapeText(text: string): string {
  return withoutInvisible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/(?<=^|[\s\p{P}])([*_~`])(?=\S)/gmu, '$1\u200B')
}

/** Drops control characters and the marks that turn the direction of writing; line breaks stay. */
export function withoutInvisible(text: string): string {
  return text.replaceAll(/[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, (character) =>
    character === '\n' || character === '\t' ? character : '',
  )
}

export function plain(text: string, most = LIMIT.section): PlainTextElement {
  return { type: 'plain_text', text: cut(withoutInvisible(text), most) || ' ', emoji: false }
}

/** mrkdwn that Slack does not look for links in. The caller has escaped what people wrote. */
export function mrkdwn(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text: cut(text, LIMIT.section), verbatim: true }
}

export function section(text: string, accessory?: Button): SectionBlock {
  return { type: 'section', text: mrkdwn(text), ...(accessory ? { accessory } : {}) }
}

/** Facts side by side; at most ten fit. */
export function facts(pairs: [label: string, value: string][]): SectionBlock {
  return {
    type: 'section',
    fields: pairs.slice(0, 10).map(([label, value]) => mrkdwn(cut(`*${label}*\n${escapeText(value)}`, 2000))),
  }
}

export function header(text: string): HeaderBlock {
  return { type: 'header', text: plain(text, LIMIT.header) }
}

export function context(text: string): ContextBlock {
  return { type: 'context', elements: [mrkdwn(text)] }
}

export function actions(elements: ActionsBlockElement[]): KnownBlock[] {
  return elements.length === 0 ? [] : [{ type: 'actions', elements: elements.slice(0, 25) }]
}

export type ButtonOptions = {
  value?: string
  style?: 'primary' | 'danger'
  /** For screen readers, where the text alone would not say what the button acts on. */
  label?: string
  confirm?: ConfirmationDialog
}

export function button(actionId: string, text: string, options: ButtonOptions = {}): Button {
  const { value, style, label, confirm } = options
  return {
    type: 'button',
    action_id: actionId,
    text: plain(text, LIMIT.button),
    ...(value === undefined ? {} : { value }),
    ...(style ? { style } : {}),
    ...(label ? { accessibility_label: cut(label, LIMIT.button) } : {}),
    ...(confirm ? { confirm } : {}),
  }
}

/** A question before something that cannot be undone. */
export function confirmation(question: {
  title: string
  text: string
  confirm: string
  deny: string
}): ConfirmationDialog {
  return {
    title: plain(question.title, 100),
    text: plain(question.text, 300),
    confirm: plain(question.confirm, 30),
    deny: plain(question.deny, 30),
    style: 'danger',
  }
}

export type Choice = { id: string; name: string }

export function option({ id, name }: Choice): PlainTextOption {
  return { text: plain(name, LIMIT.option), value: cut(id, LIMIT.optionValue) }
}

type Field = { id: string; label: string; hint?: string; optional?: boolean; focus?: boolean }

function input(field: Field, element: InputBlock['element']): InputBlock {
  return {
    type: 'input',
    block_id: field.id,
    label: plain(field.label, LIMIT.label),
    optional: field.optional ?? false,
    ...(field.hint ? { hint: plain(field.hint, LIMIT.hint) } : {}),
    element,
  }
}

export function emailField(field: Field & { value: string }): InputBlock {
  return input(field, {
    type: 'email_text_input',
    action_id: field.id,
    ...(field.value ? { initial_value: cut(field.value, LIMIT.email) } : {}),
    ...(field.focus ? { focus_on_load: true } : {}),
    placeholder: plain('ana@example.org'),
  })
}

/** `dispatch`: the app hears of every character, to say what it makes of them. */
export function textField(
  field: Field & { value: string; most: number; lines?: boolean; dispatch?: boolean },
): InputBlock {
  const block = input(field, {
    type: 'plain_text_input',
    action_id: field.id,
    multiline: field.lines ?? false,
    max_length: field.most,
    ...(field.value ? { initial_value: cut(field.value, field.most) } : {}),
    ...(field.focus ? { focus_on_load: true } : {}),
    ...(field.dispatch ? { dispatch_action_config: { trigger_actions_on: ['on_character_entered'] } } : {}),
  })
  return field.dispatch ? { ...block, dispatch_action: true } : block
}

/** One file, of the given endings (a convenience of Slack's: what is in it is looked at). */
export function fileField(field: Field & { types: string[] }): InputBlock {
  return input(
    { ...field, optional: field.optional ?? true },
    {
      type: 'file_input',
      action_id: field.id,
      filetypes: field.types,
      max_files: 1,
    },
  )
}

/** One box to tick. */
export function tickField(field: Field & { text: string; ticked: boolean }): InputBlock {
  const choice = option({ id: 'yes', name: field.text })
  return input(
    { ...field, optional: true },
    {
      type: 'checkboxes',
      action_id: field.id,
      options: [choice],
      ...(field.ticked ? { initial_options: [choice] } : {}),
    },
  )
}

export function numberField(field: Field & { value: string; least: number; most: number }): InputBlock {
  return input(field, {
    type: 'number_input',
    action_id: field.id,
    is_decimal_allowed: false,
    min_value: String(field.least),
    max_value: String(field.most),
    ...(field.value ? { initial_value: field.value } : {}),
  })
}

/** A menu; with more than Slack's hundred options they are loaded as the person types. */
export function choiceField(field: Field & { choices: Choice[]; chosen: Choice | undefined; ask: string }): InputBlock {
  const initial = field.chosen ? { initial_option: option(field.chosen) } : {}
  const placeholder = plain(field.ask, 150)
  if (field.choices.length > MOST_OPTIONS) {
    return input(field, {
      type: 'external_select',
      action_id: field.id,
      min_query_length: 0,
      placeholder,
      ...initial,
    })
  }
  return input(field, {
    type: 'static_select',
    action_id: field.id,
    options: field.choices.map(option),
    placeholder,
    ...initial,
  })
}

export function channelField(field: Field & { value: string | null }): InputBlock {
  return input(field, {
    type: 'conversations_select',
    action_id: field.id,
    filter: { include: ['public', 'private'], exclude_bot_users: true },
    ...(field.value ? { initial_conversation: field.value } : {}),
    placeholder: plain('Choose a channel'),
  })
}

/** A member of the workspace. */
export function memberField(field: Field & { value?: string | null }): InputBlock {
  return input(field, {
    type: 'users_select',
    action_id: field.id,
    ...(field.value ? { initial_user: field.value } : {}),
    placeholder: plain('Choose somebody'),
  })
}

/** A day: "2026-11-20". */
export function dayField(field: Field & { value: string | null }): InputBlock {
  return input(field, {
    type: 'datepicker',
    action_id: field.id,
    ...(field.value ? { initial_date: field.value } : {}),
    placeholder: plain('Choose a day'),
  })
}

/** A moment, shown in each reader's own time zone; screen readers and old clients get the UTC text. */
export function moment(at: Date): string {
  const fallback = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return `<!date^${Math.floor(at.getTime() / 1000)}^{date_short_pretty} at {time}|${fallback}>`
}

/** Several boxes to tick; at most ten fit. */
export function ticksField(field: Field & { choices: Choice[] }): InputBlock {
  return input(
    { ...field, optional: true },
    { type: 'checkboxes', action_id: field.id, options: field.choices.slice(0, 10).map(option) },
  )
}

/** One of a few; nothing is chosen beforehand. */
export function pickField(field: Field & { choices: Choice[] }): InputBlock {
  return input(field, { type: 'radio_buttons', action_id: field.id, options: field.choices.slice(0, 10).map(option) })
}

/** Several out of a list that loads as the person types. */
export function manyChoicesField(field: Field & { ask: string; chosen?: Choice[] }): InputBlock {
  return input(
    { ...field, optional: field.optional ?? true },
    {
      type: 'multi_external_select',
      action_id: field.id,
      min_query_length: 0,
      placeholder: plain(field.ask, 150),
      ...(field.chosen?.length ? { initial_options: field.chosen.map(option) } : {}),
    },
  )
}
