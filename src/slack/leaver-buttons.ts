// The buttons on a person's card for HR: they have left, they are back, and what they are.
import type { Button } from '@slack/types'
import { looksAfterPeople, type PersonCard } from '../people/index.ts'
import { button, confirmation, cut } from './blocks.ts'
import type { Visit } from './feature.ts'
import { LEAVING, RETURNING } from './people-acts-view.ts'

/** Their value is the person's id. */
export const CARD_MARK_LEFT = 'card_mark_left'
export const CARD_BRING_BACK = 'card_bring_back'
export const CARD_SET_EMPLOYEE = 'card_set_employee'
export const CARD_SET_CONTRACTOR = 'card_set_contractor'

/** Shown to those who look after people, never for oneself; who may press which is the core's to say. */
export function leaverButtons(card: PersonCard, { member, organisation }: Visit): Button[] {
  const { id: value, name, isActive } = card
  if (value === member.id || !looksAfterPeople(member, organisation)) return []
  if (!isActive) {
    return [
      button(CARD_BRING_BACK, 'Bring back', {
        value,
        label: cut(`Bring back ${name}`, 75),
        confirm: confirmation({
          title: cut(`Bring ${name} back?`, 100),
          text: RETURNING,
          confirm: 'Bring back',
          deny: 'Cancel',
        }),
      }),
    ]
  }
  return [
    ...(card.employeeType === null ? typeButtons(card) : []),
    button(CARD_MARK_LEFT, 'Mark as left', {
      value,
      style: 'danger',
      label: cut(`Mark as left: ${name}`, 75),
      confirm: confirmation({
        title: cut(`Mark ${name} as left?`, 100),
        text: LEAVING,
        confirm: 'Mark as left',
        deny: 'Cancel',
      }),
    }),
  ]
}

function typeButtons({ id: value, name }: PersonCard): Button[] {
  return [
    button(CARD_SET_EMPLOYEE, 'Set Employee', { value, label: cut(`Set Employee: ${name}`, 75) }),
    button(CARD_SET_CONTRACTOR, 'Set Contractor', { value, label: cut(`Set Contractor: ${name}`, 75) }),
  ]
}
