// @ts-check
// Tables and charts. A chart is bars, whatever kind was asked for, and always readable as text.
import { h } from './dom.js'
import { richText } from './rich-text.js'

/** @param {any} cell */
function cellContent(cell) {
  if (cell.type === 'rich_text') return richText(cell)
  return cell.text ?? (cell.value ?? cell.number ?? '').toString()
}

/**
 * A table or data_table block; the first row is its head.
 * @param {any} block
 * @returns {HTMLElement}
 */
export function table(block) {
  const [head = [], ...rows] = block.rows ?? []
  const headerColumn = block.row_header_column_index ?? -1
  const look = (/** @type {any} */ cell, /** @type {number} */ column) => {
    const settings = block.column_settings?.[column]
    const isNumber = (rows[0]?.[column] ?? cell).type === 'raw_number'
    const align = settings?.align ?? (isNumber ? 'right' : 'left')
    return `align-${align}${settings?.is_wrapped ? ' wrapped' : ''}`
  }
  const size = block.type === 'data_table' ? (block.page_size ?? 5) : rows.length
  let page = 0
  const pages = Math.max(1, Math.ceil(rows.length / Math.max(size, 1)))
  const body = h('tbody')
  const where = h('span', { role: 'status' })
  const step = (/** @type {number} */ by) => {
    page = Math.min(Math.max(page + by, 0), pages - 1)
    body.replaceChildren(
      ...rows.slice(page * size, (page + 1) * size).map((/** @type {any[]} */ row) =>
        h(
          'tr',
          {},
          row.map((cell, column) =>
            column === headerColumn
              ? h('th', { scope: 'row', class: look(cell, column) }, cellContent(cell))
              : h('td', { class: look(cell, column) }, cellContent(cell)),
          ),
        ),
      ),
    )
    where.textContent = `${page + 1} of ${pages}`
  }
  step(0)
  const headRow = h(
    'tr',
    {},
    head.map((/** @type {any} */ cell, /** @type {number} */ column) =>
      h('th', { scope: 'col', class: look(cell, column) }, cellContent(cell)),
    ),
  )
  const name = block.caption ?? 'Table'
  return h(
    'div',
    { class: 'table-block' },
    h(
      'div',
      { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': name },
      h('table', {}, block.caption && h('caption', {}, block.caption), h('thead', {}, headRow), body),
    ),
    pages > 1 &&
      h(
        'div',
        { class: 'pager' },
        h('button', { type: 'button', class: 'button', onclick: () => step(-1), 'aria-label': 'Earlier rows' }, '‹'),
        where,
        h('button', { type: 'button', class: 'button', onclick: () => step(1), 'aria-label': 'Later rows' }, '›'),
      ),
  )
}

/**
 * @param {any} block a data_visualization block
 * @returns {HTMLElement}
 */
export function chart(block) {
  const { chart: shape = {} } = block
  /** @type {{ name: string, data: { label: string, value: number }[] }[]} */
  const series = shape.segments ? [{ name: '', data: shape.segments }] : (shape.series ?? [])
  const max = Math.max(1, ...series.flatMap(({ data }) => data.map(({ value }) => Number(value) || 0)))
  const several = series.length > 1
  const rows = series.flatMap(({ name, data }, index) =>
    data.map(({ label, value }) => {
      const bar = h('span', { class: `bar series-${index % 6}` })
      bar.style.width = `${Math.max((100 * (Number(value) || 0)) / max, 0.5)}%`
      return h(
        'li',
        {},
        h('span', { class: 'bar-label' }, several ? `${label} · ${name}` : label),
        h('span', { class: 'bar-track', 'aria-hidden': 'true' }, bar),
        h('span', { class: 'bar-value' }, String(value)),
      )
    }),
  )
  return h('figure', { class: 'chart' }, block.title && h('figcaption', {}, block.title), h('ul', {}, rows))
}
