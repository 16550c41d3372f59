// A request must reach somebody even when no admin has ever opened the app: then Slack is asked who they are.
import type { WebClient } from '@slack/web-api'
import type { Collaborators } from '../collaborators.ts'
import { ensureMember } from '../people/index.ts'
import { isHuman, profileOf } from './visitor.ts'

/** Slack advises at most 200 a page; so many pages are read at the most, one after the other. */
const PAGE = 200
const MOST_PAGES = 50

/** Makes the owners and admins of the workspace known; gives how many there are. Throws what the Slack client throws. */
export async function meetAdmins(
  c: Pick<Collaborators, 'db' | 'now' | 'letGo'> & { client: WebClient },
  organisationId: string,
): Promise<number> {
  let met = 0
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await c.client.users.list({ limit: PAGE, ...(cursor ? { cursor } : {}) })
    for (const user of answer.members ?? []) {
      if (!user.id || !isHuman(user) || user.deleted || !(user.is_admin || user.is_owner)) continue
      if (await ensureMember(c, organisationId, profileOf(user.id, user))) met += 1
    }
    cursor = answer.response_metadata?.next_cursor || undefined
    if (cursor === undefined) break
  }
  return met
}
