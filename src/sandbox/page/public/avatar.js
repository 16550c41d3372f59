// @ts-check
// A person's picture (initials on a colour that stays the same for that person) and the sign of a private channel.
import { h } from './dom.js'
import { nameOf, store } from './store.js'

const COLOURS = 8

/**
 * @param {string} userId
 * @param {string} [size] a class: small or empty
 */
export function avatar(userId, size = '') {
  const isApp = userId === store.boot.app.botUserId
  const words = nameOf(userId).split(/\s+/).filter(Boolean)
  const initials = `${words[0]?.[0] ?? '?'}${words.length > 1 ? (words.at(-1)?.[0] ?? '') : ''}`.toUpperCase()
  let sum = 0
  for (const letter of userId) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973
  const colour = isApp ? 'app' : String(sum % COLOURS)
  return h('span', { class: `avatar ${size} colour-${colour}`, 'aria-hidden': 'true' }, isApp ? '✉' : initials)
}

/** The sign of a private channel. */
export function lock() {
  return h('span', { class: 'sign sign-lock', 'aria-hidden': 'true' })
}
