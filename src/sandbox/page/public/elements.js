// @ts-check
// Every interactive element of Block Kit as a control.
import { choices, dateInput, fileInput } from './choices.js'
import { h } from './dom.js'
import { ask, openMenu } from './menu.js'
import { textOf } from './mrkdwn.js'
import { isSelect, selectElement } from './selects.js'

/** @typedef {import('./surface.js').Surface} Surface */
/**
 * Where an element stands. `input`: the input block around it (its changes are told quietly), undefined elsewhere
 * (its changes are actions). `name`: the attributes that name it.
 * @typedef {{ surface: Surface, blockId: string, input?: any, name: Record<string, any> }} Spot
 */

/**
 * @param {any} element
 * @param {Spot} spot
 * @returns {HTMLElement}
 */
export function interactive(element, spot) {
  const { surface, blockId, input } = spot
  const value = surface.value(blockId, element.action_id) ?? initialValue(element)
  const name = { ...spot.name, 'data-focus': `${blockId}/${element.action_id}` }

  /** A choice was made. @param {any} next @param {() => void} [revert] */
  const onValue = async (next, revert) => {
    if (element.confirm && !(await ask(element.confirm))) {
      revert?.()
      return
    }
    surface.set(blockId, element.action_id, next, { soon: true })
    const told = !input || (input.dispatch_action && 'message' in surface.container)
    if (told) surface.act(blockId, element.action_id, next)
  }
  const context = { element, spot, name, value, onValue }

  if (isSelect(element.type)) {
    const make = () => {
      const field = selectElement(element, {
        name,
        value: surface.value(blockId, element.action_id) ?? initialValue(element),
        optional: input?.optional === true,
        blockId,
        surface,
        onValue: (next) => onValue(next, () => field.replaceWith(make())),
      })
      return field
    }
    return make()
  }
  return (KINDS[element.type] ?? unknown)(context)
}

/** @typedef {{ element: any, spot: Spot, name: Record<string, any>, value: any, onValue: (next: any, revert?: () => void) => void }} Context */

/** @type {Record<string, (context: Context) => HTMLElement>} */
const KINDS = {
  button,
  overflow,
  workflow_button: button,
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
  rich_text_input: textInput,
  checkboxes: choices,
  radio_buttons: choices,
  datepicker: (context) => dateInput(context, 'date', 'selected_date'),
  timepicker: (context) => dateInput(context, 'time', 'selected_time'),
  datetimepicker: (context) => dateInput(context, 'datetime-local', 'selected_date_time'),
  file_input: fileInput,
}

/** @param {Context} context */
function unknown({ element }) {
  return h('span', { class: 'unknown' }, `The sandbox cannot show this element (${element.type}).`)
}

/** The value that an untouched element has. @param {any} element */
function initialValue(element) {
  /** @type {any} */
  const value = { type: element.type }
  for (const [field, initial] of Object.entries(element)) {
    if (field.startsWith('initial_') && field !== 'initial_value')
      value[field.replace('initial_', 'selected_')] = initial
  }
  if (element.initial_value !== undefined) value.value = element.initial_value
  return value
}

/** @param {Context} context */
function button({ element, spot, name }) {
  const press = async () => {
    if (element.confirm && !(await ask(element.confirm))) return
    if (element.url) window.open(element.url, '_blank', 'noopener,noreferrer')
    control.setAttribute('aria-busy', 'true')
    await spot.surface.act(spot.blockId, element.action_id, { type: element.type, value: element.value ?? null })
    control.removeAttribute('aria-busy')
  }
  const control = h(
    'button',
    {
      type: 'button',
      class: `button ${element.style ?? ''}`,
      'aria-label': element.accessibility_label,
      'data-focus': name['data-focus'],
      onclick: press,
    },
    textOf(element.text),
  )
  return control
}

/** @param {Context} context */
function overflow({ element, spot, name }) {
  const choose = async (/** @type {any} */ option) => {
    if (element.confirm && !(await ask(element.confirm))) return
    if (option.url) window.open(option.url, '_blank', 'noopener,noreferrer')
    spot.surface.act(spot.blockId, element.action_id, { type: 'overflow', selected_option: option })
  }
  const control = h(
    'button',
    {
      type: 'button',
      class: 'button overflow',
      'aria-label': 'More options',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'data-focus': name['data-focus'],
    },
    '⋯',
  )
  control.addEventListener('click', () => {
    const entries = element.options.map((/** @type {any} */ option) => ({
      text: option.text.text,
      description: option.description?.text,
      choose: () => choose(option),
    }))
    openMenu(control, entries, 'More options')
  })
  return control
}

/** @param {Context} context */
function textInput({ element, spot, name, value }) {
  const { surface, blockId, input } = spot
  const isRich = element.type === 'rich_text_input'
  const multiline = element.multiline === true || isRich
  /** @type {Record<string, string>} */
  const modes = {
    email_text_input: 'email',
    url_text_input: 'url',
    number_input: element.is_decimal_allowed ? 'decimal' : 'numeric',
  }
  const control = h(multiline ? 'textarea' : 'input', {
    ...name,
    ...(multiline ? { rows: 4 } : { type: 'text' }),
    class: 'text-input',
    inputmode: modes[element.type],
    autocomplete: 'off',
    placeholder: element.placeholder?.text,
    value: isRich ? plainOf(value.rich_text_value ?? value.rich_text) : (value.value ?? ''),
  })
  const read = () =>
    isRich
      ? { type: element.type, rich_text_value: control.value === '' ? null : richOf(control.value) }
      : { type: element.type, value: control.value === '' ? null : control.value }
  control.addEventListener('input', () => surface.set(blockId, element.action_id, read()))
  control.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== 'Enter' || event.isComposing || (multiline && !event.ctrlKey && !event.metaKey)) return
    const when = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed']
    const listens = (input?.dispatch_action || !input) && when.includes('on_enter_pressed')
    if (listens) {
      event.preventDefault()
      surface.act(blockId, element.action_id, read())
    } else if (multiline) control.form?.requestSubmit()
  })
  return control
}

/** @param {string} text */
function richOf(text) {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] }
}

/** @param {any} block @returns {string} */
function plainOf(block) {
  if (!block) return ''
  return (block.elements ?? []).map((/** @type {any} */ entry) => entry.text ?? plainOf(entry)).join('')
}
