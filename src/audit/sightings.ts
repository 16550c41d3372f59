// What was tried and did not come about: refusals, looks at links that do not work, failed sign-ins, wrong codes. Gathered
// beside the answers and written a second later, so that nobody waits for it and every answer takes the same time; at most
// one event a minute for each, however many instances there are. Each kind has a budget of its own, and what is past it is
// an event too, with its count, when the minute is over. A crash may lose the last second of it.
import { createHash } from 'node:crypto'
import type { Collaborators } from '../collaborators.ts'
import { inSqlTransaction, type SqlTransaction } from '../database/index.ts'
import type { RefusalCode } from '../refusal.ts'
import type { AuditEvent } from './audit-event.ts'
import { createMinuteBudget, type Overflow } from './minute-budget.ts'
import { record } from './record.ts'
import {
  BUDGET_OF,
  type FailedSignIn,
  findPlaces,
  type Places,
  type ProbedLink,
  type RefusedAct,
  resolve,
  type Sighting,
  type WrongCode,
} from './sighting-events.ts'

export type { FailedSignIn, ProbedLink, RefusedAct, WrongCode } from './sighting-events.ts'

export type Sightings = {
  /** Notes a refusal, where it is one of a right or a limit: what was mistyped is nobody's concern. */
  refused: (act: RefusedAct) => void
  probed: (link: ProbedLink) => void
  signInFailed: (attempt: FailedSignIn) => void
  /** Notes a code, where it was a wrong one: what is no code, or came too late, is nobody's concern. */
  codeWrong: (attempt: WrongCode) => void
  /** Writes what is noted, now. */
  flush: () => Promise<void>
  /** Writes what is noted, and takes no more. */
  close: () => Promise<void>
}

const FLUSH_AFTER = 1_000
const MINUTE = 60_000
/** Events of one kind that one instance writes in a minute: a flood must not fill the log. */
const MOST_A_MINUTE = 200
/** So many different ones of one kind are looked up and written together. */
const BATCH = 1_000
/** So many batches wait for the database; what comes while there are more is only counted. */
const MOST_BATCHES = 4

const OF_RIGHTS_AND_LIMITS: string[] = [
  'could_not_be_invited',
  'request_own',
  'list_past_daily_limit',
  'list_sent_today',
] satisfies RefusalCode[]

const isOfRightsOrLimits = (code: string) =>
  code.startsWith('may_not_') || code.includes('limit') || OF_RIGHTS_AND_LIMITS.includes(code)

const WRONG_CODES: string[] = [
  'code_wrong',
  'code_clock',
  'code_used',
  'code_elsewhere',
  'code_wait',
  'recovery_code_wrong',
  'recovery_code_used',
] satisfies RefusalCode[]

/** One that is held, and how many tries came to it. */
type Held = { sighting: Sighting; count: number }
type Kind = Sighting['kind']
type Missed = { kind: Kind; at: Date; count: number }
type Gathered = { held: Map<Kind, Map<string, Held>>; missed: Map<string, Missed> }

const minuteOf = (at: Date) => Math.floor(at.getTime() / MINUTE)

