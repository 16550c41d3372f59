// OUT, to the owner of a registration link: a burst has paused it.
import { WebAPIPlatformError, type WebClient } from '@slack/web-api'
import type { Log } from '../collaborators.ts'
import { BURST, type PauseNotice } from '../invitations/index.ts'
import { USER_TYPE_NAMES } from '../organisation/index.ts'
import { actions, button, cut, escapeText, section } from './blocks.ts'
import { CLOSED, type Message } from './notify.ts'

/** Their value is the link's id. */
export const LINK_RESUME = 'link_resume'
export const LINK_END = 'link_end'

/** Writes to the owner. Throws what Slack may take later; an owner who takes no messages is logged and let go. */
export async function showPause(c: { client: WebClient; log: Log }, notice: PauseNotice): Promise<void> {
  try {
    await c.client.chat.postMessage({ channel: notice.ownerSlackId, ...pauseMessage(notice) })
  } catch (error) {
    if (!(error instanceof WebAPIPlatformError) || !CLOSED.includes(error.data.error)) throw error
    c.log.warn({ reason: error.data.error, linkId: notice.linkId }, 'Slack takes no message there')
  }
}

function pauseMessage({ linkId, hubName, userType }: PauseNotice): Message {
  const name = `${hubName}: ${USER_TYPE_NAMES[userType]}`
  const why = `was paused: more than ${BURST.requests} people asked for it within one minute. Nobody can register by it now.`
  const advice =
    'If that was expected, turn it on again. If not, turn it off, or give it a new address with “Renew” under `/invites links`.'
  return {
    text: escapeText(`Your registration link for ${name} ${why}`),
    blocks: [
      section(`Your registration link for *${escapeText(name)}* ${why}\n${advice}`),
      ...actions([
        button(LINK_RESUME, 'Turn on again', { value: linkId, label: cut(`Turn on again: link for ${name}`, 75) }),
        button(LINK_END, 'Turn off', { value: linkId, label: cut(`Turn off: link for ${name}`, 75) }),
      ]),
    ],
  }
}
