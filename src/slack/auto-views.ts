// What the automatic invitations look like: how they stand, what they would do, and the people in it. Pure.
import type { KnownBlock, ModalView } from '@slack/types'
import type { AutoKind, AutoPerson, AutoRule, AutoWeighed } from '../invitations/index.ts'
import { ROLE_NAMES, USER_TYPE_NAMES } from '../organisation/index.ts'
import { dayInWords, groupName, REASONS, STOPPED, several } from './auto-words.ts'
import { actions, button, confirmation, context, cut, escapeText, facts, moment, plain, section } from './blocks.ts'
import { people } from './list-views.ts'

/** A button with this id opens the state; it may stand anywhere. */
export const AUTO_OPEN = 'auto_open'
export const AUTO_EDIT = 'auto_edit'
export const AUTO_OFF = 'auto_off'
/** Its value is "rule id:held since, in ms". */
export const AUTO_AGREE = 'auto_agree'
export const AUTO_BACK = 'auto_back'
/** Its value is "rule id:kind". */
export const AUTO_LIST = 'auto_list'
export const AUTO_EARLIER = 'auto_earlier'
export const AUTO_LATER = 'auto_later'
export const AUTO_PREVIEW = 'auto_preview'
export const AUTO_PAGE = 10
const TITLE = 'Automatic invitations'
const GROUPS_SHOWN = 20

export type Place = { today: string; timeZone: string }

/** How they stand now. `due`: how many would be invited, where that is asked. */
export function autoStateView(rule: AutoRule | undefined, { timeZone }: Pick<Place, 'timeZone'>): ModalView {
  return {
    type: 'modal',
    title: plain(TITLE, 24),
    close: plain('Close', 24),
    blocks: [
      section(stateWords(rule)),
      ...heldBlocks(rule),
      ...(rule ? ruleBlocks(rule, timeZone) : []),
      context(
        'Whoever is active, categorised as Employee or Contractor, in one of the groups, has an e-mail address and a start date that has come, and was never invited, is invited within 15 minutes, once.',
      ),
      ...actions([
        button(AUTO_EDIT, rule ? 'Change' : 'Set up', rule?.status === 'on' ? {} : { style: 'primary' }),
        ...(rule?.status === 'on' ? [offButton()] : []),
      ]),
    ],
  }
}

function stateWords(rule: AutoRule | undefined): string {
  if (!rule) return '*Off.* They were never set up: nobody is invited automatically.'
  if (rule.status === 'on') {
    const since = rule.consentedAt ? ` since ${moment(rule.consentedAt)}` : ''
    return `*On*${since}, in the name of ${escapeText(rule.ownerName)}.`
  }
  const when = rule.turnedOffAt ? ` since ${moment(rule.turnedOffAt)}` : ''
  return rule.stoppedBecause
    ? `*Stopped*${when}, because ${STOPPED[rule.stoppedBecause]}. Nobody is invited automatically. “Change” sets them up anew.`
    : `*Off*${when}: nobody is invited automatically.`
}

function heldBlocks(rule: AutoRule | undefined): KnownBlock[] {
  if (rule?.status !== 'on' || !rule.heldAt) return []
  if (rule.agreedAt) return [section(`*${people(rule.heldCount)} are being invited*, after a second yes.`)]
  return [
    section(
      `*${people(rule.heldCount)} wait for a second yes*, since ${moment(rule.heldAt)}: that is more than ${rule.mostInPass} in one pass. Until then nobody is invited automatically.`,
    ),
    ...actions([agreeButton(rule, rule.heldAt), button(AUTO_LIST, 'Show them', { value: `${rule.id}:held` })]),
  ]
}

/** The second yes, for exactly those who are held. */
export function agreeButton({ id, heldCount }: Pick<AutoRule, 'id' | 'heldCount'>, heldAt: Date) {
  return button(AUTO_AGREE, `Invite ${people(heldCount)}`, {
    value: `${id}:${heldAt.getTime()}`,
    style: 'primary',
    confirm: confirmation({
      title: `Invite ${people(heldCount)}?`,
      text: 'Each of them gets a message. You can undo it for a minute. Whoever comes meanwhile is not among them.',
      confirm: 'Invite them',
      deny: 'Not now',
    }),
  })
}

function offButton() {
  return button(AUTO_OFF, 'Switch off', {
    style: 'danger',
    confirm: confirmation({
      title: 'Switch them off?',
      text: 'Nobody is invited automatically any more, at once. Invitations that were sent stay good.',
      confirm: 'Switch off',
      deny: 'Leave them on',
    }),
  })
}

