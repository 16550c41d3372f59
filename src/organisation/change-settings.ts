// A Corporate Admin changes the organisation's settings.
import { record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { inTransaction } from '../database/index.ts'
import { Refusal } from '../refusal.ts'
import { isCorporateAdmin } from './permissions.ts'
import { readSettings, type SettingsForm } from './settings.ts'
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
 * Saves the settings that a form holds. New terms get a new version.
 * Throws Refusals (a field out of its range), Refusal `may_not_change_settings`, and `settings_changed` when somebody
 * else saved since the form was opened.
 */
export async function changeSettings(c: Pick<Collaborators, 'db' | 'now'>, request: SettingsRequest): Promise<void> {
  const change = readSettings(request.form)
  await inTransaction(c.db, async (tx) => {
    const organisation = await findOrganisation(tx, { id: request.organisationId })
    const actor = await findMember(tx, { id: request.actorId, organisationId: request.organisationId })
    if (!organisation || !actor || !isCorporateAdmin(actor, organisation)) {
      throw new Refusal('may_not_change_settings')
    }
    const termsVersion = organisation.termsVersion + (change.terms === organisation.terms ? 0 : 1)
    const { count } = await tx.organisation.updateMany({
      where: { id: organisation.id, settingsVersion: request.settingsVersion },
      data: { ...change, termsVersion, settingsVersion: { increment: 1 } },
    })
    if (count !== 1) throw new Refusal('settings_changed')
    const before: Record<string, unknown> = {}
    const after: Record<string, unknown> = {}
    for (const key of Object.keys(change) as (keyof typeof change)[]) {
      if (organisation[key] === change[key]) continue
      before[key] = organisation[key]
      after[key] = change[key]
    }
    if (Object.keys(after).length === 0) return
    await record(tx, [
      {
        organisationId: organisation.id,
        at: c.now(),
        act: 'settings.changed',
        actor: { id: actor.id, name: actor.name },
        subject: { kind: 'organisation', id: organisation.id, name: change.displayName },
        origin: request.origin,
        before,
        after,
      },
    ])
  })
}
