// OUT: the people and groups of the workspace are read from Slack, a page or a group at a time.
import { SlackError, WebAPIPlatformError, WebAPIRateLimitedError, type WebClient } from '@slack/web-api'
import { type DirectoryAnswer, type DirectoryQuestion, DirectoryUnread, type SlackGroup } from '../people/index.ts'
import { isHuman, profileOf } from './visitor.ts'

/** Slack advises at most 200 a page. */
const PAGE = 200
/** Why there are no groups to read: the plan has none, or the app was installed before it asked to read them. */
const WITHOUT_GROUPS = ['plan_upgrade_required', 'missing_scope', 'team_access_not_granted']

/** Answers one question. Throws WebAPIRateLimitedError (with `retryAfter`), and DirectoryUnread for any other trouble. */
export async function readDirectory(client: WebClient, question: DirectoryQuestion): Promise<DirectoryAnswer> {
  try {
    if (question.what === 'people') return await readPeople(client, question)
    if (question.what === 'groups') return await readGroups(client)
    const { users = [] } = await client.usergroups.users.list({ usergroup: question.externalId })
    return { what: 'members', slackUserIds: users }
  } catch (error) {
    if (error instanceof WebAPIRateLimitedError || !(error instanceof SlackError)) throw error
    const code = error instanceof WebAPIPlatformError ? error.data.error : 'unreachable'
    if (question.what === 'people' && code === 'invalid_cursor') return { what: 'people', lost: true }
    if (question.what === 'groups' && WITHOUT_GROUPS.includes(code)) return { what: 'groups', withoutGroups: code }
    if (question.what === 'members' && code === 'no_such_subteam') return { what: 'members', gone: true }
    throw new DirectoryUnread(code, { cause: error })
  }
}

async function readPeople(
  client: WebClient,
  { cursor }: Extract<DirectoryQuestion, { what: 'people' }>,
): Promise<DirectoryAnswer> {
  const asked = { limit: PAGE, include_locale: true, ...(cursor ? { cursor } : {}) }
  const { members = [], response_metadata } = await client.users.list(asked)
  const profiles = members.flatMap((user) => (user.id && isHuman(user) ? [profileOf(user.id, user)] : []))
  return { what: 'people', profiles, next: response_metadata?.next_cursor ?? '' }
}

async function readGroups(client: WebClient): Promise<DirectoryAnswer> {
  const { usergroups = [] } = await client.usergroups.list({ include_disabled: true, include_count: true })
  return { what: 'groups', groups: usergroups.flatMap((group) => groupOf(group) ?? []) }
}

/** A user group as Slack shows it in lists and events; `users` is cut at 500 there. */
export type SlackSubteam = {
  id?: string
  name?: string
  handle?: string
  date_delete?: number
  date_update?: number
  users?: string[]
  /** A text in some places. */
  user_count?: number | string
}

/** Slack's user group as the product sees it. */
export function groupOf({ id, name, handle, users, user_count, ...dates }: SlackSubteam): SlackGroup | undefined {
  if (!id) return undefined
  const isWhole = users !== undefined && Number(user_count) === users.length
  return {
    externalId: id,
    name: name || handle || id,
    isDeleted: Boolean(dates.date_delete),
    changedAt: dates.date_update ? new Date(dates.date_update * 1_000) : null,
    ...(isWhole ? { members: users } : {}),
  }
}
