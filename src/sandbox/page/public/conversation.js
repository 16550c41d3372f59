// @ts-check
// The centre: one conversation's messages, or the app's Home tab, with their head.

import { post } from './api.js'
import { avatar, lock } from './avatar.js'
import { showBlocks } from './blocks.js'
import { createComposer } from './composer.js'
import { clock, dayName, fullTime } from './dates.js'
import { h, reconcile } from './dom.js'
import { openMenu } from './menu.js'
import { mrkdwn } from './mrkdwn.js'
import { appConversation, go, HOME, nameOf, on, store, tell } from './store.js'
import { createSurface } from './surface.js'

/** @typedef {import('../../slack/client-api.ts').ClientMessage} ClientMessage */

/** Messages of one person closer together than this show the name once. */
const GROUP_SECONDS = 300

/**
 * @param {{ openSidebar: () => void }} options
 * @returns {HTMLElement}
 */
export function createConversation({ openSidebar }) {
  const title = h('h2', { class: 'place-title' })
  const topic = h('span', { class: 'place-topic' })
  const tabs = h('nav', { class: 'app-tabs', 'aria-label': 'App' })
  const log = h('div', { class: 'log', role: 'log', tabindex: 0 })
  const home = h('div', { class: 'home', tabindex: 0, role: 'region', 'aria-label': 'Home' })
  const composer = createComposer()
  const offline = h(
    'p',
    { class: 'offline', role: 'alert', hidden: true },
    'The sandbox does not answer. This page connects again by itself.',
  )
  const root = h(
    'section',
    { class: 'conversation', 'aria-label': 'Conversation' },
    h(
      'header',
      { class: 'place-header' },
      h(
        'button',
        { type: 'button', class: 'icon-button only-narrow', 'aria-label': 'Channels', onclick: openSidebar },
        '☰',
      ),
      h('div', { class: 'place-words' }, title, topic),
    ),
    tabs,
    offline,
    log,
    home,
    composer.element,
  )
  /** @type {import('./surface.js').Surface | undefined} */
  let homeSurface
  let placeBefore = ''

  const conversation = () => store.conversations.find((entry) => entry.id === store.place)

  function showPlace() {
    const here = conversation()
    const { app } = store.boot
    const isHome = store.place === HOME
    const isApp = isHome || here?.kind === 'app'
    const channel = store.boot.channels.find((entry) => entry.id === store.place)
    const sign = here?.kind === 'private' ? lock() : here?.kind === 'channel' ? '# ' : ''
    title.replaceChildren(...(isApp ? [app.name] : [sign, here?.name ?? '']))
    topic.textContent = isApp ? app.description : (channel?.topic ?? '')
    tabs.hidden = !isApp
    const appPlace = appConversation()?.id
    tabs.replaceChildren(
      ...[
        { name: 'Home', place: HOME, wanted: app.homeTab },
        { name: 'Messages', place: appPlace, wanted: appPlace !== undefined },
      ]
        .filter(({ wanted }) => wanted)
        .map(({ name, place }) =>
          h(
            'button',
            {
              type: 'button',
              class: 'app-tab',
              'aria-current': place === store.place && 'page',
              onclick: () => go(place ?? HOME),
            },
            name,
          ),
        ),
    )
    log.hidden = isHome
    home.hidden = !isHome
    composer.element.hidden = isHome
    composer.show(here)
    log.setAttribute('aria-label', `Messages: ${title.textContent}`)
    if (placeBefore !== store.place && store.ready) {
      log.replaceChildren()
      placeBefore = store.place
      if (isHome) post('home/open', { as: store.as }).catch((error) => tell('toast', error.message))
    }
    if (isHome) showHome()
    else showMessages()
  }

  function showHome() {
    const view = store.home
    if (!view) {
      homeSurface = undefined
      home.replaceChildren(h('p', { class: 'nothing' }, `${store.boot.app.name} has not shown anything here yet.`))
      return
    }
    const known = homeSurface && 'view_id' in homeSurface.container && homeSurface.container.view_id === view.id
    if (!known || !homeSurface) {
      homeSurface = createSurface({ view_id: view.id }, view.state.values)
      home.replaceChildren(h('div', { class: 'blocks home-blocks' }))
    }
    homeSurface.adopt(view.state.values, view.blocks)
    const inside = /** @type {HTMLElement} */ (home.firstElementChild)
    showBlocks(inside, view.blocks, homeSurface)
  }

  function showMessages() {
    const messages = (store.messages[store.place] ?? []).filter(
      (message) => !store.dismissed.has(`${message.channel} ${message.ts}`),
    )
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80
    /** @type {{ key: string, day?: string, message?: ClientMessage, isGrouped: boolean }[]} */
    const entries = messages.length === 0 && store.ready ? [{ key: 'nothing', isGrouped: false }] : []
    let before = /** @type {ClientMessage | undefined} */ (undefined)
    for (const message of messages) {
      const day = dayName(Number(message.ts) * 1000)
      const isNewDay = !before || dayName(Number(before.ts) * 1000) !== day
      if (isNewDay) entries.push({ key: `day ${day}`, day, isGrouped: false })
      const isClose = before && Number(message.ts) - Number(before.ts) < GROUP_SECONDS
      const isSame =
        before?.user === message.user && before.username === message.username && !message.ephemeral && !before.ephemeral
      entries.push({ key: message.ts, message, isGrouped: Boolean(!isNewDay && isClose && isSame) })
      before = message
    }
    reconcile(log, entries, {
      key: (entry) => entry.key,
      print: (entry) => JSON.stringify([entry.isGrouped, entry.message]),
      make: entryElement,
    })
    if (atEnd || before?.user === store.as) log.scrollTop = log.scrollHeight
    const here = conversation()
    if (here && here.unread > 0 && !document.hidden) post('read', { as: store.as, channel: here.id }).catch(() => {})
  }

  on(['who'], () => {
    placeBefore = ''
    homeSurface = undefined
    log.replaceChildren()
  })
  on(['place', 'who', 'users'], showPlace)
  on(['conversations'], () => {
    if (!title.textContent) return showPlace()
    composer.show(conversation())
    showMessages()
  })
  on(['messages'], (channel) => {
    if (store.place !== HOME && (channel === undefined || channel === store.place)) showMessages()
  })
  on(['home'], () => store.place === HOME && showHome())
  on(['online'], () => {
    offline.hidden = store.online
  })
  document.addEventListener('visibilitychange', () => store.ready && store.place !== HOME && showMessages())
  return root
}

