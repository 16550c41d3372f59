// What members are told about one invitation, read at the moment it is told.
import type { News } from '../collaborators.ts'
import { type Database, type InvitationStatus, Prisma } from '../database/index.ts'
import { findMember, findOrganisation } from '../organisation/index.ts'
import { visibleTo } from '../people/index.ts'

export type Notice = {
  news: News
  organisationId: string
  slackTeamId: string
  /** The organisation's channel; null where none is set. */
  channelId: string | null
  /** The inviter in Slack; null for somebody who is not in Slack (any more). */
  inviterSlackId: string | null
  inviterId: string
  invitationId: string
  generation: number
  status: InvitationStatus
  email: string
  /** What the invited person is called; '' where it is not known. */
  inviteeName: string
  /** Whether the inviter may see the invited person; else the news to them tell of the invitation alone. */
  inviterSeesPerson: boolean
  hubName: string
  inviterName: string
  problem: string | null
  isAddition: boolean
  /** They came by a registration link of the inviter's. */
  isByLink: boolean
}

/** Reads a notice; undefined when the invitation is not there. */
export async function loadNotice(
  db: Database,
  order: { invitationId: string; news: News },
): Promise<Notice | undefined> {
  const row = await db.prisma.invitation.findUnique({
    where: { id: order.invitationId },
    include: { hub: true, person: true, inviter: true },
  })
  if (!row) return undefined
  const organisation = await db.prisma.organisation.findUniqueOrThrow({ where: { id: row.organisationId } })
  const { person, inviter } = row
  const [seen] = await db.prisma.$queryRaw<{ isSeen: boolean | null }[]>`
    SELECT ${await seenBy(db, row)} AS "isSeen" FROM "Person" p WHERE p."id" = ${person.id}::uuid`
  return {
    news: order.news,
    organisationId: row.organisationId,
    slackTeamId: organisation.slackTeamId,
    channelId: organisation.notificationChannelId,
    inviterSlackId: inviter.isActive ? inviter.slackUserId : null,
    inviterId: inviter.id,
    invitationId: row.id,
    generation: row.generation,
    status: row.status,
    email: row.email,
    inviteeName: `${person.firstName} ${person.lastName}`.trim(),
    inviterSeesPerson: seen?.isSeen ?? false,
    hubName: row.hub.name,
    inviterName: inviter.slackName ?? `${inviter.firstName} ${inviter.lastName}`.trim(),
    problem: row.deliveryProblem,
    isAddition: row.isAddition,
    isByLink: row.registrationLinkId !== null,
  }
}

/** Whether an inviter may see the person "p", as they stand now. */
export async function seenBy(
  db: Database,
  { organisationId, inviterId }: { organisationId: string; inviterId: string },
): Promise<Prisma.Sql> {
  const [organisation, inviter] = await Promise.all([
    findOrganisation(db.prisma, { id: organisationId }),
    findMember(db.prisma, { id: inviterId, organisationId }),
  ])
  return (organisation && inviter && visibleTo(inviter, organisation)) ?? Prisma.sql`false`
}
