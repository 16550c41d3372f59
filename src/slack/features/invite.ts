// `/invites` and `/invites ana@example.org`: the form for one invitation, and its confirmation.
import { createHash } from 'node:crypto'
import type { ModalView } from '@slack/types'
import { type SentInvitation, sendInvitation } from '../../invitations/index.ts'
import { Refusal } from '../../refusal.ts'
import { accessChoices, accessFields, NOTHING_CHOSEN, onlyAsks, readAccess } from '../access-fields.ts'
import { actions, button, context, cut, escapeText, plain, section } from '../blocks.ts'
import type { ActionVisit, Answer, Feature, SubmissionResult, SubmissionVisit, Visit } from '../feature.ts'
import { sendSlips, slipView } from '../slip-view.ts'
import { tellPrivately } from '../tell-privately.ts'
import { readWayIn, readWayInFields, WAY_IN, type WayIn, wayInFields } from '../ways-in.ts'
import { bookingOffer } from './booking.ts'

const FORM = 'invite_form'
const OPEN = 'invite_open'
const FOLLOW = 'status_open'

export const invite: Feature = {
  name: 'invite',
  command: {
    word: '',
    usage: '[address]',
    purpose: 'opens the form for one invitation, with the address filled in',
    run: async (visit) =>
      visit.open(await inviteForm(visit, { email: readTypedAddress(visit.rest), from: visit.channelId })),
  },
  actions: {
    // Its value is an address to fill in, or nothing.
    [OPEN]: async (visit) => visit.open(await inviteForm(visit, { email: visit.value, from: '' })),
    [WAY_IN]: changeWay,
  },
  shortcuts: {
    invite_someone: async (visit) => visit.open(await inviteForm(visit, { email: '', from: '' })),
  },
  submissions: { [FORM]: submit },
  choices: accessChoices,
}

/** Slack may hand over a typed address as <mailto:ana@example.org|ana@example.org>. */
export function readTypedAddress(text: string): string {
  return /^<mailto:[^|>]+\|([^>]+)>$/.exec(text)?.[1] ?? text
}

/** The form for one invitation; `from` is the channel where its confirmation is shown. */
export async function inviteForm(
  visit: Visit,
  { way = 'link', ...start }: { email: string; from: string; way?: WayIn },
): Promise<ModalView> {
  return {
    type: 'modal',
    callback_id: FORM,
    private_metadata: `${way} ${start.from}`,
    title: plain(onlyAsks(visit) ? 'Ask for an invitation' : 'Invite someone', 24),
    submit: plain(onlyAsks(visit) ? 'Send request' : 'Send invitation', 24),
    close: plain('Cancel', 24),
    blocks: [
      ...(onlyAsks(visit) ? [context('Somebody who may invite decides on your request; you will hear of it.')] : []),
      ...wayInFields(way, start),
      ...(await accessFields(visit, NOTHING_CHOSEN)),
    ],
  }
}

/** The same form with the fields of another way in; what was typed into the others stays. */
async function changeWay(visit: ActionVisit): Promise<void> {
  if (!visit.view) return
  const { from } = readMetadata(visit.view.privateMetadata)
  await visit.update(
    await inviteForm(visit, { email: visit.view.values.email ?? '', from, way: readWayIn(visit.value) }),
  )
}

function readMetadata(text: string): { way: WayIn; from: string } {
  const [way, from = ''] = text.split(' ')
  return { way: readWayIn(way), from }
}

async function submit(visit: SubmissionVisit): Promise<SubmissionResult> {
  const { values, member, organisation } = visit
  const { way, from } = readMetadata(visit.view.privateMetadata)
  const form = { ...readWayInFields(way, values), ...readAccess(values) }
  let sent: SentInvitation
  try {
    sent = await sendInvitation(visit.c, {
      organisationId: organisation.id,
      actorId: member.id,
      submissionKey: `${visit.view.id} ${fingerprint(values)}`,
      origin: 'slack',
      form,
    })
  } catch (error) {
    // What has no address may end as a slip, which somebody has to be there for.
    if (!(error instanceof Refusal) || error.code !== 'hourly_limit' || form.withoutEmail) throw error
    return { show: bookingOffer(form, { refusal: error, from }) }
  }
  if (sent.isRequest) {
    const asked = escapeText(
      `Your request to invite ${sent.email} into ${sent.hubName} is on its way. You will hear what was decided.`,
    )
    return {
      after: () => tellPrivately(visit, from, { text: asked, blocks: [section(asked)] }),
    }
  }
  const { slip } = sent
  if (slip) {
    const after = async () => {
      await tellPrivately(visit, from, confirmationOf(sent, [slip.name, 'is invited into', 'Hand the slip over.']))
      await sendSlips(visit, [slip], `Activation slip of ${slip.name}`)
    }
    return { show: slipView(slip), after }
  }
  return { after: () => tellPrivately(visit, from, confirmationOf(sent, [sent.email, 'is being invited into'])) }
}

/** What stays of an invitation where it was asked for: `words` are who, what, and what is still to do. */
function confirmationOf(
  { email, hubName, invitationId }: SentInvitation,
  [who, what, toDo = '']: [who: string, what: string, toDo?: string],
): Answer {
  const rest = `${toDo} You will hear when they join.`.trimStart()
  return {
    text: escapeText(`${who} ${what} ${hubName}. ${rest}`),
    blocks: [
      section(`*${escapeText(who)}* ${what} *${escapeText(hubName)}*. ${rest}`),
      ...actions([
        button(FOLLOW, 'See status', { value: invitationId, label: cut(`See status: invitation of ${email}`, 75) }),
        button(OPEN, 'Invite someone else'),
      ]),
    ],
  }
}

/** The same window sent twice with the same content invites once; with other content it is another request. */
function fingerprint(values: Record<string, string | null>): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.entries(values).sort()))
    .digest('base64url')
}
