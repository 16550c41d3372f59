// The button on a person's card for the question that automatic invitations raise.
import type { Button } from '@slack/types'
import type { PersonCard } from '../people/index.ts'
import { button, cut } from './blocks.ts'

/** Its value is the person's id. */
export const WHY_OPEN = 'why_open'

export function whyButton({ id, name }: PersonCard): Button[] {
  return [button(WHY_OPEN, 'Why invited, or not', { value: id, label: cut(`Why invited, or not: ${name}`, 75) })]
}
