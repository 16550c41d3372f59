// What was tried and did not come about: refusals, and looks at links that do not work. Gathered beside the answers and
// written a second later, so that nobody waits for it and every answer takes the same time; at most one event a minute
// for each, however many instances there are. A crash may lose the last second of it.
import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { Collaborators } from '../collaborators.ts'
import { inSqlTransaction, type SqlTransaction } from '../database/index.ts'
import type { RefusalCode } from '../refusal.ts'
import type { Actor, AuditEvent, AuditSubject } from './audit-event.ts'
import { record } from './record.ts'

export type RefusedAct = {
  organisationId: string
  actor: { id: string; name: string }
  code: RefusalCode
  /** What was tried, as the door calls it: "form invite_form". */
  what: string
  origin: string
}

/** `invitationId`: what the link says it is about, which proves nothing; never the link itself. */
export type ProbedLink = { invitationId: string | undefined; from: string; how: 'opened' | 'sent' }

export type Sightings = {
  /** Notes a refusal, where it is one of a right or a limit: what was mistyped is nobody's concern. */
  refused: (act: RefusedAct) => void
  probed: (link: ProbedLink) => void
  /** Writes what is noted, now. */
  flush: () => Promise<void>
  /** Writes what is noted, and takes no more. */
  close: () => Promise<void>
}

const FLUSH_AFTER = 1_000
const MINUTE = 60_000
/** Kinds of sightings that one instance notes in a minute: a flood must not fill the log. */
const MOST_A_MINUTE = 200

const OF_RIGHTS_AND_LIMITS: string[] = [
  'could_not_be_invited',
  'request_own',
  'list_past_daily_limit',
  'list_sent_today',
] satisfies RefusalCode[]

const isOfRightsOrLimits = (code: string) =>
  code.startsWith('may_not_') || code.includes('limit') || OF_RIGHTS_AND_LIMITS.includes(code)

type Noted = { at: Date } & ({ kind: 'refused'; act: RefusedAct } | { kind: 'probed'; link: ProbedLink })

export function createSightings(c: Pick<Collaborators, 'db' | 'now' | 'log'>): Sightings {
  let minute = 0
  let seen = new Set<string>()
  let isFull = false
  let noted = new Map<string, Noted>()
  let timer: NodeJS.Timeout | undefined
  let running = Promise.resolve()

  function note(key: string, sighting: Noted): void {
    const present = Math.floor(sighting.at.getTime() / MINUTE)
    if (present !== minute) {
      minute = present
      seen = new Set()
      isFull = false
    }
    const id = idOf(key, present * MINUTE)
    if (seen.has(id)) return
    if (seen.size === MOST_A_MINUTE) {
      if (!isFull) c.log.warn({ most: MOST_A_MINUTE }, 'More was refused in a minute than the audit log takes')
      isFull = true
      return
    }
    seen.add(id)
    noted.set(id, sighting)
    timer ??= setTimeout(() => void flush(), FLUSH_AFTER)
  }

  async function write(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const sightings = noted
    noted = new Map()
    if (sightings.size === 0) return
    try {
      await inSqlTransaction(c.db, (tx) => writeOnce(tx, sightings))
    } catch (error) {
      c.log.warn({ err: error, sightings: sightings.size }, 'Refusals could not be written into the audit log')
    }
  }

  function flush(): Promise<void> {
    running = running.then(write)
    return running
  }

  return {
    refused(act) {
      if (!isOfRightsOrLimits(act.code)) return
      note(`refused ${act.actor.id} ${act.code}`, { kind: 'refused', at: c.now(), act })
    },
    probed(link) {
      note(`probed ${networkOf(link.from)}`, { kind: 'probed', at: c.now(), link })
    },
    flush,
    close: flush,
  }
}

/** An id (UUID version 7) that is the same for the same key in the same minute, on whichever instance. Pure. */
export function idOf(key: string, minuteStart: number): string {
  const bytes = createHash('sha256').update(`${minuteStart} ${key}`).digest().subarray(0, 16)
  bytes.writeUIntBE(minuteStart, 0, 6)
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6)
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Somebody with IPv6 has a whole network of addresses: it counts as one. Pure. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [front = ''] = address.split('::')
  const groups = front.split(':').filter(Boolean)
  return `${[...groups, '0', '0', '0', '0'].slice(0, 4).join(':')}::/64`
}

async function writeOnce(tx: SqlTransaction, sightings: Map<string, Noted>): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended('sightings', 0))::text`
  const ids = [...sightings.keys()]
  const written = await tx.$queryRaw<{ id: string }[]>`SELECT "id" FROM "AuditEvent" WHERE "id" = ANY(${ids}::uuid[])`
  for (const { id } of written) sightings.delete(id)
  const places = await findPlaces(tx, [...sightings.values()])
  const events: (AuditEvent & { id: string })[] = []
  for (const [id, sighting] of sightings) {
    const event = eventOf(sighting, places)
    if (event) events.push({ id, ...event })
  }
  await record(tx, events)
}

type Place = { organisationId: string; subject: AuditSubject }
type Places = { byInvitation: Map<string, Place>; only: Place | undefined }

/** Where probed links belong: to the invitation that they name, or to the only organisation that there is. */
async function findPlaces(tx: SqlTransaction, sightings: Noted[]): Promise<Places> {
  const probed = sightings.flatMap((sighting) => (sighting.kind === 'probed' ? [sighting.link] : []))
  if (probed.length === 0) return { byInvitation: new Map(), only: undefined }
  const ids = probed.flatMap(({ invitationId }) => invitationId ?? [])
  const [invitations, organisations] = [
    await tx.$queryRaw<{ id: string; organisationId: string; email: string }[]>`
      SELECT "id", "organisationId", "email" FROM "Invitation" WHERE "id" = ANY(${ids}::uuid[])`,
    await tx.$queryRaw<{ id: string; displayName: string }[]>`SELECT "id", "displayName" FROM "Organisation" LIMIT 2`,
  ]
  const [organisation, another] = organisations
  return {
    byInvitation: new Map(
      invitations.map(({ id, organisationId, email }) => [
        id,
        { organisationId, subject: { kind: 'invitation', id, name: email } },
      ]),
    ),
    only:
      organisation && !another
        ? {
            organisationId: organisation.id,
            subject: { kind: 'organisation', id: organisation.id, name: organisation.displayName },
          }
        : undefined,
  }
}

function eventOf(sighting: Noted, places: Places): AuditEvent | undefined {
  const { at } = sighting
  if (sighting.kind === 'refused') {
    const { organisationId, actor, code, what, origin } = sighting.act
    const subject: AuditSubject = { kind: 'person', id: actor.id, name: actor.name }
    return { organisationId, at, act: 'refused', actor, subject, origin, after: { code, what } }
  }
  const { invitationId, from, how } = sighting.link
  const place = (invitationId ? places.byInvitation.get(invitationId) : undefined) ?? places.only
  if (!place) return undefined
  const actor: Actor = { id: null, name: 'Somebody' }
  return { ...place, at, act: 'link.probed', actor, origin: `web ${from}`, after: { how } }
}
