// @ts-check
// Building the page's elements. Content only ever becomes text nodes, never HTML.

/** @typedef {Node | string | number | false | null | undefined | Child[]} Child */

/**
 * Makes an element: `h('button', { class: 'primary', onclick: send, 'aria-label': 'Send' }, 'Send')`.
 * Functions become listeners, true an empty attribute, false/null/undefined nothing.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...Child} children
 * @returns {any}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (name === 'value' && 'value' in element) element.value = value
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  append(element, children)
  return element
}

/**
 * @param {Node} parent
 * @param {Child[]} children
 */
export function append(parent, children) {
  for (const child of children) {
    if (child === false || child === null || child === undefined) continue
    if (Array.isArray(child)) append(parent, child)
    else parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)))
  }
}

let lastId = 0

/** An id that no other element has. */
export function newId(prefix = 'x') {
  lastId += 1
  return `${prefix}-${lastId}`
}

/**
 * Makes `parent` show exactly these entries, in order, keeping the elements of entries whose key and fingerprint have
 * not changed (so that focus, caret and what was typed stay).
 * @template Entry
 * @param {HTMLElement} parent
 * @param {Entry[]} entries
 * @param {{ key: (entry: Entry, index: number) => string, print: (entry: Entry, index: number) => string, make: (entry: Entry, index: number) => HTMLElement }} how
 */
export function reconcile(parent, entries, { key, print, make }) {
  const old = new Map()
  const wanted = new Set(entries.map(key))
  for (const child of /** @type {HTMLElement[]} */ ([...parent.children])) {
    // What goes, goes first: an element that has to be moved would lose the focus.
    if (wanted.has(child.dataset.key ?? '')) old.set(child.dataset.key, child)
    else child.remove()
  }
  /** @type {Element | null} */
  let cursor = parent.firstElementChild
  entries.forEach((entry, index) => {
    const entryKey = key(entry, index)
    const fingerprint = print(entry, index)
    let element = old.get(entryKey)
    old.delete(entryKey)
    if (element === undefined || prints.get(element) !== fingerprint) {
      const fresh = make(entry, index)
      fresh.dataset.key = entryKey
      prints.set(fresh, fingerprint)
      if (element !== undefined) {
        if (cursor === element) cursor = fresh
        const restore = rememberFocus(element)
        element.replaceWith(fresh)
        restore(fresh)
      }
      element = fresh
    }
    if (cursor === element) cursor = element.nextElementSibling
    else parent.insertBefore(element, cursor)
  })
}

/** What each kept element was made from. @type {WeakMap<HTMLElement, string>} */
const prints = new WeakMap()

/**
 * Remembers which control inside `element` has the focus and where its caret is; the returned function gives both to the
 * control with the same `data-focus` in the element that takes its place.
 * @param {HTMLElement} element
 * @returns {(replacement: HTMLElement) => void}
 */
export function rememberFocus(element) {
  const active = document.activeElement
  if (!(active instanceof HTMLElement) || !element.contains(active)) return () => {}
  const name = active.dataset.focus
  const field = active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement ? active : undefined
  const caret = field?.selectionStart ?? null
  return (replacement) => {
    if (name === undefined) return
    const target = /** @type {HTMLElement | null} */ (replacement.querySelector(`[data-focus="${CSS.escape(name)}"]`))
    target?.focus({ preventScroll: true })
    if (caret === null) return
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)
      target.setSelectionRange(caret, caret)
  }
}
