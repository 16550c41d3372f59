// Whose handle in Slack it is. Commands come as they were typed, and Usher does not keep handles: people change them.
import { SlackError } from '@slack/web-api'
import { ensureMember, type FoundPerson, findPerson, isOfWorkspace } from '../people/index.ts'
import type { Visit } from './feature.ts'
import { isHuman, profileOf } from './visitor.ts'

/** Slack advises at most 200 a page, and takes about twenty pages a minute: no more of them are read. */
const PAGE = 200
const MOST_PAGES = 10

/** The person with this handle; undefined where Slack names nobody, or does not answer just now. */
export async function findByHandle(
  { c, client, organisation }: Pick<Visit, 'c' | 'client' | 'organisation'>,
  handle: string,
): Promise<FoundPerson | undefined> {
  const wanted = handle.toLowerCase()
  try {
    let cursor: string | undefined
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer = await client.users.list({ limit: PAGE, ...(cursor ? { cursor } : {}) })
      const user = answer.members?.find((one) => {
        const names = [one.name, one.profile?.display_name].map((name) => name?.toLowerCase())
        // Somebody of another workspace may have the same handle as one of ours.
        const isOurs = isHuman(one) && isOfWorkspace(profileOf(one.id ?? '', one), organisation.slackTeamId)
        return isOurs && !one.deleted && names.includes(wanted)
      })
      if (user?.id) {
        const known = await findPerson(c.db, organisation.id, { slackUserId: user.id })
        return known ?? (await ensureMember(c, organisation.id, profileOf(user.id, user)))
      }
      cursor = answer.response_metadata?.next_cursor || undefined
      if (cursor === undefined) return undefined
    }
    return undefined
  } catch (error) {
    if (!(error instanceof SlackError)) throw error
    c.log.warn({ reason: error.message }, 'Slack could not be asked whose handle it is')
    return undefined
  }
}
