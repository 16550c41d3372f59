// Under the list of people: a menu of those who stand on the page, to look at one of them. Pure.
import type { KnownBlock, ModalView } from '@slack/types'
import type { PersonLine } from '../people/index.ts'
import { cut, option, plain } from './blocks.ts'
import type { OpenView } from './feature.ts'

export const PERSON_CHOSEN = 'person_chosen'

/** `fresh`: part of the block's id, so that a page shows a menu of its own. */
export function personMenu(people: PersonLine[], fresh: string): KnownBlock[] {
  if (people.length === 0) return []
  const options = people.map(({ id, name, email }) =>
    option({ id, name: email && email !== name ? `${cut(name, 40)} · ${email}` : name }),
  )
  return [
    {
      type: 'section',
      block_id: `${PERSON_CHOSEN}_${fresh}`,
      text: plain('Look at one of them'),
      accessory: {
        type: 'static_select',
        action_id: PERSON_CHOSEN,
        placeholder: plain('Choose whom', 150),
        options,
      },
    },
  ]
}

/** Who was chosen in the menu of a modal. */
export function chosenPerson(view: OpenView | undefined): string | undefined {
  const [, chosen] = Object.entries(view?.values ?? {}).find(([id]) => id.startsWith(PERSON_CHOSEN)) ?? []
  return chosen ?? undefined
}

/** The same modal with nobody chosen: Slack says nothing when the same one is chosen twice. */
export function withFreshMenu(view: ModalView, fresh: string): ModalView {
  const blocks = view.blocks.map((block) =>
    block.block_id?.startsWith(PERSON_CHOSEN) ? { ...block, block_id: `${PERSON_CHOSEN}_${fresh}` } : block,
  )
  return { ...view, blocks }
}
