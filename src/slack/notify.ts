// OUT, to members: what became of an invitation, told in the organisation's channel and to the inviter.
import type { KnownBlock } from '@slack/types'
import { WebAPIPlatformError, type WebClient } from '@slack/web-api'
import type { Log } from '../collaborators.ts'
import { mayResend, type Notice, placeIn } from '../invitations/index.ts'
import { actions, button, cut, escapeText, section } from './blocks.ts'
import { RESEND } from './features/status.ts'

/** Slack will not take a message there, however often it is tried. */
export const CLOSED = [
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'user_disabled',
  'user_not_found',
  'users_not_found',
  'account_inactive',
]

export type Message = { text: string; blocks: KnownBlock[] }

/**
 * Posts one notice to one side. A channel that takes no messages is logged and let go; anything else that Slack
 * refuses is thrown, so that the queue tries again.
 */
export async function postNotice(
  c: { client: WebClient; log: Log },
  notice: Notice,
  to: 'channel' | 'inviter',
): Promise<void> {
  const channel = slackIdOf(notice, to)
  if (channel === null) return
  try {
    await c.client.chat.postMessage({
      channel,
      ...messageFor(notice, to),
      unfurl_links: false,
      unfurl_media: false,
    })
  } catch (error) {
    if (!(error instanceof WebAPIPlatformError) || !CLOSED.includes(error.data.error)) throw error
    c.log.warn({ to, reason: error.data.error, invitationId: notice.invitationId }, 'Slack takes no message there')
  }
}

function slackIdOf(notice: Notice, to: 'channel' | 'inviter'): string | null {
  if (placeIn(notice, to) === undefined) return null
  return to === 'inviter' ? notice.inviterSlackId : notice.channelId
}

/** The words of a notice; the inviter's copy has the button that goes on. Pure. */
export function messageFor(notice: Notice, to: 'channel' | 'inviter'): Message {
  const { email, hubName } = notice
  const address = `*${escapeText(email)}*`
  const hub = `*${escapeText(hubName)}*`
  const invitee = to === 'channel' || notice.inviterSeesPerson ? notice.inviteeName : ''
  const name = invitee ? `${escapeText(invitee)} (${escapeText(email)})` : address
  const plainName = invitee ? `${invitee} (${email})` : email
  const invited = howInvited(notice, to)
  const problem = notice.problem ?? ''
  switch (notice.news) {
    case 'accepted':
      return words(`${name} joined ${hub}. ${invited}`, `${plainName} joined ${hubName}.`)
    case 'expired':
      return words(
        `The invitation of ${address} into ${hub} expired without an answer. ${invited}`,
        `The invitation of ${email} into ${hubName} expired without an answer.`,
        resendButton(notice, to, 'Resend'),
      )
    case 'failed':
      return notice.isAddition && notice.inviterSeesPerson && to === 'inviter'
        ? words(
            `${address} is in ${hub}, but the message that tells them could not be delivered. ${escapeText(problem)}`,
            `${email} is in ${hubName}, but the message that tells them could not be delivered. ${problem}`,
          )
        : words(
            `The invitation of ${address} into ${hub} could not be delivered. ${escapeText(problem)}`,
            `The invitation of ${email} into ${hubName} could not be delivered. ${problem}`,
            resendButton(notice, to, 'Try again'),
          )
    case 'asked_again':
      return words(
        `Somebody with an older link of ${address} into ${hub} asks for a new invitation.`,
        `Somebody with an older link of ${email} into ${hubName} asks for a new invitation.`,
        askedAgainButtons(notice),
      )
    case 'moved':
      return words(
        `The email address or phone number of someone you invited into ${hub} changed. The old link no longer works, and a new message goes to ${address}.`,
        `The email address or phone number of someone you invited into ${hubName} changed. The old link no longer works, and a new message goes to ${email}.`,
      )
    case 'maybe_sent':
      return words(
        `The mail server did not confirm the invitation of ${address} into ${hub}: it may have been sent. If it does not arrive, send it again.`,
        `The mail server did not confirm the invitation of ${email} into ${hubName}: it may have been sent.`,
        resendButton(notice, to, 'Resend'),
      )
  }
}

function howInvited({ isByLink, inviterName }: Notice, to: 'channel' | 'inviter'): string {
  if (isByLink) {
    return to === 'inviter'
      ? 'They came by your registration link.'
      : `They came by the registration link of ${escapeText(inviterName)}.`
  }
  return to === 'inviter' ? 'You invited them.' : `Invited by ${escapeText(inviterName)}.`
}

function words(text: string, whole: string, more: KnownBlock[] = []): Message {
  return { text: escapeText(whole), blocks: [section(text), ...more] }
}

/** What can be sent again is; what was revoked has to be decided anew. */
function askedAgainButtons(notice: Notice): KnownBlock[] {
  if (mayResend(notice.status)) return resendButton(notice, 'inviter', 'Resend')
  return actions([
    button('invite_open', 'Invite again', { value: notice.email, label: cut(`Invite ${notice.email} again`, 75) }),
  ])
}

function resendButton(notice: Notice, to: 'channel' | 'inviter', text: string): KnownBlock[] {
  if (to === 'channel') return []
  return actions([
    button(RESEND, text, {
      value: `${notice.invitationId}:${notice.generation}`,
      label: cut(`${text}: invitation of ${notice.email}`, 75),
    }),
  ])
}
