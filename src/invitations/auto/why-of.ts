// One person and one rule: what holds, and what is missing. The same conditions stand in candidates.ts as SQL, and a test
// proves that both let through the same people. Pure.
import type { EmployeeType } from '../../database/index.ts'
import { ADDRESS_LIMIT } from '../limits.ts'
import { livingGroups, type RuleConditions } from './auto-rule.ts'

/** In the order in which they matter: the first that does not hold is the reason. */
export const CONDITIONS = ['active', 'not_invited', 'categorised', 'in_group', 'start_date', 'address', 'room'] as const
export type ConditionName = (typeof CONDITIONS)[number]

/** A person as the rule sees them. */
export type RulePerson = {
  isActive: boolean
  employeeType: EmployeeType | null
  /** YYYY-MM-DD. */
  startDate: string | null
  email: string | null
  /** The groups that they are in, of this rule or not. */
  groupIds: string[]
  /** When an invitation of theirs was last sent, or sent again, whatever became of it. */
  invitedAt: Date | null
  /** Somebody has to decide on an invitation, or it waits for its answer. */
  hasOpenInvitation: boolean
  /** `left`: paused because they left. */
  account: 'none' | 'active' | 'paused' | 'left'
  hiredAgainAt: Date | null
  /** Messages to their address within the last day. */
  messagesToday: number
}

export type Condition = {
  name: ConditionName
  holds: boolean
  /** Of `in_group`: the names of the rule's groups that they are in, deleted ones apart. */
  groups?: { living: string[]; deleted: string[] }
  /** Of `start_date`: the day, and whether one is asked for. */
  startDate?: { day: string | null; isNeeded: boolean }
}

/** The conditions with yes and no; whoever has only yes is due. `today` is the day where the organisation is. */
export function whyOf(person: RulePerson, rule: RuleConditions, today: string): Condition[] {
  const { startDate, groupIds } = person
  const living = livingGroups(rule).filter((id) => groupIds.includes(id))
  const names = (isDeleted: boolean) =>
    rule.groups.filter((group) => group.isDeleted === isDeleted && groupIds.includes(group.id)).map(({ name }) => name)
  return [
    { name: 'active', holds: person.isActive },
    { name: 'not_invited', holds: wasNeverInvited(person) },
    { name: 'categorised', holds: person.employeeType !== null },
    { name: 'in_group', holds: living.length > 0, groups: { living: names(false), deleted: names(true) } },
    {
      name: 'start_date',
      holds: startDate === null ? rule.withoutStartDate : startDate <= today,
      startDate: { day: startDate, isNeeded: !rule.withoutStartDate },
    },
    { name: 'address', holds: person.email !== null },
    { name: 'room', holds: person.messagesToday < ADDRESS_LIMIT },
  ]
}

/** Never, or only in an earlier time with the organisation, whose account was paused when it ended. */
function wasNeverInvited({ invitedAt, hasOpenInvitation, account, hiredAgainAt }: RulePerson): boolean {
  if (hasOpenInvitation) return false
  if (account === 'active' || account === 'paused') return false
  if (account === 'left' && hiredAgainAt === null) return false
  return invitedAt === null || (hiredAgainAt !== null && invitedAt < hiredAgainAt)
}

/** What stands in the way; undefined for whoever is due. */
export function reasonOf(conditions: Condition[]): ConditionName | undefined {
  return conditions.find(({ holds }) => !holds)?.name
}
