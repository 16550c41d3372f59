// One message for many hubs: who is invited into several before the first message leaves is written to once, and the one link
// joins them all. What comes after a message has left gets one of its own. Each invitation keeps its own story; "carriedById" names the one whose message told of it.
import { type AuditEvent, record } from '../audit/index.ts'
import type { Collaborators, FollowUp } from '../collaborators.ts'
import { type InvitationStatus, inSqlTransaction, type SqlTransaction } from '../database/index.ts'
import { STATUS_NAMES } from '../organisation/index.ts'

const BATCH = 500

/** An open invitation of one person, as the rule sees it. */
export type OpenInvitation = {
  id: string
  status: 'waiting' | 'pending'
  generation: number
  channel: string
  /** The address or number that it goes to. */
  contact: string
  mode: string
  carriedById: string | null
  /** They asked for it themselves by a registration link, or are told that they are in already: a message of its own. */
  isApart: boolean
  /** Its message may leave now: its list cannot be undone any more, and no pause after a failure is left. */
  isDue: boolean
}

/** `rides`: told by that message, which has left. `waits`: will be told by that one. `carries`: tells of these too. */
export type Carrying = { rides: OpenInvitation } | { waits: string } | { carries: OpenInvitation[] }

/**
 * What becomes of one invitation that is about to be sent, among all that are open for the person. Pure.
 */
export function carryingOf(one: OpenInvitation, open: OpenInvitation[]): Carrying {
  const others = open.filter((other) => other.id !== one.id)
  const carrier = others.find(({ id }) => id === one.carriedById)
  if (carrier) return carrier.status === 'waiting' ? { waits: carrier.id } : { rides: carrier }
  if (one.isApart || one.mode !== 'link') return { carries: [] }
  const alike = others.filter(
    ({ channel, contact, mode, isApart }) =>
      channel === one.channel && contact === one.contact && mode === 'link' && !isApart,
  )
  const carried = alike.filter(
    ({ status, isDue, carriedById }) =>
      carriedById === one.id || (status === 'waiting' && isDue && carriedById === null),
  )
  // What one of these was to tell of, this message tells of too: theirs does not leave any more.
  const through = alike.filter(
    ({ status, carriedById }) => status === 'waiting' && carried.some(({ id }) => id === carriedById),
  )
  return { carries: [...carried, ...through] }
}

/**
 * Settles, for one person of whom several invitations are open, whose message tells of which. Gives what is to be sent of
 * the wanted ones, each with those that it carries.
 */
export async function carryTogether(
  c: Pick<Collaborators, 'db' | 'now'>,
  personId: string,
  wanted: string[],
): Promise<Map<string, string[]>> {
  return inSqlTransaction(c.db, async (tx) => {
    const now = c.now()
    const open = await lockOpen(tx, personId, now)
    const sent = new Map<string, string[]>()
    for (const id of wanted) {
      const one = open.find((each) => each.id === id)
      if (one?.status !== 'waiting') continue
      const carrying = carryingOf(one, open)
      if ('waits' in carrying) continue
      if ('rides' in carrying) {
        await ride(tx, [{ id, carrierId: carrying.rides.id }], now)
        one.status = 'pending'
        continue
      }
      const ids = carrying.carries.map((other) => other.id)
      for (const other of carrying.carries) other.carriedById = id
      if (ids.length > 0) {
        await tx.$executeRaw`UPDATE "Invitation" SET "carriedById" = ${id}::uuid WHERE "id" = ANY(${ids}::uuid[])`
      }
      sent.set(id, ids)
    }
    return sent
  })
}

async function lockOpen(tx: SqlTransaction, personId: string, now: Date): Promise<OpenInvitation[]> {
  return tx.$queryRaw<OpenInvitation[]>`
    SELECT i."id", i."status"::text AS "status", i."generation", i."channel"::text AS "channel", lower(i."email") AS "contact", i."mode"::text AS "mode",
      i."carriedById",
      (i."isAddition" OR i."registrationLinkId" IS NOT NULL) AS "isApart",
      (i."nextAttemptAt" IS NULL OR i."nextAttemptAt" <= ${now}::timestamptz) AND NOT EXISTS (SELECT 1 FROM "Batch" b
        WHERE b."id" = i."batchId" AND b."startsAt" > ${now}::timestamptz) AS "isDue"
    FROM "Invitation" i WHERE i."personId" = ${personId}::uuid AND i."status" IN ('waiting', 'pending')
    ORDER BY i."id" FOR UPDATE OF i`
}

