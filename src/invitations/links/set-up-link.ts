// Somebody with rights over a hub says what its registration link gives, and to whom.
import { record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { inTransaction, isId, newId, type Role, type UserType } from '../../database/index.ts'
import { findMember, findOrganisation, findUnits, ROLE_NAMES } from '../../organisation/index.ts'
import { Refusal, Refusals } from '../../refusal.ts'
import { endOfDay } from './end-of-day.ts'
import { MOST_USES, mayGiveByLink, readDomains } from './link-rules.ts'
import { lockLink, nameOfLink } from './store.ts'

/** What the form holds, before anything of it is believed. */
export type LinkForm = {
  role: Role | null
  /** The last day on which it works, `2026-11-30`; null: no end. */
  endsOn: string | null
  /** How many may sign up by it; '' for as many as come. */
  mostUses: string
  domains: string
  needsApproval: boolean
}

export type LinkSetUp = {
  organisationId: string
  actorId: string
  hubId: string
  userType: UserType
  form: LinkForm
  origin: string
}

/**
 * Makes the link of a hub and a user type (it is off), or changes it. Whoever changes a link that is on answers for it
 * from then on. Gives its id. Throws Refusals (fields `role`, `endsOn`, `mostUses`, `domains`), Refusal `hub_unknown`
 * and `may_not_give`.
 */
export async function setUpLink(c: Pick<Collaborators, 'db' | 'now'>, asked: LinkSetUp): Promise<string> {
  const { organisationId, hubId, userType } = asked
  if (!isId(hubId)) throw new Refusal('hub_unknown')
  const [hub] = await findUnits(c.db, 'hub', { organisationId, ids: [hubId], limit: 1 })
  if (!hub) throw new Refusal('hub_unknown')
  return inTransaction(c.db, async (tx) => {
    const at = c.now()
    const organisation = await findOrganisation(tx, { id: organisationId })
    const actor = await findMember(tx, { id: asked.actorId, organisationId })
    if (!organisation || !actor) throw new Refusal('may_not_give')
    const chosen = readForm(asked.form, { at, timeZone: organisation.timeZone })
    if (!mayGiveByLink(actor, organisation, { hubId, userType, role: chosen.role })) throw new Refusal('may_not_give')
    await tx.registrationLink.createMany({
      data: [{ id: newId(), organisationId, hubId, userType, createdAt: at }],
      skipDuplicates: true,
    })
    const { id } = await tx.registrationLink.findUniqueOrThrow({ where: { hubId_userType: { hubId, userType } } })
    const link = await lockLink(tx, id)
    if (!link) throw new Error('the link was not written')
    // What it gives now has to be theirs to give as well: nobody takes over a link that is above them.
    if (link.role !== null && !mayGiveByLink(actor, organisation, { hubId, userType, role: link.role })) {
      throw new Refusal('may_not_give')
    }
    if (chosen.mostUses !== null && chosen.mostUses < link.used) {
      throw new Refusals([new Refusal('link_used_more', { field: 'mostUses', detail: { used: link.used } })])
    }
    await tx.registrationLink.update({
      where: { id },
      data: { ...chosen, ...(link.isOn ? { ownerId: actor.id } : {}) },
    })
    await record(tx, [
      {
        organisationId,
        at,
        act: 'link.changed',
        actor: { id: actor.id, name: actor.name },
        subject: { kind: 'link', id, name: nameOfLink({ hubName: hub.name, userType }) },
        origin: asked.origin,
        ...(link.role === null ? {} : { before: inWords({ ...link, role: link.role }) }),
        after: inWords(chosen),
      },
    ])
    return id
  })
}

type Chosen = { role: Role; endsAt: Date | null; mostUses: number | null; domains: string[]; needsApproval: boolean }

function readForm(form: LinkForm, { at, timeZone }: { at: Date; timeZone: string }): Chosen {
  const refusals: Refusal[] = []
  if (!form.role) refusals.push(new Refusal('role_missing', { field: 'role' }))
  const endsAt = form.endsOn ? endOfDay(form.endsOn, timeZone) : null
  if (endsAt === undefined || (endsAt && endsAt <= at)) refusals.push(new Refusal('end_is_past', { field: 'endsOn' }))
  const mostUses = form.mostUses.trim() === '' ? null : Number(form.mostUses)
  if (mostUses !== null && !(Number.isInteger(mostUses) && mostUses >= 1 && mostUses <= MOST_USES)) {
    refusals.push(
      new Refusal('setting_out_of_range', { field: 'mostUses', detail: { least: 1, most: MOST_USES, of: 'uses' } }),
    )
  }
  let domains: string[] = []
  try {
    domains = readDomains(form.domains)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    refusals.push(error)
  }
  if (!form.role || refusals.length > 0) throw new Refusals(refusals)
  return { role: form.role, endsAt: endsAt ?? null, mostUses, domains, needsApproval: form.needsApproval }
}

function inWords({ role, endsAt, mostUses, domains, needsApproval }: Chosen): Record<string, unknown> {
  return { role: ROLE_NAMES[role], endsAt: endsAt?.toISOString() ?? null, mostUses, domains, needsApproval }
}
