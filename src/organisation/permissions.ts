// Who may do what: SPEC, section 2, a line a rule. Pure; asked when a form opens, when it is submitted, and when a
// queued act runs.
import type { Role, UserType } from '../database/index.ts'

/** A person as the rules see them. */
export type Member = {
  isActive: boolean
  role: Role | null
  isWorkspaceAdmin: boolean
  isWorkspaceGuest: boolean
  departmentId: string | null
  memberships: { hubId: string; userType: UserType }[]
}

/** One thing that a member may give: every combination of its parts. */
export type Grant = {
  hubs: 'all' | string[]
  userTypes: readonly UserType[]
  roles: readonly Role[]
  department: 'any' | string
}

export type Access = { hubId: string; userType: UserType; role: Role; departmentId: string | null }

const EVERY_USER_TYPE = ['hub_admin', 'team_member', 'external_member'] as const
/** Corporate Admin cannot be given by invitation (SPEC, section 1). */
export const ROLES_TO_GIVE = ['quality_admin', 'hr_admin', 'team_lead', 'employee'] as const

/**
 * Whether somebody is a Corporate Admin: by role, or as an owner or admin of the Slack workspace unless the setting
 * turns that off. Guests of the workspace never are.
 */
export function isCorporateAdmin(member: Member, settings: { workspaceAdminsMayDoAll: boolean }): boolean {
  if (!member.isActive || member.isWorkspaceGuest) return false
  if (member.role === 'corporate_admin') return true
  return member.isWorkspaceAdmin && settings.workspaceAdminsMayDoAll
}

/** Everything that a member may give by invitation; an empty list means: may invite nobody. */
export function grantsOf(member: Member, settings: { workspaceAdminsMayDoAll: boolean }): Grant[] {
  if (!member.isActive || member.isWorkspaceGuest) return []
  if (isCorporateAdmin(member, settings)) {
    return [{ hubs: 'all', userTypes: EVERY_USER_TYPE, roles: ROLES_TO_GIVE, department: 'any' }]
  }
  const grants: Grant[] = []
  if ((member.role === 'quality_admin' || member.role === 'hr_admin') && member.departmentId) {
    grants.push({ hubs: 'all', userTypes: EVERY_USER_TYPE, roles: ROLES_TO_GIVE, department: member.departmentId })
  }
  for (const { hubId, userType } of member.memberships) {
    if (userType === 'hub_admin') {
      grants.push({ hubs: [hubId], userTypes: EVERY_USER_TYPE, roles: ['employee', 'team_lead'], department: 'any' })
    }
    if (userType === 'team_member') {
      const userTypes = ['team_member', 'external_member'] as const
      grants.push({ hubs: [hubId], userTypes, roles: ['employee'], department: 'any' })
    }
  }
  return grants
}

/** What whoever may invite nobody can ask for: anything that an approver could give. */
export const REQUESTABLE: Grant = { hubs: 'all', userTypes: EVERY_USER_TYPE, roles: ROLES_TO_GIVE, department: 'any' }

/**
 * Whether a member may decide on a request for a hub and a department: Corporate Admins on all, Quality and HR Admins on
 * those of their department, Hub Admins on those of their hub. Never on their own: the use case sees to that.
 */
export function mayDecide(
  member: Member,
  settings: { workspaceAdminsMayDoAll: boolean },
  request: { hubId: string; departmentId: string | null },
): boolean {
  if (!member.isActive || member.isWorkspaceGuest) return false
  if (isCorporateAdmin(member, settings)) return true
  const looksAfterDepartment = member.role === 'quality_admin' || member.role === 'hr_admin'
  if (looksAfterDepartment && member.departmentId !== null && member.departmentId === request.departmentId) return true
  return member.memberships.some(({ hubId, userType }) => hubId === request.hubId && userType === 'hub_admin')
}

/** Whether one of the grants covers exactly this access. */
export function mayGive(grants: Grant[], access: Access): boolean {
  return grants.some(
    (grant) =>
      (grant.hubs === 'all' || grant.hubs.includes(access.hubId)) &&
      grant.userTypes.includes(access.userType) &&
      grant.roles.includes(access.role) &&
      (grant.department === 'any' || grant.department === access.departmentId),
  )
}

/**
 * Whose invitations a member may follow, resend and revoke: all of them, or those that they sent themselves, those
 * into hubs they administer, and those of the department whose people they look after. Whose facts they may see is less:
 * `visibleTo` in src/people/rights.ts.
 */
export type Reach = 'all' | { sentBy: string; hubIds: string[]; departmentId: string | null }

export function reachOf(member: Member & { id: string }, settings: { workspaceAdminsMayDoAll: boolean }): Reach {
  if (isCorporateAdmin(member, settings)) return 'all'
  // Guests of the workspace are never more than requesters.
  const isAdmin = member.isActive && !member.isWorkspaceGuest
  const looksAfterDepartment = isAdmin && (member.role === 'quality_admin' || member.role === 'hr_admin')
  const administered = member.memberships.filter(({ userType }) => isAdmin && userType === 'hub_admin')
  return {
    sentBy: member.id,
    hubIds: administered.map(({ hubId }) => hubId),
    departmentId: looksAfterDepartment ? member.departmentId : null,
  }
}

/** Whether an invitation is within a member's reach. */
export function isWithinReach(
  reach: Reach,
  invitation: { inviterId: string; hubId: string; departmentId: string | null },
): boolean {
  if (reach === 'all') return true
  return (
    invitation.inviterId === reach.sentBy ||
    reach.hubIds.includes(invitation.hubId) ||
    (reach.departmentId !== null && invitation.departmentId === reach.departmentId)
  )
}

/**
 * How high somebody stands (SPEC, section 2): Corporate Admins (3), Quality and HR Admins (2), Hub Admins (1), the rest
 * (0). Pausing or deactivating somebody lowers nothing: what they were given they still have.
 */
export type Rank = 0 | 1 | 2 | 3

/** See Rank. `rankSql` in src/people/rights.ts says the same over rows. */
export function rankOf(member: Omit<Member, 'isActive'>, settings: { workspaceAdminsMayDoAll: boolean }): Rank {
  if (member.role === 'corporate_admin') return 3
  if (member.isWorkspaceAdmin && !member.isWorkspaceGuest && settings.workspaceAdminsMayDoAll) return 3
  if (member.role === 'quality_admin' || member.role === 'hr_admin') return 2
  return member.memberships.some(({ userType }) => userType === 'hub_admin') ? 1 : 0
}
