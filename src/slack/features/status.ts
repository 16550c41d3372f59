// `/invites status`: one invitation's whole story with its actions, or the counts and the latest.
import type { KnownBlock, ModalView } from '@slack/types'
import { pauseAccount, reopenAccount } from '../../accounts/index.ts'
import {
  type InvitationStory,
  type InvitationSummary,
  mayResend,
  mayRevoke,
  readOverview,
  readStory,
  resendInvitation,
  revokeInvitation,
} from '../../invitations/index.ts'
import { type InvitationStatus, ROLE_NAMES, STATUS_NAMES, USER_TYPE_NAMES } from '../../organisation/index.ts'
import { readEmailAddress } from '../../people/index.ts'
import { Refusal } from '../../refusal.ts'
import { onlyAsks } from '../access-fields.ts'
import {
  actions,
  button,
  confirmation,
  context,
  cut,
  escapeText,
  facts,
  header,
  moment,
  plain,
  section,
} from '../blocks.ts'
import type { ActionVisit, CommandVisit, Feature, Visit } from '../feature.ts'
import { findByName, severalFound } from '../find-by-name.ts'
import { howFar } from '../how-far.ts'
import { invitedName } from '../invited-name.ts'
import { PERSON_FROM_STORY, STORY_BACK } from '../person-card.ts'
import { sentenceFor } from '../story.ts'
import { leaversView } from './leavers.ts'
import { slipButton } from './slips.ts'
import { LIST_STATUS, listOf, readStatusName, shownCount, viewerOf } from './status-list.ts'

/** A shorter one would mean nearly everybody. */
const LEAST_OF_NAME = 2
const OPEN = 'status_open'
const OVERVIEW = 'status_overview'
const BACK = 'status_back'
/** Their value is "invitation id:generation", so that an old button changes nothing. */
export const RESEND = 'invitation_resend'
const REVOKE = 'invitation_revoke'
/** Their value is "invitation id:person id". */
const PAUSE = 'account_pause'
const REOPEN = 'account_reopen'

export const status: Feature = {
  name: 'status',
  command: {
    word: 'status',
    usage: 'status [name, address or filter]',
    purpose:
      'shows where everybody stands, a list such as “error”, “expired” or “left” (sent by people who left), or the story of one invitation',
    run: async (visit) => visit.open(await viewFor(visit)),
  },
  actions: {
    [OPEN]: async (visit) => {
      const view = storyView(visit, await load(visit, { invitationId: visit.value }))
      await (visit.view ? visit.push(view) : visit.open(view))
    },
    [STORY_BACK]: async (visit) => visit.update(storyView(visit, await load(visit, { invitationId: visit.value }))),
    [OVERVIEW]: async (visit) => visit.open(await overview(visit)),
    [BACK]: async (visit) => visit.update(await overview(visit)),
    [RESEND]: (visit) => change(visit, resendInvitation),
    [REVOKE]: (visit) => change(visit, revokeInvitation),
    [PAUSE]: (visit) => turn(visit, pauseAccount),
    [REOPEN]: (visit) => turn(visit, reopenAccount),
  },
}

async function viewFor(visit: CommandVisit): Promise<ModalView> {
  if (visit.rest === '') return overview(visit)
  if (visit.rest.trim().toLowerCase() === 'left') return leaversView(visit, { senderId: null })
  const name = readStatusName(visit.rest)
  return name ? listOf(visit, { status: name }) : storyOf(visit)
}

async function storyOf(visit: CommandVisit): Promise<ModalView> {
  const email = /^<mailto:[^|>]+\|([^>]+)>$/.exec(visit.rest)?.[1] ?? visit.rest
  const story = await readStory(visit.c.db, viewerOf(visit), { email })
  return storyView(visit, story ?? (await load(visit, { personId: await meantBy(visit, email) })))
}

/** Whom a name means among those who were invited. Throws Refusal `invitation_unknown` and `several_found`. */
async function meantBy(visit: Visit, typed: string): Promise<string> {
  const { organisationId, reach, onlyAsked } = viewerOf(visit)
  const name = typed.replace(/^@/, '').trim()
  if (onlyAsked || name.length < LEAST_OF_NAME || readEmailAddress(name)) throw new Refusal('invitation_unknown')
  const found = await findByName(visit, { organisationId, reach }, name)
  const wereInvited = found.filter(({ invited, user }) => invited !== 'not_invited' || user !== 'not_invited')
  const [only, ...others] = wereInvited
  if (!only) throw new Refusal('invitation_unknown')
  if (others.length > 0) throw severalFound(wereInvited)
  return only.id
}

