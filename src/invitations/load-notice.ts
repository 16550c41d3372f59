// What members are told about one invitation, read at the moment it is told.
import type { News } from '../collaborators.ts'
import type { Database, InvitationStatus } from '../database/index.ts'

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
  inviteeName: string
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
    hubName: row.hub.name,
    inviterName: inviter.slackName ?? `${inviter.firstName} ${inviter.lastName}`.trim(),
    problem: row.deliveryProblem,
    isAddition: row.isAddition,
    isByLink: row.registrationLinkId !== null,
  }
}
