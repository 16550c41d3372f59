// The automatic invitations in plain words: what each condition says of a person, and what follows. Pure; as plain text,
// which the caller escapes.
import type {
  AutoRule,
  Condition,
  ConditionName,
  ExplainedPerson,
  RuleGroup,
  StopReason,
} from '../invitations/index.ts'
import { STATUS_NAMES } from '../organisation/index.ts'

const SOURCES: Record<RuleGroup['source'], string> = { import: 'import', slack: 'Slack', scim: 'SCIM' }
const TYPES = { employee: 'Employee', contractor: 'Contractor' }
/** Names that stand in one sentence; the others are counted. */
const NAMED = 6

/** "Sales (Slack)": two sources may have a group of one name. */
export function groupName({ name, source }: Pick<RuleGroup, 'name' | 'source'>): string {
  return `${name} (${SOURCES[source]})`
}

/** "3 December", with the year where it is another one than today's. */
export function dayInWords(day: string, today: string): string {
  const isThisYear = day.slice(0, 4) === today.slice(0, 4)
  const options: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long', timeZone: 'UTC' }
  return new Intl.DateTimeFormat('en-GB', { ...options, ...(isThisYear ? {} : { year: 'numeric' }) }).format(
    new Date(`${day}T00:00:00Z`),
  )
}

/** "Sales, Care and 3 more". */
export function several(names: string[], most = NAMED): string {
  const shown = names.slice(0, most).join(', ')
  return names.length > most ? `${shown} and ${names.length - most} more` : shown
}

/** What stands in the way, of many people at once. */
export const REASONS: Record<ConditionName, string> = {
  active: 'not active',
  not_invited: 'invited already, or with an account',
  categorised: 'not categorised, as nobody has said whether they are Employee or Contractor',
  in_group: 'in none of the groups',
  start_date: 'without a start date, or before it',
  address: 'without an e-mail address',
  room: 'sent too many messages within a day',
}

export const STOPPED: Record<StopReason, string> = {
  right_lost: 'whoever had switched them on is not a Corporate Admin any more',
  hub_archived: 'their hub was archived',
  department_archived: 'their department was archived',
  location_archived: 'their location was archived',
}

/** When and where it is, which the words of a date need, and how Usher is called here. */
export type Place = { today: string; timeZone: string; command: string }

/** One sentence for one condition; nothing where there is nothing to say. */
export function conditionWords(condition: Condition, explained: ExplainedPerson, place: Place): string {
  const { name, holds } = condition
  switch (name) {
    case 'active':
      return holds ? 'Active: yes.' : 'Active: no, they have left.'
    case 'not_invited':
      return `Invited before: ${holds ? neverWords(explained) : invitedWords(explained)}`
    case 'categorised':
      return explained.employeeType
        ? `Categorised: ${TYPES[explained.employeeType]}.`
        : `Categorised: no. Say whether they are Employee or Contractor: type ${place.command} people uncategorised.`
    case 'in_group':
      return groupWords(condition, explained.rule)
    case 'start_date':
      return startWords(condition, place)
    case 'address':
      return holds ? `E-mail address: ${explained.email}.` : 'E-mail address: none.'
    case 'room':
      return holds ? '' : 'Messages: their address was sent as many as one address gets in a day.'
  }
}

function neverWords({ hiredAgainAt, invitation }: ExplainedPerson): string {
  return hiredAgainAt && invitation ? 'no, not since they came back.' : 'no.'
}

function invitedWords({ invitation, account }: ExplainedPerson): string {
  const by = invitation?.isByClock ? 'by the automatic invitations' : `by ${invitation?.byName}`
  const told = invitation ? `yes, into ${invitation.hubName} ${by}: ${STATUS_NAMES[invitation.status]}.` : 'no.'
  if (account === 'active') return `${told} They have an account.`
  return account === 'none' ? told : `${told} Their account is paused.`
}

function groupWords({ holds, groups }: Condition, rule: AutoRule | undefined): string {
  const gone = groups?.deleted ?? []
  const deleted =
    gone.length > 0 ? ` In ${several(gone)}, deleted where it came from: that does not count any more.` : ''
  if (holds) return `In group ${several(groups?.living ?? [])}: yes.${deleted}`
  const asked = (rule?.groups ?? []).filter(({ isDeleted }) => !isDeleted).map(({ name }) => name)
  if (asked.length === 0) return `In a group: no, none of the chosen groups is there any more.${deleted}`
  return `In group ${several(asked)}: no.${deleted}`
}

function startWords({ holds, startDate }: Condition, { today, timeZone }: Place): string {
  const day = startDate?.day
  if (day && holds) return `Start date: ${dayInWords(day, today)}, has come.`
  if (day) return `Waits: start date ${dayInWords(day, today)}, ${timeZone}.`
  return holds
    ? 'Start date: none, and none is asked for.'
    : 'Start date: none, and people without one are not invited.'
}

/** What follows from it all, in one sentence. */
export function conclusionWords(explained: ExplainedPerson, place: Place): string {
  const { rule, conditions, isHeld } = explained
  const missing = conditions.filter(({ holds }) => !holds)
  const [first] = missing
  // What was done is done, whatever the rule says.
  if (missing.some(({ name }) => name === 'not_invited')) return `*${alreadyWords(explained)}*`
  if (!rule) return '*Is not invited automatically*, because the automatic invitations were never set up.'
  if (rule.status !== 'on') {
    const why = rule.stoppedBecause ? `stopped: ${STOPPED[rule.stoppedBecause]}` : 'are off'
    return `*Is not invited automatically*, because the automatic invitations ${why}.`
  }
  const onlyWaits = missing.length === 1 && first?.name === 'start_date' && first.startDate?.day
  if (onlyWaits) {
    const day = dayInWords(onlyWaits, place.today)
    return `*Will be invited at 00:00 on ${day}*, in ${place.timeZone}, at the latest 15 minutes later.`
  }
  if (missing.length > 0) {
    return `*Is not invited automatically*, because they are ${missing.map(({ name }) => REASON_OF_ONE[name]).join(', and ')}.`
  }
  if (isHeld && !rule.agreedAt) return '*Waits for a second yes*: more people are due than may be invited in one pass.'
  return '*Will be invited within 15 minutes.*'
}

function alreadyWords({ invitation, account }: ExplainedPerson): string {
  if (!invitation) return account === 'active' ? 'Has an account already.' : 'Has an account, which is paused.'
  return 'Was invited already: nobody is invited twice.'
}

const REASON_OF_ONE: Record<ConditionName, string> = {
  ...REASONS,
  categorised: 'not categorised',
  start_date: 'without a start date that has come',
}
