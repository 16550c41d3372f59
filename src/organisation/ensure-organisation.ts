// The first contact with a workspace makes its organisation, with a default hub.
import { record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { inTransaction, newId } from '../database/index.ts'
import { FIRST_TERMS } from './settings.ts'
import { findOrganisation, type Organisation } from './store.ts'

/**
 * The organisation of a Slack workspace; made when the workspace is new, by whichever instance comes first.
 * `name` is the workspace's, shown to invitees until the settings say otherwise.
 */
export async function ensureOrganisation(
  c: Pick<Collaborators, 'db' | 'now'>,
  workspace: { slackTeamId: string; name: string },
): Promise<Organisation> {
  const known = await findOrganisation(c.db.prisma, { slackTeamId: workspace.slackTeamId })
  if (known) return known
  return inTransaction(c.db, async (tx) => {
    const id = newId()
    const at = c.now()
    const { count } = await tx.organisation.createMany({
      data: [
        {
          id,
          slackTeamId: workspace.slackTeamId,
          displayName: workspace.name,
          terms: FIRST_TERMS,
          createdAt: at,
        },
      ],
      skipDuplicates: true,
    })
    if (count === 1) {
      await tx.hub.create({
        data: { id: newId(), organisationId: id, name: 'Main hub', isDefault: true, createdAt: at },
      })
      await record(tx, [
        {
          organisationId: id,
          at,
          act: 'organisation.created',
          actor: { id: null, name: 'Usher' },
          subject: { kind: 'organisation', id, name: workspace.name },
          origin: 'slack',
          after: { displayName: workspace.name, defaultHub: 'Main hub' },
        },
      ])
    }
    const organisation = await findOrganisation(tx, { slackTeamId: workspace.slackTeamId })
    if (!organisation) throw new Error('the organisation that was just made is not there')
    return organisation
  })
}
