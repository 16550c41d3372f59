// @ts-check
// The right: the mailbox and the phone of everybody who gets something from the app.
import { follow, get } from './api.js'
import { h } from './dom.js'
import { createMailView } from './mail.js'
import { createPhoneView } from './phone.js'

/** @typedef {'mail' | 'phone'} Tab */

/**
 * @param {{ onUnseen: (tab: Tab, count: number) => void, isShown: (tab: Tab) => boolean }} options
 * onUnseen: how many new ones a tab has that was not open when they came.
 * @returns {{ element: HTMLElement, open: (tab: Tab) => void }}
 */
export function createPanel({ onUnseen, isShown }) {
  const views = { mail: createMailView(), phone: createPhoneView() }
  const names = { mail: 'Mail', phone: 'Phone' }
  const tabs = /** @type {Tab[]} */ (['mail', 'phone'])
  const unseen = { mail: 0, phone: 0 }
  const element = h('section', { class: 'panel', 'aria-label': 'Mail and phone' })
  const counts = {
    mail: h('span', { class: 'count', hidden: true }),
    phone: h('span', { class: 'count', hidden: true }),
  }

  const buttons = tabs.map((tab) =>
    h(
      'button',
      { type: 'button', role: 'tab', id: `tab-${tab}`, 'aria-controls': `panel-${tab}`, onclick: () => open(tab) },
      names[tab],
      counts[tab],
    ),
  )
  const tablist = h(
    'div',
    { class: 'panel-tabs', role: 'tablist', 'aria-label': 'Mail and phone', onkeydown: onKey },
    ...buttons,
  )
  const bodies = tabs.map((tab) =>
    h(
      'div',
      { class: 'panel-body', role: 'tabpanel', id: `panel-${tab}`, 'aria-labelledby': `tab-${tab}` },
      views[tab].element,
    ),
  )
  element.append(tablist, ...bodies)

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return
    const other = element.dataset.tab === 'mail' ? 'phone' : 'mail'
    open(other)
    buttons[tabs.indexOf(other)].focus()
  }

  /** @param {Tab} tab @param {number} count */
  function setUnseen(tab, count) {
    unseen[tab] = count
    counts[tab].textContent = String(count)
    counts[tab].hidden = count === 0
    onUnseen(tab, count)
  }

  /** @param {Tab} tab */
  function open(tab) {
    element.dataset.tab = tab
    for (const [index, name] of tabs.entries()) {
      buttons[index].setAttribute('aria-selected', String(name === tab))
      buttons[index].tabIndex = name === tab ? 0 : -1
      bodies[index].hidden = name !== tab
    }
    if (isShown(tab)) setUnseen(tab, 0)
  }

  for (const tab of tabs) {
    const load = () =>
      get(tab)
        .then(({ messages }) => views[tab].setMessages(messages))
        .catch(() => {})
    follow(`${tab}/stream`, {
      // Also after a reconnection: what came in between is in the list.
      onOpen: load,
      onEvent: (message) => {
        views[tab].add(message)
        if (!isShown(tab)) setUnseen(tab, unseen[tab] + 1)
      },
    })
  }
  open('mail')
  return { element, open }
}
