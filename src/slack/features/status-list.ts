// `/invites status error`: the invitations in one status, page by page, with "Retry all" and "Resend all".
import type { KnownBlock, ModalView } from '@slack/types'
import {
  countInvitations,
  countResendable,
  INVITATIONS_COUNTED,
  type InvitationPlace,
  type InvitationSummary,
  type InvitationsPage,
  type InvitationsPlace,
  listInvitations,
  resendMany,
} from '../../invitations/index.ts'
import { type InvitationStatus, reachOf, STATUS_NAMES } from '../../organisation/index.ts'
import { Refusal } from '../../refusal.ts'
import { onlyAsks } from '../access-fields.ts'
import { actions, button, confirmation, context, cut, escapeText, moment, plain, section } from '../blocks.ts'
import { notice } from '../dispatch.ts'
import type { ActionVisit, Feature, Visit } from '../feature.ts'
import { invitedName } from '../invited-name.ts'
import { people as words } from '../list-views.ts'
import { pastLimitWords } from '../notice-summary.ts'

/** A button in front of a status' name: opens its list in the modal that it stands in. */
export const LIST_STATUS = 'status_list'
const PREVIOUS = 'status_list_previous'
const NEXT = 'status_list_next'
const RESEND_ALL = 'status_list_resend'
const OPEN = 'status_open'
const BACK = 'status_back'

const STATUSES: InvitationStatus[] = [
  'waiting',
  'pending',
  'accepted',
  'expired',
  'revoked',
  'error',
  'awaiting_approval',
  'rejected',
]

export const statusList: Feature = {
  name: 'status-list',
  actions: {
    ...Object.fromEntries(STATUSES.map((name) => [`${LIST_STATUS}_${name}`, openList])),
    [PREVIOUS]: (visit) => turn(visit, 'before'),
    [NEXT]: (visit) => turn(visit, 'after'),
    [RESEND_ALL]: resendAll,
  },
}

/** The status that somebody named ("error", "awaiting approval"); undefined for anything else. */
export function readStatusName(typed: string): InvitationStatus | undefined {
  const name = typed
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ')
  return STATUSES.find((status) => STATUS_NAMES[status].toLowerCase() === name)
}

/** "31", "10,000+". */
export function shownCount(count: number): string {
  return count > INVITATIONS_COUNTED ? `${INVITATIONS_COUNTED.toLocaleString('en')}+` : count.toLocaleString('en')
}

/** Whose invitations somebody sees; who may invite nobody sees those that they asked for. Throws `may_not_invite`. */
export function viewerOf(visit: Visit) {
  if (!visit.member.isActive) throw new Refusal('may_not_invite')
  return {
    organisationId: visit.organisation.id,
    reach: reachOf(visit.member, visit.organisation),
    onlyAsked: onlyAsks(visit),
  }
}

type Asked = { status: InvitationStatus; at?: InvitationsPlace; told?: string }

/** One page of a list. Throws as `viewerOf`. */
export async function listOf(visit: Visit, { status, at = 'first', told }: Asked): Promise<ModalView> {
  const { c } = visit
  const viewer = viewerOf(visit)
  const maySend = !viewer.onlyAsked && (status === 'expired' || status === 'error')
  const [page, total, again] = await Promise.all([
    listInvitations(c.db, viewer, { status, at }),
    countInvitations(c.db, viewer, status),
    maySend ? countResendable(c, { ...who(visit), selection: { status, most: INVITATIONS_COUNTED } }) : undefined,
  ])
  return listView(status, { page, total, again, told })
}

function who({ member, organisation }: Visit) {
  return { organisationId: organisation.id, actorId: member.id, origin: 'slack' }
}

type Shown = { page: InvitationsPage; total: number; again: number | undefined; told: string | undefined }

