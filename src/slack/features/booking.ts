// Past the hour's limit: the invitation is offered to be booked for its minute; what is booked can be taken back.
import type { KnownBlock, ModalView } from '@slack/types'
import { WebAPIPlatformError, type WebClient } from '@slack/web-api'
import {
  type Booked,
  type BookingOutcome,
  bookInvitation,
  cancelBooking,
  type InvitationForm,
  listBookings,
} from '../../invitations/index.ts'
import { Refusal } from '../../refusal.ts'
import { readAccess } from '../access-fields.ts'
import { actions, button, cut, escapeText, moment, plain, section } from '../blocks.ts'
import type { ActionVisit, Feature, SubmissionResult, SubmissionVisit, Visit } from '../feature.ts'
import { CLOSED } from '../notify.ts'
import { tellPrivately } from '../tell-privately.ts'
import { wordsFor } from '../words.ts'

const FORM = 'booking_form'
const CANCEL = 'booking_cancel'
export const BOOKINGS_OPEN = 'bookings_open'
const SHOWN = 25

export const booking: Feature = {
  name: 'booking',
  command: {
    word: 'booked',
    usage: 'booked',
    purpose: 'shows the invitations that you have booked past the hourly limit',
    run: async (visit) => visit.open(await list(visit)),
  },
  actions: {
    [BOOKINGS_OPEN]: async (visit) => visit.open(await list(visit)),
    [CANCEL]: cancel,
  },
  submissions: { [FORM]: book },
}

/** "It works again at 15:42. Book it for then?" What was typed travels with the question. */
export function bookingOffer(form: InvitationForm, { refusal, from }: { refusal: Refusal; from: string }): ModalView {
  return {
    type: 'modal',
    callback_id: FORM,
    // The person's own words, to be read again as any form is: nothing of it is believed.
    private_metadata: JSON.stringify({ from, ...form }),
    title: plain('Book it?', 24),
    submit: plain(`Book for ${refusal.detail.time}`, 24),
    close: plain('Do not send', 24),
    blocks: [
      section(
        `${escapeText(wordsFor(refusal))} The invitation of *${escapeText(form.email)}* can be booked for then: it is sent by itself.`,
      ),
    ],
  }
}

async function book(visit: SubmissionVisit): Promise<SubmissionResult> {
  const typed = readTyped(visit.view.privateMetadata)
  const { email, dueAt } = await bookInvitation(visit.c, {
    organisationId: visit.organisation.id,
    actorId: visit.member.id,
    origin: 'slack',
    form: {
      email: typed.email ?? '',
      mode: typed.mode === 'credentials' ? 'credentials' : 'link',
      userName: typed.userName ?? '',
      ...readAccess(typed),
    },
  })
  const text = `The invitation of ${escapeText(email)} is booked for ${moment(dueAt)}. \`${visit.command} booked\` shows it.`
  return { after: () => tellPrivately(visit, typed.from ?? '', { text, blocks: [section(text)] }) }
}

function readTyped(privateMetadata: string): Record<string, string | null> {
  const parsed: unknown = JSON.parse(privateMetadata)
  if (typeof parsed !== 'object' || parsed === null) throw new Refusal('booking_unknown')
  return Object.fromEntries(
    Object.entries(parsed).map(([name, value]) => [name, typeof value === 'string' ? value : null]),
  )
}

async function list(visit: Visit): Promise<ModalView> {
  const booked = await listBookings(visit.c.db, visit.member.id)
  const shown = booked.slice(0, SHOWN)
  return {
    type: 'modal',
    title: plain('Booked', 24),
    close: plain('Close', 24),
    blocks: [
      ...(booked.length === 0
        ? [section('Nothing is booked.')]
        : [section(`*${booked.length === 1 ? 'One invitation is' : `${booked.length} invitations are`} booked.*`)]),
      ...shown.map(line),
      ...(booked.length > shown.length ? [section(`… and ${booked.length - shown.length} more.`)] : []),
    ],
  }
}

function line({ id, email, dueAt }: Booked): KnownBlock {
  return section(
    `*${escapeText(email)}*\n${moment(dueAt)}`,
    button(CANCEL, 'Take back', { value: id, label: cut(`Take back the invitation of ${email}`, 75) }),
  )
}

async function cancel(visit: ActionVisit): Promise<void> {
  await cancelBooking(visit.c, {
    organisationId: visit.organisation.id,
    actorId: visit.member.id,
    bookingId: visit.value,
    origin: 'slack',
  })
  await visit.update(await list(visit))
}

/** OUT: tells somebody how it went with what they had booked. */
export async function showBooking(c: { client: WebClient }, outcome: BookingOutcome): Promise<void> {
  if (outcome.kind === 'gone' || outcome.actorSlackId === null) return
  const text = escapeText(
    outcome.kind === 'sent'
      ? `${outcome.email} is being invited into ${outcome.hubName}, as you had booked. You will hear when they join.`
      : `The invitation of ${outcome.email} that you had booked was not sent. ${outcome.refusals.map(wordsFor).join(' ')}`,
  )
  const more = outcome.kind === 'sent' ? [] : actions([button('invite_open', 'Invite someone')])
  try {
    await c.client.chat.postMessage({ channel: outcome.actorSlackId, text, blocks: [section(text), ...more] })
  } catch (error) {
    if (!(error instanceof WebAPIPlatformError) || !CLOSED.includes(error.data.error)) throw error
  }
}
