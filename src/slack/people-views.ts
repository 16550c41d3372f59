// What the list of people looks like: the filters, the search, and a page of people with their boxes. Pure.
import type { KnownBlock, ModalView, PlainTextOption, SectionBlock } from '@slack/types'
import {
  INVITED_STATE_NAMES,
  INVITED_STATES,
  type Obstacle,
  type PeopleFilter,
  type PeoplePage,
  type PeopleTotal,
  type PersonLine,
  readPeopleFilter,
  SPECIAL_LIST_NAMES,
  SPECIAL_LISTS,
  standingName,
  USER_STATE_NAMES,
  USER_STATES,
} from '../people/index.ts'
import { actions, button, type Choice, context, cut, option, plain, section } from './blocks.ts'
import type { OpenView } from './feature.ts'
import { people } from './list-views.ts'
import { type PeopleMemory, rememberPeople, SEARCH_LENGTH } from './people-memory.ts'
import { personMenu } from './person-menu.ts'

export const PEOPLE_LIST = 'people_list'
export const INVITED_FILTER = 'people_invited'
export const USER_FILTER = 'people_user'
export const ONLY_FILTER = 'people_only'
export const SEARCH = 'people_search'
export const PREVIOUS = 'people_previous'
export const NEXT = 'people_next'
export const CHOOSE_ALL = 'people_choose_all'
export const CHOOSE_NOBODY = 'people_choose_nobody'

/** What the text of a choice holds (Slack). */
const OPTION_LENGTH = 75

export type PeopleShown = { page: PeoplePage; chosen: string[]; count: number; notice?: string }

/** One page of the list. */
export function peopleView(memory: PeopleMemory, { page, chosen, count, notice }: PeopleShown): ModalView {
  const { filter } = memory
  return {
    type: 'modal',
    callback_id: PEOPLE_LIST,
    private_metadata: rememberPeople(memory),
    title: plain('People', 24),
    submit: plain('Continue', 24),
    close: plain('Close', 24),
    blocks: [
      ...(notice ? [section(`*${notice}*`), { type: 'divider' as const }] : []),
      filterMenu(INVITED_FILTER, 'By invitation', { choices: INVITED_CHOICES, chosen: filter.invited }),
      filterMenu(USER_FILTER, 'By user status', { choices: USER_CHOICES, chosen: filter.user }),
      filterMenu(ONLY_FILTER, 'Only those', { choices: ONLY_CHOICES, chosen: filter.only }),
      searchField(filter.search),
      context(`${totalWords(page.total)} ${count === 0 ? '' : `${people(count)} chosen so far.`}`),
      ...rowBlocks(memory, { page, chosen }),
      ...personMenu(page.people, String(memory.page)),
      ...actions([
        ...(page.hasPrevious ? [button(PREVIOUS, 'Previous page')] : []),
        ...(page.hasNext ? [button(NEXT, 'Next page')] : []),
        ...(page.people.length > 0 ? [button(CHOOSE_ALL, chooseAllWords(page.total))] : []),
        ...(count > 0 ? [button(CHOOSE_NOBODY, 'Choose nobody')] : []),
      ]),
    ],
  }
}

const ALL: Choice = { id: 'all', name: 'All' }
const INVITED_CHOICES: Choice[] = [ALL, ...INVITED_STATES.map((id) => ({ id, name: INVITED_STATE_NAMES[id] }))]
const USER_CHOICES: Choice[] = [ALL, ...USER_STATES.map((id) => ({ id, name: USER_STATE_NAMES[id] }))]
const ONLY_CHOICES: Choice[] = [ALL, ...SPECIAL_LISTS.map((id) => ({ id, name: SPECIAL_LIST_NAMES[id] }))]

/** What stands in the filters and in the search field of a modal. */
export function readShownFilter(values: Record<string, string | null>): PeopleFilter {
  return {
    invited: INVITED_STATES.find((state) => state === values[INVITED_FILTER]) ?? 'all',
    user: USER_STATES.find((state) => state === values[USER_FILTER]) ?? 'all',
    only: SPECIAL_LISTS.find((list) => list === values[ONLY_FILTER]) ?? 'all',
    search: (values[SEARCH] ?? '').trim(),
  }
}

