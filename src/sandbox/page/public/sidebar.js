// @ts-check
// The left: the workspace, who one is, and the places one can go to.
import { avatar, lock } from './avatar.js'
import { h } from './dom.js'
import { appConversation, become, go, HOME, on, people, store } from './store.js'

/** @typedef {import('../../slack/client-api.ts').ClientConversation} ClientConversation */

/**
 * @param {{ onGo: () => void }} options told after a place was chosen
 * @returns {HTMLElement}
 */
export function createSidebar({ onGo }) {
  const who = h('select', {
    id: 'you-are',
    class: 'who-select',
    onchange: () => become(who.value, store.place),
  })
  const lists = h('div', { class: 'sidebar-lists' })

  function showPeople() {
    who.replaceChildren(
      ...people().map((user) => {
        const role =
          user.is_primary_owner || user.is_owner
            ? 'owner'
            : user.is_admin
              ? 'admin'
              : user.is_restricted || user.is_ultra_restricted
                ? 'guest'
                : ''
        return h('option', { value: user.id }, role ? `${user.real_name} (${role})` : user.real_name)
      }),
    )
    who.value = store.as
  }

  /** @param {string} title @param {HTMLElement[]} entries */
  function group(title, entries) {
    if (entries.length === 0) return null
    return h(
      'section',
      {},
      h('h2', {}, title),
      h(
        'ul',
        {},
        entries.map((entry) => h('li', {}, entry)),
      ),
    )
  }

  /**
   * @param {{ name: string, sign: Node | string, isHere: boolean, unread: number, target: string }} entry
   * @returns {HTMLElement}
   */
  function entryButton({ name, sign, isHere, unread, target }) {
    return h(
      'button',
      {
        type: 'button',
        class: `place${unread > 0 ? ' unread' : ''}`,
        'aria-current': isHere && 'page',
        'data-focus': `place ${name}`,
        onclick: () => {
          go(target)
          onGo()
        },
      },
      h('span', { class: 'place-sign', 'aria-hidden': 'true' }, sign),
      h('span', { class: 'place-name' }, name),
      unread > 0 && h('span', { class: 'count' }, String(unread), h('span', { class: 'visually-hidden' }, ' unread')),
    )
  }

  /** @param {ClientConversation} conversation */
  function conversationButton(conversation) {
    const isDm = conversation.kind === 'dm'
    return entryButton({
      name: conversation.name,
      sign: isDm ? avatar(conversation.user ?? '', 'small') : conversation.kind === 'private' ? lock() : '#',
      isHere: store.place === conversation.id,
      unread: conversation.unread,
      target: conversation.id,
    })
  }

  function showPlaces() {
    const { app } = store.boot
    const appPlace = appConversation()
    const unread = appPlace?.unread ?? 0
    const kinds = (/** @type {string[]} */ ...wanted) =>
      store.conversations.filter((conversation) => wanted.includes(conversation.kind))
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.focus
    const appButton = entryButton({
      name: app.name,
      sign: avatar(app.botUserId, 'small'),
      isHere: store.place === HOME || store.place === appPlace?.id,
      unread,
      target: appPlace && (unread > 0 || !app.homeTab) ? appPlace.id : HOME,
    })
    lists.replaceChildren(
      ...[
        group('Apps', [appButton]),
        group('Channels', kinds('channel', 'private').map(conversationButton)),
        group('Direct messages', kinds('dm').map(conversationButton)),
      ].filter((section) => section !== null),
    )
    if (focused?.startsWith('place '))
      /** @type {HTMLElement | null} */ (lists.querySelector(`[data-focus="${CSS.escape(focused)}"]`))?.focus()
  }

  on(['who', 'users'], showPeople)
  on(['conversations', 'place', 'who', 'users'], showPlaces)

  return h(
    'nav',
    { class: 'sidebar', 'aria-label': 'Workspace' },
    h(
      'div',
      { class: 'workspace' },
      h('strong', { class: 'workspace-name' }, store.boot.team.name),
      h('span', { class: 'workspace-note' }, 'Sandbox'),
    ),
    h('div', { class: 'who' }, h('label', { for: 'you-are' }, 'You are'), who),
    lists,
  )
}
