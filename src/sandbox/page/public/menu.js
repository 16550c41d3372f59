// @ts-check
// Things that float: menus below a button, list boxes below a field, questions before a dangerous press.
import { h, newId } from './dom.js'
import { textOf } from './mrkdwn.js'

/**
 * Puts a popover below (or above) its anchor, inside the window.
 * @param {HTMLElement} popover
 * @param {HTMLElement} anchor
 * @param {{ matchWidth?: boolean }} [options]
 */
export function place(popover, anchor, { matchWidth = false } = {}) {
  const rect = anchor.getBoundingClientRect()
  const { style } = popover
  if (matchWidth) style.width = `${rect.width}px`
  style.maxHeight = ''
  const below = window.innerHeight - rect.bottom - 12
  const above = rect.top - 12
  const height = popover.offsetHeight
  const upward = height > below && above > below
  style.maxHeight = `${Math.max(upward ? above : below, 96)}px`
  style.top = upward ? `${Math.max(rect.top - Math.min(height, above) - 4, 8)}px` : `${rect.bottom + 4}px`
  style.left = `${Math.max(8, Math.min(rect.left, window.innerWidth - popover.offsetWidth - 8))}px`
}

/**
 * Opens a menu at a button. Arrow keys, Home, End, Enter, Escape; a click elsewhere closes it.
 * @param {HTMLElement} button
 * @param {{ text: string, description?: string | undefined, choose: () => void }[]} entries
 * @param {string} label
 */
export function openMenu(button, entries, label) {
  const items = entries.map((entry) =>
    h(
      'button',
      { type: 'button', role: 'menuitem', tabindex: -1, class: 'menu-item', onclick: () => finish(entry.choose) },
      h('span', {}, entry.text),
      entry.description && h('small', {}, entry.description),
    ),
  )
  const menu = h(
    'div',
    { class: 'menu', role: 'menu', 'aria-label': label, popover: 'auto', id: newId('menu') },
    ...items,
  )
  // Inside an open dialog everything outside of it cannot be clicked, so the menu goes where its button is.
  ;(button.closest('dialog') ?? document.body).append(menu)
  button.setAttribute('aria-expanded', 'true')

  /** @param {() => void} [then] */
  function finish(then) {
    menu.hidePopover()
    then?.()
  }
  menu.addEventListener('toggle', (/** @type {any} */ event) => {
    if (event.newState !== 'closed') return
    const focused = menu.contains(document.activeElement) || document.activeElement === document.body
    menu.remove()
    button.setAttribute('aria-expanded', 'false')
    if (focused) button.focus()
  })
  menu.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    const at = items.indexOf(document.activeElement)
    const last = items.length - 1
    /** @type {Record<string, number>} */
    const moves = { ArrowDown: at < last ? at + 1 : 0, ArrowUp: at > 0 ? at - 1 : last, Home: 0, End: last }
    const next = moves[event.key]
    if (next !== undefined) items[next]?.focus()
    else if (event.key === 'Tab') menu.hidePopover()
    else if (event.key === 'Escape') {
      menu.hidePopover()
      event.stopPropagation()
    } else return
    if (event.key !== 'Tab') event.preventDefault()
  })
  menu.showPopover()
  place(menu, button)
  items[0]?.focus()
}

/**
 * Asks a Block Kit confirm question.
 * @param {any} confirm the confirm object
 * @returns {Promise<boolean>}
 */
export function ask(confirm) {
  return new Promise((resolve) => {
    const title = newId('confirm')
    const danger = confirm.style === 'danger'
    const dialog = h(
      'dialog',
      { class: 'confirm', 'aria-labelledby': title, oncancel: (/** @type {Event} */ event) => event.stopPropagation() },
      h('h2', { id: title }, textOf(confirm.title)),
      h('div', { class: 'confirm-text' }, textOf(confirm.text)),
      h(
        'div',
        { class: 'dialog-buttons' },
        h('button', { type: 'button', class: 'button', onclick: () => dialog.close('') }, textOf(confirm.deny)),
        h(
          'button',
          {
            type: 'button',
            class: `button ${danger ? 'danger solid' : 'primary'}`,
            onclick: () => dialog.close('yes'),
          },
          textOf(confirm.confirm),
        ),
      ),
    )
    dialog.addEventListener('close', () => {
      resolve(dialog.returnValue === 'yes')
      dialog.remove()
    })
    document.body.append(dialog)
    dialog.showModal()
  })
}
