// A Corporate Admin changes the organisation's settings.
import { record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { inTransaction, type Transaction } from '../database/index.ts'
import { Refusal } from '../refusal.ts'
import { ensureCorporateAdminRemains, lockCorporateAdmins } from './corporate-admins.ts'
import { isCorporateAdmin } from './permissions.ts'
import { readSettings, type SettingField, type SettingsChange, type SettingsForm } from './settings.ts'
import { findMember, findOrganisation } from './store.ts'

export type SettingsRequest = {
  organisationId: string
  actorId: string
  /** The settings' version when the form was opened. */
  settingsVersion: number
  form: SettingsForm
  origin: string
}

/**
 * Saves the settings that a form holds, and gives those that are not as they were. New terms get a new version.
 * Throws Refusals (a field out of its range), Refusal `may_not_change_settings`, `settings_changed` when somebody else
 * saved since the form was opened, and `last_corporate_admin` when nobody would be one any more.
 */
export async function changeSettings(
  c: Pick<Collaborators, 'db' | 'now'>,
  request: SettingsRequest,
): Promise<Partial<SettingsChange>> {
  const change = readSettings(request.form)
  return inTransaction(c.db, async (tx) => {
    if ('workspaceAdminsMayDoAll' in change) await lockCorporateAdmins(tx, request.organisationId)
    const organisation = await findOrganisation(tx, { id: request.organisationId })
    const actor = await findMember(tx, { id: request.actorId, organisationId: request.organisationId })
    if (!organisation || !actor || !isCorporateAdmin(actor, organisation)) {
      throw new Refusal('may_not_change_settings')
    }
    const hasNewTerms = change.terms !== undefined && change.terms !== organisation.terms
    const { count } = await tx.organisation.updateMany({
      where: { id: organisation.id, settingsVersion: request.settingsVersion },
      data: {
        ...change,
        termsVersion: organisation.termsVersion + (hasNewTerms ? 1 : 0),
        settingsVersion: { increment: 1 },
      },
    })
    if (count !== 1) throw new Refusal('settings_changed')
    const changed = (Object.keys(change) as SettingField[]).filter(
      (field) => !isSame(change[field], organisation[field]),
    )
    if (changed.length === 0) return {}
    if (changed.includes('workspaceAdminsMayDoAll')) {
      await ensureCorporateAdminRemains(tx, { ...organisation, ...change })
    }
    const after: Partial<SettingsChange> = pick(change, changed)
    const ended = after.secondFactorRequired ? await endSessionsWithoutFactor(tx, organisation.id) : 0
    await record(tx, [
      {
        organisationId: organisation.id,
        at: c.now(),
        act: 'settings.changed',
        actor: { id: actor.id, name: actor.name },
        subject: { kind: 'organisation', id: organisation.id, name: change.displayName ?? organisation.displayName },
        origin: request.origin,
        before: pick(organisation, changed),
        after: { ...after, ...(ended > 0 ? { sessionsEnded: ended } : {}) },
      },
    ])
    return after
  })
}

/**
 * Where two-step verification becomes required, sessions of people who have none end at once, for good: they do not come
 * back when the setting is taken away again. Gives how many ended.
 */
function endSessionsWithoutFactor(tx: Transaction, organisationId: string): Promise<number> {
  return tx.$executeRaw`
    DELETE FROM "Session" s USING "Account" a WHERE a."id" = s."accountId" AND s."organisationId" = ${organisationId}::uuid
      AND NOT EXISTS (SELECT 1 FROM "SecondFactor" f WHERE f."personId" = a."personId" AND f."boundTo" IS NULL)`
}

function pick(all: Partial<SettingsChange>, fields: SettingField[]): Partial<SettingsChange> {
  return Object.fromEntries(fields.map((field) => [field, all[field]]))
}

function isSame(one: unknown, other: unknown): boolean {
  return Array.isArray(one) && Array.isArray(other) ? one.join() === other.join() : one === other
}
