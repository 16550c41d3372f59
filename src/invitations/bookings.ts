// The invitation past the hour's limit: booked for the minute at which it works again, sent by the clock, rights and
// limits asked anew.
import { type Act, type Actor, type AuditEvent, record } from '../audit/index.ts'
import type { Collaborators } from '../collaborators.ts'
import { type Database, inTransaction, isId, newId, type Prisma } from '../database/index.ts'
import { findMember, findOrganisation, grantsOf, mayGive } from '../organisation/index.ts'
import { Refusal, Refusals } from '../refusal.ts'
import { findCountries } from './addressee.ts'
import { ADDRESS_LIMIT, clockTime, lockSender, nextFreeMinute } from './limits.ts'
import { ensureUnitsAreThere } from './lists/ensure-units.ts'
import { type InvitationForm, readInvitationForm, sendInvitation } from './send-invitation.ts'

/** One person has at most this many booked at once. */
export const MOST_BOOKINGS = 100

export type BookingRequest = { organisationId: string; actorId: string; form: InvitationForm; origin: string }

/**
 * Books an invitation for the next free minute. Throws what `sendInvitation` throws over the form and over rights, and
 * Refusal `too_many_booked`; whether the address can be invited is found out when its minute comes.
 */
export async function bookInvitation(
  c: Pick<Collaborators, 'db' | 'followUp' | 'now'>,
  request: BookingRequest,
): Promise<{ email: string; dueAt: Date; time: string }> {
  const { organisationId, actorId, form } = request
  const { addressee, ...asked } = readInvitationForm(form, await findCountries(c.db, request))
  return inTransaction(c.db, async (tx) => {
    await lockSender(tx, actorId)
    const organisation = await findOrganisation(tx, { id: organisationId })
    const actor = await findMember(tx, { id: actorId, organisationId })
    const grants = organisation && actor ? grantsOf(actor, organisation) : []
    if (!organisation || !actor || grants.length === 0) throw new Refusal('may_not_invite')
    await ensureUnitsAreThere(tx, organisationId, asked)
    if (!mayGive(grants, asked)) throw new Refusal('may_not_give')
    const booked = await tx.booking.count({ where: { actorId, status: 'booked' } })
    if (booked >= MOST_BOOKINGS) throw new Refusal('too_many_booked', { detail: { most: MOST_BOOKINGS } })
    const at = c.now()
    const dueAt = await nextFreeMinute(tx, { actorId, at, hourlyLimit: organisation.hourlyLimit })
    const id = newId()
    await tx.booking.create({
      data: { id, organisationId, actorId, form: { ...form }, email: addressee.shown, dueAt, createdAt: at },
    })
    await c.followUp(tx, [{ kind: 'booking', bookingId: id, notBefore: dueAt }])
    const booking = { id, organisationId, email: addressee.shown, dueAt }
    await record(tx, [eventOf('invitation.scheduled', { booking, actor, at, origin: request.origin })])
    return { email: addressee.shown, dueAt, time: clockTime(dueAt, organisation.timeZone) }
  })
}

/** Takes back what is booked. Throws Refusal `booking_unknown` when it was sent, or taken back, already. */
export async function cancelBooking(
  c: Pick<Collaborators, 'db' | 'now'>,
  request: { organisationId: string; actorId: string; bookingId: string; origin: string },
): Promise<void> {
  const { organisationId, actorId, bookingId: id, origin } = request
  if (!isId(id)) throw new Refusal('booking_unknown')
  await inTransaction(c.db, async (tx) => {
    const { count } = await tx.booking.updateMany({
      where: { id, organisationId, actorId, status: 'booked' },
      data: { status: 'cancelled' },
    })
    if (count !== 1) throw new Refusal('booking_unknown')
    const booking = await tx.booking.findUniqueOrThrow({ where: { id } })
    const actor = await findMember(tx, { id: actorId, organisationId })
    if (!actor) throw new Refusal('booking_unknown')
    await record(tx, [eventOf('invitation.schedule_cancelled', { booking, actor, at: c.now(), origin })])
  })
}

const USHER: Actor = { id: null, name: 'Usher' }

type Scheduled = { id: string; organisationId: string; email: string; dueAt: Date }

/** The booking stands for the invitation, which is not there yet. */
function eventOf(act: Act, given: { booking: Scheduled; actor: Actor; at: Date; origin: string }): AuditEvent {
  const { booking, actor, at, origin } = given
  return {
    organisationId: booking.organisationId,
    at,
    act,
    actor: { id: actor.id, name: actor.name },
    subject: { kind: 'invitation', id: booking.id, name: booking.email },
    origin,
    after: { dueAt: booking.dueAt.toISOString() },
  }
}

