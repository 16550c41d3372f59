// Somebody of the Slack workspace is seen: the first time they become a person, later what changed is written.
import { record } from '../audit/index.ts'
import { cleanLine } from '../clean-text.ts'
import type { Collaborators } from '../collaborators.ts'
import { inTransaction, newId, type Transaction } from '../database/index.ts'
import { findMemberBySlackId, type KnownMember } from '../organisation/index.ts'
import { readEmailAddress } from './email-address.ts'
import { learnPerson } from './learn-person.ts'
import type { Said } from './sources.ts'

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
  c: Pick<Collaborators, 'db' | 'now' | 'letGo'>,
  organisationId: string,
  given: SlackProfile,
): Promise<KnownMember> {
  const profile = { ...given, name: cleanLine(given.name) }
  return inTransaction(c.db, async (tx) => {
    const { slackUserId } = profile
    // Two first contacts at once: the second waits here and finds the person.
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${organisationId + slackUserId}, 0))::text`
    const at = c.now()
    const known = await findMemberBySlackId(tx, { organisationId, slackUserId })
    const personId = known?.id ?? (await linkOrCreate(tx, organisationId, profile, at))
    const said = { ...factsOf(profile), active: profile.isActive }
    const by = { organisationId, personId, actor: { id: null, name: 'Slack' }, origin: 'slack', at }
    await learnPerson(tx, c, { ...by, source: 'slack', said })
    const { isWorkspaceAdmin, isWorkspaceGuest } = profile
    await tx.person.update({
      where: { id: personId },
      data: { slackName: profile.name, isWorkspaceAdmin, isWorkspaceGuest, slackSeenAt: at },
    })
    const member = await findMemberBySlackId(tx, { organisationId, slackUserId })
    if (!member) throw new Error('the member that was just written is not there')
    const changes = known && changesOf(known, profile)
    const subject = { kind: 'person' as const, id: personId, name: member.name }
    const common = { organisationId, at, actor: by.actor, subject, origin: 'slack' }
    if (changes) await record(tx, [{ ...common, act: 'person.changed', ...changes }])
    if (!known) {
      const after = { ...rightsOf(profile), isActive: profile.isActive, name: profile.name }
      await record(tx, [{ ...common, act: 'person.added', after }])
    }
    return member
  })
}

/** What a member's profile says beside their rights. */
function factsOf(_profile: SlackProfile): Said {
  return {}
}

/** Somebody who was known by the same address becomes this member; anybody else is written anew. */
async function linkOrCreate(
  tx: Transaction,
  organisationId: string,
  { slackUserId, email }: SlackProfile,
  at: Date,
): Promise<string> {
  const address = email === null ? undefined : readEmailAddress(email)
  const linked = await linkByAddress(tx, organisationId, address?.key, { slackUserId })
  if (linked) return linked
  const free = address && !(await isTaken(tx, organisationId, address.key))
  const id = newId()
  await tx.person.create({
    data: {
      id,
      organisationId,
      slackUserId,
      createdAt: at,
      email: free ? address.written : null,
      emailKey: free ? address.key : null,
      ...(free ? { sources: { email: 'slack', emailKey: 'slack' } } : {}),
    },
  })
  return id
}

async function linkByAddress(
  tx: Transaction,
  organisationId: string,
  emailKey: string | undefined,
  slack: { slackUserId: string },
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

type Rights = { isWorkspaceAdmin: boolean; isWorkspaceGuest: boolean }

function rightsOf({ isWorkspaceAdmin, isWorkspaceGuest }: Rights): Rights {
  return { isWorkspaceAdmin, isWorkspaceGuest }
}

function changesOf(known: Rights, profile: Rights): { before: Rights; after: Rights } | undefined {
  const before = rightsOf(known)
  const after = rightsOf(profile)
  return JSON.stringify(before) === JSON.stringify(after) ? undefined : { before, after }
}
