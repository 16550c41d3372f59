// What a registration link allows, and what becomes of an address that was given on its page. Pure: read from top to
// bottom, asked when a page opens, when an address is given, and again when it is looked into.
import type { Role, UserType } from '../../database/index.ts'
import { grantsOf, type KnownMember, mayGive } from '../../organisation/index.ts'
import { readEmailAddress } from '../../people/index.ts'
import { Refusal } from '../../refusal.ts'
import { ADDRESS_LIMIT } from '../limits.ts'

/** More requests than this within a minute pause a link (SPEC, section 4). */
export const BURST = { requests: 20, withinMs: 60_000 }
/** The most uses that can be set, and the most domains. */
export const MOST_USES = 10_000
export const MOST_DOMAINS = 20
/** An open invitation's message is sent again after this, in ms. */
export const SENT_AGAIN_AFTER = 60 * 60 * 1000

/** `off`: not turned on. `ownerless`: whoever turned it on may not invite into the hub any more. */
export type LinkState = 'on' | 'off' | 'paused' | 'ended' | 'used_up' | 'ownerless'

/** A link as the rules see it, with its owner as they are now. */
export type KnownLink = {
  hubId: string
  userType: UserType
  role: Role | null
  isOn: boolean
  pausedAt: Date | null
  endsAt: Date | null
  mostUses: number | null
  used: number
  isHubArchived: boolean
  workspaceAdminsMayDoAll: boolean
  owner: KnownMember | null
}

/** Where a link stands at a moment. Only `on` lets anybody in. */
export function stateOf(link: KnownLink, now: Date): LinkState {
  if (!link.isOn || link.role === null || link.isHubArchived) return 'off'
  if (link.pausedAt !== null) return 'paused'
  if (link.endsAt !== null && link.endsAt <= now) return 'ended'
  if (link.mostUses !== null && link.used >= link.mostUses) return 'used_up'
  if (!link.owner || !mayGiveByLink(link.owner, link, { ...link, role: link.role })) return 'ownerless'
  return 'on'
}

/** Whether a member may give by a link what they may give by hand. A link belongs to no department. */
export function mayGiveByLink(
  member: KnownMember,
  settings: { workspaceAdminsMayDoAll: boolean },
  given: { hubId: string; userType: UserType; role: Role },
): boolean {
  const { hubId, userType, role } = given
  return mayGive(grantsOf(member, settings), { hubId, userType, role, departmentId: null })
}

/**
 * Reads the allowed domains as they were typed: a line each, or commas or spaces between them, with or without an @.
 * Gives them as addresses have them, each once. Throws Refusal `domain_malformed` and `too_many_domains` (field
 * `domains`).
 */
export function readDomains(text: string): string[] {
  const domains = new Set<string>()
  for (const written of text.split(/[\s,;]+/).filter(Boolean)) {
    const domain = readEmailAddress(`x@${written.replace(/^@/, '')}`)?.key.slice('x@'.length)
    if (domain === undefined) {
      throw new Refusal('domain_malformed', { field: 'domains', detail: { domain: written.slice(0, 80) } })
    }
    domains.add(domain)
  }
  if (domains.size > MOST_DOMAINS) {
    throw new Refusal('too_many_domains', { field: 'domains', detail: { most: MOST_DOMAINS } })
  }
  return [...domains]
}

/** What became of an address that was given. `asked`: not looked into yet. */
export type AskOutcome =
  | 'asked'
  | 'link_ended'
  | 'other_domain'
  | 'too_often'
  | 'account_exists'
  | 'person_inactive'
  | 'already_invited'
  | 'sent_again'
  | 'awaiting_approval'
  | 'invited'

/** All that decides over one address. */
export type AskSituation = KnownLink & {
  domains: string[]
  needsApproval: boolean
  emailKey: string
  /** Null for somebody whom nobody knows. */
  personIsActive: boolean | null
  hasAccount: boolean
  isInHub: boolean
  /** An open invitation of this person to this hub. */
  openInvitation: { status: 'awaiting_approval' | 'waiting' | 'pending'; sentAt: Date | null } | null
  messagesToday: number
}

/** What becomes of the address. Nobody but its mailbox ever learns which it was. */
export function decideAsk(situation: AskSituation, now: Date): Exclude<AskOutcome, 'asked'> {
  // What was asked for before a burst paused the link is still kept: the page has promised it.
  if (stateOf({ ...situation, pausedAt: null }, now) !== 'on') return 'link_ended'
  const domain = situation.emailKey.slice(situation.emailKey.lastIndexOf('@') + 1)
  if (situation.domains.length > 0 && !situation.domains.includes(domain)) return 'other_domain'
  if (situation.messagesToday >= ADDRESS_LIMIT) return 'too_often'
  if (situation.hasAccount || situation.isInHub) return 'account_exists'
  // Somebody who has left is not new: a person lets them in again, never a link.
  if (situation.personIsActive === false) return 'person_inactive'
  const open = situation.openInvitation
  if (open) {
    const isDue = open.status === 'pending' && (open.sentAt?.getTime() ?? 0) + SENT_AGAIN_AFTER <= now.getTime()
    return isDue ? 'sent_again' : 'already_invited'
  }
  return situation.needsApproval ? 'awaiting_approval' : 'invited'
}
