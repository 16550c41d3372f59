// @ts-check
// The elements that are picked rather than typed: boxes, radio buttons, dates and times, files.
import { upload } from './api.js'
import { h, newId } from './dom.js'
import { textOf } from './mrkdwn.js'
import { store, tell } from './store.js'

/** @param {import('./elements.js').Context} context */
export function choices({ element, name, value, onValue }) {
  const isRadio = element.type === 'radio_buttons'
  const group = newId('choice')
  const current = isRadio ? [value.selected_option] : (value.selected_options ?? [])
  let chosen = new Set(current.filter(Boolean).map((/** @type {any} */ option) => option.value))
  const boxes = element.options.map((/** @type {any} */ option, /** @type {number} */ index) => {
    const box = h('input', {
      type: isRadio ? 'radio' : 'checkbox',
      name: group,
      'data-focus': `${name['data-focus']}/${index}`,
      'aria-describedby': option.description && `${group}-${index}`,
    })
    box.checked = chosen.has(option.value)
    box.addEventListener('change', () => change(index))
    return box
  })
  const update = () => {
    for (const [index, box] of boxes.entries()) box.checked = chosen.has(element.options[index].value)
  }
  /** @param {number} index */
  function change(index) {
    const before = chosen
    const picked = element.options.filter((/** @type {any} */ _option, /** @type {number} */ at) => boxes[at].checked)
    chosen = new Set(picked.map((/** @type {any} */ option) => option.value))
    const next = isRadio ? { selected_option: element.options[index] } : { selected_options: picked }
    onValue({ type: element.type, ...next }, () => {
      chosen = before
      update()
    })
  }
  const { 'data-focus': _focus, ...named } = name
  return h(
    'div',
    { class: 'choices', role: isRadio ? 'radiogroup' : 'group', ...named },
    element.options.map((/** @type {any} */ option, /** @type {number} */ index) =>
      h(
        'div',
        { class: 'choice' },
        h('label', {}, boxes[index], h('span', {}, textOf(option.text))),
        option.description &&
          h('div', { class: 'choice-description', id: `${group}-${index}` }, textOf(option.description)),
      ),
    ),
  )
}

/** @param {import('./elements.js').Context} context @param {string} type @param {string} field */
export function dateInput({ element, name, value, onValue }, type, field) {
  const isMoment = field === 'selected_date_time'
  const stored = value[field]
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0')
  const local = (/** @type {number} */ seconds) => {
    const date = new Date(seconds * 1000)
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`
  }
  const written = !stored ? '' : isMoment ? local(stored) : stored
  const control = h('input', { ...name, type, class: 'text-input date', value: written })
  control.addEventListener('change', () => {
    const typed = control.value === '' ? null : control.value
    const next = isMoment && typed ? Math.floor(new Date(typed).getTime() / 1000) : typed
    onValue({ type: element.type, [field]: next }, () => {
      control.value = written
    })
  })
  return control
}

/** @param {import('./elements.js').Context} context */
export function fileInput({ element, spot, name, value }) {
  const { surface, blockId } = spot
  const max = element.max_files ?? 10
  let files = [...(value.files ?? [])]
  const list = h('ul', { class: 'files' })
  const control = h('input', {
    ...name,
    type: 'file',
    class: 'file-input',
    multiple: max > 1,
    accept: element.filetypes?.map((/** @type {string} */ type) => `.${type}`).join(','),
  })
  const keep = (/** @type {any[]} */ next) => {
    files = next
    surface.set(blockId, element.action_id, { type: 'file_input', files }, { soon: true })
    show()
  }
  const show = () =>
    list.replaceChildren(
      ...files.map((file) =>
        h(
          'li',
          {},
          h('span', {}, file.name, h('small', {}, ` ${Math.max(1, Math.round((file.size ?? 0) / 1024))} KB`)),
          h(
            'button',
            {
              type: 'button',
              'aria-label': `Remove ${file.name}`,
              onclick: () => keep(files.filter((other) => other !== file)),
            },
            '×',
          ),
        ),
      ),
    )
  control.addEventListener('change', async () => {
    const picked = [...control.files]
    control.value = ''
    const room = max === 1 ? 1 : max - files.length
    if (picked.length > room) tell('toast', `At most ${max} file${max > 1 ? 's' : ''} can be added here.`)
    for (const file of picked.slice(0, Math.max(room, 0))) {
      try {
        const stored = await upload(store.as, file)
        keep(max === 1 ? [stored] : [...files, stored])
      } catch (error) {
        tell('toast', error instanceof Error ? error.message : 'The file could not be added.')
      }
    }
  })
  show()
  return h('div', { class: 'file-field' }, control, list)
}
