// Somebody the organisation knows, by who they are in Slack or by their address.
import type { Database } from '../database/index.ts'

export type FoundPerson = { id: string; name: string }

/** The person, or undefined. `emailKey`: the address as people mean it (readEmailAddress gives it). */
export async function findPerson(
  db: Database,
  organisationId: string,
  by: { slackUserId: string } | { emailKey: string },
): Promise<FoundPerson | undefined> {
  const person = await db.prisma.person.findFirst({
    where: { organisationId, ...by },
    select: { id: true, slackName: true, firstName: true, lastName: true, email: true },
  })
  if (!person) return undefined
  const name = person.slackName || `${person.firstName} ${person.lastName}`.trim() || person.email || 'somebody'
  return { id: person.id, name }
}