function ruleBlocks(rule: AutoRule, timeZone: string): KnownBlock[] {
  const deleted = rule.groups.filter(({ isDeleted }) => isDeleted)
  const living = rule.groups.filter(({ isDeleted }) => !isDeleted)
  const sizes = living.map((group) => `${groupName(group)}: ${people(group.people)}`)
  return [
    section(`*Groups*\n${escapeText(several(sizes, GROUPS_SHOWN) || 'none that is there still: nobody is invited')}`),
    ...(deleted.length > 0
      ? [
          section(
            `:warning: ${escapeText(several(deleted.map(groupName), GROUPS_SHOWN))}: deleted where it came from. Nobody is invited from it any more, and nobody was taken out of anything.`,
          ),
        ]
      : []),
    facts([
      ['Into', rule.hubName],
      ['As', asWhat(rule)],
      ['Without a start date', rule.withoutStartDate ? 'invited too' : 'not invited'],
      ['At most in one pass', `${rule.mostInPass}; more need a second yes`],
      ['Start dates begin', `at 00:00, ${timeZone}`],
      ['Last look', rule.passedAt ? utc(rule.passedAt) : 'none yet'],
    ]),
    ...(rule.consentedAt
      ? [
          context(
            `${escapeText(rule.ownerName)} agreed on ${moment(rule.consentedAt)} that people are written to, also at addresses read from Slack.`,
          ),
        ]
      : []),
  ]
}

function utc(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** "Team Member, Employee, Sales, Berlin". */
function asWhat({ userType, role, departmentName, locationName }: AutoRule): string {
  return [USER_TYPE_NAMES[userType], ROLE_NAMES[role], departmentName, locationName].filter(Boolean).join(', ')
}

/** What a draft would do now; switched on only where that was agreed to. */
export function autoPreviewView(rule: AutoRule, weighed: AutoWeighed, { isOn }: { isOn: boolean }): ModalView {
  const { due, names, missing } = weighed
  const show = (kind: AutoKind, label: string) =>
    button(`${AUTO_LIST}_${kind}`, 'Show', { value: `${rule.id}:${kind}`, label: cut(`Show: ${label}`, 75) })
  const into = `into *${escapeText(rule.hubName)}* as ${escapeText(asWhat(rule))}`
  const others = due > names.length ? ` and ${(due - names.length).toLocaleString('en')} more` : ''
  const who = due === 0 ? '' : `\n${escapeText(names.join(', '))}${others}`
  return {
    type: 'modal',
    callback_id: AUTO_PREVIEW,
    private_metadata: rule.id,
    title: plain('Who would be invited', 24),
    close: plain('Cancel', 24),
    ...(rule.consent ? { submit: plain(isOn ? 'Save and go on' : 'Switch on', 24) } : {}),
    blocks: [
      section(
        due === 0 ? '*Nobody would be invited now.*' : `*${people(due)} would be invited now*, ${into}.${who}`,
        ...(due > 0 ? [show('due', 'who would be invited')] : []),
      ),
      ...(due > rule.mostInPass
        ? [
            section(
              `That is more than ${rule.mostInPass} in one pass: nobody of them is invited before a Corporate Admin has said yes once more.`,
            ),
          ]
        : []),
      ...(missing.length > 0 ? [section('*In the groups, but not invited now:*')] : []),
      ...missing.map(({ reason, people: count }) =>
        section(`${people(count)}: ${REASONS[reason]}`, show(reason, REASONS[reason])),
      ),
      context('What is missing may come later: whoever then has everything is invited within 15 minutes.'),
      ...(rule.consent ? [] : [section(':warning: To switch it on, go back and tick that you agree.')]),
      ...actions([button(AUTO_BACK, 'Back', { value: rule.id })]),
    ],
  }
}

/** One page of the people of one kind. `value`: what stands in front of the place in a button's value. */
export function autoPeopleView(
  { value, kind, today }: { value: string; kind: AutoKind; today: string },
  { shown, skip, hasMore }: { shown: AutoPerson[]; skip: number; hasMore: boolean },
): ModalView {
  const lines = shown.map((person) => `• ${escapeText(personWords(person, { kind, today }))}`)
  const pages = [
    ...(skip > 0 ? [button(AUTO_EARLIER, 'Earlier', { value: `${value}:${Math.max(0, skip - AUTO_PAGE)}` })] : []),
    ...(hasMore ? [button(AUTO_LATER, 'Later', { value: `${value}:${skip + AUTO_PAGE}` })] : []),
  ]
  return {
    type: 'modal',
    title: plain('People', 24),
    close: plain('Back', 24),
    blocks: [
      section(`*${titleOf(kind)}*`),
      section(lines.join('\n') || 'Nobody.'),
      ...(pages.length > 0 ? [context(`${skip + 1} to ${skip + shown.length}`)] : []),
      ...actions(pages),
    ],
  }
}

function titleOf(kind: AutoKind): string {
  if (kind === 'due') return 'Would be invited now'
  return kind === 'held' ? 'Would be invited after a second yes' : `Not invited now: ${REASONS[kind]}`
}

function personWords(
  { name, email, startDate }: AutoPerson,
  { kind, today }: { kind: AutoKind; today: string },
): string {
  const who = email && email !== name ? `${cut(name, 100)} · ${email}` : cut(name, 100)
  if (kind !== 'start_date') return who
  return `${who} · ${startDate ? `starts on ${dayInWords(startDate, today)}` : 'no start date'}`
}