/** @param {{ day?: string, message?: ClientMessage, isGrouped: boolean }} entry */
function entryElement({ day, message, isGrouped }) {
  if (message) return messageElement(message, isGrouped)
  if (day) return h('div', { class: 'day' }, h('span', {}, day))
  const command = store.boot.commands[0]?.command
  const invitation = command
    ? `Type ${command} ana@example.org to begin, or / to see the commands.`
    : 'Write something.'
  return h('p', { class: 'nothing' }, `Nothing here yet. ${invitation}`)
}

/**
 * @param {ClientMessage} message
 * @param {boolean} isGrouped
 */
function messageElement(message, isGrouped) {
  const ms = Number(message.ts) * 1000
  const isApp = message.user === store.boot.app.botUserId
  const body = h('div', { class: 'message-body blocks' })
  if (message.blocks?.length) {
    showBlocks(
      body,
      message.blocks,
      createSurface({ message: { channel: message.channel, ts: message.ts } }, message.state ?? {}),
    )
  } else body.append(mrkdwn(message.text))
  for (const file of message.files ?? []) {
    body.append(
      h(
        'a',
        { class: 'file', href: `./api/file/${encodeURIComponent(file.id)}`, target: '_blank', rel: 'noopener' },
        file.name,
      ),
    )
  }
  if (message.edited) body.append(h('span', { class: 'edited' }, '(edited)'))
  const time = h('time', { datetime: new Date(ms).toISOString(), title: fullTime(ms) }, clock(ms))
  return h(
    'div',
    { class: `message${message.ephemeral ? ' ephemeral' : ''}${isGrouped ? ' grouped' : ''}`, 'data-ts': message.ts },
    message.ephemeral &&
      h(
        'p',
        { class: 'only-you' },
        h('span', { class: 'sign sign-eye', 'aria-hidden': 'true' }),
        'Only visible to you',
      ),
    isGrouped ? h('span', { class: 'gutter' }, time) : avatar(message.user),
    h(
      'div',
      { class: 'message-content' },
      !isGrouped &&
        h(
          'div',
          { class: 'message-head' },
          h('strong', {}, message.username ?? nameOf(message.user)),
          isApp && h('span', { class: 'badge' }, 'APP'),
          time,
        ),
      body,
      message.ephemeral &&
        h('button', { type: 'button', class: 'link-button', onclick: () => dismiss(message) }, 'Dismiss'),
    ),
    !message.ephemeral && messageActions(message),
  )
}

/** @param {ClientMessage} message */
function dismiss(message) {
  store.dismissed.add(`${message.channel} ${message.ts}`)
  tell('messages', message.channel)
}

/** @param {ClientMessage} message */
function messageActions(message) {
  const shortcuts = store.boot.shortcuts.filter((shortcut) => shortcut.type === 'message')
  if (shortcuts.length === 0) return null
  const button = h(
    'button',
    {
      type: 'button',
      class: 'icon-button',
      'aria-label': 'More actions',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
    },
    '⋮',
  )
  button.addEventListener('click', () => {
    const entries = shortcuts.map((shortcut) => ({
      text: shortcut.name,
      description: store.boot.app.name,
      choose: () => {
        const request = {
          as: store.as,
          callback_id: shortcut.callback_id,
          message: { channel: message.channel, ts: message.ts },
        }
        post('shortcut', request).catch((error) => tell('toast', error.message))
      },
    }))
    openMenu(button, entries, 'Message shortcuts')
  })
  return h('div', { class: 'message-actions' }, button)
}
