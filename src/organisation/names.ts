// What the product calls things, in SPEC.md's words, for every door.
import type { InvitationStatus, Role, UserType } from '../database/index.ts'

export const USER_TYPE_NAMES: Record<UserType, string> = {
  hub_admin: 'Hub Admin',
  team_member: 'Team Member',
  external_member: 'External Member',
}

export const ROLE_NAMES: Record<Role, string> = {
  corporate_admin: 'Corporate Admin',
  quality_admin: 'Quality Admin',
  hr_admin: 'HR Admin',
  team_lead: 'Team Lead',
  employee: 'Employee',
}

export const STATUS_NAMES: Record<InvitationStatus, string> = {
  awaiting_approval: 'Awaiting approval',
  rejected: 'Rejected',
  waiting: 'Waiting',
  pending: 'Pending',
  accepted: 'Accepted',
  expired: 'Expired',
  revoked: 'Revoked',
  error: 'Error',
}
