// Slack's events about people and user groups. Bolt has acknowledged them before they come here, and Slack does not send
// them again: what is missed is made good by the nightly reading of all (src/people/directory-pass.ts).
import type * as bolt from '@slack/bolt'
import { findOrganisationOf, type Organisation } from '../organisation/index.ts'
import { findUnknownMembers, learnOfMember, takeGroup, takeGroupChange } from '../people/index.ts'
import { groupOf, type SlackSubteam } from './directory.ts'
import { type Door, guarded } from './dispatch.ts'
import { isHuman, profileOf, type SlackUser } from './visitor.ts'

/** Of so many members whom a group brings, and whom nobody knows, Slack is asked at once who they are. */
const ASKED_AT_ONCE = 20

type EventUser = SlackUser & { id: string }

type MembersChanged = {
  subteam_id: string
  date_previous_update: number
  date_update: number
  added_users?: string[]
  added_users_count?: number | string
  removed_users?: string[]
  removed_users_count?: number | string
}

export function wireDirectoryEvents(app: bolt.App, door: Door): void {
  const hear = (teamId: string, what: string, run: (organisation: Organisation) => Promise<unknown>) =>
    guarded(door, what, {
      run: async () => {
        const organisation = await findOrganisationOf(door.db, teamId)
        if (organisation) await run(organisation)
      },
      say: async () => {},
    })

  const member = (teamId: string, user: EventUser) =>
    hear(teamId, 'member event', async ({ id }) => {
      if (isHuman(user)) await learnOfMember(door, id, profileOf(user.id, user))
    })
  app.event('user_change', ({ event, body }) => member(body.team_id, event.user))
  app.event('team_join', ({ event, body }) => member(body.team_id, event.user))

  const group = (teamId: string, subteam: SlackSubteam) =>
    hear(teamId, 'group event', async (organisation) => {
      const told = groupOf(subteam)
      if (!told) return
      await meet(door, organisation, told.members ?? [])
      await takeGroup(door, organisation.id, told)
    })
  app.event('subteam_created', ({ event, body }) => group(body.team_id, event.subteam))
  app.event('subteam_updated', ({ event, body }) => group(body.team_id, event.subteam))

  app.event('subteam_members_changed', ({ event, body }) =>
    hear(body.team_id, 'group event', async (organisation) => {
      const { add, remove, isWhole, ...change } = changeOf(event)
      await meet(door, organisation, add)
      await takeGroupChange(door, organisation.id, { ...change, add, remove, isWhole })
    }),
  )
}

function changeOf(event: MembersChanged) {
  const { added_users: add = [], removed_users: remove = [] } = event
  return {
    externalId: event.subteam_id,
    previousAt: new Date(event.date_previous_update * 1_000),
    changedAt: new Date(event.date_update * 1_000),
    add,
    remove,
    isWhole: isAll(add, event.added_users_count) && isAll(remove, event.removed_users_count),
  }
}

/** Slack cuts long lists, and says beside them how long they are. */
function isAll(users: string[], count: number | string | undefined): boolean {
  return count === undefined || Number(count) === users.length
}

/** The event of somebody's joining may come after the one of their group, or never. */
async function meet(door: Door, organisation: Organisation, slackUserIds: string[]): Promise<void> {
  const unknown = await findUnknownMembers(door.db, organisation.id, slackUserIds)
  for (const userId of unknown.slice(0, ASKED_AT_ONCE)) {
    const { user } = await door.client.users.info({ user: userId, include_locale: true })
    if (user && isHuman(user)) {
      await learnOfMember(door, organisation.id, profileOf(userId, user))
    }
  }
}
