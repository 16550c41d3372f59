// @ts-check
// rich_text blocks and the simple Markdown of markdown blocks.
import { fillDate } from './dates.js'
import { append, h } from './dom.js'
import { withEmoji } from './emoji.js'
import { channelMention, groupMention, link, mention } from './mrkdwn.js'

/**
 * @param {any} block a rich_text block
 * @returns {HTMLElement}
 */
export function richText(block) {
  return h('div', { class: 'rich-text' }, ...(block.elements ?? []).map(part))
}

/** @param {any} element @returns {Node} */
function part(element) {
  const leaves = () => (element.elements ?? []).map(leaf)
  if (element.type === 'rich_text_list') {
    const items = (element.elements ?? []).map((/** @type {any} */ item) => h('li', {}, part(item)))
    const ordered = element.style === 'ordered'
    const start = ordered && element.offset ? element.offset + 1 : undefined
    return h(ordered ? 'ol' : 'ul', { class: `indent-${Math.min(element.indent ?? 0, 5)}`, start }, ...items)
  }
  if (element.type === 'rich_text_quote') return h('blockquote', {}, ...leaves())
  if (element.type === 'rich_text_preformatted') return h('pre', {}, ...leaves())
  return h('div', { class: 'lines' }, ...leaves())
}

/** @param {any} element @returns {Node} */
function leaf(element) {
  const style = element.style ?? {}
  let node = bare(element)
  if (style.code) node = h('code', {}, node)
  if (style.strike) node = h('s', {}, node)
  if (style.italic) node = h('em', {}, node)
  if (style.bold) node = h('strong', {}, node)
  if (style.underline) node = h('u', {}, node)
  return node
}

/** @param {any} element @returns {Node} */
function bare(element) {
  switch (element.type) {
    case 'text':
      return document.createTextNode(element.text)
    case 'link':
      return link(element.url, element.text || element.url)
    case 'emoji':
      return document.createTextNode(withEmoji(`:${element.name}:`))
    case 'user':
      return mention(element.user_id)
    case 'channel':
      return channelMention(element.channel_id)
    case 'usergroup':
      return groupMention(element.usergroup_id)
    case 'broadcast':
      return h('span', { class: 'mention broadcast' }, `@${element.range}`)
    case 'date': {
      const shown = fillDate(element.timestamp, element.format)
      const time = h('time', { datetime: new Date(element.timestamp * 1000).toISOString() }, shown)
      return element.url ? link(element.url, time) : time
    }
    case 'color':
      return h('code', {}, element.value)
    default:
      return document.createTextNode(element.text ?? element.fallback ?? '')
  }
}

const MARKDOWN_INLINE =
  /`([^`\n]+)`|\[([^\]\n]+)\]\(([^)\s]+)\)|\*\*([^*\n]+)\*\*|__([^_\n]+)__|\*([^*\s][^*\n]*)\*|(?<!\w)_([^_\s][^_\n]*)_(?!\w)|~~([^~\n]+)~~/g

/** @param {string} text @returns {Node[]} */
function markdownInline(text) {
  /** @type {Node[]} */
  const nodes = []
  let from = 0
  for (const match of text.matchAll(MARKDOWN_INLINE)) {
    const [whole, code, label, url, bold, bold2, italic, italic2, strike] = match
    if (match.index > from) nodes.push(document.createTextNode(withEmoji(text.slice(from, match.index))))
    from = match.index + whole.length
    if (code) nodes.push(h('code', {}, code))
    else if (label) nodes.push(link(url ?? '', label))
    else if (bold ?? bold2) nodes.push(h('strong', {}, ...markdownInline(bold ?? bold2 ?? '')))
    else if (italic ?? italic2) nodes.push(h('em', {}, ...markdownInline(italic ?? italic2 ?? '')))
    else nodes.push(h('s', {}, ...markdownInline(strike ?? '')))
  }
  if (from < text.length) nodes.push(document.createTextNode(withEmoji(text.slice(from))))
  return nodes
}

/**
 * Headings, lists, quotes, code and paragraphs.
 * @param {string} text
 * @returns {HTMLElement}
 */
export function markdown(text) {
  const root = h('div', { class: 'rich-text' })
  /** @type {HTMLElement | undefined} */
  let list
  text.split(/^```[^\n]*\n([\s\S]*?)\n?```[ \t]*$/m).forEach((chunk, index) => {
    if (index % 2 === 1) {
      list = undefined
      root.append(h('pre', {}, chunk))
      return
    }
    for (const line of chunk.split('\n')) {
      const heading = /^#{1,6}\s+(.*)$/.exec(line)
      const item = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/.exec(line)
      if (item) {
        const tag = item[1] ? 'ol' : 'ul'
        if (list?.tagName.toLowerCase() !== tag) {
          list = h(tag)
          append(root, [list])
        }
        list?.append(h('li', {}, ...markdownInline(item[2] ?? '')))
        continue
      }
      list = undefined
      if (heading) root.append(h('p', {}, h('strong', {}, ...markdownInline(heading[1] ?? ''))))
      else if (/^\s*(---+|\*\*\*+)\s*$/.test(line)) root.append(h('hr'))
      else if (/^>\s?/.test(line)) root.append(h('blockquote', {}, ...markdownInline(line.replace(/^>\s?/, ''))))
      else if (line.trim() !== '') root.append(h('p', {}, ...markdownInline(line)))
    }
  })
  return root
}
