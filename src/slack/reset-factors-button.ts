// The button on a person's card for whoever lost their second factors.
import type { Button } from '@slack/types'
import type { PersonCard } from '../people/index.ts'
import { button, confirmation, cut } from './blocks.ts'
import type { Visit } from './feature.ts'

/** Its value is the person's id. */
export const RESET_FACTORS = 'factors_reset'

/** Shown where there is something to reset, and never for oneself; who may press it is the core's to say. */
export function resetFactorsButton({ id, name, factors }: PersonCard, { member }: Visit): Button[] {
  if (factors.length === 0 || id === member.id) return []
  return [
    button(RESET_FACTORS, 'Reset second factors', {
      value: id,
      style: 'danger',
      label: cut(`Reset second factors of ${name}`, 75),
      confirm: confirmation({
        title: 'Reset second factors?',
        text: `For somebody who has lost them. Until ${cut(name, 60)} adds new ones, the password is enough. They are told. Make sure that it is really they who ask.`,
        confirm: 'Reset them',
        deny: 'Keep them',
      }),
    }),
  ]
}
