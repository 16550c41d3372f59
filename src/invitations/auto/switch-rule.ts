// Turning the clock's invitations on and off, and saying yes to a pass that is held.
import { type AuditEvent, record } from '../../audit/index.ts'
import type { Collaborators } from '../../collaborators.ts'
import { inTransaction, isId } from '../../database/index.ts'
import { type KnownMember, ROLE_NAMES, USER_TYPE_NAMES } from '../../organisation/index.ts'
import { Refusal } from '../../refusal.ts'
import { ensureUnitsAreThere } from '../lists/ensure-units.ts'
import type { AutoRule } from './auto-rule.ts'
import { ensureMaySetRule } from './draft-rule.ts'
import { askIn, endRule, findRule, lockRuleOf } from './store.ts'

export type AutoSwitch = { organisationId: string; actorId: string; ruleId: string; origin: string }
type Core = Pick<Collaborators, 'db' | 'now'>

/**
 * A draft takes the place of the rule that there was, and is on; people are invited in the name of whoever turns it on,
 * who has agreed that they are written to. A draft that is on already stays so. Throws Refusal
 * `may_not_change_settings`, `auto_unknown` (not theirs, or forgotten), `consent_missing`, `auto_changed` (somebody else
 * changed the rule since the form was opened), and Refusals as `ensureUnitsAreThere` does.
 */
export async function turnOnAutoRule(c: Core, request: AutoSwitch): Promise<void> {
  const { organisationId, actorId, ruleId, origin } = request
  if (!isId(ruleId)) throw new Refusal('auto_unknown')
  await inTransaction(c.db, async (tx) => {
    const { actor } = await ensureMaySetRule(tx, request)
    const before = await lockRuleOf(tx, organisationId)
    const rule = await findRule(askIn(tx), ruleId)
    if (!rule || rule.organisationId !== organisationId || rule.ownerId !== actorId) throw new Refusal('auto_unknown')
    if (rule.status === 'on') return
    if (!rule.consent) throw new Refusal('consent_missing')
    if (rule.status !== 'draft' || rule.replacesId !== (before?.id ?? null)) throw new Refusal('auto_changed')
    await ensureUnitsAreThere(tx, organisationId, rule)
    const at = c.now()
    // Whatever was held by the earlier conditions is held no more.
    if (before) await tx.autoRule.delete({ where: { id: before.id } })
    await tx.autoRule.update({ where: { id: ruleId }, data: { status: 'on', consentedAt: at } })
    const wasOn = before?.status === 'on'
    await record(tx, [
      {
        ...eventOf({ organisationId, at, actor, origin }),
        act: wasOn ? 'auto.changed' : 'auto.turned_on',
        ...(wasOn ? { before: inWords(before) } : {}),
        after: { ...inWords(rule), consent: CONSENT },
      },
    ])
  })
}

const CONSENT = 'people are written to at addresses read from Slack'

/** Nobody is invited by the clock any more, at once; off, it stays so. Throws Refusal `may_not_change_settings`. */
export async function turnOffAutoRule(
  c: Core,
  { organisationId, actorId, origin }: Omit<AutoSwitch, 'ruleId'>,
): Promise<void> {
  await inTransaction(c.db, async (tx) => {
    const { actor } = await ensureMaySetRule(tx, { organisationId, actorId })
    const rule = await lockRuleOf(tx, organisationId)
    if (rule?.status !== 'on') return
    const at = c.now()
    await endRule(tx, rule.id, { at, stoppedBecause: null })
    await record(tx, [{ ...eventOf({ organisationId, at, actor, origin }), act: 'auto.turned_off' }])
  })
}

/**
 * The second yes: those for whom it was asked are invited by the next pass, as far as they still are due; whoever came
 * meanwhile is not among them. Gives for how many it was asked. Throws Refusal `may_not_change_settings` and
 * `auto_answered` (agreed to before, turned off, changed, or held for others by now).
 */
export async function agreeToHeld(
  c: Core,
  { organisationId, actorId, ruleId, heldAt, origin }: AutoSwitch & { heldAt: Date },
): Promise<number> {
  return inTransaction(c.db, async (tx) => {
    const { actor } = await ensureMaySetRule(tx, { organisationId, actorId })
    const rule = await lockRuleOf(tx, organisationId)
    const isAsked = rule?.status === 'on' && rule.id === ruleId && rule.agreedAt === null
    if (!isAsked || rule.heldAt?.getTime() !== heldAt.getTime()) throw new Refusal('auto_answered')
    const at = c.now()
    await tx.autoRule.update({ where: { id: rule.id }, data: { agreedAt: at } })
    await record(tx, [
      {
        ...eventOf({ organisationId, at, actor, origin }),
        act: 'auto.agreed',
        after: { people: rule.heldCount, most: rule.mostInPass },
      },
    ])
    return rule.heldCount
  })
}

type By = Pick<AuditEvent, 'organisationId' | 'at' | 'origin'> & { actor: Pick<KnownMember, 'id' | 'name'> }

/** What the events of a rule share. */
function eventOf({ organisationId, at, actor, origin }: By): Omit<AuditEvent, 'act'> {
  const subject = { kind: 'organisation' as const, id: organisationId, name: 'automatic invitations' }
  return { organisationId, at, actor: { id: actor.id, name: actor.name }, subject, origin }
}

function inWords(rule: AutoRule): Record<string, unknown> {
  return {
    groups: rule.groups.map(({ name }) => name).join(', '),
    hub: rule.hubName,
    userType: USER_TYPE_NAMES[rule.userType],
    role: ROLE_NAMES[rule.role],
    department: rule.departmentName,
    location: rule.locationName,
    language: rule.language,
    withoutStartDate: rule.withoutStartDate,
    mostInPass: rule.mostInPass,
  }
}
