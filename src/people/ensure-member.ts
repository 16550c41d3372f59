// Somebody of the Slack workspace is seen: the first time they become a person, later what changed is written.
import { record } from '../audit/index.ts'
import { cleanLine } from '../clean-text.ts'
import type { Collaborators } from '../collaborators.ts'
import { inTransaction, newId, type Transaction } from '../database/index.ts'
import { findMemberBySlackId, type KnownMember } from '../organisation/index.ts'
import { readEmailAddress } from './email-address.ts'

/** What Slack says of a member. */
export type SlackProfile = {
  slackUserId: string
  name: string
  email: string | null
  isWorkspaceAdmin: boolean
  isWorkspaceGuest: boolean
  isActive: boolean
}

/**
 * Writes what Slack says of a member and gives the person. A person who was known by the same address (invited, or
 * imported) becomes this member; an address that another member has already is left with that one.
 */
export async function ensureMember(
  c: Pick<Collaborators, 'db' | 'now'>,
  organisationId: string,
  given: SlackProfile,
): Promise<KnownMember> {
  const profile = { ...given, name: cleanLine(given.name) }
  return inTransaction(c.db, async (tx) => {
    // Two first contacts at once: the second waits here and finds the person.
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${organisationId + profile.slackUserId}, 0))::text`
    const at = c.now()
    const address = profile.email === null ? undefined : readEmailAddress(profile.email)
    const slack = {
      slackUserId: profile.slackUserId,
      slackName: profile.name,
      isWorkspaceAdmin: profile.isWorkspaceAdmin,
      isWorkspaceGuest: profile.isWorkspaceGuest,
      slackSeenAt: at,
    }
    const known = await findMemberBySlackId(tx, { organisationId, slackUserId: profile.slackUserId })
    if (known) {
      await tx.person.update({ where: { id: known.id }, data: { ...slack, isActive: profile.isActive } })
      const changes = changesOf(known, profile)
      if (changes) {
        await record(tx, [
          {
            organisationId,
            at,
            act: actOf(known, profile),
            actor: { id: null, name: 'Slack' },
            subject: { kind: 'person', id: known.id, name: profile.name },
            origin: 'slack',
            ...changes,
          },
        ])
      }
    } else {
      const id = await linkByAddress(
        tx,
        organisationId,
        address?.key,
        profile.isActive ? slack : { ...slack, isActive: false },
      )
      if (!id) {
        const free = address && !(await isTaken(tx, organisationId, address.key))
        await tx.person.create({
          data: {
            id: newId(),
            organisationId,
            createdAt: at,
            isActive: profile.isActive,
            email: free ? address.written : null,
            emailKey: free ? address.key : null,
            ...slack,
          },
        })
      }
    }
    const member = await findMemberBySlackId(tx, { organisationId, slackUserId: profile.slackUserId })
    if (!member) throw new Error('the member that was just written is not there')
    if (!known) {
      await record(tx, [
        {
          organisationId,
          at,
          act: 'person.added',
          actor: { id: null, name: 'Slack' },
          subject: { kind: 'person', id: member.id, name: member.name },
          origin: 'slack',
          after: { ...rightsOf(profile), name: profile.name },
        },
      ])
    }
    return member
  })
}

async function linkByAddress(
  tx: Transaction,
  organisationId: string,
  emailKey: string | undefined,
  slack: { slackUserId: string; isActive?: boolean },
): Promise<string | undefined> {
  if (emailKey === undefined) return undefined
  const person = await tx.person.findFirst({
    where: { organisationId, emailKey, slackUserId: null },
    select: { id: true },
  })
  if (!person) return undefined
  const { count } = await tx.person.updateMany({ where: { id: person.id, slackUserId: null }, data: slack })
  return count === 1 ? person.id : undefined
}

async function isTaken(tx: Transaction, organisationId: string, emailKey: string): Promise<boolean> {
  const person = await tx.person.findUnique({
    where: { organisationId_emailKey: { organisationId, emailKey } },
    select: { id: true },
  })
  return person !== null
}

type Rights = { isWorkspaceAdmin: boolean; isWorkspaceGuest: boolean; isActive: boolean }

function rightsOf({ isWorkspaceAdmin, isWorkspaceGuest, isActive }: Rights): Rights {
  return { isWorkspaceAdmin, isWorkspaceGuest, isActive }
}

function changesOf(known: Rights, profile: Rights): { before: Rights; after: Rights } | undefined {
  const before = rightsOf(known)
  const after = rightsOf(profile)
  return JSON.stringify(before) === JSON.stringify(after) ? undefined : { before, after }
}

function actOf(known: Rights, profile: Rights): 'person.deactivated' | 'person.reactivated' | 'person.changed' {
  if (known.isActive && !profile.isActive) return 'person.deactivated'
  return !known.isActive && profile.isActive ? 'person.reactivated' : 'person.changed'
}
