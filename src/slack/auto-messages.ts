// OUT, to Corporate Admins: a pass of the automatic invitations waits for a second yes, or they have stopped.
import { WebAPIPlatformError } from '@slack/web-api'
import { type AutoNews, loadAutoNews, noteAutoTold } from '../invitations/index.ts'
import { findCorporateAdminsInSlack } from '../organisation/index.ts'
import { AUTO_OPEN, agreeButton } from './auto-views.ts'
import { STOPPED } from './auto-words.ts'
import { actions, button, escapeText, section } from './blocks.ts'
import { people } from './list-views.ts'
import { meetAdmins } from './meet-admins.ts'
import { CLOSED, type Message } from './notify.ts'
import type { Outbox } from './tellings.ts'

/** More admins are not written to one by one. */
const MOST_ADMINS = 50

/** Whoever switched them on is asked; where they cannot be reached, every Corporate Admin. */
export async function tellHeld(c: Outbox, ruleId: string): Promise<void> {
  const news = await loadAutoNews(c.db, 'held', ruleId)
  if (!news) return
  if (news.ownerSlackId !== null && (await post(c, news, news.ownerSlackId))) return
  await tellAdmins(c, news)
}

/** Every Corporate Admin is told: any of them can set them up anew. */
export async function tellStopped(c: Outbox, ruleId: string): Promise<void> {
  const news = await loadAutoNews(c.db, 'stopped', ruleId)
  if (news) await tellAdmins(c, news)
}

async function tellAdmins(c: Outbox, news: AutoNews): Promise<void> {
  let admins = await findCorporateAdminsInSlack(c.db, news.organisation, MOST_ADMINS)
  if (admins.length === 0) {
    // No admin may have opened the app yet.
    await meetAdmins(c, news.organisation.id)
    admins = await findCorporateAdminsInSlack(c.db, news.organisation, MOST_ADMINS)
  }
  let isHeard = false
  for (const admin of admins) isHeard = (await post(c, news, admin)) || isHeard
  if (!isHeard)
    c.log.warn({ ruleId: news.rule.id }, 'The automatic invitations wait, and no Corporate Admin hears of it')
}

/** False where Slack takes no message; whoever has read it gets no second one. */
async function post(c: Outbox, news: AutoNews, slackUserId: string): Promise<boolean> {
  if (news.toldTo.includes(slackUserId)) return true
  try {
    await c.client.chat.postMessage({ channel: slackUserId, ...autoMessage(news) })
  } catch (error) {
    if (!(error instanceof WebAPIPlatformError) || !CLOSED.includes(error.data.error)) throw error
    c.log.warn({ reason: error.data.error, ruleId: news.rule.id }, 'Slack takes no message there')
    return false
  }
  await noteAutoTold(c.db, news, slackUserId)
  return true
}

/** The words. Pure. */
export function autoMessage({ what, rule, at }: Pick<AutoNews, 'what' | 'rule' | 'at'>): Message {
  const look = button(AUTO_OPEN, 'Look at them')
  if (what === 'stopped') {
    const why = rule.stoppedBecause ? STOPPED[rule.stoppedBecause] : 'something is missing'
    const text = `The automatic invitations into ${rule.hubName} have stopped, because ${why}. Nobody is invited automatically until a Corporate Admin sets them up anew.`
    return { text: escapeText(text), blocks: [section(escapeText(text)), ...actions([look])] }
  }
  const text = `The automatic invitations would invite ${people(rule.heldCount)} into ${rule.hubName} in one pass, and more than ${rule.mostInPass} need a second yes. Nobody is invited automatically before that.`
  return { text: escapeText(text), blocks: [section(escapeText(text)), ...actions([agreeButton(rule, at), look])] }
}
