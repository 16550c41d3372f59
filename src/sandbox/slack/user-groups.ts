// User groups: as the Web API and events show them, and how they change.
import type { ClientUserGroup } from './client-api.ts'
import type { Core } from './core.ts'
import { sendEvent } from './events.ts'

/** Slack shows no more members in a group's own description. */
const MOST_USERS = 500
const FIRST_UPDATE = 1_700_000_000

/** A group as usergroups.list and the events give it; `users` and `user_count` as they were asked for. */
export function groupAnswer(
  core: Core,
  group: ClientUserGroup,
  { withUsers, withCount }: { withUsers: boolean; withCount: boolean },
): Record<string, unknown> {
  const { id, handle, name, users, date_update = FIRST_UPDATE, date_delete = 0 } = group
  return {
    ...{ id, team_id: core.workspace.team.id, is_usergroup: true, is_subteam: true, is_external: false, name, handle },
    ...{ description: '', auto_provision: false, created_by: 'UADA', updated_by: 'UADA', prefs: {} },
    ...{ date_create: FIRST_UPDATE, date_update, date_delete },
    ...(withUsers && { users: users.slice(0, MOST_USERS) }),
    ...(withCount && { user_count: users.length }),
  }
}

export type Silence = { silently?: boolean }

/**
 * Makes a group, or changes it (`date_delete: 0` turns it on again, anything else off); the app hears subteam_created or
 * subteam_updated unless it happens silently. Resolves to whether the app took the event; undefined if none was sent.
 */
export async function setGroup(
  core: Core,
  id: string,
  change: Partial<ClientUserGroup>,
  { silently = false }: Silence = {},
): Promise<boolean | undefined> {
  const { userGroups } = core.workspace
  const known = userGroups.get(id)
  const usual = { id, handle: id.toLowerCase(), name: id, users: [] }
  const group = { ...(known ?? usual), ...change, date_update: nowOf(core) }
  userGroups.set(id, group)
  if (silently) return undefined
  const subteam = groupAnswer(core, group, { withUsers: true, withCount: true })
  return sendEvent(core, { type: known ? 'subteam_updated' : 'subteam_created', subteam })
}

/** People come into a group and leave it; the app hears subteam_members_changed unless it happens silently. */
export async function changeGroup(
  core: Core,
  id: string,
  { add = [], remove = [] }: { add?: string[]; remove?: string[] },
  { silently = false }: Silence = {},
): Promise<boolean | undefined> {
  const { userGroups, team } = core.workspace
  const group = userGroups.get(id)
  if (!group) throw new Error(`There is no group ${id}`)
  const users = [...new Set([...group.users, ...add])].filter((user) => !remove.includes(user))
  const date_update = nowOf(core)
  userGroups.set(id, { ...group, users, date_update })
  if (silently) return undefined
  return sendEvent(core, {
    ...{ type: 'subteam_members_changed', subteam_id: id, team_id: team.id },
    ...{ date_previous_update: group.date_update ?? FIRST_UPDATE, date_update },
    ...{ added_users: add.slice(0, MOST_USERS), added_users_count: String(add.length) },
    ...{ removed_users: remove.slice(0, MOST_USERS), removed_users_count: String(remove.length) },
  })
}

function nowOf(core: Core): number {
  return Math.floor(core.workspace.now() / 1000)
}
