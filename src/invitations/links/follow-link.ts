// What follows a registration link's page later: the message that an account exists, the word to an owner whose link
// was paused, and the end of what is kept.

import type { Collaborators } from '../../collaborators.ts'
import { type Database, isId, type UserType } from '../../database/index.ts'
import { knownLanguage } from '../../languages/index.ts'
import { readEmailAddress } from '../../people/index.ts'
import type { Delivery } from '../deliveries.ts'

/** How long given addresses are kept, in ms. */
const KEPT = 30 * 24 * 60 * 60 * 1000

/** The message to an address that has an account; undefined when it was told already, or there is nothing to tell. */
export async function loadAccountNews(db: Database, askId: string): Promise<Delivery | undefined> {
  if (!isId(askId)) return undefined
  const ask = await db.prisma.registrationAsk.findUnique({
    where: { id: askId, outcome: 'account_exists', toldAt: null },
    include: { link: { include: { hub: true } } },
  })
  if (!ask) return undefined
  const [organisation, person] = await Promise.all([
    db.prisma.organisation.findUniqueOrThrow({ where: { id: ask.organisationId } }),
    db.prisma.person.findUnique({
      where: { organisationId_emailKey: { organisationId: ask.organisationId, emailKey: ask.emailKey } },
      select: { email: true, firstName: true },
    }),
  ])
  return {
    invitationId: ask.id,
    generation: 1,
    kind: 'account_exists',
    organisationId: ask.organisationId,
    organisationName: organisation.displayName,
    hubName: ask.link.hub.name,
    inviterName: '',
    // The account's own writing of the address: a mailbox that tells capitals apart is the account holder's.
    to: readEmailAddress(person?.email ?? ask.email)?.deliverable ?? ask.email,
    firstName: person?.firstName ?? '',
    language: knownLanguage(ask.language),
    note: '',
    appendix: organisation.messageAppendix,
    validDays: organisation.invitationDays,
    timeZone: organisation.timeZone,
    attempts: 0,
    queuedAt: ask.askedAt,
    maybeSentAt: null,
    channel: 'email',
    also: [],
    isOneOfSeveral: false,
    token: '',
  }
}

/** Notes that the message was handed over, so that it is sent once. */
export async function recordAccountTold(c: Pick<Collaborators, 'db' | 'now'>, askId: string): Promise<void> {
  await c.db.prisma.registrationAsk.updateMany({ where: { id: askId, toldAt: null }, data: { toldAt: c.now() } })
}

/** What the owner of a paused link is told. */
export type PauseNotice = { linkId: string; hubName: string; userType: UserType; ownerSlackId: string }

/** Undefined when the link is not paused any more, or its owner is not in Slack. */
export async function loadPauseNotice(db: Database, linkId: string): Promise<PauseNotice | undefined> {
  const link = await db.prisma.registrationLink.findUnique({
    where: { id: linkId },
    include: { hub: { select: { name: true } }, owner: { select: { slackUserId: true, isActive: true } } },
  })
  if (!link?.isOn || link.pausedAt === null || !link.owner?.isActive || !link.owner.slackUserId) return undefined
  return { linkId, hubName: link.hub.name, userType: link.userType, ownerSlackId: link.owner.slackUserId }
}

/** Removes addresses that were given more than thirty days ago: what became of them stands elsewhere. */
export async function forgetAsks(db: Database, now: Date): Promise<void> {
  await db.prisma.registrationAsk.deleteMany({ where: { askedAt: { lt: new Date(now.getTime() - KEPT) } } })
}
