// Whom the clock invites: what a rule says, what day it is where the organisation is, and when a rule cannot go on. Pure.
import type { AutoRuleStatus, GroupSource, Role, UserType } from '../../database/index.ts'
import { grantsOf, isCorporateAdmin, type KnownMember, mayGive, type Organisation } from '../../organisation/index.ts'
import { lastDayBefore } from '../links/end-of-day.ts'

/** More in one pass than this need a second yes; one list holds no more than the most. */
export const MOST_IN_PASS = { least: 1, most: 5_000, usual: 50 }
/** A menu of Slack's shows no more that are chosen. */
export const MOST_GROUPS = 100

/** A group of the rule. One that its source has no more is deleted: nobody is invited from it, and nobody leaves it. */
export type RuleGroup = { id: string; name: string; source: GroupSource; isDeleted: boolean; people: number }

export type AutoRule = {
  id: string
  organisationId: string
  status: AutoRuleStatus
  hubId: string
  hubName: string
  isHubArchived: boolean
  userType: UserType
  role: Role
  departmentId: string | null
  departmentName: string | null
  isDepartmentArchived: boolean
  locationId: string | null
  locationName: string | null
  isLocationArchived: boolean
  language: string | null
  withoutStartDate: boolean
  mostInPass: number
  ownerId: string
  ownerName: string
  replacesId: string | null
  consent: boolean
  consentedAt: Date | null
  turnedOffAt: Date | null
  stoppedBecause: StopReason | null
  passedAt: Date | null
  heldAt: Date | null
  heldCount: number
  agreedAt: Date | null
  groups: RuleGroup[]
}

/** Why a rule stops by itself. */
export type StopReason = 'right_lost' | 'hub_archived' | 'department_archived' | 'location_archived'

/** What of a rule decides over a person. */
export type RuleConditions = {
  organisationId: string
  withoutStartDate: boolean
  groups: Pick<RuleGroup, 'id' | 'name' | 'isDeleted'>[]
}

/** The groups from which people are invited. */
export function livingGroups({ groups }: RuleConditions): string[] {
  return groups.filter(({ isDeleted }) => !isDeleted).map(({ id }) => id)
}

/** The day that it is in a time zone (`2026-12-03`); in UTC where the zone is not known here. */
export function dayIn(timeZone: string, now: Date): string {
  return lastDayBefore(new Date(now.getTime() + 1), timeZone)
}

/** Why a rule cannot go on; undefined where it can. The owner's rights are asked for at every pass. */
export function reasonToStop(
  rule: Pick<AutoRule, 'hubId' | 'userType' | 'role' | 'departmentId'> &
    Pick<AutoRule, 'isHubArchived' | 'isDepartmentArchived' | 'isLocationArchived'>,
  { owner, organisation }: { owner: KnownMember | undefined; organisation: Organisation },
): StopReason | undefined {
  if (!owner || !isCorporateAdmin(owner, organisation)) return 'right_lost'
  if (!mayGive(grantsOf(owner, organisation), rule)) return 'right_lost'
  if (rule.isHubArchived) return 'hub_archived'
  if (rule.isDepartmentArchived) return 'department_archived'
  return rule.isLocationArchived ? 'location_archived' : undefined
}
