// Slack's limits for Block Kit elements and the objects inside them, one entry an element.
import {
  all,
  anything,
  atLeastOne,
  boolean,
  byType,
  type Check,
  exactlyOne,
  integer,
  isRecord,
  list,
  object,
  oneOf,
  onlyOn,
  pattern,
  rule,
  type Shape,
  string,
} from './block-kit-checks.ts'

/** A text object that must be plain_text. */
export function plainText(max: number): Check {
  return object({ type: oneOf('plain_text'), text: string(max) }, { emoji: boolean })
}

/** A text object, plain_text or mrkdwn. */
export function text(max: number): Check {
  return byType({
    plain_text: plainText(max),
    mrkdwn: object({ type: anything, text: string(max) }, { verbatim: boolean }),
  })
}

const url = all(string(3000), pattern(/^[a-z][a-z0-9+.-]*:/i, 'an absolute URL'))
const webUrl = all(string(3000), pattern(/^https?:\/\//i, 'an http or https URL'))
const date = pattern(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'a date as YYYY-MM-DD')
const time = pattern(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time as HH:mm')
const slackId = string(50)

const confirm = object(
  { title: plainText(100), text: text(300), confirm: plainText(30), deny: plainText(30) },
  { style: oneOf('primary', 'danger') },
)

function option(label: Check): Check {
  return object({ text: label, value: string(150) }, { description: text(75) })
}
const plainOption = option(plainText(75))
const richOption = option(text(75))
const overflowOption = object({ text: plainText(75), value: string(150) }, { description: plainText(75), url })

const optionGroup = object({ label: plainText(75), options: list(plainOption, { min: 1, max: 100 }) })

/** An answer to an options request, and the choices of a select: options or option_groups, at most 100. */
export const choices: Shape = {
  options: list(plainOption, { min: 0, max: 100 }),
  option_groups: list(optionGroup, { min: 1, max: 100 }),
}

function allOptions(value: Record<string, unknown>): unknown[] {
  const groups = Array.isArray(value.option_groups) ? value.option_groups : []
  return [value.options, ...groups.map((group) => (isRecord(group) ? group.options : []))].flat()
}

const initialIsOffered = rule((value) => {
  const initial = [value.initial_option ?? [], value.initial_options ?? []].flat()
  const offered = allOptions(value).map((entry) => (isRecord(entry) ? entry.value : undefined))
  return initial.every((entry) => !isRecord(entry) || offered.includes(entry.value))
}, 'initial_option(s) must be among the options')

const valuesDiffer = rule((value) => {
  const values = allOptions(value).map((entry) => (isRecord(entry) ? entry.value : undefined))
  return new Set(values).size === values.length
}, 'option values must be unique')

const action: Shape = { action_id: string(255) }
const confirmable: Shape = { confirm }
const focusable: Shape = { focus_on_load: boolean }
const placeholder: Shape = { placeholder: plainText(150) }
const dispatching: Shape = {
  dispatch_action_config: object(
    {},
    { trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), { min: 1, max: 2 }) },
  ),
}
const type: Shape = { type: anything }
const pick: Shape = { ...action, ...confirmable, ...focusable, ...placeholder }
const several: Shape = { max_selected_items: integer(1, 100) }
const responding: Shape = { response_url_enabled: boolean }
const conversations: Shape = {
  default_to_current_conversation: boolean,
  filter: object(
    {},
    {
      include: list(oneOf('im', 'mpim', 'private', 'public'), { min: 1, max: 4 }),
      exclude_external_shared_channels: boolean,
      exclude_bot_users: boolean,
    },
    atLeastOne('include', 'exclude_external_shared_channels', 'exclude_bot_users'),
  ),
}
const staticChoice = all(
  exactlyOne('options', 'option_groups'),
  rule((value) => !Array.isArray(value.options) || value.options.length > 0, 'options must not be empty'),
  initialIsOffered,
  valuesDiffer,
)
const external: Shape = { min_query_length: integer(0, 1000) }
const slackFile = object({}, { id: slackId, url: webUrl }, exactlyOne('id', 'url'))

/** An image inside a section or a context block; `alt_text` is required. */
export const imageFields: { required: Shape; optional: Shape; extra: Check } = {
  required: { ...type, alt_text: string(2000) },
  optional: { image_url: webUrl, slack_file: slackFile },
  extra: exactlyOne('image_url', 'slack_file'),
}

const input = { ...action, ...focusable, ...placeholder, ...dispatching }
const numeric = pattern(/^-?\d+(\.\d+)?$/, 'a number written as a string')

/** Every element that this Slack knows, by its `type`. */
export const elementChecks: Record<string, Check> = {
  button: object(
    { ...type, text: plainText(75) },
    {
      ...action,
      ...confirmable,
      value: string(2000, 0),
      url,
      style: oneOf('primary', 'danger'),
      accessibility_label: string(75),
    },
  ),
  image: object(imageFields.required, imageFields.optional, imageFields.extra),
  checkboxes: object(
    { ...type, options: list(richOption, { min: 1, max: 10 }) },
    { ...action, ...confirmable, ...focusable, initial_options: list(richOption, { min: 1, max: 10 }) },
    all(initialIsOffered, valuesDiffer),
  ),
  radio_buttons: object(
    { ...type, options: list(richOption, { min: 1, max: 10 }) },
    { ...action, ...confirmable, ...focusable, initial_option: richOption },
    all(initialIsOffered, valuesDiffer),
  ),
  overflow: object(
    { ...type, options: list(overflowOption, { min: 1, max: 5 }) },
    { ...action, ...confirmable },
    valuesDiffer,
  ),
  datepicker: object(type, { ...pick, initial_date: date }),
  timepicker: object(type, { ...pick, initial_time: time, timezone: string(100) }),
  datetimepicker: onlyOn(
    ['message', 'modal'],
    object(type, { ...action, ...confirmable, ...focusable, initial_date_time: integer(1_000_000_000, 9_999_999_999) }),
  ),
  static_select: object(type, { ...pick, ...choices, initial_option: plainOption }, staticChoice),
  multi_static_select: object(
    type,
    { ...pick, ...several, ...choices, initial_options: list(plainOption, { min: 1, max: 100 }) },
    staticChoice,
  ),
  external_select: object(type, { ...pick, ...external, initial_option: plainOption }),
  multi_external_select: object(type, {
    ...pick,
    ...several,
    ...external,
    initial_options: list(plainOption, { min: 1, max: 100 }),
  }),
  users_select: object(type, { ...pick, initial_user: slackId }),
  multi_users_select: object(type, { ...pick, ...several, initial_users: list(slackId, { min: 1, max: 100 }) }),
  channels_select: object(type, { ...pick, ...responding, initial_channel: slackId }),
  multi_channels_select: object(type, { ...pick, ...several, initial_channels: list(slackId, { min: 1, max: 100 }) }),
  conversations_select: object(type, { ...pick, ...responding, ...conversations, initial_conversation: slackId }),
  multi_conversations_select: object(type, {
    ...pick,
    ...several,
    ...conversations,
    initial_conversations: list(slackId, { min: 1, max: 100 }),
  }),
  plain_text_input: object(
    type,
    {
      ...input,
      initial_value: string(3000, 0),
      multiline: boolean,
      min_length: integer(0, 3000),
      max_length: integer(1, 3000),
    },
    rule(
      ({ min_length, max_length }) =>
        typeof min_length !== 'number' || typeof max_length !== 'number' || min_length <= max_length,
      'min_length must not be greater than max_length',
    ),
  ),
  email_text_input: onlyOn(['modal'], object(type, { ...input, initial_value: string(3000, 0) })),
  url_text_input: onlyOn(['modal'], object(type, { ...input, initial_value: string(3000, 0) })),
  number_input: onlyOn(
    ['modal'],
    object(
      { ...type, is_decimal_allowed: boolean },
      { ...input, initial_value: numeric, min_value: numeric, max_value: numeric },
    ),
  ),
  file_input: onlyOn(
    ['modal'],
    object(type, { ...action, filetypes: list(string(30), { min: 1, max: 100 }), max_files: integer(1, 10) }),
  ),
  rich_text_input: onlyOn(['modal', 'home'], object(type, { ...input, initial_value: anything })),
  workflow_button: onlyOn(
    ['message'],
    object(
      { ...type, text: plainText(75), workflow: anything },
      { ...action, style: oneOf('primary', 'danger'), accessibility_label: string(75) },
    ),
  ),
}

/** A place that takes some of the elements. */
export function element(...types: string[]): Check {
  return byType(Object.fromEntries(types.map((name) => [name, elementChecks[name] ?? anything])))
}

export const singleSelects = [
  'static_select',
  'external_select',
  'users_select',
  'channels_select',
  'conversations_select',
]
export const multiSelects = singleSelects.map((name) => `multi_${name}`)
