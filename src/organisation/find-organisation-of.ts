// The organisation behind a Slack workspace.
import type { Database } from '../database/index.ts'
import { findOrganisation, type Organisation } from './store.ts'

/** The organisation of a Slack workspace; undefined before the first contact. */
export async function findOrganisationOf(db: Database, slackTeamId: string): Promise<Organisation | undefined> {
  return findOrganisation(db.prisma, { slackTeamId })
}
