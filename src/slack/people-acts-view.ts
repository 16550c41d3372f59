// The second step of the list of people: what can be done with those who are chosen, each act with its number.
import type { KnownBlock, ModalView } from '@slack/types'
import { actions, button, confirmation, context, plain, section } from './blocks.ts'
import { people } from './list-views.ts'
import { type PeopleMemory, rememberPeople } from './people-memory.ts'

export const PEOPLE_ACTS = 'people_acts'
export const SEND = 'people_send'
export const RESEND_CHOSEN = 'people_resend'
export const PAUSE = 'people_pause'
export const REOPEN = 'people_reopen'
export const ACTS_BACK = 'people_acts_back'
export const SET_EMPLOYEE = 'people_set_employee'
export const SET_CONTRACTOR = 'people_set_contractor'
export const MARK_LEFT = 'people_mark_left'
export const BRING_BACK = 'people_bring_back'

/** How many of the chosen each act would reach. */
export type ActCounts = {
  chosen: number
  invitable: number
  resendable: number
  pausable: number
  reopenable: number
  leavable: number
  returnable: number
  employee: number
  contractor: number
  /** Of so many SCIM or an import says whether they are Employees or Contractors. */
  held: number
}

/** The second step: what can be done with the chosen, each act with its number. */
export function actsView(memory: PeopleMemory, counts: ActCounts): ModalView {
  const blocks = [
    ...actBlock(counts.invitable, {
      id: SEND,
      name: 'Send invitation',
      says: (count) => `To ${people(count)} without an invitation. You choose hub, user type and role next.`,
    }),
    ...actBlock(counts.resendable, {
      id: RESEND_CHOSEN,
      name: 'Resend',
      says: (count) => `${people(count, 'invitation')} without an answer, with a new link each.`,
      ask: (count) => ({
        title: `Resend ${people(count, 'invitation')}?`,
        text: 'Each gets a new message. The links that were sent before stop working.',
        confirm: `Resend ${count.toLocaleString('en')}`,
      }),
    }),
    ...actBlock(counts.pausable, {
      id: PAUSE,
      name: 'Pause',
      says: (count) => `${people(count, 'active account')}. Who is paused cannot sign in.`,
      ask: (count) => ({
        title: `Pause ${people(count, 'account')}?`,
        text: 'They cannot sign in until somebody reopens them.',
        confirm: `Pause ${count.toLocaleString('en')}`,
      }),
    }),
    ...actBlock(counts.reopenable, {
      id: REOPEN,
      name: 'Reopen',
      says: (count) => `${people(count, 'paused account')}.`,
      ask: (count) => ({
        title: `Reopen ${people(count, 'account')}?`,
        text: 'They can sign in again at once.',
        confirm: `Reopen ${count.toLocaleString('en')}`,
      }),
    }),
    ...actBlock(counts.employee, {
      id: SET_EMPLOYEE,
      name: 'Set Employee',
      says: (count) => `${people(count)} will be ${count === 1 ? 'an Employee' : 'Employees'}.`,
    }),
    ...actBlock(counts.contractor, {
      id: SET_CONTRACTOR,
      name: 'Set Contractor',
      says: (count) => `${people(count)} will be ${count === 1 ? 'a Contractor' : 'Contractors'}.`,
    }),
    ...(counts.held > 0 ? [context(heldWords(counts.held))] : []),
    ...actBlock(counts.leavable, {
      id: MARK_LEFT,
      name: 'Mark as left',
      says: (count) => `${people(count)}, who ${count === 1 ? 'loses' : 'lose'} every way in at once.`,
      ask: (count) => ({
        title: `Mark ${people(count)} as left?`,
        text: LEAVING,
        confirm: `Mark ${count.toLocaleString('en')} as left`,
      }),
    }),
    ...actBlock(counts.returnable, {
      id: BRING_BACK,
      name: 'Bring back',
      says: (count) => `${people(count)} who had left.`,
      ask: (count) => ({
        title: `Bring ${people(count)} back?`,
        text: RETURNING,
        confirm: `Bring back ${count.toLocaleString('en')}`,
      }),
    }),
  ]
  return {
    type: 'modal',
    callback_id: PEOPLE_ACTS,
    private_metadata: rememberPeople(memory),
    title: plain('What to do', 24),
    close: plain('Close', 24),
    blocks: [
      section(`*${people(counts.chosen)} chosen*`),
      ...(blocks.length > 0 ? blocks : [section('There is nothing that you can do for them now.')]),
      { type: 'divider' },
      ...actions([button(ACTS_BACK, 'Back to the list')]),
    ],
  }
}

/** What follows, before it is done. A question holds 300 characters. */
export const LEAVING =
  'Invitations to them are revoked, their account is paused, their role, hubs and booked invitations are gone. What they sent to others stays valid and is shown to the Corporate Admins.'
export const RETURNING =
  'They count as active again and can be invited anew. They get no role, no hub and no account back by this.'

function heldWords(held: number): string {
  return `SCIM or an import says what ${people(held)} ${held === 1 ? 'is' : 'are'}: change that there.`
}

type ActWords = {
  id: string
  name: string
  says: (count: number) => string
  ask?: (count: number) => { title: string; text: string; confirm: string }
}

function actBlock(count: number, { id, name, says, ask }: ActWords): KnownBlock[] {
  if (count === 0) return []
  const question = ask?.(count)
  const options = question ? { confirm: confirmation({ ...question, deny: 'Cancel' }) } : {}
  return [section(`*${name}*\n${says(count)}`, button(id, name, { ...options, label: `${name}: ${says(count)}` }))]
}
