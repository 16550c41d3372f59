// `/invites status left`: what people who left had sent and is open still, page by page; all of one person's is revoked at
// once.
import type { KnownBlock, ModalView } from '@slack/types'
import {
  INVITATIONS_COUNTED,
  type InvitationsPlace,
  type LeftInvitation,
  type LeftInvitations,
  listLeftInvitations,
  revokeLeftInvitations,
} from '../../invitations/index.ts'
import { findMember, STATUS_NAMES } from '../../organisation/index.ts'
import { actions, button, confirmation, context, cut, escapeText, moment, plain, section } from '../blocks.ts'
import { notice } from '../dispatch.ts'
import type { ActionVisit, Feature, Visit } from '../feature.ts'
import { invitedName } from '../invited-name.ts'
import { people as words } from '../list-views.ts'
import { shownCount, viewerOf } from './status-list.ts'

/** Its value is the id of one who left, or empty for all of them. */
export const LEAVERS_OPEN = 'leavers_open'
const ONE = 'leavers_one'
const EVERYBODY = 'leavers_everybody'
const PREVIOUS = 'leavers_previous'
const NEXT = 'leavers_next'
const REVOKE_ALL = 'leavers_revoke_all'
const OPEN = 'status_open'

/** Slack cuts a button's text; so many senders of a page get a button of their own. */
const MOST_SENDERS = 5

export const leavers: Feature = {
  name: 'leavers',
  actions: {
    [LEAVERS_OPEN]: async (visit) => {
      const view = await leaversView(visit, { senderId: visit.value || null })
      await (visit.view ? visit.push(view) : visit.open(view))
    },
    ...Object.fromEntries(
      Array.from({ length: MOST_SENDERS }, (_, index) => [
        `${ONE}_${index}`,
        async (visit: ActionVisit) => visit.update(await leaversView(visit, { senderId: visit.value })),
      ]),
    ),
    [EVERYBODY]: async (visit) => visit.update(await leaversView(visit, { senderId: null })),
    [PREVIOUS]: (visit) => turn(visit, 'before'),
    [NEXT]: (visit) => turn(visit, 'after'),
    [REVOKE_ALL]: revokeAll,
  },
}

type Asked = { senderId: string | null; at?: InvitationsPlace; told?: string }

/** One page, of one sender or of all who left. Throws Refusal `may_not_invite`. */
export async function leaversView(visit: Visit, { senderId, at = 'first', told }: Asked): Promise<ModalView> {
  const page = await listLeftInvitations(visit.c.db, viewerOf(visit), { senderId, at })
  const sender = senderId === null ? undefined : await nameOfSender(visit, senderId)
  const [first, last] = [page.invitations.at(0), page.invitations.at(-1)]
  return {
    type: 'modal',
    title: plain('Sent by leavers', 24),
    close: plain('Close', 24),
    blocks: [
      ...(told ? [section(`*${told}*`), { type: 'divider' as const }] : []),
      section(headline(page.total, sender)),
      ...page.invitations.map((invitation) => line(invitation, sender)),
      ...(page.total === 0
        ? [section('There is none now.')]
        : [context('Their links keep working until they expire. Revoke those that should not.')]),
      ...actions([
        ...(page.hasPrevious && first ? [button(PREVIOUS, 'Previous page', { value: placeIn(senderId, first) })] : []),
        ...(page.hasNext && last ? [button(NEXT, 'Next page', { value: placeIn(senderId, last) })] : []),
      ]),
      ...(senderId === null ? sendersOf(page) : actions(ofOneSender(page, { senderId, sender }))),
    ],
  }
}

/** Names are not remembered in buttons: they may be long, and change. */
async function nameOfSender({ c, organisation }: Visit, id: string): Promise<string> {
  const found = /^[0-9a-f-]{36}$/i.test(id)
    ? await findMember(c.db.prisma, { id, organisationId: organisation.id })
    : undefined
  return found?.name ?? 'Somebody'
}

function headline(total: number, sender: string | undefined): string {
  const by = sender === undefined ? 'people who left' : escapeText(sender)
  return `*Open invitations sent by ${by}: ${shownCount(total)}*${total > 1 ? ', newest first' : ''}`
}

function line(invitation: LeftInvitation, sender?: string): KnownBlock {
  const { email, hubName, inviterName, status, createdAt, id } = invitation
  const by = sender === undefined ? ` · by ${escapeText(inviterName)}` : ''
  return section(
    `*${escapeText(invitedName(invitation))}* · ${STATUS_NAMES[status]}\n${escapeText(hubName)}${by}, ${moment(createdAt)}`,
    button(OPEN, 'Open', { value: id, label: cut(`Open the invitation of ${email}`, 75) }),
  )
}

/** A button for each sender on the page: what one of them sent can be looked at, and revoked, together. */
function sendersOf({ invitations }: LeftInvitations): KnownBlock[] {
  const senders = new Map(invitations.map(({ inviterId, inviterName }) => [inviterId, inviterName]))
  return actions(
    [...senders].slice(0, MOST_SENDERS).map(([id, name], index) =>
      button(`${ONE}_${index}`, cut(`Only ${name}`, 60), {
        value: id,
        label: cut(`Only the invitations that ${name} sent`, 75),
      }),
    ),
  )
}

function ofOneSender({ total }: LeftInvitations, { senderId, sender = '' }: { senderId: string; sender?: string }) {
  const count = Math.min(total, INVITATIONS_COUNTED)
  const everybody = button(EVERYBODY, 'Everybody who left')
  if (count === 0) return [everybody]
  return [
    button(REVOKE_ALL, `Revoke all ${count.toLocaleString('en')}`, {
      value: senderId,
      style: 'danger',
      label: cut(`Revoke all open invitations that ${sender} sent`, 75),
      confirm: confirmation({
        title: `Revoke ${words(count, 'invitation')}?`,
        text: `Everything open that ${cut(sender, 100)} sent is revoked. The links stop working at once; whoever should still join has to be invited again.`,
        confirm: `Revoke ${count.toLocaleString('en')}`,
        deny: 'Keep them',
      }),
    }),
    everybody,
  ]
}

function placeIn(senderId: string | null, { createdAt, id }: { createdAt: Date; id: string }): string {
  return `${senderId ?? '-'} ${createdAt.getTime()} ${id}`
}

async function turn(visit: ActionVisit, side: 'before' | 'after'): Promise<void> {
  const [sender = '-', time, id = ''] = visit.value.split(' ')
  const createdAt = new Date(Number(time))
  if (Number.isNaN(createdAt.getTime()) || !/^[0-9a-f-]{36}$/i.test(id)) return
  const place = { createdAt, id }
  const at = side === 'before' ? { before: place } : { after: place }
  await visit.update(await leaversView(visit, { senderId: sender === '-' ? null : sender, at }))
}

/** Ten thousand take some seconds: a small view says so, and the list comes back with what was done. */
async function revokeAll(visit: ActionVisit): Promise<void> {
  const { member, organisation, value: senderId } = visit
  await visit.update(notice('Sent by leavers', 'One moment …'))
  const request = { organisationId: organisation.id, actorId: member.id, senderId, origin: 'slack' }
  const count = await revokeLeftInvitations(visit.c, request).catch(async (error: unknown) => {
    await visit.update(await leaversView(visit, { senderId }))
    throw error
  })
  const told = count === 0 ? 'Nothing was left to revoke.' : `${words(count, 'invitation')} revoked.`
  await visit.update(await leaversView(visit, { senderId, told }))
}
