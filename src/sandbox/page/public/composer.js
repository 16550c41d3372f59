// @ts-check
// Where one writes: messages and slash commands, with completion of commands and names.
import { post } from './api.js'
import { avatar } from './avatar.js'
import { h, newId } from './dom.js'
import { openMenu, place } from './menu.js'
import { on, people, store, tell } from './store.js'

/** @typedef {import('../../slack/client-api.ts').ClientConversation} ClientConversation */
/** @typedef {{ insert: string, title: string, detail?: string, picture?: Node }} Completion */

/**
 * @returns {{ element: HTMLElement, show: (conversation: ClientConversation | undefined) => void }}
 */
export function createComposer() {
  /** What was begun in other places. @type {Map<string, string>} */
  const drafts = new Map()
  /** @type {ClientConversation | undefined} */
  let here
  /** @type {Completion[]} */
  let completions = []
  let active = 0
  /** From where the text would be replaced. */
  let from = 0

  const listId = newId('completions')
  const list = h('div', {
    class: 'listbox completions',
    role: 'listbox',
    id: listId,
    'aria-label': 'Suggestions',
    popover: 'manual',
  })
  const field = h('textarea', {
    rows: 1,
    class: 'composer-input',
    'aria-autocomplete': 'list',
    'aria-controls': listId,
    'aria-haspopup': 'listbox',
    'data-focus': 'composer',
    oninput: () => {
      grow()
      suggest()
    },
    onkeydown: onKey,
    onblur: () => hide(),
    onclick: () => suggest(),
  })
  const hint = h('p', { class: 'composer-hint' })
  const send = h('button', { type: 'submit', class: 'button primary send', 'aria-label': 'Send' }, '➤')
  const shortcuts = h(
    'button',
    { type: 'button', class: 'button subtle', 'aria-haspopup': 'menu', 'aria-expanded': 'false' },
    '⚡ Shortcuts',
  )
  shortcuts.addEventListener('click', () => {
    const entries = store.boot.shortcuts
      .filter((shortcut) => shortcut.type === 'global')
      .map((shortcut) => ({
        text: shortcut.name,
        description: shortcut.description,
        choose: () => post('shortcut', { as: store.as, callback_id: shortcut.callback_id }).catch(complain),
      }))
    openMenu(shortcuts, entries, 'Shortcuts')
  })
  const form = h(
    'form',
    {
      class: 'composer',
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault()
        submit()
      },
    },
    field,
    h('div', { class: 'composer-bar' }, shortcuts, hint, send),
    list,
  )
  const closed = h('p', { class: 'composer-closed' }, 'Nobody can write here.')
  const element = h('div', { class: 'composer-area' }, form, closed)

  /** @param {Error} error */
  function complain(error) {
    tell('toast', error.message)
  }

  function grow() {
    field.style.height = 'auto'
    field.style.height = `${Math.min(field.scrollHeight + 2, 200)}px`
    const command = store.boot.commands.find((entry) => field.value.split(/\s/)[0] === entry.command)
    hint.textContent = command ? `${command.command} ${command.usage_hint}` : ''
    if (here) drafts.set(here.id, field.value)
  }

  /** Looks at the word before the caret. */
  function suggest() {
    const before = field.value.slice(0, field.selectionStart)
    const command = /^\/\S*$/.exec(before)
    const name = /(?:^|\s)@([\p{L}\d .-]*)$/u.exec(before)
    if (command) {
      from = 0
      completions = store.boot.commands
        .filter((entry) => entry.command.startsWith(before.toLowerCase()))
        .map((entry) => ({
          insert: `${entry.command} `,
          title: `${entry.command} ${entry.usage_hint}`,
          detail: entry.description,
        }))
    } else if (name) {
      const typed = (name[1] ?? '').toLowerCase()
      from = before.length - (name[1] ?? '').length - 1
      completions = people()
        .filter((user) => user.real_name.toLowerCase().startsWith(typed) || user.name.startsWith(typed))
        .slice(0, 8)
        .map((user) => ({
          insert: `@${user.real_name} `,
          title: user.real_name,
          detail: user.title ?? '',
          picture: avatar(user.id, 'small'),
        }))
    } else completions = []
    if (completions.length === 0) {
      hide()
      return
    }
    active = 0
    list.replaceChildren(
      ...completions.map((completion, index) => {
        const option = h(
          'div',
          { role: 'option', id: `${listId}-${index}`, class: 'option', 'aria-selected': 'false' },
          completion.picture,
          h('span', { class: 'option-text' }, completion.title, h('small', {}, completion.detail)),
        )
        option.addEventListener('pointerdown', (/** @type {Event} */ event) => event.preventDefault())
        option.addEventListener('click', () => complete(index))
        return option
      }),
    )
    if (!list.matches(':popover-open')) list.showPopover()
    place(list, form, { matchWidth: true })
    mark(0)
  }

  /** @param {number} index */
  function mark(index) {
    active = index
    for (const [at, option] of [...list.children].entries()) {
      option.classList.toggle('active', at === index)
      option.setAttribute('aria-selected', String(at === index))
    }
    list.children[index]?.scrollIntoView({ block: 'nearest' })
    field.setAttribute('aria-activedescendant', `${listId}-${index}`)
  }

  function hide() {
    completions = []
    if (list.matches(':popover-open')) list.hidePopover()
    list.replaceChildren()
    field.removeAttribute('aria-activedescendant')
  }

  /** @param {number} index */
  function complete(index) {
    const completion = completions[index]
    if (!completion) return
    field.setRangeText(completion.insert, from, field.selectionStart, 'end')
    hide()
    grow()
    field.focus()
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.isComposing) return
    const isOpen = completions.length > 0
    if (isOpen && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault()
      mark((active + (event.key === 'ArrowDown' ? 1 : -1) + completions.length) % completions.length)
    } else if (isOpen && event.key === 'Escape') {
      event.preventDefault()
      hide()
    } else if (isOpen && (event.key === 'Tab' || event.key === 'Enter') && !event.shiftKey) {
      event.preventDefault()
      // A command or a name typed to its end is meant to be sent.
      const isWhole = completions[active]?.insert.trim() === field.value.slice(from, field.selectionStart)
      if (event.key === 'Enter' && isWhole) submit()
      else complete(active)
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      submit()
    }
  }

  async function submit() {
    hide()
    const typed = field.value.trim()
    if (typed === '' || !here) return
    const channel = here.id
    field.value = ''
    grow()
    const isCommand = typed.startsWith('/')
    try {
      await post(isCommand ? 'command' : 'message', {
        as: store.as,
        channel,
        text: typed,
      })
    } catch (error) {
      // What was typed is not lost.
      if (here?.id === channel && field.value === '') {
        field.value = typed
        grow()
      }
      complain(/** @type {Error} */ (error))
    }
  }

  on(['who'], () => drafts.clear())

  return {
    element,
    show(conversation) {
      if (here?.id !== conversation?.id) {
        field.value = drafts.get(conversation?.id ?? '') ?? ''
        hide()
      }
      here = conversation
      const mayWrite = conversation?.is_member === true && !conversation.is_archived
      form.hidden = !mayWrite
      closed.hidden = mayWrite
      const name =
        conversation?.kind === 'channel' || conversation?.kind === 'private'
          ? `#${conversation.name}`
          : conversation?.name
      field.placeholder = `Message ${name ?? ''}`
      field.setAttribute('aria-label', `Message ${name ?? ''}`)
      shortcuts.hidden = !store.boot.shortcuts.some((shortcut) => shortcut.type === 'global')
      grow()
    },
  }
}