export type Booked = { id: string; email: string; dueAt: Date }

/** What somebody has booked, in its order; at most `MOST_BOOKINGS`. */
export async function listBookings(db: Database, actorId: string): Promise<Booked[]> {
  return db.prisma.booking.findMany({
    where: { actorId, status: 'booked' },
    orderBy: { dueAt: 'asc' },
    take: MOST_BOOKINGS,
    select: { id: true, email: true, dueAt: true },
  })
}

/** How a booked invitation went when its minute came. */
export type BookingOutcome =
  | { kind: 'gone' }
  | { kind: 'sent'; email: string; hubName: string; actorSlackId: string | null }
  | { kind: 'refused'; email: string; refusals: Refusal[]; actorSlackId: string | null }

/**
 * Sends what was booked, once, however often it is run; whoever may not invite any more is refused. Past the limit again
 * (somebody sent by hand meanwhile), it is put off to the next free minute. What was refused is told as often as it is
 * run: the first time may not have reached anybody.
 */
export async function runBooking(
  c: Pick<Collaborators, 'db' | 'followUp' | 'now' | 'canText' | 'slipKey'>,
  bookingId: string,
): Promise<BookingOutcome> {
  const booking = await c.db.prisma.booking.findUnique({
    where: { id: bookingId, status: { in: ['booked', 'refused'] } },
    include: { actor: { select: { slackUserId: true, isActive: true } } },
  })
  if (!booking) return { kind: 'gone' }
  const { organisationId, actorId, email, actor } = booking
  const actorSlackId = actor.isActive ? actor.slackUserId : null
  if (booking.status === 'refused') {
    const refusal = new Refusal(booking.reason as Refusal['code'], { detail: { most: ADDRESS_LIMIT } })
    return { kind: 'refused', email, refusals: [refusal], actorSlackId }
  }
  try {
    const { hubName } = await sendInvitation(c, {
      organisationId,
      actorId,
      submissionKey: `booking ${bookingId}`,
      form: readForm(booking.form),
      origin: 'booked',
      bookingId,
    })
    return { kind: 'sent', email, hubName, actorSlackId }
  } catch (error) {
    const refusals = error instanceof Refusals ? error.refusals : error instanceof Refusal ? [error] : []
    const [first] = refusals
    if (!first) throw error
    // Taken back at this very moment.
    if (first.code === 'booking_unknown') return { kind: 'gone' }
    if (first.code === 'hourly_limit') return putOff(c, bookingId, new Date(Number(first.detail.at)))
    const isRefused = await inTransaction(c.db, async (tx) => {
      const { count } = await tx.booking.updateMany({
        where: { id: bookingId, status: 'booked' },
        data: { status: 'refused', reason: first.code },
      })
      if (count !== 1) return false
      const event = eventOf('invitation.schedule_refused', { booking, actor: USHER, at: c.now(), origin: 'scheduler' })
      await record(tx, [{ ...event, after: { ...event.after, code: first.code } }])
      return true
    })
    return isRefused ? { kind: 'refused', email, refusals, actorSlackId } : { kind: 'gone' }
  }
}

async function putOff(
  c: Pick<Collaborators, 'db' | 'followUp'>,
  bookingId: string,
  dueAt: Date,
): Promise<BookingOutcome> {
  await inTransaction(c.db, async (tx) => {
    const { count } = await tx.booking.updateMany({ where: { id: bookingId, status: 'booked' }, data: { dueAt } })
    if (count === 1) await c.followUp(tx, [{ kind: 'booking', bookingId, notBefore: dueAt }])
  })
  return { kind: 'gone' }
}

/** What the form held, as it was written down by `bookInvitation`. */
function readForm(stored: Prisma.JsonValue): InvitationForm {
  const field = (name: string): string | null => {
    const value = typeof stored === 'object' && stored !== null && !Array.isArray(stored) ? stored[name] : null
    return typeof value === 'string' ? value : null
  }
  return {
    email: field('email') ?? '',
    hubId: field('hubId'),
    userType: (field('userType') ?? null) as InvitationForm['userType'],
    role: (field('role') ?? null) as InvitationForm['role'],
    departmentId: field('departmentId'),
    locationId: field('locationId'),
    language: field('language'),
    note: field('note') ?? '',
    mode: field('mode') === 'credentials' ? 'credentials' : 'link',
    userName: field('userName') ?? '',
  }
}
