// OUT, to the Corporate Admins: a directory, an import or Slack said that the last of them has left or is no admin any
// more, and they stay one.
import { WebAPIPlatformError } from '@slack/web-api'
import { findMember, findOrganisation } from '../organisation/index.ts'
import { escapeText, section } from './blocks.ts'
import { CLOSED } from './notify.ts'
import type { Outbox } from './tellings.ts'

/** Writes to the one who was kept, as nobody else is a Corporate Admin, and to the notification channel. */
export async function tellKept(c: Outbox, personId: string): Promise<void> {
  const person = await c.db.prisma.person.findUnique({ where: { id: personId }, select: { organisationId: true } })
  const organisation = person && (await findOrganisation(c.db.prisma, { id: person.organisationId }))
  const admin = person && (await findMember(c.db.prisma, { id: personId, organisationId: person.organisationId }))
  if (!organisation || !admin) return
  const text = `We were told that ${escapeText(admin.name)} has left, or is no longer an admin of the workspace. They stay a Corporate Admin, because there is no other Corporate Admin. Make someone else one in the settings first; the next time we are told, the change takes effect.`
  for (const channel of [admin.slackUserId, organisation.notificationChannelId]) {
    if (channel) await post(c, channel, text)
  }
}

/** Slack takes no message to somebody whom it has deactivated itself. */
async function post(c: Outbox, channel: string, text: string): Promise<void> {
  try {
    await c.client.chat.postMessage({ channel, text, blocks: [section(text)] })
  } catch (error) {
    if (!(error instanceof WebAPIPlatformError) || !CLOSED.includes(error.data.error)) throw error
    c.log.warn({ reason: error.data.error }, 'Slack takes no message there')
  }
}
