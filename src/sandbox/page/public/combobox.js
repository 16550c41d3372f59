// @ts-check
// The field behind every select: type to filter, arrow keys and Enter to choose; one choice or several.
import { h, newId } from './dom.js'
import { place } from './menu.js'

/** @typedef {{ key: string, text: string, description?: string | undefined, picture?: Node | undefined }} Choice */
/** @typedef {{ label?: string, choices: Choice[] }} ChoiceGroup */

/**
 * @param {{ name: Record<string, any>, placeholder: string, multiple: boolean, clearable: boolean, max?: number | undefined, chosen: Choice[],
 *   load: (query: string) => Promise<ChoiceGroup[]> | ChoiceGroup[], minQuery?: number, onChange: (chosen: Choice[]) => void }} options
 * `name`: the attributes that name the field for assistive technology, and its `data-focus`.
 * @returns {HTMLElement}
 */
export function createCombobox({ name, placeholder, multiple, clearable, max, chosen, load, minQuery = 0, onChange }) {
  const listId = newId('list')
  let selected = [...chosen]
  /** @type {{ choice: Choice, element: HTMLElement }[]} */
  let shown = []
  let active = -1
  let isOpen = false
  let round = 0

  const list = h('div', {
    class: 'listbox',
    role: 'listbox',
    id: listId,
    popover: 'manual',
    'aria-label': 'Choices',
    'aria-multiselectable': multiple && 'true',
  })
  const input = h('input', {
    type: 'text',
    class: 'combobox-input',
    role: 'combobox',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    'aria-controls': listId,
    'aria-haspopup': 'listbox',
    ...name,
    onclick: () => !isOpen && open(),
    onfocus: () => input.select(),
    oninput: () => open(input.value),
    onkeydown: onKey,
    onblur: () => close(),
  })
  const chips = h('span', { class: 'chips' })
  const clear = h(
    'button',
    {
      type: 'button',
      class: 'combobox-clear',
      'aria-label': 'Clear the choice',
      onclick: () => {
        choose([])
        input.focus()
      },
    },
    '×',
  )
  const field = h('div', { class: 'combobox' }, multiple && chips, input, clearable && !multiple && clear, list)
  show()

  function show() {
    clear.hidden = selected.length === 0
    input.placeholder = multiple && selected.length > 0 ? '' : placeholder
    if (!multiple) {
      input.value = selected[0]?.text ?? ''
      return
    }
    input.value = ''
    chips.replaceChildren(
      ...selected.map((choice) =>
        h(
          'span',
          { class: 'chip' },
          choice.text,
          h(
            'button',
            {
              type: 'button',
              'aria-label': `Remove ${choice.text}`,
              onclick: () => {
                choose(selected.filter((other) => other.key !== choice.key))
                input.focus()
              },
            },
            '×',
          ),
        ),
      ),
    )
  }

  /** @param {Choice[]} next */
  function choose(next) {
    selected = next
    show()
    onChange(selected)
  }

  /** @param {string} [query] */
  async function open(query = '') {
    isOpen = true
    round += 1
    const mine = round
    input.setAttribute('aria-expanded', 'true')
    if (query.length < minQuery) {
      fill([], `Type at least ${minQuery} letter${minQuery > 1 ? 's' : ''} to search`)
      return
    }
    const answer = load(query)
    if (answer instanceof Promise) fill([], 'Loading …')
    try {
      const groups = await answer
      if (mine === round && isOpen) fill(groups, query ? 'Nothing found' : 'Nothing to choose from')
    } catch {
      if (mine === round && isOpen) fill([], 'The choices could not be loaded. Try again.')
    }
  }

  /** @param {ChoiceGroup[]} groups @param {string} emptyText */
  function fill(groups, emptyText) {
    shown = []
    const nodes = groups.flatMap((group) => {
      const elements = group.choices.map((choice) => {
        const isSelected = selected.some((other) => other.key === choice.key)
        const element = h(
          'div',
          { role: 'option', id: newId('option'), class: 'option', 'aria-selected': String(isSelected) },
          choice.picture,
          h('span', { class: 'option-text' }, choice.text, choice.description && h('small', {}, choice.description)),
          isSelected && h('span', { class: 'tick', 'aria-hidden': 'true' }, '✓'),
        )
        // The field keeps the focus; a press on an option must not take it away.
        element.addEventListener('pointerdown', (/** @type {Event} */ event) => event.preventDefault())
        element.addEventListener('click', () => take(choice))
        shown.push({ choice, element })
        return element
      })
      if (group.label === undefined) return elements
      return elements.length === 0
        ? []
        : [
            h(
              'div',
              { role: 'group', 'aria-label': group.label },
              h('div', { class: 'option-group', 'aria-hidden': 'true' }, group.label),
              ...elements,
            ),
          ]
    })
    if (nodes.length === 0)
      nodes.push(
        h(
          'div',
          { role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false', class: 'option empty' },
          emptyText,
        ),
      )
    list.replaceChildren(...nodes)
    if (!list.matches(':popover-open')) {
      if (!list.isConnected) return
      list.showPopover()
    }
    place(list, field, { matchWidth: true })
    const current = shown.findIndex(({ choice }) => !multiple && choice.key === selected[0]?.key)
    mark(current >= 0 ? current : shown.length > 0 ? 0 : -1)
  }

  /** @param {number} index */
  function mark(index) {
    shown[active]?.element.classList.remove('active')
    active = index
    const element = shown[index]?.element
    element?.classList.add('active')
    element?.scrollIntoView({ block: 'nearest' })
    if (element) input.setAttribute('aria-activedescendant', element.id)
    else input.removeAttribute('aria-activedescendant')
  }

  function close() {
    round += 1
    if (!isOpen) return
    isOpen = false
    shown = []
    active = -1
    input.setAttribute('aria-expanded', 'false')
    input.removeAttribute('aria-activedescendant')
    if (list.isConnected && list.matches(':popover-open')) list.hidePopover()
    list.replaceChildren()
    // What was typed to filter was no choice.
    if (!multiple) input.value = selected[0]?.text ?? ''
    else input.value = ''
  }

  /** @param {Choice} choice */
  function take(choice) {
    if (!multiple) {
      close()
      choose([choice])
      return
    }
    const without = selected.filter((other) => other.key !== choice.key)
    if (without.length < selected.length) choose(without)
    else if (max === undefined || selected.length < max) choose([...selected, choice])
    open()
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const { key } = event
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      event.preventDefault()
      if (!isOpen) open()
      else if (shown.length > 0) mark((active + (key === 'ArrowDown' ? 1 : -1) + shown.length) % shown.length)
    } else if (key === 'Enter') {
      // Enter chooses; it never sends the form from here.
      event.preventDefault()
      const marked = shown[active]
      if (isOpen && marked) take(marked.choice)
      else if (!isOpen) open()
    } else if (key === 'Escape' && isOpen) {
      event.preventDefault()
      event.stopPropagation()
      close()
    } else if (key === 'Backspace' && multiple && input.value === '' && selected.length > 0)
      choose(selected.slice(0, -1))
  }

  // The list floats above everything, so it has to follow when what is below it moves.
  const follow = () => isOpen && list.isConnected && place(list, field, { matchWidth: true })
  field.addEventListener('focusin', () => window.addEventListener('scroll', follow, true))
  field.addEventListener('focusout', () => window.removeEventListener('scroll', follow, true))
  return field
}

/**
 * Filters choices by what is typed: every word has to begin somewhere in the text or description.
 * @param {ChoiceGroup[]} groups
 * @param {string} query
 * @returns {ChoiceGroup[]}
 */
export function filterChoices(groups, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = (/** @type {Choice} */ choice) => {
    const text = `${choice.text} ${choice.description ?? ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  }
  return groups.map((group) => ({ ...group, choices: group.choices.filter(fits) }))
}
