// The record of every act: what happened, by whom, to whom, from where, before and after. It is only added to.
export type { ActGroup } from './act-groups.ts'
export {
  type Anchor,
  type AppendAnchor,
  claimAnchors,
  fileAnchors,
  findAnchorToPost,
  recordAnchorPosted,
} from './anchors.ts'
export type { Act, Actor, AuditEvent, AuditSubject } from './audit-event.ts'
export { type Days, type LogFilter, type LoggedEvent, type LogPlace, momentsOf, readLog } from './read-log.ts'
export { readSubjectEvents, type ToldEvent } from './read-subject-events.ts'
export { record } from './record.ts'
export { recordExport } from './record-export.ts'
export { sealEvents } from './seal-events.ts'
export { SEAL_PURPOSE } from './seal-hash.ts'
export {
  createSightings,
  type FailedSignIn,
  type ProbedLink,
  type RefusedAct,
  type Sightings,
  type WrongCode,
} from './sightings.ts'
export { type Break, type ChainVerdict, findLostSeals, type NotedSeal, verifyChains } from './verify-chain.ts'
