// What sightings come to in the audit log: whose they are, and which of them are one and the same within a minute. Looked up
// here, when everybody has their answer, so that no answer tells by its time whether a name is anybody's.
import { isIPv6 } from 'node:net'
import type { SqlTransaction } from '../database/index.ts'
import type { RefusalCode } from '../refusal.ts'
import type { Actor, AuditEvent, AuditSubject } from './audit-event.ts'

export type RefusedAct = {
  organisationId: string
  actor: { id: string; name: string }
  code: RefusalCode
  /** What was tried, as the door calls it: "form invite_form". */
  what: string
  origin: string
}

/**
 * `invitationId`: what the link says it is about, which proves nothing; never the link itself. `isReset`: a link to a new
 * password.
 */
export type ProbedLink = { invitationId: string | undefined; from: string; how: 'opened' | 'sent'; isReset?: boolean }

/**
 * `who`: the name as it is looked up, which is written nowhere, or the person, where they are signed in already. `because`:
 * as the refusal has it.
 */
export type FailedSignIn = {
  who: { nameKey: string } | { organisationId: string; personId: string; isSignedIn: true }
  from: string
  how: 'password' | 'slack' | 'confirming'
  because: 'wrong' | 'too_many'
}

/** `holder`: undefined for a code that names nobody. `code`: as the refusal has it. */
export type WrongCode = {
  holder: { organisationId: string; personId: string } | undefined
  from: string
  kind: string
  code: RefusalCode
}

export type Sighting = { at: Date } & (
  | { kind: 'refused'; act: RefusedAct }
  | { kind: 'probed'; link: ProbedLink }
  | { kind: 'sign_in_failed'; attempt: FailedSignIn }
  | { kind: 'code_wrong'; attempt: WrongCode }
)

/** What has a budget of its own. Names that are nobody's cannot hide the tries at one that is somebody's. */
export type Budget = 'refusals' | 'dead links' | 'failed sign-ins' | 'sign-ins by unknown names' | 'wrong codes'

/** The budget of what is not looked up any more. */
export const BUDGET_OF: Record<Sighting['kind'], Budget> = {
  refused: 'refusals',
  probed: 'dead links',
  sign_in_failed: 'failed sign-ins',
  code_wrong: 'wrong codes',
}

/** `key`: the same for what counts as one within a minute. */
export type Resolved = { key: string; budget: Budget; event: AuditEvent }

type Place = { organisationId: string; subject: AuditSubject }
export type Places = {
  byInvitation: Map<string, Place>
  byPerson: Map<string, Place>
  byName: Map<string, Place[]>
  /** The only organisation that there is. */
  only: Place | undefined
}

/** Where sightings belong: to the invitations and people that they name, or to the only organisation that there is. */
export async function findPlaces(tx: SqlTransaction, sightings: Sighting[]): Promise<Places> {
  const attempts = sightings.flatMap((one) => (one.kind === 'sign_in_failed' ? [one.attempt.who] : []))
  const names = new Set(attempts.flatMap((who) => ('nameKey' in who ? [who.nameKey] : [])))
  const people = new Set([
    ...attempts.flatMap((who) => ('personId' in who ? [who.personId] : [])),
    ...sightings.flatMap((one) => (one.kind === 'code_wrong' ? (one.attempt.holder?.personId ?? []) : [])),
  ])
  const invitations = sightings.flatMap((one) => (one.kind === 'probed' ? (one.link.invitationId ?? []) : []))
  const organisations = await tx.$queryRaw<{ id: string; displayName: string }[]>`
    SELECT "id", "displayName" FROM "Organisation" LIMIT 2`
  const [organisation, another] = organisations
  const only = organisation && !another ? placeOfOrganisation(organisation) : undefined
  return {
    byInvitation: await findInvitations(tx, [...new Set(invitations)]),
    byPerson: await findPeople(tx, [...people]),
    byName: await findNames(tx, [...names]),
    only,
  }
}

function placeOfOrganisation({ id, displayName }: { id: string; displayName: string }): Place {
  return { organisationId: id, subject: { kind: 'organisation', id, name: displayName } }
}

async function findInvitations(tx: SqlTransaction, ids: string[]): Promise<Map<string, Place>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.$queryRaw<{ id: string; organisationId: string; email: string }[]>`
    SELECT "id", "organisationId", "email" FROM "Invitation" WHERE "id" = ANY(${ids}::uuid[])`
  return new Map(
    rows.map(({ id, organisationId, email }) => [
      id,
      { organisationId, subject: { kind: 'invitation', id, name: email } },
    ]),
  )
}

type PersonRow = { id: string; organisationId: string; name: string }

const placeOfPerson = ({ id, organisationId, name }: PersonRow): Place => ({
  organisationId,
  subject: { kind: 'person', id, name },
})

