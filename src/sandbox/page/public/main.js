// @ts-check
// The page's start: loads what there is, puts the three parts together, keeps the address bar in step.
import { createConversation } from './conversation.js'
import { append, h } from './dom.js'
import { startModals } from './modal.js'
import { createPanel } from './panel.js'
import { createSidebar } from './sidebar.js'
import { become, boot, go, HOME, on, people, store } from './store.js'

const app = /** @type {HTMLElement} */ (document.getElementById('app'))
const NARROW = window.matchMedia('(max-width: 760px)')
const TOAST_MS = 8000

/** `#/UADA/C123` or `#/UADA/home` */
function readAddress() {
  const [, as = '', place = ''] = location.hash.split('/').map(decodeURIComponent)
  return { as, place }
}

function writeAddress() {
  const wanted = `#/${store.as}/${store.place}`
  if (store.place !== '' && location.hash !== wanted) history.pushState(null, '', wanted)
}

function settle() {
  if (!store.ready) return
  const isKnown = store.place === HOME || store.conversations.some((conversation) => conversation.id === store.place)
  if (!isKnown) {
    const first =
      store.conversations.find((conversation) => conversation.is_member && conversation.kind === 'channel') ??
      store.conversations[0]
    go(first?.id ?? HOME)
    return
  }
  writeAddress()
}

function layOut() {
  const closeSidebar = () => app.removeAttribute('data-sidebar')
  /** @type {(tab: string) => boolean} */
  const isShown = (tab) => {
    if (NARROW.matches) return app.dataset.place === tab
    return app.dataset.panel !== 'closed' && panel?.element.dataset.tab === tab
  }
  const counts = {
    mail: h('span', { class: 'count', hidden: true }),
    phone: h('span', { class: 'count', hidden: true }),
  }
  /** @type {ReturnType<typeof createPanel> | undefined} */
  let panel
  panel = createPanel({
    isShown,
    onUnseen: (tab, count) => {
      counts[tab].textContent = String(count)
      counts[tab].hidden = count === 0
    },
  })
  const panelParts = panel

  const places = /** @type {const} */ (['slack', 'mail', 'phone'])
  const names = { slack: 'Slack', mail: 'Mail', phone: 'Phone' }
  const bar = h(
    'nav',
    { class: 'bottom-bar', 'aria-label': 'Parts of the sandbox' },
    places.map((place) =>
      h(
        'button',
        { type: 'button', 'data-place': place, onclick: () => show(place) },
        names[place],
        place !== 'slack' && counts[place],
      ),
    ),
  )
  /** @param {'slack' | 'mail' | 'phone'} place */
  function show(place) {
    app.dataset.place = place
    for (const button of bar.children) {
      if (button.dataset.place === place) button.setAttribute('aria-current', 'page')
      else button.removeAttribute('aria-current')
    }
    if (place !== 'slack') panelParts.open(place)
  }

  const toggle = h('button', {
    type: 'button',
    class: 'panel-toggle icon-button',
    onclick: () => setPanel(app.dataset.panel === 'closed'),
  })
  /** @param {boolean} isOpen */
  function setPanel(isOpen) {
    app.dataset.panel = isOpen ? 'open' : 'closed'
    localStorage.setItem('sandbox-panel', app.dataset.panel)
    toggle.setAttribute('aria-expanded', String(isOpen))
    toggle.setAttribute('aria-label', 'Mail and phone')
    toggle.replaceChildren(isOpen ? '⇥' : '✉', ...(isOpen ? [] : [h('span', { class: 'toggle-word' }, 'Mail')]))
    if (isOpen) panelParts.open(/** @type {any} */ (panelParts.element.dataset.tab))
  }

  const sidebar = createSidebar({ onGo: closeSidebar })
  const openSidebar = () => {
    app.setAttribute('data-sidebar', 'open')
    sidebar.querySelector('select')?.focus()
  }
  sidebar.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') closeSidebar()
  })
  const conversation = createConversation({ openSidebar })
  conversation.querySelector('.place-header')?.append(toggle)
  const shade = h('button', { type: 'button', class: 'shade', 'aria-label': 'Close the list', onclick: closeSidebar })
  app.replaceChildren()
  const heading = h('h1', { class: 'visually-hidden' }, `${store.boot.team.name}: sandbox`)
  append(app, [sidebar, shade, h('main', {}, heading, conversation, panel.element), bar])
  show('slack')
  setPanel(localStorage.getItem('sandbox-panel') !== 'closed')
}

function startToasts() {
  const region = /** @type {HTMLElement} */ (document.getElementById('toasts'))
  on(['toast'], (text) => {
    const toast = h('p', { class: 'toast' }, text)
    region.append(toast)
    setTimeout(() => toast.remove(), TOAST_MS)
  })
}

async function start() {
  await boot()
  document.title = `${store.boot.team.name} · Sandbox`
  startToasts()
  layOut()
  startModals()
  on(['place', 'conversations'], settle)
  window.addEventListener('popstate', () => {
    const { as, place } = readAddress()
    if (as !== store.as && people().some((user) => user.id === as)) become(as, place)
    else if (place !== '' && place !== store.place) go(place)
  })
  const asked = readAddress()
  const candidates = [asked.as, localStorage.getItem('sandbox-as')]
  const known = candidates.find((id) => people().some((user) => user.id === id))
  become(known ?? people()[0]?.id ?? '', asked.place)
}

start().catch((error) => {
  app.replaceChildren(
    h(
      'p',
      { class: 'starting', role: 'alert' },
      `The sandbox could not be opened. ${error.message} Load this page again.`,
    ),
  )
})
