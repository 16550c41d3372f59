// OUT, to members: what a minute brought past the first five news, as one message.
import type { KnownBlock } from '@slack/types'
import { WebAPIPlatformError } from '@slack/web-api'
import type { News } from '../collaborators.ts'
import {
  closeGathering,
  countResendable,
  type Gathering,
  loadNotice,
  NAMES_SHOWN,
  recordGatheringTold,
} from '../invitations/index.ts'
import { Refusal } from '../refusal.ts'
import { actions, button, confirmation, escapeText, section } from './blocks.ts'
import { people as counted } from './list-views.ts'
import { CLOSED, type Message, postNotice } from './notify.ts'
import type { Outbox } from './tellings.ts'

/** Its value is the gathering's id. */
export const RESEND_GATHERED = 'news_resend'
/** A button in front of a status' name: opens its list (src/slack/features/status-list.ts). */
const LIST_STATUS = 'status_list'

/** In the order in which they are said, each with the list that it leads to. */
const KINDS: { news: News; say: (count: number) => string; list?: { status: string; text: string } }[] = [
  {
    news: 'accepted',
    say: (count) => `${counted(count)} joined`,
    list: { status: 'accepted', text: 'See who joined' },
  },
  {
    news: 'expired',
    say: (count) => `${counted(count, 'invitation')} expired without an answer`,
    list: { status: 'expired', text: 'See what expired' },
  },
  {
    news: 'failed',
    say: (count) => `${counted(count, 'message')} could not be delivered`,
    list: { status: 'error', text: 'See what failed' },
  },
  {
    news: 'maybe_sent',
    say: (count) => `${counted(count, 'message')} may have been sent: the mail server did not say`,
  },
  { news: 'asked_again', say: (count) => `${counted(count)} with an older link asked for a new invitation` },
  { news: 'moved', say: (count) => `${counted(count, 'invitation')} went to a new address or number` },
]

/** Tells a gathering once. Throws what Slack may take later; a place that takes no messages is logged and let go. */
export async function tellGathered(c: Outbox, gatheringId: string): Promise<void> {
  const gathering = await closeGathering(c, gatheringId)
  if (!gathering || gathering.isTold) return
  await post(c, gathering)
  await recordGatheringTold(c, gatheringId)
}

async function post(c: Outbox, gathering: Gathering): Promise<void> {
  const { slackId: channel, only, to } = gathering
  if (channel === null) return
  if (only) {
    const notice = await loadNotice(c.db, only)
    return notice ? postNotice(c, notice, to) : undefined
  }
  try {
    const message = summaryMessage(gathering, await countAgain(c, gathering))
    await c.client.chat.postMessage({ channel, ...message, unfurl_links: false, unfurl_media: false })
  } catch (error) {
    if (!(error instanceof WebAPIPlatformError) || !CLOSED.includes(error.data.error)) throw error
    c.log.warn({ to, reason: error.data.error, gatheringId: gathering.id }, 'Slack takes no message there')
  }
}

/** How many of a gathering its inviter could send again now. */
export async function countAgain(
  c: Pick<Outbox, 'db' | 'now'>,
  { id, organisationId, inviterId }: Gathering,
): Promise<number> {
  if (inviterId === null) return 0
  try {
    return await countResendable(c, { organisationId, actorId: inviterId, selection: { gatheringId: id } })
  } catch (error) {
    // Who may invite nobody any more hears of it all the same.
    if (error instanceof Refusal) return 0
    throw error
  }
}

/** The words, complete in `text`; only the inviter's copy sends again. `told`: what a button has just done. Pure. */
export function summaryMessage(gathering: Gathering, again: number, told = ''): Message {
  const lines = KINDS.flatMap((kind) => {
    const found = gathering.told.find(({ news }) => news === kind.news)
    return found ? [{ ...kind, line: `${kind.say(found.count)}: ${named(found)}.` }] : []
  })
  const lists = lines.flatMap(({ list }) =>
    list ? [button(`${LIST_STATUS}_${list.status}`, list.text, { value: list.status })] : [],
  )
  const words = ['More news of the last minute:', ...lines.map(({ line }) => line), ...(told ? [told] : [])]
  return {
    text: escapeText(words.join(' ')),
    blocks: [
      section('*More news of the last minute*'),
      ...lines.map(({ line }) => section(escapeText(line))),
      ...(told ? [section(`*${escapeText(told)}*`)] : []),
      ...actions([...resendButton(gathering, again), ...lists]),
    ],
  }
}

function named({ names, count }: Gathering['told'][number]): string {
  const more = count - Math.min(names.length, NAMES_SHOWN)
  return more > 0 ? `${names.join(', ')} and ${more.toLocaleString('en')} more` : names.join(', ')
}

function resendButton({ id, to }: Gathering, again: number) {
  if (to !== 'inviter' || again === 0) return []
  return [
    button(RESEND_GATHERED, `Resend all ${again.toLocaleString('en')}`, {
      value: id,
      style: 'primary',
      label: `Resend all ${again.toLocaleString('en')} that expired or failed`,
      confirm: resendQuestion(again),
    }),
  ]
}

/** Asked before many are sent again. */
export function resendQuestion(count: number) {
  return confirmation({
    title: `Resend ${counted(count, 'invitation')}?`,
    text: `${counted(count, 'message')} will be sent, each with a new link or one-time password. What was sent before stops working.`,
    confirm: `Resend ${count.toLocaleString('en')}`,
    deny: 'Cancel',
  })
}

/** What came of sending many again, with what could not be and why. */
export function resentWords(resent: number, left: number): string {
  const done = resent === 0 ? 'Nothing was sent again.' : `${counted(resent, 'invitation')} on the way again.`
  if (left === 0) return done
  const which = left === 1 ? 'One was' : `${left.toLocaleString('en')} were`
  return `${done} ${which} not sent again: the person has joined or left, was invited anew, was sent ten messages within a day, you've reached what one person can send in bulk in a day, or you may not give what it gives.`
}

/** Added to what was sent again: those for whom the bulk allowance of the day had no room. '' where there are none. */
export function pastLimitWords(pastLimit: number): string {
  if (pastLimit === 0) return ''
  return ` ${counted(pastLimit, 'invitation')} not sent: you've reached what one person can send in bulk in a day. Send the rest tomorrow.`
}

/** Blocks of a message whose button was pressed: it is being done. */
export function oneMoment(): { text: string; blocks: KnownBlock[] } {
  return { text: 'One moment …', blocks: [section('One moment …')] }
}