function listView(status: InvitationStatus, { page, total, again, told }: Shown): ModalView {
  const name = STATUS_NAMES[status]
  const [first, last] = [page.invitations.at(0), page.invitations.at(-1)]
  return {
    type: 'modal',
    private_metadata: status,
    title: plain('Invitations', 24),
    close: plain('Close', 24),
    blocks: [
      ...(told ? [section(`*${told}*`), { type: 'divider' as const }] : []),
      section(`*${name}: ${shownCount(total)}*${total > 0 ? ', newest first' : ''}`),
      ...page.invitations.map(line),
      ...(total === 0 ? [section('There is none now.')] : []),
      ...actions([
        ...(page.hasPrevious && first ? [button(PREVIOUS, 'Previous page', { value: placeIn(status, first) })] : []),
        ...(page.hasNext && last ? [button(NEXT, 'Next page', { value: placeIn(status, last) })] : []),
      ]),
      ...(again === undefined ? [] : againBlocks(status, { total, again })),
      ...actions([button(BACK, 'All counts')]),
    ],
  }
}

function line(invitation: InvitationSummary): KnownBlock {
  const { email, hubName, inviterName, createdAt, id } = invitation
  return section(
    `*${escapeText(invitedName(invitation))}*\n${escapeText(hubName)} · by ${escapeText(inviterName)}, ${moment(createdAt)}`,
    button(OPEN, 'Open', { value: id, label: cut(`Open the invitation of ${email}`, 75) }),
  )
}

function againBlocks(status: InvitationStatus, { total, again }: { total: number; again: number }): KnownBlock[] {
  // What is confirmed is a number; no more than that is sent, whatever expires or fails meanwhile.
  const most = Math.min(again, INVITATIONS_COUNTED)
  const verb = status === 'error' ? 'Retry' : 'Resend'
  const left = total - again
  return [
    ...(most > 0
      ? actions([
          button(RESEND_ALL, `${verb} all ${most.toLocaleString('en')}`, {
            value: `${status} ${most}`,
            style: 'primary',
            confirm: confirmation({
              title: `${verb} ${words(most, 'invitation')}?`,
              text: `${words(most, 'message')} will be sent, each with a new link or one-time password. What was sent before stops working.`,
              confirm: `${verb} ${most.toLocaleString('en')}`,
              deny: 'Cancel',
            }),
          }),
        ])
      : []),
    ...(left > 0 && total <= INVITATIONS_COUNTED ? [context(leftWords(left))] : []),
  ]
}

function leftWords(left: number): string {
  const which = left === 1 ? 'One of them is' : `${left.toLocaleString('en')} of them are`
  return `${which} not sent again: the person has joined or left, was invited anew, or you may not give what it gives.`
}

function placeIn(status: InvitationStatus, { createdAt, id }: InvitationPlace): string {
  return `${status} ${createdAt.getTime()} ${id}`
}

async function openList(visit: ActionVisit): Promise<void> {
  const status = readStatusName(visit.value)
  if (!status) return
  const view = await listOf(visit, { status })
  await (visit.view ? visit.update(view) : visit.open(view))
}

async function turn(visit: ActionVisit, side: 'before' | 'after'): Promise<void> {
  const [name = '', time, id = ''] = visit.value.split(' ')
  const status = readStatusName(name)
  const createdAt = new Date(Number(time))
  if (!status || Number.isNaN(createdAt.getTime()) || !/^[0-9a-f-]{36}$/i.test(id)) return
  const place = { createdAt, id }
  await visit.update(await listOf(visit, { status, at: side === 'before' ? { before: place } : { after: place } }))
}

/** Ten thousand take some seconds: a small view says so, and the list comes back with what was done. */
async function resendAll(visit: ActionVisit): Promise<void> {
  const [name, number] = visit.value.split(' ')
  const status = name === 'error' || name === 'expired' ? name : undefined
  const most = Math.trunc(Number(number))
  if (!status || !(most > 0)) return
  await visit.update(notice('Invitations', 'One moment …'))
  const { resent, pastLimit } = await resendMany(visit.c, { ...who(visit), selection: { status, most } }).catch(
    async (error: unknown) => {
      await visit.update(await listOf(visit, { status }))
      throw error
    },
  )
  const told =
    resent === 0
      ? 'Nothing was left to send.'
      : `${words(resent, 'invitation')} on the way again.${pastLimitWords(pastLimit)}`
  await visit.update(await listOf(visit, { status, told }))
}
