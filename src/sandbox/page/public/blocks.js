// @ts-check
// Every block that an app of this kind uses, as elements.
import { chart, table } from './data-blocks.js'
import { h, newId, reconcile } from './dom.js'
import { interactive } from './elements.js'
import { textOf } from './mrkdwn.js'
import { markdown, richText } from './rich-text.js'

/** @typedef {import('./surface.js').Surface} Surface */

/**
 * Shows these blocks in `parent`; blocks that did not change keep their elements.
 * @param {HTMLElement} parent
 * @param {any[]} blocks
 * @param {Surface} surface
 */
export function showBlocks(parent, blocks, surface) {
  reconcile(parent, blocks, {
    key: (block, index) => block.block_id ?? `at-${index}`,
    print: (block) => JSON.stringify(block),
    make: (block) => blockElement(block, surface),
  })
  showErrors(parent, surface)
}

/**
 * Writes the surface's errors beside their fields and takes old ones away.
 * @param {HTMLElement} parent
 * @param {Surface} surface
 * @returns {HTMLElement | undefined} the first field in error
 */
export function showErrors(parent, surface) {
  /** @type {HTMLElement | undefined} */
  let first
  for (const element of parent.querySelectorAll('.block-input')) {
    const text = surface.errors[/** @type {HTMLElement} */ (element).dataset.blockId ?? '']
    const place = /** @type {HTMLElement} */ (element.querySelector('.error'))
    const control = /** @type {HTMLElement | null} */ (element.querySelector('input, textarea'))
    element.classList.toggle('invalid', text !== undefined)
    place.hidden = text === undefined
    if (place.textContent !== (text ?? '')) place.textContent = text ?? ''
    if (text === undefined) control?.removeAttribute('aria-invalid')
    else {
      control?.setAttribute('aria-invalid', 'true')
      first ??= control ?? undefined
    }
  }
  return first
}

/**
 * @param {any} block
 * @param {Surface} surface
 * @returns {HTMLElement}
 */
function blockElement(block, surface) {
  const make = KINDS[block.type]
  const content = make
    ? make(block, surface)
    : [h('p', { class: 'unknown' }, `The sandbox cannot show this block (${block.type}).`)]
  return h('div', { class: `block block-${block.type}`, 'data-block-id': block.block_id }, ...content)
}

/** @type {Record<string, (block: any, surface: Surface) => import('./dom.js').Child[]>} */
const KINDS = {
  section,
  header: (block) => [h('h3', { class: 'block-heading' }, textOf(block.text))],
  context: (block) =>
    block.elements.map((/** @type {any} */ element) =>
      element.type === 'image' ? image(element, 'tiny') : textOf(element),
    ),
  divider: () => [h('hr')],
  actions: (block, surface) =>
    block.elements.map((/** @type {any} */ element) => interactive(element, standing(element, block, surface))),
  image: (block) => [block.title && h('p', { class: 'image-title' }, textOf(block.title)), image(block, 'large')],
  input,
  rich_text: (block) => [richText(block)],
  markdown: (block) => [markdown(block.text)],
  table: (block) => [table(block)],
  data_table: (block) => [table(block)],
  data_visualization: (block) => [chart(block)],
  alert,
  container,
  file: (block) => [h('p', {}, block.external_id ?? 'File')],
}

/** Where an element outside an input block stands. @param {any} element @param {any} block @param {Surface} surface @param {string} [words] */
function standing(element, block, surface, words) {
  const label = element.accessibility_label ?? words ?? element.placeholder?.text ?? element.action_id
  return { surface, blockId: block.block_id, name: { 'aria-label': label } }
}

/** @param {any} block @param {Surface} surface */
function section(block, surface) {
  const { accessory } = block
  const fields =
    block.fields &&
    h(
      'div',
      { class: 'fields' },
      block.fields.map((/** @type {any} */ field) => h('div', {}, textOf(field))),
    )
  const body = h('div', { class: 'section-body' }, block.text && textOf(block.text), fields)
  if (!accessory) return [body]
  if (accessory.type === 'image') return [body, image(accessory, 'accessory')]
  const words = body.textContent.slice(0, 80) || undefined
  return [body, h('div', { class: 'accessory' }, interactive(accessory, standing(accessory, block, surface, words)))]
}

/** @param {any} image @param {string} size */
function image({ image_url, slack_file, alt_text }, size) {
  const url = image_url ?? slack_file?.url
  return url
    ? h('img', { src: url, alt: alt_text, class: `image ${size}`, loading: 'lazy' })
    : h('span', { class: 'unknown' }, alt_text)
}

/** @param {any} block @param {Surface} surface */
function input(block, surface) {
  const { element } = block
  const id = newId('field')
  const isGroup = element.type === 'checkboxes' || element.type === 'radio_buttons'
  const described = [block.hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(' ')
  const required = block.optional ? undefined : 'true'
  const name = isGroup
    ? { 'aria-labelledby': `${id}-label`, 'aria-describedby': described }
    : { id, 'aria-describedby': described, 'aria-required': element.type === 'file_input' ? undefined : required }
  const words = [textOf(block.label), block.optional && h('span', { class: 'optional' }, ' (optional)')]
  return [
    isGroup
      ? h('div', { class: 'label', id: `${id}-label` }, ...words)
      : h('label', { class: 'label', for: id }, ...words),
    interactive(element, { surface, blockId: block.block_id, input: block, name }),
    h('p', { class: 'error', id: `${id}-error`, hidden: true }),
    block.hint && h('p', { class: 'hint', id: `${id}-hint` }, textOf(block.hint)),
  ]
}

/** @param {any} block */
function alert(block) {
  /** @type {Record<string, [string, string]>} */
  const levels = {
    info: ['ℹ', 'Note'],
    warning: ['⚠', 'Warning'],
    error: ['⛔', 'Error'],
    success: ['✓', 'Done'],
    default: ['●', 'Note'],
  }
  const level = levels[block.level] ? block.level : 'default'
  const [sign, word] = levels[level] ?? ['●', 'Note']
  return [
    h(
      'div',
      { class: `alert ${level}`, role: 'note' },
      h('span', { 'aria-hidden': 'true' }, sign),
      h('span', { class: 'visually-hidden' }, `${word}: `),
      h('div', {}, textOf(block.text)),
    ),
  ]
}

/** @param {any} block @param {Surface} surface */
function container(block, surface) {
  const inside = h('div', { class: 'blocks' })
  showBlocks(inside, block.child_blocks ?? [], surface)
  const title = [
    h('strong', {}, block.rich_text_title ? richText(block.rich_text_title) : textOf(block.title)),
    block.subtitle && h('small', {}, textOf(block.subtitle)),
  ]
  if (!block.is_collapsible)
    return [h('div', { class: 'container' }, h('div', { class: 'container-title' }, ...title), inside)]
  return [
    h('details', { class: 'container', open: block.default_collapsed !== true }, h('summary', {}, ...title), inside),
  ]
}
