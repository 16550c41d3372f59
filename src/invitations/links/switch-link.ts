// A registration link is turned on, turned off, or given a new address: one conditional update each.
import { type Act, record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { inTransaction, isId, type Transaction } from '../../database/index.ts'
import { findMember, findOrganisation, type KnownMember } from '../../organisation/index.ts'
import { Refusal } from '../../refusal.ts'
import { mayGiveByLink, stateOf } from './link-rules.ts'
import { type LinkRow, lockLink, nameOfLink } from './store.ts'

export type LinkSwitch = { organisationId: string; actorId: string; linkId: string; origin: string }

/**
 * Turns a link on, also one that a burst has paused; whoever does it is its owner: people are invited in their name.
 * Throws Refusal `link_unknown`, `may_not_give`, `link_not_set_up`, and `link_is_over` for one whose end has come or
 * whose uses are used up.
 */
export async function turnOnLink(c: Pick<Collaborators, 'db' | 'now'>, asked: LinkSwitch): Promise<void> {
  await inTransaction(c.db, async (tx) => {
    const { link, actor } = await load(tx, asked)
    const state = stateOf({ ...link, isOn: true, pausedAt: null, owner: actor }, c.now())
    if (link.role === null) throw new Refusal('link_not_set_up')
    if (state === 'ended' || state === 'used_up') throw new Refusal('link_is_over')
    if (state !== 'on') throw new Refusal('may_not_give')
    await tx.registrationLink.update({
      where: { id: link.id },
      data: { isOn: true, pausedAt: null, ownerId: actor.id },
    })
    await tell(tx, c, { act: 'link.turned_on', link, actor, asked })
  })
}

/** Turns a link off: its page is dead at once. Throws Refusal `link_unknown` and `may_not_give`. */
export async function turnOffLink(c: Pick<Collaborators, 'db' | 'now'>, asked: LinkSwitch): Promise<void> {
  await inTransaction(c.db, async (tx) => {
    const { link, actor } = await load(tx, asked)
    if (!link.isOn) return
    await tx.registrationLink.update({ where: { id: link.id }, data: { isOn: false, pausedAt: null } })
    await tell(tx, c, { act: 'link.turned_off', link, actor, asked })
  })
}

/**
 * Gives a link a new address; the old one is dead at once. `generation`: what the person saw, so that a button pressed
 * twice renews once. Throws Refusal `link_unknown`, `may_not_give`, and `link_changed` for one renewed meanwhile.
 */
export async function renewLink(
  c: Pick<Collaborators, 'db' | 'now'>,
  asked: LinkSwitch & { generation: number },
): Promise<void> {
  await inTransaction(c.db, async (tx) => {
    const { link, actor } = await load(tx, asked)
    const { count } = await tx.registrationLink.updateMany({
      where: { id: link.id, generation: asked.generation },
      data: { generation: { increment: 1 } },
    })
    if (count !== 1) throw new Refusal('link_changed')
    await tell(tx, c, { act: 'link.renewed', link, actor, asked })
  })
}

async function load(tx: Transaction, asked: LinkSwitch): Promise<{ link: LinkRow; actor: KnownMember }> {
  const { organisationId } = asked
  const link = isId(asked.linkId) ? await lockLink(tx, asked.linkId) : undefined
  const organisation = await findOrganisation(tx, { id: organisationId })
  const actor = await findMember(tx, { id: asked.actorId, organisationId })
  if (!link || !organisation || !actor || link.organisationId !== organisationId || link.isHubArchived) {
    throw new Refusal('link_unknown')
  }
  // One that was never set up gives nothing yet: what is asked is whether they may give the least of it.
  const given = { hubId: link.hubId, userType: link.userType, role: link.role ?? ('employee' as const) }
  if (!mayGiveByLink(actor, organisation, given)) throw new Refusal('may_not_give')
  return { link, actor }
}

async function tell(
  tx: Transaction,
  c: Pick<Collaborators, 'now'>,
  told: { act: Act; link: LinkRow; actor: KnownMember; asked: LinkSwitch },
): Promise<void> {
  const { act, link, actor, asked } = told
  await record(tx, [
    {
      organisationId: link.organisationId,
      at: c.now(),
      act,
      actor: { id: actor.id, name: actor.name },
      subject: { kind: 'link', id: link.id, name: nameOfLink(link) },
      origin: asked.origin,
      before: { state: stateOf(link, c.now()) },
    },
  ])
}
