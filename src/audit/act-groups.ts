// Acts as people look for them in the audit log. Pure.
import type { Act } from './audit-event.ts'

export type ActGroup = 'invitations' | 'approvals' | 'links' | 'people' | 'settings' | 'refusals'

const GROUP_OF: Record<Act, ActGroup> = {
  'organisation.created': 'settings',
  'settings.changed': 'settings',
  'hub.created': 'settings',
  'department.created': 'settings',
  'location.created': 'settings',
  'hub.renamed': 'settings',
  'department.renamed': 'settings',
  'location.renamed': 'settings',
  'hub.archived': 'settings',
  'department.archived': 'settings',
  'location.archived': 'settings',
  'hub.restored': 'settings',
  'department.restored': 'settings',
  'location.restored': 'settings',
  'person.role_changed': 'people',
  'person.added': 'people',
  'person.changed': 'people',
  'person.deactivated': 'people',
  'person.reactivated': 'people',
  'group.added': 'people',
  'group.renamed': 'people',
  'group.gone': 'people',
  'group.back': 'people',
  'group.members_changed': 'people',
  'invitation.asked': 'invitations',
  'invitation.sent': 'invitations',
  'invitation.maybe_sent': 'invitations',
  'invitation.delivered': 'invitations',
  'invitation.failed': 'invitations',
  'invitation.resent': 'invitations',
  'invitation.revoked': 'invitations',
  'invitation.asked_again': 'invitations',
  'invitation.expired': 'invitations',
  'invitation.accepted': 'invitations',
  'invitation.added_to_hub': 'invitations',
  'request.asked': 'approvals',
  'request.approved': 'approvals',
  'request.rejected': 'approvals',
  'request.lapsed': 'approvals',
  'list.sent': 'invitations',
  'list.undone': 'invitations',
  'people.imported': 'people',
  'account.paused': 'people',
  'account.reopened': 'people',
  'link.changed': 'links',
  'link.turned_on': 'links',
  'link.turned_off': 'links',
  'link.renewed': 'links',
  'link.paused': 'links',
  'link.asked': 'links',
  'link.probed': 'refusals',
  refused: 'refusals',
}

/** Every act of a group. */
export function actsOf(group: ActGroup): Act[] {
  // The keys of a Record<Act, …> are acts; TypeScript gives them back as texts.
  return (Object.keys(GROUP_OF) as Act[]).filter((act) => GROUP_OF[act] === group)
}
