// A word to one person: where they are, or in their direct messages.
import { WebAPIPlatformError } from '@slack/web-api'
import type { Answer, Visit } from './feature.ts'

// The app is not in the channel, or the person is not (any more): Slack takes no ephemeral message there.
const NOT_HERE = ['channel_not_found', 'not_in_channel', 'user_not_in_channel', 'is_archived', 'restricted_action']

/** Shows a message to one person only, in `channelId`; by direct message where that is empty or not possible. */
export async function tellPrivately(
  visit: Pick<Visit, 'client' | 'userId'>,
  channelId: string,
  message: Answer,
): Promise<void> {
  if (channelId !== '') {
    try {
      await visit.client.chat.postEphemeral({ channel: channelId, user: visit.userId, ...message })
      return
    } catch (error) {
      const code = error instanceof WebAPIPlatformError ? error.data.error : ''
      if (!NOT_HERE.includes(code)) throw error
    }
  }
  await visit.client.chat.postMessage({ channel: visit.userId, ...message })
}
