// What an audit event says. Every act of the product is named here, and nowhere else.

export type Act =
  | 'organisation.created'
  | 'settings.changed'
  | 'hub.created'
  | 'department.created'
  | 'location.created'
  | 'hub.renamed'
  | 'department.renamed'
  | 'location.renamed'
  | 'hub.archived'
  | 'department.archived'
  | 'location.archived'
  | 'hub.restored'
  | 'department.restored'
  | 'location.restored'
  | 'person.role_changed'
  | 'person.added'
  | 'person.changed'
  | 'person.deactivated'
  | 'person.kept'
  | 'person.reactivated'
  | 'person.let_go'
  | 'group.added'
  | 'group.renamed'
  | 'group.gone'
  | 'group.back'
  | 'group.members_changed'
  | 'invitation.asked'
  | 'invitation.scheduled'
  | 'invitation.schedule_cancelled'
  | 'invitation.schedule_refused'
  | 'invitation.sent'
  | 'invitation.maybe_sent'
  | 'invitation.slip_made'
  | 'invitation.delivered'
  | 'invitation.carried'
  | 'invitation.failed'
  | 'invitation.bounced'
  | 'invitation.delayed'
  | 'invitation.reminded'
  | 'invitation.reminder_failed'
  | 'invitation.let_go'
  | 'invitation.resent'
  | 'invitation.moved'
  | 'invitation.revoked'
  | 'invitation.expired'
  | 'invitation.asked_again'
  | 'invitation.accepted'
  | 'invitation.settled'
  | 'invitation.added_to_hub'
  | 'request.asked'
  | 'request.approved'
  | 'request.rejected'
  | 'request.lapsed'
  | 'request.closed'
  | 'list.sent'
  | 'list.undone'
  | 'people.imported'
  | 'auto.turned_on'
  | 'auto.changed'
  | 'auto.turned_off'
  | 'auto.stopped'
  | 'auto.agreed'
  | 'account.paused'
  | 'account.reopened'
  | 'account.signed_in'
  | 'account.sign_in_failed'
  | 'account.code_wrong'
  | 'account.signed_out'
  | 'account.sessions_ended'
  | 'account.password_changed'
  | 'account.password_forgotten'
  | 'factor.added'
  | 'factor.removed'
  | 'factor.reset'
  | 'recovery.used'
  | 'recovery.renewed'
  | 'terms.agreed'
  | 'link.changed'
  | 'link.turned_on'
  | 'link.turned_off'
  | 'link.renewed'
  | 'link.paused'
  | 'link.asked'
  | 'link.probed'
  | 'scim.token_shown'
  | 'scim.token_made'
  | 'scim.token_renewed'
  | 'scim.token_ended'
  | 'data.exported'
  | 'selection.used'
  | 'audit.keyed'
  | 'security.overflow'
  | 'refused'

/** Who acted: a person, or a part of Usher itself (then `id` is null). */
export type Actor = { id: string | null; name: string }

export type AuditSubject = {
  kind: 'organisation' | 'hub' | 'department' | 'location' | 'person' | 'group' | 'invitation' | 'list' | 'link'
  id: string
  name: string
}

/** One act. `before` and `after` hold what changed, in words a person can read; never a secret. */
export type AuditEvent = {
  /** Only where the same event must not be written twice; a new one otherwise. */
  id?: string
  organisationId: string
  at: Date
  act: Act
  actor: Actor
  subject: AuditSubject
  /** "slack", "web 203.0.113.7", "scim 203.0.113.7", "mail", "scheduler". */
  origin: string
  before?: Record<string, unknown>
  after?: Record<string, unknown>
}