/** Makes waiting invitations pending that a message has told of which left already; an audit event each. */
async function ride(tx: SqlTransaction, riding: { id: string; carrierId: string }[], at: Date): Promise<void> {
  const rows = await tx.$queryRaw<Carried[]>`
    UPDATE "Invitation" i SET "status" = 'pending', "carriedById" = carrier."id", "sentAt" = ${at}::timestamptz,
      "expiresAt" = carrier."expiresAt", "nextAttemptAt" = NULL, "deliveryProblem" = NULL, "maybeSentAt" = NULL
    FROM unnest(${riding.map(({ id }) => id)}::uuid[], ${riding.map(({ carrierId }) => carrierId)}::uuid[])
        AS r("id", "carrierId")
      JOIN "Invitation" carrier ON carrier."id" = r."carrierId" JOIN "Hub" h ON h."id" = carrier."hubId"
    WHERE i."id" = r."id" AND i."status" = 'waiting'
    RETURNING i."id", i."organisationId", i."email", i."status"::text AS "status", h."name" AS "hubName"`
  await record(
    tx,
    rows.map((row) => carriedEvent(row, at)),
  )
}

type Carried = { id: string; organisationId: string; email: string; status: InvitationStatus; hubName: string }

function carriedEvent({ id, organisationId, email, status, hubName }: Carried, at: Date): AuditEvent {
  return {
    organisationId,
    at,
    act: 'invitation.carried',
    actor: { id: null, name: 'Usher' },
    subject: { kind: 'invitation', id, name: email },
    origin: 'mail',
    after: { status: STATUS_NAMES[status], with: hubName },
  }
}

/** Notes that these messages left: what they told of beside their own invitation is pending too. */
export async function recordCarried(c: Pick<Collaborators, 'db' | 'now'>, carrierIds: string[]): Promise<void> {
  await inSqlTransaction(c.db, async (tx) => {
    const riding = await tx.$queryRaw<{ id: string; carrierId: string }[]>`
      SELECT i."id", i."carriedById" AS "carrierId" FROM "Invitation" i
      JOIN "Invitation" carrier ON carrier."id" = i."carriedById" AND carrier."status" = 'pending'
      WHERE i."carriedById" = ANY(${carrierIds}::uuid[]) AND i."status" = 'waiting' ORDER BY i."id" FOR UPDATE OF i`
    if (riding.length > 0) await ride(tx, riding, c.now())
  })
}

/**
 * Looks after those whose message was another's, in bounded batches: it left and was not noted here, or it was revoked,
 * came back or was given up, and then they get a message of their own, with a link of their own. Gives how many were
 * changed. Safe to run twice and on several instances.
 */
export async function tendCarried(c: Pick<Collaborators, 'db' | 'now' | 'followUp'>): Promise<number> {
  for (let tended = 0; ; ) {
    const count = await tendBatch(c)
    tended += count
    if (count < BATCH) return tended
  }
}

async function tendBatch(c: Pick<Collaborators, 'db' | 'now' | 'followUp'>): Promise<number> {
  const at = c.now()
  return inSqlTransaction(c.db, async (tx) => {
    const rows = await tx.$queryRaw<{ id: string; carrierId: string; carrierStatus: InvitationStatus }[]>`
      SELECT i."id", carrier."id" AS "carrierId", carrier."status"::text AS "carrierStatus"
      FROM "Invitation" i JOIN "Invitation" carrier ON carrier."id" = i."carriedById"
      WHERE i."carriedById" IS NOT NULL AND ((i."status" = 'waiting' AND carrier."status" <> 'waiting')
        OR (i."status" = 'pending' AND carrier."status" IN ('revoked', 'error')))
      ORDER BY i."id" LIMIT ${BATCH} FOR UPDATE OF i SKIP LOCKED`
    const left = rows.filter(({ carrierStatus }) => carrierStatus === 'pending')
    if (left.length > 0) await ride(tx, left, at)
    const alone = rows.filter(({ carrierStatus }) => carrierStatus !== 'pending').map(({ id }) => id)
    const freed = await tx.$queryRaw<{ id: string; generation: number }[]>`
      UPDATE "Invitation" SET "status" = 'waiting', "carriedById" = NULL, "generation" = "generation" + 1,
        "queuedAt" = ${at}::timestamptz, "sentAt" = NULL, "expiresAt" = NULL, "deliveryAttempts" = 0,
        "nextAttemptAt" = NULL, "deliveryProblem" = NULL
      WHERE "id" = ANY(${alone}::uuid[]) RETURNING "id", "generation"`
    await c.followUp(
      tx,
      freed.map(({ id, generation }): FollowUp => ({ kind: 'deliver', invitationId: id, generation })),
    )
    return rows.length
  })
}