/** What was typed behind the command; Slack may hand over an address as <mailto:ana@example.org|ana@example.org>. */
export function readTypedFilter(typed: string): PeopleFilter {
  return readPeopleFilter(typed.replaceAll(/<mailto:[^|>]+\|([^>]+)>/g, '$1').slice(0, SEARCH_LENGTH))
}

function filterMenu(id: string, label: string, menu: { choices: Choice[]; chosen: string }): SectionBlock {
  const chosen = menu.choices.find((choice) => choice.id === menu.chosen) ?? ALL
  return {
    type: 'section',
    block_id: id,
    text: plain(label),
    accessory: {
      type: 'static_select',
      action_id: id,
      placeholder: plain(label, 150),
      options: menu.choices.map(option),
      initial_option: option(chosen),
    },
  }
}

function searchField(search: string): KnownBlock {
  return {
    type: 'input',
    block_id: SEARCH,
    dispatch_action: true,
    optional: true,
    label: plain('Search'),
    element: {
      type: 'plain_text_input',
      action_id: SEARCH,
      max_length: SEARCH_LENGTH,
      placeholder: plain('Name, address, mobile, department, hub … then Enter', 150),
      dispatch_action_config: { trigger_actions_on: ['on_enter_pressed'] },
      ...(search ? { initial_value: search } : {}),
    },
  }
}

function rowBlocks(
  { page: number }: PeopleMemory,
  { page, chosen }: Pick<PeopleShown, 'page' | 'chosen'>,
): KnownBlock[] {
  if (page.people.length === 0) {
    return [section('Nobody is found. Choose *All* in every filter, or search for something shorter.')]
  }
  const options = page.people.map(personOption)
  const ticked = options.filter(({ value }) => chosen.includes(value ?? ''))
  return [
    {
      type: 'input',
      block_id: `${ROWS}${number}`,
      optional: true,
      label: plain('Choose people'),
      element: {
        type: 'checkboxes',
        action_id: ROWS,
        options,
        ...(ticked.length > 0 ? { initial_options: ticked } : {}),
      },
    },
  ]
}

const ROWS = 'people_rows_'

/** Who stands on the page of a modal, and who of them is ticked. */
export function readTicks(view: OpenView | undefined): { blockId: string; shown: string[]; ticked: string[] } {
  const block = view?.shown.blocks.find(({ block_id }) => block_id?.startsWith(ROWS))
  if (block?.type !== 'input' || !('element' in block) || block.element.type !== 'checkboxes') {
    return { blockId: SEARCH, shown: [], ticked: [] }
  }
  const blockId = block.block_id ?? ''
  const shown = block.element.options.flatMap(({ value }) => value ?? [])
  const ticked = (view?.values[blockId] ?? '').split(',').filter((id) => shown.includes(id))
  return { blockId, shown, ticked }
}

function personOption(person: PersonLine): PlainTextOption {
  const { name, email, mobile, departmentName, locationName } = person
  const reached = [email, mobile].find((one) => one !== null && one !== name)
  // Of a long name and a long address both beginnings are shown.
  const room = OPTION_LENGTH - 3 - Math.min(reached?.length ?? 0, 45)
  const text = reached ? `${cut(name, Math.max(room, 20))} · ${reached}` : name
  const facts = [standingName(person), ...person.obstacles.map(obstacleWords), departmentName, locationName]
  return {
    ...option({ id: person.id, name: text }),
    description: plain(facts.filter(Boolean).join(' · '), OPTION_LENGTH),
  }
}

function obstacleWords(obstacle: Obstacle): string {
  const words: Record<Obstacle, string> = {
    no_contact: 'no e-mail, no mobile',
    no_email: 'no e-mail',
    uncategorised: 'uncategorised',
    left: 'has left',
  }
  return words[obstacle]
}

function totalWords({ count, isExact }: PeopleTotal): string {
  if (isExact) return count === 1 ? '1 person matches.' : `${people(count)} match.`
  return count < 10 ? 'Many people match.' : `More than ${people(count)} match.`
}

function chooseAllWords({ count, isExact }: PeopleTotal): string {
  if (!isExact) return 'Choose all that match'
  return count === 1 ? 'Choose the one that matches' : `Choose all ${count.toLocaleString('en')} that match`
}
