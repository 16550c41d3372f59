// @ts-check
// The modal that the person sees: the top of the view stack, in one dialog. What is typed stays while the app updates it.
import { showBlocks, showErrors } from './blocks.js'
import { h, newId } from './dom.js'
import { textOf } from './mrkdwn.js'
import { on, store } from './store.js'
import { createSurface } from './surface.js'

/** @typedef {import('../../slack/client-api.ts').ClientView} ClientView */

/** Starts following the view stack. */
export function startModals() {
  const titleId = newId('modal-title')
  const dialog = h('dialog', { class: 'modal', 'aria-labelledby': titleId })
  document.body.append(dialog)
  /** @type {Map<string, import('./surface.js').Surface>} */
  const surfaces = new Map()
  /** @type {{ id: string, update: (view: ClientView) => void } | undefined} */
  let shown

  const top = () => store.views.at(-1)

  /** @param {boolean} all */
  function leave(all) {
    const view = top()
    if (view) surfaces.get(view.id)?.send('view/close', { view_id: view.id, all })
  }

  dialog.addEventListener('cancel', (/** @type {Event} */ event) => {
    if (event.target !== dialog) return
    // The dialog closes when the local Slack says that the view is gone.
    event.preventDefault()
    leave(false)
  })

  /** @param {ClientView} view */
  function build(view) {
    const surface = surfaces.get(view.id)
    if (!surface) throw new Error('A view has no surface')
    const title = h('h2', { id: titleId })
    const body = h('div', { class: 'modal-body blocks' })
    const trouble = h('p', { class: 'trouble', role: 'alert' })
    const cancel = h('button', { type: 'button', class: 'button', onclick: () => leave(false) })
    const submit = h('button', { type: 'submit', class: 'button primary' })
    const isPushed = store.views.length > 1
    const send = (/** @type {Event} */ event) => {
      event.preventDefault()
      if (submit.getAttribute('aria-busy') === 'true' || submit.hidden) return
      setBusy(true)
      surface.submit().then(() => setBusy(top()?.submitting ?? false))
    }
    const setBusy = (/** @type {boolean} */ busy) => {
      submit.setAttribute('aria-busy', String(busy))
      submit.setAttribute('aria-disabled', String(busy))
    }
    const form = h(
      'form',
      { novalidate: true, onsubmit: send },
      h(
        'header',
        { class: 'modal-header' },
        isPushed &&
          h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Back', onclick: () => leave(false) }, '‹'),
        title,
        h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close', onclick: () => leave(true) }, '×'),
      ),
      body,
      trouble,
      h('footer', { class: 'modal-footer dialog-buttons' }, cancel, submit),
    )
    surface.onErrorGone = () => showErrors(body, surface)
    dialog.replaceChildren(form)

    let errorsBefore = ''
    /** @param {ClientView} now */
    function update(now) {
      title.replaceChildren(textOf(now.title))
      document.title = `${now.title?.text ?? ''} · ${store.boot.team.name}`
      cancel.replaceChildren(textOf(now.close ?? { type: 'plain_text', text: now.submit ? 'Cancel' : 'Close' }))
      submit.hidden = now.submit === undefined
      submit.replaceChildren(textOf(now.submit))
      setBusy(now.submitting)
      trouble.textContent = now.trouble ?? ''
      trouble.hidden = !now.trouble
      showBlocks(body, now.blocks, /** @type {any} */ (surface))
      const errors = JSON.stringify(now.errors)
      if (errors !== errorsBefore && errors !== '{}') {
        const first = showErrors(body, /** @type {any} */ (surface))
        first?.focus()
        first?.closest('.block')?.scrollIntoView({ block: 'nearest' })
      }
      errorsBefore = errors
    }
    return { id: view.id, update }
  }

  /** The field that Slack gives the focus to. @param {ClientView} view */
  function focusFirst(view) {
    const wanted = view.blocks
      .flatMap((block) => [block.element, block.accessory])
      .find((/** @type {any} */ element) => element?.focus_on_load)
    const actionId = /** @type {any} */ (wanted)?.action_id
    const named = actionId && dialog.querySelector(`[data-focus$="/${CSS.escape(actionId)}"]`)
    const first = dialog.querySelector('.modal-body :is(input, textarea, select, button):not([hidden])')
    const fallback = dialog.querySelector('.modal-footer button:not([hidden])')
    const target = named ?? first ?? fallback
    target?.focus()
  }

  on(['views'], () => {
    const ids = new Set(store.views.map((view) => view.id))
    for (const id of [...surfaces.keys()]) if (!ids.has(id)) surfaces.delete(id)
    for (const view of store.views) {
      const surface = surfaces.get(view.id) ?? createSurface({ view_id: view.id }, view.state.values)
      surface.adopt(view.state.values, view.blocks)
      surface.errors = { ...view.errors }
      surfaces.set(view.id, surface)
    }
    const view = top()
    if (!view) {
      shown = undefined
      document.title = `${store.boot.team.name} · Sandbox`
      if (dialog.open) dialog.close()
      dialog.replaceChildren()
      return
    }
    const isNew = shown?.id !== view.id
    if (isNew || !shown) shown = build(view)
    if (!dialog.open) dialog.showModal()
    shown.update(view)
    if (isNew || !dialog.contains(document.activeElement)) focusFirst(view)
  })

  on(['who'], () => {
    surfaces.clear()
    shown = undefined
    if (dialog.open) dialog.close()
  })
}
