// A first look should not begin with empty menus: the sandbox's organisation gets departments, locations, a second hub
// and a channel, once, by the same use cases that an admin's forms call.
import type { Collaborators } from './collaborators.ts'
import { addUnit, changeSettings, findUnits, type Organisation, type UnitKind } from './organisation/index.ts'
import { ensureMember } from './people/index.ts'

const UNITS: [UnitKind, string][] = [
  ['hub', 'Harbour Project'],
  ['department', 'Customer Care'],
  ['department', 'Sales'],
  ['department', 'Warehouse'],
  ['location', 'Berlin'],
  ['location', 'Lisbon'],
]

export type SandboxOwner = { id: string; name: string; email: string | null }

/** Furnishes an organisation that has no departments yet, in the name of the workspace's owner. */
export async function furnishSandbox(
  c: Pick<Collaborators, 'db' | 'now' | 'letGo'>,
  organisation: Organisation,
  { owner, channelId }: { owner: SandboxOwner; channelId: string | null },
): Promise<void> {
  const organisationId = organisation.id
  const departments = await findUnits(c.db, 'department', { organisationId, limit: 1 })
  if (departments.length > 0) return
  const actor = await ensureMember(c, organisationId, {
    slackUserId: owner.id,
    teamIds: [organisation.slackTeamId],
    name: owner.name,
    email: owner.email,
    isWorkspaceAdmin: true,
    isWorkspaceGuest: false,
    isActive: true,
  })
  if (!actor) throw new Error('the owner of the workspace is no member of it')
  const by = { organisationId, actorId: actor.id, origin: 'sandbox' }
  for (const [kind, name] of UNITS) await addUnit(c, { ...by, kind, name })
  await changeSettings(c, {
    ...by,
    settingsVersion: organisation.settingsVersion,
    form: { notificationChannelId: channelId, smsCountries: 'DE,GB,PT,RU,US' },
  })
}
