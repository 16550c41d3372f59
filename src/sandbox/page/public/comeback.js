// @ts-check
// Lets a mail come back to the app as a mail server would send it back: the app learns of it when it reads its mailbox.
import { post } from './api.js'
import { h } from './dom.js'

/** @typedef {import('../../mailbox/mail.ts').Mail} Mail */

const REASONS = [
  { kind: 'unknown', text: 'Nobody has this address', said: 'It came back: nobody has this address.' },
  { kind: 'full', text: 'The mailbox is full', said: 'It came back: the mailbox is full.' },
  { kind: 'delayed', text: 'It is late', said: 'Its sender was told that it is late, and still tried.' },
]

/**
 * The part below a mail with a button for each reason; nothing for a mail that has no sender, which is a bounce itself.
 * @param {Mail} mail
 */
export function comebackOf(mail) {
  if (mail.envelope.from === '') return null
  const told = h('p', { class: 'comeback-told', role: 'status' })
  const buttons = REASONS.map(({ kind, text, said }) =>
    h('button', { type: 'button', class: 'button', onclick: () => bounce(kind, said) }, text),
  )

  /** @param {string} kind @param {string} said */
  async function bounce(kind, said) {
    try {
      await post(`mail/${encodeURIComponent(mail.id)}/bounce/${kind}`, {})
      told.textContent = `${said} The app reads it within half a minute.`
    } catch (error) {
      told.textContent = error instanceof Error ? error.message : ''
    }
  }

  return h(
    'details',
    { class: 'comeback' },
    h('summary', {}, 'Bounce this mail'),
    h('div', { class: 'comeback-reasons', role: 'group', 'aria-label': 'Why it comes back' }, buttons),
    told,
  )
}
