// @ts-check
// One place with interactive elements (a modal, the Home tab, a message): what is typed and chosen in it, and how the
// local Slack hears of it.
import { post } from './api.js'
import { store, tell } from './store.js'

/** @typedef {import('../../slack/client-api.ts').StateValues} StateValues */
/** @typedef {import('../../slack/client-api.ts').StateValue} StateValue */
/** @typedef {import('../../slack/client-api.ts').ActionRequest['container']} Container */

/** How long typing rests before it is told. */
const TYPING_MS = 200

/** @typedef {ReturnType<typeof createSurface>} Surface */

/**
 * @param {Container} container
 * @param {StateValues} [values] what is chosen so far
 */
export function createSurface(container, values = {}) {
  const as = store.as
  const isView = 'view_id' in container
  /** Told to nobody yet: `block action` keys. @type {Set<string>} */
  const untold = new Set()
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  // Requests of one surface go out one after the other, so that a submission never overtakes what was typed before it.
  /** @type {Promise<unknown>} */
  let last = Promise.resolve()

  const surface = {
    container,
    values: structuredClone(values),
    /** @type {Record<string, string>} */
    errors: {},
    /** Told when a field's error is gone. @type {(blockId: string) => void} */
    onErrorGone: () => {},

    /** @param {string} blockId @param {string} actionId @returns {StateValue | undefined} */
    value(blockId, actionId) {
      return surface.values[blockId]?.[actionId]
    },

    /**
     * Takes over what the local Slack knows after a change of the blocks; what it has not been told of stays.
     * @param {StateValues} fresh
     * @param {any[]} blocks
     */
    adopt(fresh, blocks) {
      const next = structuredClone(fresh)
      for (const key of [...untold]) {
        const [blockId = '', actionId = ''] = key.split('\n')
        const mine = surface.value(blockId, actionId)
        const shown = blocks.find((block) => block.block_id === blockId)
        if (mine && actionIds(shown).includes(actionId)) next[blockId] = { ...next[blockId], [actionId]: mine }
        else untold.delete(key)
      }
      surface.values = next
    },

    /**
     * Keeps a new value; inside a view the local Slack is told a moment later.
     * @param {string} blockId
     * @param {string} actionId
     * @param {StateValue} value
     * @param {{ soon?: boolean }} [options] soon: do not wait for the typing to rest
     */
    set(blockId, actionId, value, { soon = false } = {}) {
      surface.values[blockId] = { ...surface.values[blockId], [actionId]: value }
      untold.add(`${blockId}\n${actionId}`)
      if (surface.errors[blockId] !== undefined) {
        delete surface.errors[blockId]
        surface.onErrorGone(blockId)
      }
      if (!isView) return
      clearTimeout(timer)
      timer = setTimeout(surface.tellTyped, soon ? 0 : TYPING_MS)
    },

    /** Tells what was typed since the last time. */
    tellTyped() {
      clearTimeout(timer)
      if (!isView || untold.size === 0) return last
      /** @type {StateValues} */
      const values = {}
      for (const key of untold) {
        const [blockId = '', actionId = ''] = key.split('\n')
        const value = surface.value(blockId, actionId)
        if (value) values[blockId] = { ...values[blockId], [actionId]: value }
      }
      untold.clear()
      return surface.send('view/input', { view_id: container.view_id, values })
    },

    /**
     * A press or a choice that the app hears of at once.
     * @param {string} blockId
     * @param {string} actionId
     * @param {Partial<StateValue>} action
     */
    act(blockId, actionId, action) {
      clearTimeout(timer)
      untold.clear()
      return surface.send('action', {
        container,
        block_id: blockId,
        action_id: actionId,
        action,
        state: surface.values,
      })
    },

    /** Sends the form. */
    submit() {
      clearTimeout(timer)
      untold.clear()
      return isView
        ? surface.send('view/submit', { view_id: container.view_id, values: surface.values })
        : Promise.resolve(undefined)
    },

    /**
     * @param {string} path
     * @param {object} body
     * @returns {Promise<any>} the answer; undefined after a failure, which has been shown
     */
    send(path, body) {
      const request = last.then(() => post(path, { as, ...body }))
      const outcome = request.catch((error) => {
        tell('toast', error.message)
        return undefined
      })
      last = outcome
      return outcome
    },
  }
  return surface
}

/** The action ids of every element of a block. @param {any} block @returns {string[]} */
function actionIds(block) {
  const elements = [block?.element, block?.accessory, ...(block?.elements ?? [])]
  return elements.flatMap((element) => (element?.action_id ? [element.action_id] : []))
}
