// @ts-check
// Slack's own text format (mrkdwn) as elements.
import { fillDate } from './dates.js'
import { h } from './dom.js'
import { withEmoji } from './emoji.js'
import { nameOf, store } from './store.js'

const SAFE_LINK = /^(https?:|mailto:|tel:)/i
const OPEN = '(?<![\\p{L}\\p{N}])'
const CLOSE = '(?![\\p{L}\\p{N}])'
const INLINE = new RegExp(
  [
    '`(?<code>[^`\\n]+)`',
    '<(?<angle>[^<>\\n]+)>',
    `${OPEN}\\*(?<bold>[^*\\s](?:[^*\\n]*[^*\\s])?)\\*${CLOSE}`,
    `${OPEN}_(?<italic>[^_\\s](?:[^_\\n]*[^_\\s])?)_${CLOSE}`,
    `${OPEN}~(?<strike>[^~\\s](?:[^~\\n]*[^~\\s])?)~${CLOSE}`,
    '(?<url>https?://[^\\s<>|`*~]*[^\\s<>|`*~.,;:!?)\'"])',
  ].join('|'),
  'gu',
)

/** @param {string} text */
export function unescapeText(text) {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&')
}

/**
 * A link that opens in a new tab; an address of another kind stays text.
 * @param {string} url
 * @param {...import('./dom.js').Child} children
 */
export function link(url, ...children) {
  const content = children.length > 0 ? children : [url]
  if (!SAFE_LINK.test(url)) return h('span', {}, ...content)
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, ...content)
}

/** @param {string} userId */
export function mention(userId) {
  return h('span', { class: userId === store.as ? 'mention mine' : 'mention' }, `@${nameOf(userId)}`)
}

/** @param {string} channelId @param {string} [name] */
export function channelMention(channelId, name) {
  const channel = store.boot.channels.find((entry) => entry.id === channelId)
  return h('span', { class: 'mention' }, `#${channel?.name ?? (name || 'private-channel')}`)
}

/** @param {string} groupId @param {string} [name] */
export function groupMention(groupId, name) {
  const group = store.boot.user_groups.find((entry) => entry.id === groupId)
  return h('span', { class: 'mention' }, `@${group?.handle ?? (name?.replace(/^@/, '') || groupId)}`)
}

/**
 * Everything inside one pair of angle brackets.
 * @param {string} inside
 * @returns {Node}
 */
function angle(inside) {
  const bar = inside.indexOf('|')
  const target = bar < 0 ? inside : inside.slice(0, bar)
  const label = bar < 0 ? '' : inside.slice(bar + 1)
  if (target.startsWith('@')) return mention(target.slice(1))
  if (target.startsWith('#')) return channelMention(target.slice(1), label)
  if (target.startsWith('!subteam^')) return groupMention(target.slice('!subteam^'.length), label)
  if (target.startsWith('!date^')) {
    const [, seconds = '0', pattern = '', url] = target.split('^')
    const shown = Number.isFinite(Number(seconds))
      ? fillDate(Number(seconds), unescapeText(pattern))
      : unescapeText(label)
    return url
      ? link(unescapeText(url), shown)
      : h('time', { datetime: new Date(Number(seconds) * 1000 || 0).toISOString() }, shown)
  }
  if (target.startsWith('!')) return h('span', { class: 'mention broadcast' }, `@${label || target.slice(1)}`)
  const url = unescapeText(target)
  return link(url, label ? withEmoji(unescapeText(label)) : url.replace(/^mailto:/, ''))
}

/**
 * One stretch of text without line structure.
 * @param {string} text
 * @returns {Node[]}
 */
export function inline(text) {
  /** @type {Node[]} */
  const nodes = []
  let from = 0
  const plain = (/** @type {number} */ to) => {
    if (to > from) nodes.push(document.createTextNode(withEmoji(unescapeText(text.slice(from, to)))))
  }
  for (const match of text.matchAll(INLINE)) {
    const { code, angle: inside, bold, italic, strike, url } = match.groups ?? {}
    plain(match.index)
    from = match.index + match[0].length
    if (code !== undefined) nodes.push(h('code', {}, unescapeText(code)))
    else if (inside !== undefined) nodes.push(angle(inside))
    else if (bold !== undefined) nodes.push(h('strong', {}, ...inline(bold)))
    else if (italic !== undefined) nodes.push(h('em', {}, ...inline(italic)))
    else if (strike !== undefined) nodes.push(h('s', {}, ...inline(strike)))
    else nodes.push(link(unescapeText(url ?? '')))
  }
  plain(text.length)
  return nodes
}

/**
 * A whole mrkdwn text: preformatted parts, quotes, lines.
 * @param {string} text
 * @returns {HTMLElement}
 */
export function mrkdwn(text) {
  const root = h('div', { class: 'mrkdwn' })
  text.split(/```\n?([\s\S]*?)\n?```\n?/).forEach((part, index) => {
    if (index % 2 === 1) {
      root.append(h('pre', {}, unescapeText(part)))
      return
    }
    /** @type {{ quote: boolean, lines: string[] }[]} */
    const runs = []
    for (const line of part === '' ? [] : part.split('\n')) {
      const quote = /^(&gt;|>)/.test(line)
      const last = runs.at(-1)
      const content = quote ? line.replace(/^(&gt;|>) ?/, '') : line
      if (last?.quote === quote) last.lines.push(content)
      else runs.push({ quote, lines: [content] })
    }
    for (const { quote, lines } of runs) {
      root.append(h(quote ? 'blockquote' : 'div', { class: quote ? false : 'lines' }, ...inline(lines.join('\n'))))
    }
  })
  return root
}

/**
 * A text object: plain_text or mrkdwn.
 * @param {{ type: string, text: string } | undefined} object
 * @returns {HTMLElement}
 */
export function textOf(object) {
  if (object?.type === 'mrkdwn') return mrkdwn(object.text)
  return h('span', { class: 'plain' }, withEmoji(object?.text ?? ''))
}
