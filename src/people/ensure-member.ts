// Somebody of the Slack workspace is seen: the first time they become a person, later what changed is written.
import type { Collaborators } from '../collaborators.ts'
import { inSqlTransaction } from '../database/index.ts'
import { findMember, type KnownMember } from '../organisation/index.ts'
import { isNews, learnPeople, readKnown } from './learn-people.ts'
import type { SlackProfile } from './member-facts.ts'
import { writeMembers } from './write-members.ts'

/** How many guests one transaction looks at. */
const CHUNK = 500

type Writer = Pick<Collaborators, 'db' | 'now' | 'letGo'>

/**
 * Writes what Slack says of a member and gives the person. A person who was known by the same address (invited, or
 * imported) becomes this member; an address that another member has already is left with that one. Undefined, and
 * nothing is written, for a user of another workspace.
 */
export async function ensureMember(
  c: Writer,
  organisationId: string,
  profile: SlackProfile,
): Promise<KnownMember | undefined> {
  const personIds = await inSqlTransaction(c.db, (tx) =>
    writeMembers(tx, c, { organisationId, profiles: [profile], at: c.now(), leaveOutGone: false, noteSeen: true }),
  )
  const id = personIds.get(profile.slackUserId)
  if (id === undefined) return undefined
  const member = await findMember(c.db.prisma, { id, organisationId })
  if (!member) throw new Error('the member that was just written is not there')
  return member
}

/**
 * An event says how a member is now. One who left and was never known stays unknown; what an older event says than the
 * one that was heard last changes nothing. A user of another workspace is nobody.
 */
export async function learnOfMember(c: Writer, organisationId: string, profile: SlackProfile): Promise<void> {
  await inSqlTransaction(c.db, (tx) =>
    writeMembers(tx, c, { organisationId, profiles: [profile], at: c.now(), leaveOutGone: true, noteSeen: true }),
  )
}

/**
 * The setting "guests are Contractors" was turned on or off: every guest of the workspace is looked at once more. Safe to
 * run twice; a reading of the whole workspace does the same.
 */
export async function settleGuests(c: Writer, organisationId: string): Promise<void> {
  for (let after: string | undefined = '00000000-0000-0000-0000-000000000000'; after !== undefined; ) {
    after = await settleSomeGuests(c, organisationId, after)
  }
}

async function settleSomeGuests(c: Writer, organisationId: string, after: string): Promise<string | undefined> {
  return inSqlTransaction(c.db, async (tx) => {
    const [organisation] = await tx.$queryRaw<{ guestsAreContractors: boolean }[]>`
      SELECT "guestsAreContractors" FROM "Organisation" WHERE "id" = ${organisationId}::uuid`
    const guests = await tx.$queryRaw<{ id: string }[]>`
      SELECT "id" FROM "Person" WHERE "isWorkspaceGuest" AND "organisationId" = ${organisationId}::uuid
        AND "id" > ${after}::uuid ORDER BY "id" LIMIT ${CHUNK}`
    const said = { employeeType: organisation?.guestsAreContractors ? ('contractor' as const) : null }
    const known = await readKnown(
      tx,
      guests.map(({ id }) => id),
    )
    await learnPeople(tx, c, {
      ...{ organisationId, source: 'slack', actor: { id: null, name: 'Slack' }, origin: 'slack', at: c.now() },
      people: known.filter((row) => isNews(row, 'slack', said)).map(({ id }) => ({ personId: id, said })),
    })
    return guests.length < CHUNK ? undefined : guests.at(-1)?.id
  })
}