export function createSightings(c: Pick<Collaborators, 'db' | 'now' | 'log'>): Sightings {
  const budget = createMinuteBudget(MOST_A_MINUTE)
  let gathered = nothing()
  let timer: NodeJS.Timeout | undefined
  let minuteTimer: NodeJS.Timeout | undefined
  let running = Promise.resolve()
  let waiting = 0
  let warnedOf = ''

  function note(key: string, sighting: Sighting): void {
    const { kind, at } = sighting
    const held = gathered.held.get(kind) ?? new Map<string, Held>()
    gathered.held.set(kind, held)
    const inMinute = `${minuteOf(at)} ${key}`
    const known = held.get(inMinute)
    if (known) known.count += 1
    else if (held.size < BATCH) held.set(inMinute, { sighting, count: 1 })
    else miss({ kind, at, count: 1 })
    // At once, so that a flood does not stand in the way of what comes within the same second.
    if (held.size === BATCH && waiting < MOST_BATCHES) void flush()
    else arm()
  }

  function arm(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      if (waiting < MOST_BATCHES) void flush()
      else arm()
    }, FLUSH_AFTER)
  }

  function miss({ kind, at, count }: Missed): void {
    const key = `${kind} ${minuteOf(at)}`
    const known = gathered.missed.get(key)
    if (known) known.count += count
    else gathered.missed.set(key, { kind, at, count })
  }

  async function write({ held, missed }: Gathered, isLast: boolean): Promise<void> {
    const all = [...held.values()].flatMap((of) => [...of.values()])
    try {
      if (all.length > 0) {
        const places = await inSqlTransaction(c.db, (tx) =>
          findPlaces(
            tx,
            all.map(({ sighting }) => sighting),
          ),
        )
        const events = within(all, missed, places)
        await inSqlTransaction(c.db, (tx) => writeOnce(tx, events))
      }
      const overflows = budget.finish(isLast ? undefined : minuteOf(c.now()))
      if (overflows.length > 0) await inSqlTransaction(c.db, (tx) => recordOverflows(tx, overflows))
    } catch (error) {
      c.log.warn({ err: error, sightings: all.length }, 'Refusals could not be written into the audit log')
    }
    if (!isLast && budget.hasOverflow()) {
      clearTimeout(minuteTimer)
      minuteTimer = setTimeout(() => void flush(), MINUTE - (c.now().getTime() % MINUTE) + FLUSH_AFTER).unref()
    }
  }

  /** The events that the budgets take, by their ids. */
  function within(all: Held[], missed: Gathered['missed'], places: Places): Map<string, AuditEvent> {
    const events = new Map<string, AuditEvent>()
    for (const { sighting, count } of all) {
      const { at } = sighting
      const minute = minuteOf(at)
      for (const { key, budget: of, event } of resolve(sighting, places)) {
        const { organisationId } = event
        const id = idOf(`${organisationId} ${key}`, minute * MINUTE)
        const taken = budget.take({ id, budget: of, organisationId, minute, at, count })
        if (taken === 'new') events.set(id, event)
        else if (taken === 'over') warn(of, minute)
      }
    }
    const organisationId = places.only?.organisationId
    for (const { kind, at, count } of missed.values()) {
      const minute = minuteOf(at)
      budget.miss({ budget: BUDGET_OF[kind], organisationId, minute, at, count })
      warn(BUDGET_OF[kind], minute)
    }
    return events
  }

  function warn(of: string, minute: number): void {
    if (warnedOf.split('|').includes(`${of} ${minute}`)) return
    warnedOf = `${warnedOf.split('|').slice(-9).join('|')}|${of} ${minute}`
    c.log.warn({ of, most: MOST_A_MINUTE }, 'More was refused in a minute than the audit log takes')
  }

  function flush(isLast = false): Promise<void> {
    clearTimeout(timer)
    clearTimeout(minuteTimer)
    timer = undefined
    const batch = gathered
    gathered = nothing()
    waiting += 1
    running = running
      .then(() => write(batch, isLast))
      .finally(() => {
        waiting -= 1
      })
    return running
  }

  return {
    refused(act) {
      if (!isOfRightsOrLimits(act.code)) return
      note(`${act.actor.id} ${act.code}`, { kind: 'refused', at: c.now(), act })
    },
    probed(link) {
      note(`${link.from} ${link.isReset === true}`, { kind: 'probed', at: c.now(), link })
    },
    signInFailed(attempt) {
      const { who, from, how, because } = attempt
      const whose = 'nameKey' in who ? `name ${who.nameKey}` : `person ${who.personId}`
      note(`${from} ${how} ${because} ${whose}`, { kind: 'sign_in_failed', at: c.now(), attempt })
    },
    codeWrong(attempt) {
      const { holder, from, kind, code } = attempt
      if (!WRONG_CODES.includes(code)) return
      note(`${holder?.personId} ${from} ${kind} ${code}`, { kind: 'code_wrong', at: c.now(), attempt })
    },
    flush: () => flush(),
    close: () => flush(true),
  }
}

const nothing = (): Gathered => ({ held: new Map(), missed: new Map() })

/** An id (UUID version 7) that is the same for the same key in the same minute, on whichever instance. Pure. */
export function idOf(key: string, minuteStart: number): string {
  const bytes = createHash('sha256').update(`${minuteStart} ${key}`).digest().subarray(0, 16)
  bytes.writeUIntBE(minuteStart, 0, 6)
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6)
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

async function writeOnce(tx: SqlTransaction, events: Map<string, AuditEvent>): Promise<void> {
  if (events.size === 0) return
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended('sightings', 0))::text`
  const ids = [...events.keys()]
  const written = await tx.$queryRaw<{ id: string }[]>`SELECT "id" FROM "AuditEvent" WHERE "id" = ANY(${ids}::uuid[])`
  const isWritten = new Set(written.map(({ id }) => id))
  await record(
    tx,
    [...events].flatMap(([id, event]) => (isWritten.has(id) ? [] : [{ ...event, id }])),
  )
}

/** One event for each kind, organisation and minute; every instance counts its own. */
async function recordOverflows(tx: SqlTransaction, overflows: Overflow[]): Promise<void> {
  const ids = [...new Set(overflows.flatMap(({ organisationId }) => organisationId ?? []))]
  const rows = await tx.$queryRaw<{ id: string; name: string }[]>`
    SELECT "id", "displayName" AS "name" FROM "Organisation" WHERE "id" = ANY(${ids}::uuid[])`
  const names = new Map(rows.map(({ id, name }) => [id, name]))
  await record(
    tx,
    overflows.flatMap(({ budget, organisationId, minute, at, count }): AuditEvent[] => {
      const name = organisationId === undefined ? undefined : names.get(organisationId)
      if (organisationId === undefined || name === undefined) return []
      return [
        {
          organisationId,
          at,
          act: 'security.overflow',
          actor: { id: null, name: 'Usher' },
          subject: { kind: 'organisation', id: organisationId, name },
          origin: 'scheduler',
          after: { what: budget, count, minute: new Date(minute * MINUTE).toISOString() },
        },
      ]
    }),
  )
}
