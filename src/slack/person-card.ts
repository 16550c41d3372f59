// The card of one person: all that is known of them and where each field comes from, and what can be done. To add a
// button, add a line to CARD_ACTIONS; after an act, `showCard` shows the card as it is then.

import type { Button, KnownBlock, ModalView } from '@slack/types'
import { FACTOR_NAMES } from '../accounts/index.ts'
import { languageChoices } from '../languages/index.ts'
import { grantsOf, ROLE_NAMES, reachOf, USER_TYPE_NAMES } from '../organisation/index.ts'
import {
  type FactField,
  INVITED_STATE_NAMES,
  type PeopleViewer,
  type PersonCard,
  readPersonCard,
  type Source,
  USER_STATE_NAMES,
} from '../people/index.ts'
import { Refusal } from '../refusal.ts'
import { actions, button, cut, escapeText, facts, header, moment, plain, section } from './blocks.ts'
import type { ActionVisit, Visit } from './feature.ts'
import { leaverButtons } from './leaver-buttons.ts'
import { resetFactorsButton } from './reset-factors-button.ts'
import { whyButton } from './why-button.ts'

/** Their value is a person's id. From the story of an invitation it is "person id:invitation id". */
export const PERSON_OPEN = 'person_open'
export const PERSON_FROM_STORY = 'person_from_story'
export const PERSON_CARD = 'person_card'
/** Back to the story of an invitation; its value is the invitation's id. */
export const STORY_BACK = 'status_story'
/** Of a story (src/slack/features/status.ts). */
const STORY_OPEN = 'status_open'

export type CardAction = (card: PersonCard, visit: Visit) => Button[]

/** What can be done with a person, in the order of the buttons; their value is the person's id. */
const CARD_ACTIONS: CardAction[] = [leaverButtons, resetFactorsButton, whyButton]

const SOURCE_WORDS: Record<Source, string> = {
  scim: 'SCIM',
  csv: 'an import',
  hand: 'an admin',
  self: 'themselves',
  slack: 'Slack',
}

function viewerOf({ member, organisation }: Visit): PeopleViewer {
  if (grantsOf(member, organisation).length === 0) throw new Refusal('may_not_invite')
  return { organisationId: organisation.id, reach: reachOf(member, organisation) }
}

/** The card; `from`: the invitation whose story it replaces. Throws Refusal `person_not_seen`. */
export async function personCard(visit: Visit, personId: string, from = ''): Promise<ModalView> {
  const card = await readPersonCard(visit.c.db, viewerOf(visit), personId)
  if (!card) throw new Refusal('person_not_seen')
  return cardView(card, visit, from)
}

/** Shows the card as it is now, in the card's own modal. */
export async function showCard(visit: ActionVisit, personId: string): Promise<void> {
  await visit.update(await personCard(visit, personId, visit.view?.privateMetadata ?? ''))
}

function cardView(card: PersonCard, visit: Visit, from: string): ModalView {
  const { name, invitationId } = card
  const buttons = [
    ...CARD_ACTIONS.flatMap((action) => action(card, visit)),
    ...(from === '' && invitationId
      ? [
          button(STORY_OPEN, 'Open invitation', {
            value: invitationId,
            label: cut(`Open invitation of ${name}`, 75),
          }),
        ]
      : []),
    ...(from === '' ? [] : [button(STORY_BACK, 'Back to the invitation', { value: from })]),
  ]
  const blocks: KnownBlock[] = [
    header(name),
    facts(fieldsOf(card)),
    section(activeWords(card)),
    facts([
      ['Invitation', INVITED_STATE_NAMES[card.invited]],
      ['User status', USER_STATE_NAMES[card.user]],
      ['Role', roleWords(card)],
      ...(card.factors.length > 0 ? [['Second factors', factorWords(card)] as [string, string]] : []),
    ]),
    section(`*Hubs*\n${hubWords(card)}`),
    section(`*Groups*\n${groupWords(card)}`),
    ...actions(buttons),
  ]
  return {
    type: 'modal',
    callback_id: PERSON_CARD,
    // What a button on the card needs to find its way back.
    private_metadata: from,
    title: plain('Person', 24),
    close: plain('Close', 24),
    blocks,
  }
}

const EMPLOYEE_TYPES = { employee: 'Employee', contractor: 'Contractor' }

/** At most ten fit side by side. */
function fieldsOf(card: PersonCard): [string, string][] {
  const { sources } = card
  const field = (label: string, value: string | null, of: FactField, without = 'not known'): [string, string] => [
    label,
    value ? `${value}\nfrom ${sourceWords(sources[of])}` : without,
  ]
  return [
    field('First name', card.firstName, 'firstName'),
    field('Last name', card.lastName, 'lastName'),
    field('E-mail', card.email, 'email', 'none'),
    field('Mobile', card.mobile, 'mobile', 'none'),
    field('Department', card.departmentName, 'departmentId', 'none'),
    field('Location', card.locationName, 'locationId', 'none'),
    field('Employee type', card.employeeType && EMPLOYEE_TYPES[card.employeeType], 'employeeType', 'uncategorised'),
    field('Start date', card.startDate, 'startDate'),
    ...(card.userName ? [['User name', card.userName] as [string, string]] : []),
    ...(card.language
      ? [field('Language', languageChoices.find(({ id }) => id === card.language)?.name ?? card.language, 'language')]
      : []),
  ]
}

/** "Slack"; what nobody claims came with an invitation. */
export function sourceWords(source: Source | undefined): string {
  return source ? SOURCE_WORDS[source] : 'an invitation'
}

function activeWords({ isActive, activeBy, leftAt }: PersonCard): string {
  if (activeBy === undefined) return isActive ? '*Active.* Nobody has said otherwise.' : '*Not active.*'
  const since = !isActive && leftAt ? ` since ${moment(leftAt)}` : ''
  const says = activeBy === 'self' ? 'they themselves say' : `${SOURCE_WORDS[activeBy]} says`
  return `*${isActive ? 'Active' : 'Not active'}*${since}, as ${says}.`
}

function hubWords({ hubs, hubCount }: PersonCard): string {
  const words = hubs.map(({ name, userType }) => escapeText(`${name} (${USER_TYPE_NAMES[userType]})`))
  return listed(words, hubCount)
}

function groupWords({ groups, groupCount }: PersonCard): string {
  const words = groups.map(({ shown, isGone }) => escapeText(isGone ? `${shown}, which is not there any more` : shown))
  return listed(words, groupCount)
}

function roleWords({ role, invitedRole, invited, user }: PersonCard): string {
  if (role) return ROLE_NAMES[role]
  return invitedRole && (user === 'pending' || invited === 'waiting')
    ? `none yet (invited as ${ROLE_NAMES[invitedRole]})`
    : 'none'
}

function factorWords({ factors }: PersonCard): string {
  return factors.map((kind) => FACTOR_NAMES[kind]).join('\n')
}

function listed(words: string[], count: number): string {
  if (words.length === 0) return 'none'
  return words.join('\n') + (count > words.length ? `\nand ${count - words.length} more` : '')
}
