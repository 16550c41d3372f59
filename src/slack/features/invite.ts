// `/invites` and `/invites ana@example.org`: the form for one invitation, and its confirmation.
import { createHash } from 'node:crypto'
import type { ModalView } from '@slack/types'
import { type SentInvitation, sendInvitation } from '../../invitations/index.ts'
import { Refusal } from '../../refusal.ts'
import { accessChoices, accessFields, NOTHING_CHOSEN, onlyAsks, readAccess } from '../access-fields.ts'
import { actions, button, context, cut, emailField, escapeText, plain, section } from '../blocks.ts'
import type { Feature, SubmissionResult, SubmissionVisit, Visit } from '../feature.ts'
import { tellPrivately } from '../tell-privately.ts'
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
export async function inviteForm(visit: Visit, start: { email: string; from: string }): Promise<ModalView> {
  return {
    type: 'modal',
    callback_id: FORM,
    private_metadata: start.from,
    title: plain(onlyAsks(visit) ? 'Ask for an invitation' : 'Invite someone', 24),
    submit: plain(onlyAsks(visit) ? 'Send request' : 'Send invitation', 24),
    close: plain('Cancel', 24),
    blocks: [
      ...(onlyAsks(visit) ? [context('Somebody who may invite decides on your request; you will hear of it.')] : []),
      emailField({ id: 'email', label: 'E-mail', value: start.email, focus: start.email === '' }),
      ...(await accessFields(visit, NOTHING_CHOSEN)),
    ],
  }
}

async function submit(visit: SubmissionVisit): Promise<SubmissionResult> {
  const { values, member, organisation } = visit
  const form = { email: values.email ?? '', ...readAccess(values) }
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
    if (!(error instanceof Refusal) || error.code !== 'hourly_limit') throw error
    return { show: bookingOffer(form, { refusal: error, from: visit.view.privateMetadata }) }
  }
  if (sent.isRequest) {
    const asked = escapeText(
      `Your request to invite ${sent.email} into ${sent.hubName} is on its way. You will hear what was decided.`,
    )
    return {
      after: () => tellPrivately(visit, visit.view.privateMetadata, { text: asked, blocks: [section(asked)] }),
    }
  }
  const text = escapeText(`${sent.email} is being invited into ${sent.hubName}. You will hear when they join.`)
  return {
    after: () =>
      tellPrivately(visit, visit.view.privateMetadata, {
        text,
        blocks: [
          section(
            `*${escapeText(sent.email)}* is being invited into *${escapeText(sent.hubName)}*. You will hear when they join.`,
          ),
          ...actions([
            button(FOLLOW, 'See status', {
              value: sent.invitationId,
              label: cut(`See status: invitation of ${sent.email}`, 75),
            }),
            button(OPEN, 'Invite someone else'),
          ]),
        ],
      }),
  }
}

/** The same window sent twice with the same content invites once; with other content it is another request. */
function fingerprint(values: Record<string, string | null>): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.entries(values).sort()))
    .digest('base64url')
}
