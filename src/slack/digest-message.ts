// OUT, to inviters: what became of their invitations, once a week.
import { WebAPIPlatformError } from '@slack/web-api'
import {
  countResendable,
  type Digest,
  findDigestInviter,
  INVITATIONS_COUNTED,
  type NamedInvitation,
  readDigest,
  recordDigestTold,
} from '../invitations/index.ts'
import { Refusal } from '../refusal.ts'
import { actions, button, confirmation, context, escapeText, moment, section } from './blocks.ts'
import { people as counted } from './list-views.ts'
import { resendQuestion } from './notice-summary.ts'
import { CLOSED, type Message } from './notify.ts'
import type { Outbox } from './tellings.ts'

/** Their value is the number that was shown: no more than that is done, whatever expires meanwhile. */
export const DIGEST_RESEND = 'digest_resend'
export const DIGEST_LET_GO = 'digest_let_go'

/** Tells one inviter once. Throws what Slack may take later; an inviter who takes no messages is logged and let go. */
export async function tellDigest(c: Outbox, digestId: string): Promise<void> {
  const inviter = await findDigestInviter(c.db, digestId)
  if (!inviter) return
  const digest = await readDigest(c, inviter)
  if (digest.open + digest.expired > 0)
    await post(c, inviter.slackId, digestMessage(digest, await countOwn(c, inviter)))
  await recordDigestTold(c, digestId)
}

async function post(c: Outbox, channel: string, message: Message): Promise<void> {
  try {
    await c.client.chat.postMessage({ channel, ...message, unfurl_links: false, unfurl_media: false })
  } catch (error) {
    if (!(error instanceof WebAPIPlatformError) || !CLOSED.includes(error.data.error)) throw error
    c.log.warn({ reason: error.data.error }, 'Slack takes no message there')
  }
}

/** How many of their expired invitations somebody could send again now; none for whoever may invite nobody. */
export async function countOwn(
  c: Pick<Outbox, 'db' | 'now'>,
  { organisationId, inviterId }: { organisationId: string; inviterId: string },
): Promise<number> {
  try {
    const selection = { expiredLately: 'own' as const, most: INVITATIONS_COUNTED }
    return await countResendable(c, { organisationId, actorId: inviterId, selection })
  } catch (error) {
    if (error instanceof Refusal) return 0
    throw error
  }
}

/** The words, complete in `text`. `again`: how many could be sent again. `told`: what a button has just done. Pure. */
export function digestMessage(digest: Digest, again: number, told = ''): Message {
  const { open, expired } = digest
  const sum = `Your invitations: ${shown(open)} open, ${shown(expired)} expired in the last two weeks.`
  const lists = [
    { title: 'Expired longest ago', named: digest.oldestExpired, count: expired, verb: 'expired' },
    { title: 'Open longest', named: digest.oldestOpen, count: open, verb: 'asked for' },
  ].filter(({ named }) => named.length > 0)
  return {
    text: escapeText([...(told ? [told] : []), sum, ...lists.map(inOneLine)].join(' ')),
    blocks: [
      ...(told ? [section(`*${escapeText(told)}*`)] : []),
      section(`*${sum}*`),
      ...lists.map(({ title, named, count, verb }) =>
        section([`*${title}*`, ...named.map((one) => line(one, verb)), ...rest(named, count)].join('\n')),
      ),
      ...actions([
        ...resendButton(again),
        ...letGoButton(expired),
        ...(expired > 0 ? [button('status_list_expired', 'See what expired', { value: 'expired' })] : []),
        ...(open > 0 ? [button('status_list_pending', 'See what is pending', { value: 'pending' })] : []),
      ]),
      context('Told once a week, on Mondays. What you let go is not named here again; its story stays as it is.'),
    ],
  }
}

function shown(count: number): string {
  return count > INVITATIONS_COUNTED ? `${INVITATIONS_COUNTED.toLocaleString('en')}+` : count.toLocaleString('en')
}

function line({ email, hubName, when }: NamedInvitation, verb: string): string {
  return `• ${escapeText(email)} into ${escapeText(hubName)}, ${verb} ${moment(when)}`
}

function rest(named: NamedInvitation[], count: number): string[] {
  return count > named.length ? [`• and ${shown(count - named.length)} more`] : []
}

function inOneLine({ title, named, count }: { title: string; named: NamedInvitation[]; count: number }): string {
  const names = named.map(({ email, hubName }) => `${email} into ${hubName}`).join(', ')
  const more = count > named.length ? ` and ${shown(count - named.length)} more` : ''
  return `${title}: ${names}${more}.`
}

function resendButton(again: number) {
  if (again === 0) return []
  const most = Math.min(again, INVITATIONS_COUNTED)
  const number = most.toLocaleString('en')
  return [
    button(DIGEST_RESEND, `Resend all ${number}`, {
      value: String(most),
      style: 'primary',
      label: `Resend all ${number} that expired`,
      confirm: resendQuestion(most),
    }),
  ]
}

function letGoButton(expired: number) {
  if (expired === 0) return []
  const most = Math.min(expired, INVITATIONS_COUNTED)
  return [
    button(DIGEST_LET_GO, 'Let go', {
      value: String(most),
      label: `Let go of ${counted(most, 'invitation')} that expired`,
      confirm: confirmation({
        title: `Let ${counted(most, 'expired invitation')} go?`,
        text: 'The weekly message does not name them again. Nothing is sent, and what is open stays open. You can still resend each from its story.',
        confirm: 'Let go',
        deny: 'Keep them',
      }),
    }),
  ]
}
