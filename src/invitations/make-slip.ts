// An activation slip: for whoever has neither e-mail nor mobile. Its code is shown to the inviter, once; the older one dies.

import { record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { inTransaction, isId, type SqlTransaction } from '../database/index.ts'
import type { Language } from '../languages/index.ts'
import {
  findMember,
  findOrganisation,
  grantsOf,
  isWithinReach,
  mayGive,
  reachOf,
  STATUS_NAMES,
} from '../organisation/index.ts'
import { Refusal } from '../refusal.ts'
import type { ChangeRequest } from './change-invitation.ts'
import { makeSlipCode, readSlipCode, slipKeyOf } from './slip-code.ts'

/** What stands on a slip. The code is a secret: it goes to whoever asked for it, and nowhere else. */
export type MadeSlip = {
  code: string
  name: string
  userName: string
  hubName: string
  organisationName: string
  language: Language
  timeZone: string
  expiresAt: Date
}

type SlipMaker = Pick<Collaborators, 'slipKey' | 'now'>

/** Makes the slip of an invitation that was just written, or renews it: pending from now on, for the days of the setting. */
export async function writeSlip(
  tx: SqlTransaction,
  c: SlipMaker,
  { invitationId, generation }: { invitationId: string; generation: number },
): Promise<MadeSlip> {
  const at = c.now()
  const [row] = await tx.$queryRaw<(Omit<MadeSlip, 'code'> & { organisationId: string })[]>`
    UPDATE "Invitation" i SET "status" = 'pending', "generation" = ${generation}, "sentAt" = ${at}::timestamptz,
      "queuedAt" = ${at}::timestamptz, "expiresAt" = ${at}::timestamptz + o."slipDays" * interval '1 day',
      "deliveryProblem" = NULL, "nextReminderAt" = NULL
    FROM "Organisation" o, "Hub" h, "Person" p
    WHERE i."id" = ${invitationId}::uuid AND o."id" = i."organisationId" AND h."id" = i."hubId" AND p."id" = i."personId"
    RETURNING i."organisationId", trim(p."firstName" || ' ' || p."lastName") AS "name", p."userName", h."name" AS "hubName",
      o."displayName" AS "organisationName", i."language", o."timeZone", i."expiresAt"`
  if (!row) throw new Error('the invitation of a slip is not there')
  const { organisationId, ...slip } = row
  const code = makeSlipCode(c.slipKey, { organisationId, invitationId, generation })
  await tx.$executeRaw`
    INSERT INTO "SlipCode" ("invitationId", "codeKey", "generation", "madeAt")
    VALUES (${invitationId}::uuid, ${slipKeyOf(code)}, ${generation}, ${at})
    ON CONFLICT ("invitationId") DO UPDATE SET "codeKey" = excluded."codeKey", "generation" = excluded."generation",
      "madeAt" = excluded."madeAt"`
  return { ...slip, code }
}

/**
 * Makes a new slip, which kills the older one. Throws Refusal `invitation_unknown` (also: out of reach), `may_not_invite`,
 * `may_not_give`, `not_a_slip`, `person_inactive`, `hub_archived` and `invitation_changed` (answered, revoked or renewed
 * meanwhile).
 */
export async function renewSlip(c: Pick<Collaborators, 'db'> & SlipMaker, request: ChangeRequest): Promise<MadeSlip> {
  const { organisationId, invitationId, generation } = request
  if (!isId(invitationId)) throw new Refusal('invitation_unknown')
  return inTransaction(c.db, async (tx) => {
    await tx.$queryRaw`SELECT 1 AS "locked" FROM "Invitation" WHERE "id" = ${invitationId}::uuid FOR UPDATE`
    const invitation = await tx.invitation.findUnique({
      where: { id: invitationId, organisationId },
      include: { person: { select: { isActive: true } }, hub: { select: { archivedAt: true } } },
    })
    const organisation = await findOrganisation(tx, { id: organisationId })
    const actor = await findMember(tx, { id: request.actorId, organisationId })
    if (!invitation || !organisation || !actor) throw new Refusal('invitation_unknown')
    const grants = grantsOf(actor, organisation)
    if (grants.length === 0) throw new Refusal('may_not_invite')
    if (!isWithinReach(reachOf(actor, organisation), invitation)) throw new Refusal('invitation_unknown')
    if (!mayGive(grants, invitation)) throw new Refusal('may_not_give')
    if (invitation.channel !== 'slip') throw new Refusal('not_a_slip')
    if (!invitation.person.isActive) throw new Refusal('person_inactive')
    if (invitation.hub.archivedAt) throw new Refusal('hub_archived')
    const isOpen = ['waiting', 'pending', 'expired', 'error'].includes(invitation.status)
    if (!isOpen || invitation.generation !== generation) throw new Refusal('invitation_changed')
    const slip = await writeSlip(tx, c, { invitationId, generation: generation + 1 })
    await record(tx, [
      {
        organisationId,
        at: c.now(),
        act: 'invitation.slip_made',
        actor: { id: actor.id, name: actor.name },
        subject: { kind: 'invitation', id: invitationId, name: invitation.email },
        origin: request.origin,
        before: { status: STATUS_NAMES[invitation.status] },
        after: { status: STATUS_NAMES.pending },
      },
    ])
    return slip
  })
}

type Found = { organisationId: string; invitationId: string; generation: number; opens: boolean | null }

/**
 * The invitation that a typed code opens: its id and generation. Undefined for a code that is none, was renewed, used, has
 * ended or was revoked, one as fast as the other.
 */
export async function findBySlipCode(
  c: Pick<Collaborators, 'db' | 'now'>,
  typed: string,
): Promise<{ organisationId: string; invitationId: string; generation: number } | undefined> {
  // The same work for a code that is on no slip, so that the time of the answer does not tell: always one row.
  const { rows } = await c.db.pool.query<Found>({
    name: 'find-by-slip-code',
    text: `SELECT i."organisationId", i."id" AS "invitationId", i."generation",
        (i."generation" = s."generation" AND i."channel" = 'slip' AND i."status" = 'pending' AND i."expiresAt" > $2) AS "opens"
      FROM (SELECT $1::text AS "key") AS typed LEFT JOIN "SlipCode" s ON s."codeKey" = typed."key"
      LEFT JOIN "Invitation" i ON i."id" = coalesce(s."invitationId", (SELECT "id" FROM "Invitation" LIMIT 1))`,
    values: [slipKeyOf(readSlipCode(typed) ?? ''), c.now()],
  })
  const [found] = rows
  return found?.opens
    ? { organisationId: found.organisationId, invitationId: found.invitationId, generation: found.generation }
    : undefined
}
