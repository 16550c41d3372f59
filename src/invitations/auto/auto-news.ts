// What Corporate Admins are told of the automatic invitations: read when it is told, so that it is true then.
import { type Database, isId } from '../../database/index.ts'
import { findMember, findOrganisation, type Organisation } from '../../organisation/index.ts'
import type { AutoRule } from './auto-rule.ts'
import { askOf, findRule } from './store.ts'

export type AutoNews = {
  /** `held`: a pass waits for a second yes. `stopped`: it cannot go on. */
  what: 'held' | 'stopped'
  rule: AutoRule
  organisation: Organisation
  /** The owner in Slack; null where they cannot be written to. */
  ownerSlackId: string | null
  /** Since when it is so: a later time is other news. */
  at: Date
  /** Who has heard of it. */
  toldTo: string[]
}

/** Undefined where it is not so any more. */
export async function loadAutoNews(
  db: Database,
  what: AutoNews['what'],
  ruleId: string,
): Promise<AutoNews | undefined> {
  const rule = isId(ruleId) ? await findRule(askOf(db), ruleId) : undefined
  const at = rule && momentOf(what, rule)
  if (!rule || !at) return undefined
  const { organisationId } = rule
  const organisation = await findOrganisation(db.prisma, { id: organisationId })
  if (!organisation) return undefined
  const owner = await findMember(db.prisma, { id: rule.ownerId, organisationId })
  const told = await db.prisma.autoTold.findMany({ where: { ruleId, what, at }, select: { sentTo: true } })
  const ownerSlackId = owner?.isActive ? owner.slackUserId : null
  return { what, rule, organisation, ownerSlackId, at, toldTo: told.map(({ sentTo }) => sentTo) }
}

function momentOf(what: AutoNews['what'], rule: AutoRule): Date | null {
  if (what === 'held') return rule.status === 'on' && rule.agreedAt === null ? rule.heldAt : null
  return rule.status === 'off' && rule.stoppedBecause !== null ? rule.turnedOffAt : null
}

/** Remembers who has heard of it, so that they do not hear of it twice. */
export async function noteAutoTold(db: Database, { what, rule, at }: AutoNews, sentTo: string): Promise<void> {
  await db.prisma.autoTold.createMany({ data: [{ ruleId: rule.id, what, at, sentTo }], skipDuplicates: true })
}
