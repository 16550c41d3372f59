// OUT, to the Corporate Admins: somebody has left, and what they had sent is open still.
import { WebAPIPlatformError } from '@slack/web-api'
import { finishLeaversNews, type LeaversNews, noteLeaversTold, takeUpLeaversNews } from '../invitations/index.ts'
import { findCorporateAdminsInSlack, findOrganisation, type Organisation } from '../organisation/index.ts'
import { actions, button, context, escapeText, section } from './blocks.ts'
import { LEAVERS_OPEN } from './features/leavers.ts'
import { people } from './list-views.ts'
import { meetAdmins } from './meet-admins.ts'
import { CLOSED, type Message } from './notify.ts'
import type { Outbox } from './tellings.ts'

/** So many are written to one by one. */
const MOST_ADMINS = 50
const MOST_LINKS = 5

/** There was a message a moment ago: this one waits, and takes along who leaves meanwhile. In seconds. */
class TellLater extends Error {
  readonly retryAfter: number
  constructor(retryAfter: number) {
    super('What was told a moment ago is told together with what follows')
    this.retryAfter = retryAfter
  }
}

/** Writes to every Corporate Admin who has not read it yet; where there is none in Slack, to the notification channel. */
export async function tellLeft(c: Outbox, newsId: string): Promise<void> {
  const news = await takeUpLeaversNews(c, newsId)
  if (!news) return
  if ('waitSeconds' in news) throw new TellLater(news.waitSeconds)
  const organisation = await findOrganisation(c.db.prisma, { id: news.organisationId })
  if (!organisation) return
  const places = await audienceOf(c, organisation)
  if (places.length === 0) c.log.warn({ newsId }, 'There is no Corporate Admin who could hear of people who left')
  for (const place of places.filter((one) => !news.toldTo.includes(one))) {
    await post(c, place, news)
    await noteLeaversTold(c.db, newsId, place)
  }
  await finishLeaversNews(c, newsId)
}

async function audienceOf(c: Outbox, organisation: Organisation): Promise<string[]> {
  const known = await findCorporateAdminsInSlack(c.db, organisation, MOST_ADMINS)
  if (known.length > 0) return known
  if (organisation.notificationChannelId) return [organisation.notificationChannelId]
  // In a new installation no admin may have opened the app yet.
  await meetAdmins(c, organisation.id)
  return findCorporateAdminsInSlack(c.db, organisation, MOST_ADMINS)
}

async function post(c: Outbox, channel: string, news: LeaversNews): Promise<void> {
  try {
    await c.client.chat.postMessage({ channel, ...leaversMessage(news), unfurl_links: false, unfurl_media: false })
  } catch (error) {
    if (!(error instanceof WebAPIPlatformError) || !CLOSED.includes(error.data.error)) throw error
    c.log.warn({ reason: error.data.error, newsId: news.id }, 'Slack takes no message there')
  }
}

/** The words. Pure. */
export function leaversMessage(news: LeaversNews): Message {
  const { invitations, links, people: leavers } = news
  const [first] = leavers
  const text = [
    `${namesOf(news)} ${news.count === 1 ? 'has' : 'have'} left.`,
    ...(invitations > 0
      ? [`${people(invitations, 'invitation')} that they sent ${invitations === 1 ? 'is' : 'are'} still open.`]
      : []),
    ...(links.length > 0 ? [linksInWords(links)] : []),
  ].join(' ')
  const value = news.count === 1 && first ? first.id : ''
  return {
    text: escapeText(text),
    blocks: [
      section(escapeText(text)),
      ...(invitations > 0
        ? [context('Their links keep working until they expire. Look at them, and revoke those that should not.')]
        : []),
      ...actions([
        ...(invitations > 0 ? [button(LEAVERS_OPEN, 'Look at the invitations', { value, style: 'primary' })] : []),
        ...(links.length > 0 ? [button('links_open', 'Registration links')] : []),
      ]),
    ],
  }
}

function namesOf({ people: leavers, count }: LeaversNews): string {
  const names = leavers.map(({ name }) => name)
  const others = count - names.length
  if (others > 0)
    return `${names.join(', ')} and ${others === 1 ? 'one more' : `${others.toLocaleString('en')} others`}`
  const last = names.pop() ?? ''
  return names.length > 0 ? `${names.join(', ')} and ${last}` : last
}

function linksInWords(links: string[]): string {
  const named = links.slice(0, MOST_LINKS).join(', ')
  const more = links.length > MOST_LINKS ? ` and ${links.length - MOST_LINKS} more` : ''
  return links.length === 1
    ? `Their registration link for ${named} was turned off; whoever turns it on again is its owner.`
    : `Their registration links for ${named}${more} were turned off; whoever turns one on again is its owner.`
}
