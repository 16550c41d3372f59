// A word to one person: where they are, or in their direct messages.
import { SlackError } from '@slack/web-api'
import type { Answer, Visit } from './feature.ts'

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
      // The app or the person is not in that channel, or Slack is in trouble: there is another way to them.
      if (!(error instanceof SlackError)) throw error
    }
  }
  await visit.client.chat.postMessage({ channel: visit.userId, ...message })
}
