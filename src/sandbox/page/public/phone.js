// @ts-check
// The phone: every text message that the app sent to anybody, newest first.
import { clock, fullTime } from './dates.js'
import { h } from './dom.js'
import { link } from './mrkdwn.js'

/** @typedef {import('../../phone/phone.ts').TextMessage} TextMessage */

/** @returns {{ element: HTMLElement, setMessages: (messages: TextMessage[]) => void, add: (message: TextMessage) => void }} */
export function createPhoneView() {
  /** @type {TextMessage[]} */
  let messages = []
  const list = h('ul', { class: 'text-messages' })
  const nothing = h(
    'p',
    { class: 'nothing' },
    'No text messages yet. Everything that the app sends to a mobile arrives here.',
  )

  function show() {
    nothing.hidden = messages.length > 0
    list.replaceChildren(
      ...messages.map((message) =>
        h(
          'li',
          {},
          h(
            'p',
            { class: 'text-head' },
            h('strong', {}, message.to),
            h(
              'time',
              { datetime: new Date(message.receivedAt).toISOString(), title: fullTime(message.receivedAt) },
              clock(message.receivedAt),
            ),
          ),
          h(
            'p',
            { class: 'text-bubble' },
            message.body.split(/(https?:\/\/\S+)/).map((part, index) => (index % 2 === 1 ? link(part) : part)),
          ),
        ),
      ),
    )
  }

  show()
  return {
    element: h('div', { class: 'phone' }, nothing, list),
    setMessages(all) {
      messages = all
      show()
    },
    add(message) {
      if (messages.some((other) => other.id === message.id)) return
      messages = [message, ...messages]
      show()
    },
  }
}