async function load(visit: Visit, asked: Parameters<typeof readStory>[2]): Promise<InvitationStory> {
  const story = await readStory(visit.c.db, viewerOf(visit), asked)
  if (!story) throw new Refusal('invitation_unknown')
  return story
}

async function change(visit: ActionVisit, act: typeof resendInvitation): Promise<void> {
  const [invitationId = '', generation] = visit.value.split(':')
  const { email } = await act(visit.c, {
    organisationId: visit.organisation.id,
    actorId: visit.member.id,
    invitationId,
    generation: Number(generation),
    origin: 'slack',
  })
  if (visit.view) return visit.update(storyView(visit, await load(visit, { invitationId })))
  await visit.replace({
    text: escapeText(`${visit.member.name} sent the invitation of ${email} again.`),
    blocks: [section(`${escapeText(visit.member.name)} sent the invitation of *${escapeText(email)}* again.`)],
  })
}

async function turn(visit: ActionVisit, act: typeof pauseAccount): Promise<void> {
  const [invitationId = '', personId = ''] = visit.value.split(':')
  await act(visit.c, {
    organisationId: visit.organisation.id,
    actorId: visit.member.id,
    personId,
    origin: 'slack',
  })
  await visit.update(storyView(visit, await load(visit, { invitationId })))
}

function storyView(visit: Visit, story: InvitationStory): ModalView {
  const blocks: KnownBlock[] = [
    header(invitedName(story)),
    facts([
      ['Status', STATUS_NAMES[story.status]],
      ['Hub', story.hubName],
      ['User type', USER_TYPE_NAMES[story.userType]],
      ['Role', ROLE_NAMES[story.role]],
      ...(story.accountStatus ? [['Account', ACCOUNT_NAMES[story.accountStatus]] as [string, string]] : []),
      ...(story.departmentName ? [['Department', story.departmentName] as [string, string]] : []),
      ...(story.locationName ? [['Location', story.locationName] as [string, string]] : []),
    ]),
    ...explanation(story),
    ...howFar(story),
    { type: 'divider' },
    section(story.events.map((event) => sentenceFor(event, story)).join('\n') || 'Nothing happened yet.'),
    ...(story.note ? [context(`Personal note: ${escapeText(story.note)}`)] : []),
    ...(story.older > 0 ? [context(olderWords(story))] : []),
    ...(onlyAsks(visit) ? [] : actions([...buttonsFor(story), ...accountButtons(story), ...personButton(story)])),
  ]
  return { type: 'modal', title: plain('Invitation', 24), close: plain('Close', 24), blocks }
}

function olderWords({ older, seesPerson }: InvitationStory): string {
  if (!seesPerson) return `Older invitations you can see: ${older}.`
  return older === 1
    ? 'There is one older invitation of this person.'
    : `There are ${older} older invitations of this person.`
}

function explanation(story: InvitationStory): KnownBlock[] {
  if (story.status === 'awaiting_approval') return [section('Somebody who may invite has to decide on it first.')]
  if (story.isAddition && (story.status === 'pending' || story.status === 'waiting')) {
    const until = story.expiresAt ? `, at the latest ${moment(story.expiresAt)}` : ''
    return [
      section(
        `They have an account and are in the hub already. The invitation counts as accepted when they next sign in${until}.`,
      ),
    ]
  }
  if (story.status === 'pending' && story.expiresAt) {
    const doubt = story.maybeSentAt
      ? ' The mail server did not confirm the message: it may have been sent. If it has not arrived, send it again.'
      : ''
    return [section(`${whatWorks(story)} works until ${moment(story.expiresAt)}.${doubt}`)]
  }
  if (story.status === 'waiting' && story.deliveryProblem && story.nextAttemptAt) {
    return [section(`Not sent yet: ${escapeText(story.deliveryProblem)} Next try: ${moment(story.nextAttemptAt)}.`)]
  }
  if (story.channel === 'slip' && story.status === 'waiting') {
    return [section('It was approved. Make the slip, and hand it over.')]
  }
  if (story.status === 'waiting') return [section('The message leaves in a moment.')]
  if (story.status === 'error' && story.deliveryProblem) {
    return [section(`It could not be delivered: ${escapeText(story.deliveryProblem)}`)]
  }
  return []
}

