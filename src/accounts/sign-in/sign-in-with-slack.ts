// Signing in as a member of the organisation's Slack workspace: what Slack has proved stands in for the password, and for
// nothing else. Nobody is made here, and the second factor and the terms are asked for as ever.
import type { Collaborators } from '../../collaborators.ts'
import { readEmailAddress } from '../../people/index.ts'
import { Refusal } from '../../refusal.ts'
import { type Admission, beginSignIn } from './sign-in.ts'

/** What Slack's signed answer says; the address counts only where Slack has verified it. */
export type SlackProof = {
  teamId: string
  slackUserId: string
  email: string
  /** The client's address, and its browser in words. */
  from: string
  client: string
}

/** The workspaces whose organisation lets people sign in with Slack: two at the most, as one is the usual. */
export async function slackTeams({ db }: Pick<Collaborators, 'db'>): Promise<string[]> {
  const { rows } = await db.pool.query<{ slackTeamId: string }>({
    name: 'slack-sign-in-teams',
    text: 'SELECT "slackTeamId" FROM "Organisation" WHERE "slackSignIn" ORDER BY "createdAt" LIMIT 2',
  })
  return rows.map(({ slackTeamId }) => slackTeamId)
}

/**
 * Lets in whose active account has the address that Slack verified. Throws Refusal `sign_in_wrong` to everybody else:
 * unknown, only invited, paused, left, of another workspace, or another member than the one known by this address.
 */
export async function signInWithSlack(c: Pick<Collaborators, 'db' | 'now'>, proof: SlackProof): Promise<Admission> {
  const emailKey = readEmailAddress(proof.email)?.key
  if (emailKey === undefined) throw new Refusal('sign_in_wrong')
  const { rows } = await c.db.pool.query<{ id: string }>({
    name: 'find-account-by-slack',
    text: FIND,
    values: [proof.teamId, emailKey, proof.slackUserId],
  })
  if (rows.length === 0) throw new Refusal('sign_in_wrong')
  return beginSignIn(c, { accounts: rows, proof: 'slack', from: proof.from, client: proof.client })
}

// Slack may know by this member somebody else than the one who has the address: then neither of them is let in.
const FIND = `
  SELECT a."id" FROM "Organisation" o
  JOIN "Person" p ON p."organisationId" = o."id" AND p."emailKey" = $2
  JOIN "Account" a ON a."personId" = p."id"
  WHERE o."slackTeamId" = $1 AND o."slackSignIn" AND a."status" = 'active' AND p."isActive"
    AND (p."slackUserId" = $3 OR p."slackUserId" IS NULL AND NOT EXISTS (
      SELECT 1 FROM "Person" other WHERE other."organisationId" = o."id" AND other."slackUserId" = $3))`
