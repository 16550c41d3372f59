// @ts-check
// Every kind of select element: where its choices come from and the shape of its value.
import { post } from './api.js'
import { avatar } from './avatar.js'
import { createCombobox, filterChoices } from './combobox.js'
import { people, store, userOf } from './store.js'

/** @typedef {import('./combobox.js').ChoiceGroup} ChoiceGroup */
/** @typedef {import('./combobox.js').Choice} Choice */

/** The kinds, by the source of their choices. */
const SOURCES = ['static', 'external', 'users', 'conversations', 'channels']

/** @param {string} type */
export function isSelect(type) {
  return SOURCES.some((source) => type === `${source}_select` || type === `multi_${source}_select`)
}

/**
 * @param {any} element
 * @param {{ name: Record<string, any>, value: any, optional: boolean, blockId: string, surface: import('./surface.js').Surface, onValue: (value: any) => void }} options
 */
export function selectElement(element, { name, value, optional, blockId, surface, onValue }) {
  const multiple = element.type.startsWith('multi_')
  const source = element.type.replace(/^multi_/, '').replace(/_select$/, '')
  const isOption = source === 'static' || source === 'external'
  // Chosen options are remembered whole: an external one may not be in the next answer.
  /** @type {Map<string, any>} */
  const options = new Map()

  /** @param {any} option @returns {Choice} */
  const fromOption = (option) => {
    const key = option.value ?? option.text.text
    options.set(key, option)
    return { key, text: option.text.text, description: option.description?.text }
  }
  /** @param {any} answer @returns {ChoiceGroup[]} */
  const fromOptions = (answer) =>
    answer.option_groups
      ? answer.option_groups.map((/** @type {any} */ group) => ({
          label: group.label.text,
          choices: group.options.map(fromOption),
        }))
      : [{ choices: (answer.options ?? []).map(fromOption) }]

  /** @param {string} query @returns {Promise<ChoiceGroup[]> | ChoiceGroup[]} */
  function load(query) {
    if (source === 'external') {
      const request = {
        as: store.as,
        container: surface.container,
        block_id: blockId,
        action_id: element.action_id,
        value: query,
      }
      return rest(query)
        .then(() => post('options', request))
        .then(fromOptions)
    }
    const groups = source === 'static' ? fromOptions(element) : [{ choices: known(source, element) }]
    return filterChoices(groups, query)
  }

  let latest = 0
  /** Waits until the typing rests, so that not every letter is a request. @param {string} query */
  function rest(query) {
    latest += 1
    const mine = latest
    return new Promise((resolve) => {
      setTimeout(() => mine === latest && resolve(undefined), query === '' ? 0 : 250)
    })
  }

  const names = {
    users: 'user',
    conversations: 'conversation',
    channels: 'channel',
    static: 'option',
    external: 'option',
  }
  const field = `selected_${names[/** @type {keyof typeof names} */ (source)]}${multiple ? 's' : ''}`
  const current = value?.[field] ?? []
  const chosenKeys = Array.isArray(current) ? current : [current]
  const chosen = isOption ? chosenKeys.map(fromOption) : chosenKeys.map((id) => choiceOf(source, id))

  return createCombobox({
    name,
    placeholder: element.placeholder?.text ?? (multiple ? 'Choose one or more' : 'Choose one'),
    multiple,
    clearable: optional,
    max: element.max_selected_items,
    chosen,
    load,
    minQuery: source === 'external' ? (element.min_query_length ?? 3) : 0,
    onChange(next) {
      const values = next.map(({ key }) => (isOption ? options.get(key) : key))
      onValue({ type: element.type, [field]: multiple ? values : (values[0] ?? null) })
    },
  })
}

/** @param {string} source @param {any} element @returns {Choice[]} */
function known(source, element) {
  const users = people().map((user) => choiceOf('users', user.id))
  if (source === 'users') return users
  const channels = store.boot.channels.filter(
    (channel) => !channel.is_archived && (!channel.is_private || channel.members.includes(store.as)),
  )
  const include = element.filter?.include
  const wanted = channels.filter((channel) => !include || include.includes(channel.is_private ? 'private' : 'public'))
  const choices = (source === 'channels' ? channels.filter((channel) => !channel.is_private) : wanted).map((channel) =>
    choiceOf('channels', channel.id),
  )
  if (source === 'channels') return choices
  const dms = store.conversations.filter(
    (conversation) => conversation.kind === 'dm' && (!include || include.includes('im')),
  )
  return [...choices, ...dms.map((conversation) => choiceOf('conversations', conversation.id))]
}

/** @param {string} source @param {string} id @returns {Choice} */
function choiceOf(source, id) {
  if (source === 'users') {
    const user = userOf(id)
    return { key: id, text: user?.real_name ?? id, description: user?.title || undefined, picture: avatar(id, 'small') }
  }
  const channel = store.boot.channels.find((entry) => entry.id === id)
  if (channel) return { key: id, text: `#${channel.name}` }
  const conversation = store.conversations.find((entry) => entry.id === id)
  return { key: id, text: conversation?.name ?? id }
}