async function findPeople(tx: SqlTransaction, ids: string[]): Promise<Map<string, Place>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.$queryRaw<PersonRow[]>`
    SELECT p."id", p."organisationId",
      coalesce(nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email", p."userName", 'Somebody') AS "name"
    FROM "Person" p WHERE p."id" = ANY(${ids}::uuid[])`
  return new Map(rows.map((row) => [row.id, placeOfPerson(row)]))
}

/** Within one organisation an address comes before a user name that is written like it, as at the sign-in. */
async function findNames(tx: SqlTransaction, names: string[]): Promise<Map<string, Place[]>> {
  const places = new Map<string, Place[]>()
  if (names.length === 0) return places
  const rows = await tx.$queryRaw<(PersonRow & { nameKey: string })[]>`
    SELECT DISTINCT ON (wanted."nameKey", o."id") wanted."nameKey", p."id", p."organisationId",
      coalesce(nullif(trim(p."firstName" || ' ' || p."lastName"), ''), p."email", p."userName", 'Somebody') AS "name"
    FROM unnest(${names}::text[]) AS wanted("nameKey") CROSS JOIN "Organisation" o CROSS JOIN LATERAL (
      SELECT 1 AS "rank", m.* FROM "Person" m WHERE m."organisationId" = o."id" AND m."emailKey" = wanted."nameKey"
      UNION ALL
      SELECT 2, m.* FROM "Person" m WHERE m."organisationId" = o."id" AND m."userNameKey" = wanted."nameKey"
    ) p ORDER BY wanted."nameKey", o."id", p."rank"`
  for (const row of rows) places.set(row.nameKey, [...(places.get(row.nameKey) ?? []), placeOfPerson(row)])
  return places
}

/** The events of one sighting: none where nobody can say whose it is. Pure. */
export function resolve(sighting: Sighting, places: Places): Resolved[] {
  switch (sighting.kind) {
    case 'refused':
      return [ofRefusal(sighting.act, sighting.at)]
    case 'probed':
      return ofLink(sighting.link, sighting.at, places)
    case 'sign_in_failed':
      return ofSignIn(sighting.attempt, sighting.at, places)
    case 'code_wrong':
      return ofCode(sighting.attempt, sighting.at, places)
  }
}

const SOMEBODY: Actor = { id: null, name: 'Somebody' }

function ofRefusal({ organisationId, actor, code, what, origin }: RefusedAct, at: Date): Resolved {
  const subject: AuditSubject = { kind: 'person', id: actor.id, name: actor.name }
  return {
    key: `refused ${actor.id} ${code}`,
    budget: 'refusals',
    event: { organisationId, at, act: 'refused', actor, subject, origin, after: { code, what } },
  }
}

function ofLink({ invitationId, from, how, isReset }: ProbedLink, at: Date, places: Places): Resolved[] {
  const place = (invitationId ? places.byInvitation.get(invitationId) : undefined) ?? places.only
  if (!place) return []
  const after = isReset ? { how, what: 'reset' } : { how }
  const key = `probed ${isReset ? 'reset ' : ''}${networkOf(from)}`
  const event: AuditEvent = { ...place, at, act: 'link.probed', actor: SOMEBODY, origin: `web ${from}`, after }
  return [{ key, budget: 'dead links', event }]
}

function ofSignIn({ who, from, how, because }: FailedSignIn, at: Date, places: Places): Resolved[] {
  const found = 'nameKey' in who ? (places.byName.get(who.nameKey) ?? []) : [places.byPerson.get(who.personId)]
  const known = found.filter((place) => place !== undefined)
  const common = { at, act: 'account.sign_in_failed' as const, origin: `web ${from}` }
  const key = (id: string) => `sign-in ${id} ${networkOf(from)} ${how}`
  if (known.length === 0) {
    if (!places.only) return []
    // Nothing of the name: it may be a password in the wrong field.
    const after = { how, because, name: 'unknown' }
    const event: AuditEvent = { ...places.only, ...common, actor: SOMEBODY, after }
    return [{ key: key('unknown'), budget: 'sign-ins by unknown names', event }]
  }
  return known.map((place) => {
    const { id, name } = place.subject
    const actor: Actor = 'nameKey' in who ? SOMEBODY : { id, name }
    return { key: key(id), budget: 'failed sign-ins', event: { ...place, ...common, actor, after: { how, because } } }
  })
}

function ofCode({ holder, from, kind, code }: WrongCode, at: Date, places: Places): Resolved[] {
  const place = holder ? places.byPerson.get(holder.personId) : places.only
  if (!place) return []
  const after = { kind, code }
  const key = `code ${holder?.personId ?? 'nobody'} ${networkOf(from)} ${kind}`
  const event: AuditEvent = { ...place, at, act: 'account.code_wrong', actor: SOMEBODY, origin: `web ${from}`, after }
  return [{ key, budget: 'wrong codes', event }]
}

/** Somebody with IPv6 has a whole network of addresses: it counts as one. Pure. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [front = ''] = address.split('::')
  const groups = front.split(':').filter(Boolean)
  return `${[...groups, '0', '0', '0', '0'].slice(0, 4).join(':')}::/64`
}
