// What the parts of the local Slack share: one plain object that every function takes first.
import type { Manifest } from './manifest.ts'
import type { Outgoing } from './outgoing.ts'
import type { ResponseUrls } from './response-urls.ts'
import type { Triggers } from './triggers.ts'
import type { Views } from './views.ts'
import type { Workspace } from './workspace.ts'

/** pino's shape: data first, then constant words. */
export interface Log {
  info(data: object, text: string): void
  warn(data: object, text: string): void
  error(data: object, text: string): void
}

export interface Limits {
  /** milliseconds that the app has to answer commands, interactions and events; 3000 */
  answer: number
  /** milliseconds that a trigger id lives; 3000 */
  trigger: number
  /** milliseconds before each repetition of an unanswered event; at once, 1 minute, 5 minutes */
  eventRetries: number[]
}

export interface Core {
  workspace: Workspace
  manifest: Manifest
  outgoing: Outgoing
  triggers: Triggers
  responseUrls: ResponseUrls
  views: Views
  limits: Limits
  log: Log
  /** the verification token of old, still in every payload */
  verificationToken: string
  /** http://127.0.0.1:port of the Web API, response URLs and files */
  origin: () => string
  /** notes something that Slack would not have taken from the app (a malformed answer, an error for an unknown field) */
  complain: (text: string) => void
}
