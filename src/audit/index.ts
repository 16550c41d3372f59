// The record of every act: what happened, by whom, to whom, from where, before and after. It is only added to.
export type { Act, Actor, AuditEvent, AuditSubject } from './audit-event.ts'
export { readSubjectEvents, type ToldEvent } from './read-subject-events.ts'
export { record } from './record.ts'