/** What the invited person has in hand. */
function whatWorks({ channel, mode }: InvitationStory): string {
  if (channel === 'slip') return 'The slip'
  return mode === 'credentials' ? 'The one-time password' : 'The link'
}

function buttonsFor(story: InvitationStory) {
  const value = `${story.id}:${story.generation}`
  const buttons = []
  if (story.channel === 'slip' && !story.isAddition && (mayResend(story.status) || story.status === 'waiting')) {
    buttons.push(slipButton(story))
  } else if (mayResend(story.status)) {
    const text = story.status === 'error' ? 'Try again' : 'Resend'
    buttons.push(button(RESEND, text, { value, label: cut(`${text}: invitation of ${story.email}`, 75) }))
  }
  if (mayRevoke(story.status)) {
    buttons.push(
      button(REVOKE, 'Revoke', {
        value,
        style: 'danger',
        label: cut(`Revoke the invitation of ${story.email}`, 75),
        confirm: confirmation({
          title: 'Revoke this invitation?',
          text: story.isAddition
            ? `${story.email} is taken out of ${story.hubName} at once.`
            : `${whatWorks(story)} of ${story.email} stops working at once.`,
          confirm: 'Revoke invitation',
          deny: 'Keep it',
        }),
      }),
    )
  }
  return buttons
}

const ACCOUNT_NAMES = { active: 'Active', inactive: 'Inactive (paused)' }

function personButton({ id, personId, email }: InvitationStory) {
  if (personId === null) return []
  const label = cut(`About this person: ${email}`, 75)
  return [button(PERSON_FROM_STORY, 'About this person', { value: `${personId}:${id}`, label })]
}

/** For whoever may see the person. Without a right to it they are told so when they press: that is the core's to say. */
function accountButtons({ id, personId, accountStatus, email }: InvitationStory) {
  if (personId === null) return []
  const value = `${id}:${personId}`
  if (accountStatus === 'inactive') {
    return [button(REOPEN, 'Reopen account', { value, label: cut(`Reopen account of ${email}`, 75) })]
  }
  if (accountStatus !== 'active') return []
  return [
    button(PAUSE, 'Pause account', {
      value,
      style: 'danger',
      label: cut(`Pause account of ${email}`, 75),
      confirm: confirmation({
        title: 'Pause this account?',
        text: `${cut(email, 200)} cannot sign in any more until somebody reopens it.`,
        confirm: 'Pause account',
        deny: 'Leave it open',
      }),
    }),
  ]
}

const COUNTED: InvitationStatus[] = [
  'awaiting_approval',
  'rejected',
  'waiting',
  'pending',
  'accepted',
  'expired',
  'revoked',
  'error',
]

async function overview(visit: Visit): Promise<ModalView> {
  const { counts, latest } = await readOverview(visit.c.db, viewerOf(visit))
  const blocks: KnownBlock[] = [
    facts(COUNTED.map((name) => [STATUS_NAMES[name], shownCount(counts[name] ?? 0)])),
    ...actions(COUNTED.flatMap((name) => listButton(name, counts[name] ?? 0))),
    context('Waiting: not sent yet. Pending: sent, not answered. Error: could not be delivered.'),
    ...(onlyAsks(visit) ? [context('These are the people whom you asked others to invite.')] : []),
    { type: 'divider' },
    ...(latest.length === 0
      ? [section(`Nobody has been invited yet. Type ${visit.command} ana@example.org to begin.`)]
      : [section('*The latest invitations*'), ...latest.map(line)]),
  ]
  return { type: 'modal', title: plain('Invitations', 24), close: plain('Close', 24), blocks }
}

function listButton(name: InvitationStatus, count: number) {
  if (count === 0) return []
  const text = `${STATUS_NAMES[name]} (${shownCount(count)})`
  return [button(`${LIST_STATUS}_${name}`, text, { value: name, label: `${text}: list them` })]
}

function line(invitation: InvitationSummary): KnownBlock {
  const { email, hubName, inviterName, createdAt, id } = invitation
  return section(
    `*${escapeText(invitedName(invitation))}* · ${STATUS_NAMES[invitation.status]}\n${escapeText(hubName)} · by ${escapeText(inviterName)}, ${moment(createdAt)}`,
    button(OPEN, 'Open', { value: id, label: cut(`Open the invitation of ${email}`, 75) }),
  )
}
