// @ts-check
// The mailbox: everything that the app mailed to anybody, newest first; one mail as HTML, plain text or headers.
import { get } from './api.js'
import { comebackOf } from './comeback.js'
import { clock, dayName, fullTime } from './dates.js'
import { h } from './dom.js'
import { link } from './mrkdwn.js'

/** @typedef {import('../../mailbox/mail.ts').Mail} Mail */
/** @typedef {import('../../mailbox/mail.ts').MailSummary} MailSummary */

const MAX_MAILS = 500

/** @returns {{ element: HTMLElement, setMessages: (messages: MailSummary[]) => void, add: (message: MailSummary) => void }} */
export function createMailView() {
  /** @type {MailSummary[]} */
  let mails = []
  /** @type {Set<string>} */
  const read = new Set()
  const list = h('ul', { class: 'mail-list' })
  const nothing = h('p', { class: 'nothing' }, 'No mails yet. Everything that the app mails to anybody arrives here.')
  const overview = h('div', {}, nothing, list)
  const reader = h('div', { class: 'mail-reader', hidden: true })
  const news = h('span', { class: 'count', hidden: true })
  /** Mails that came while another one was read. */
  let unseen = 0
  const element = h('div', { class: 'mail' }, overview, reader)

  function showList() {
    nothing.hidden = mails.length > 0
    list.replaceChildren(
      ...mails.map((mail) =>
        h(
          'li',
          {},
          h(
            'button',
            {
              type: 'button',
              class: `mail-entry${read.has(mail.id) ? '' : ' unread'}`,
              'data-mail': mail.id,
              onclick: () => open(mail.id),
            },
            h('span', { class: 'mail-to' }, mail.to.join(', ')),
            h(
              'time',
              { datetime: new Date(mail.receivedAt).toISOString(), title: fullTime(mail.receivedAt) },
              when(mail.receivedAt),
            ),
            h('span', { class: 'mail-subject' }, mail.subject || '(no subject)'),
          ),
        ),
      ),
    )
  }

  /** @param {string} id */
  async function open(id) {
    /** @type {Mail} */
    let mail
    try {
      mail = await get(`mail/${encodeURIComponent(id)}`)
    } catch (error) {
      reader.replaceChildren(backButton(), h('p', { class: 'nothing' }, error instanceof Error ? error.message : ''))
      toggle(true)
      return
    }
    read.add(id)
    const body = h('div', { class: 'mail-body' })
    const kinds = [
      { name: 'HTML', wanted: mail.html !== '', show: () => htmlOf(mail) },
      {
        name: 'Plain text',
        wanted: mail.text !== '',
        show: () => h('pre', { class: 'mail-text', tabindex: 0 }, withLinks(mail.text)),
      },
      { name: 'Source headers', wanted: true, show: () => headersOf(mail) },
    ].filter(({ wanted }) => wanted)
    const choose = (/** @type {number} */ index) => {
      for (const [at, button] of switches.entries()) button.setAttribute('aria-pressed', String(at === index))
      body.replaceChildren(kinds[index]?.show() ?? '')
    }
    const switches = kinds.map(({ name }, index) => h('button', { type: 'button', onclick: () => choose(index) }, name))
    const heading = h('h2', { tabindex: -1 }, mail.subject || '(no subject)')
    reader.replaceChildren(
      backButton(),
      heading,
      h(
        'dl',
        {},
        h('div', {}, h('dt', {}, 'From'), h('dd', {}, mail.from)),
        h('div', {}, h('dt', {}, 'To'), h('dd', {}, (mail.to.length > 0 ? mail.to : mail.envelope.to).join(', '))),
        h('div', {}, h('dt', {}, 'Time'), h('dd', {}, fullTime(mail.receivedAt))),
      ),
      h('div', { class: 'switch', role: 'group', 'aria-label': 'Show as' }, ...switches),
      body,
      ...[comebackOf(mail) ?? []].flat(),
    )
    choose(0)
    toggle(true)
    heading.focus()
  }

  function backButton() {
    return h('button', { type: 'button', class: 'link-button back', onclick: () => toggle(false) }, '‹ All mails', news)
  }

  /** @param {boolean} isReading */
  function toggle(isReading) {
    reader.hidden = !isReading
    overview.hidden = isReading
    if (!isReading) showNews(0)
    if (!isReading) {
      showList()
      list.querySelector('button')?.focus()
    }
  }

  /** @param {number} count */
  function showNews(count) {
    unseen = count
    news.textContent = `${count} new`
    news.hidden = count === 0
  }

  showList()
  return {
    element,
    setMessages(messages) {
      mails = messages
      showList()
    },
    add(message) {
      if (mails.some((mail) => mail.id === message.id)) return
      mails = [message, ...mails].slice(0, MAX_MAILS)
      showList()
      if (!reader.hidden) showNews(unseen + 1)
    },
  }
}

/** @param {number} ms */
function when(ms) {
  const day = dayName(ms)
  return day === 'Today' ? clock(ms) : day
}

/** @param {Mail} mail */
function htmlOf(mail) {
  return h('iframe', {
    class: 'mail-frame',
    title: `Mail: ${mail.subject}`,
    src: `./api/mail/${encodeURIComponent(mail.id)}/html`,
    sandbox: 'allow-popups allow-popups-to-escape-sandbox',
  })
}

/** @param {Mail} mail */
function headersOf(mail) {
  const lines = mail.headers.map(({ name, value }) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))
  return h('dl', { class: 'mail-headers', tabindex: 0 }, lines)
}

/** @param {string} text */
function withLinks(text) {
  return text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/).map((part, index) => (index % 2 === 1 ? link(part) : part))
}
