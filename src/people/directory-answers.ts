// What is asked of Slack while its people and groups are read, and what it answers: the core asks, the Slack door reads.
import type { SlackProfile } from './member-facts.ts'

/** `teamId`: the workspace. `cursor`: where the people go on, '' at the beginning. */
export type DirectoryQuestion =
  | { what: 'people'; cursor: string }
  | { what: 'groups'; teamId: string }
  | { what: 'members'; externalId: string }

/** A group as Slack has it. `members`: all of them by their Slack ids; undefined where they were not told, or not all. */
export type SlackGroup = {
  externalId: string
  name: string
  isDeleted: boolean
  changedAt: Date | null
  members?: string[] | undefined
}

/**
 * `next`: where the people go on, '' at their end. `lost`: Slack does not know any more where we were. `withoutGroups`: why
 * there are none to read. `gone`: there is no such group.
 */
export type DirectoryAnswer =
  | { what: 'people'; profiles: SlackProfile[]; next: string }
  | { what: 'people'; lost: true }
  | { what: 'groups'; groups: SlackGroup[] }
  | { what: 'groups'; withoutGroups: string }
  | { what: 'members'; slackUserIds: string[] }
  | { what: 'members'; gone: true }

/** Slack could not be read; `code` is its own name for why, or "unreachable". Trying again may help. */
export class DirectoryUnread extends Error {
  readonly code: string
  constructor(code: string, options?: ErrorOptions) {
    super(`Slack could not be read: ${code}`, options)
    this.name = 'DirectoryUnread'
    this.code = code
  }
}
