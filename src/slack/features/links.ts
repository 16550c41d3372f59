// `/invites links`: the registration links of my hubs: set up, turned on and off, renewed, copied, as a QR picture.
import type { ModalView } from '@slack/types'
import {
  findLink,
  type LinkInList,
  listLinks,
  renewLink,
  setUpLink,
  turnOffLink,
  turnOnLink,
} from '../../invitations/index.ts'
import { findUnits } from '../../organisation/index.ts'
import { Refusal } from '../../refusal.ts'
import { actions, button, context, cut, escapeText, plain, section } from '../blocks.ts'
import type { ActionVisit, Feature, SubmissionResult, SubmissionVisit, Visit } from '../feature.ts'
import { linkForm, readLinkForm, userTypeOf } from '../link-form.ts'
import { linkView, nameOf, stateInWords } from '../link-view.ts'
import { LINK_END, LINK_RESUME } from '../pause-message.ts'
import { sendQrPicture } from '../qr-picture.ts'

/** Opens the list: a button with this id may stand anywhere. */
export const LINKS_OPEN = 'links_open'
// Two ids, because an id stands once in a row of buttons (Slack).
const EARLIER = 'links_earlier'
const LATER = 'links_later'
const SET_UP = 'link_set_up'
const OPEN = 'link_open'
const TURN_ON = 'link_turn_on'
const TURN_OFF = 'link_turn_off'
const RENEW = 'link_renew'
const QR = 'link_qr'
const FORM = 'link_form'
const PAGE = 10

export const links: Feature = {
  name: 'links',
  command: {
    word: 'links',
    usage: 'links [hub]',
    purpose: 'shows the registration links of your hubs',
    run: async (visit) => visit.open(await list(visit, { skip: 0, search: visit.rest })),
  },
  actions: {
    [LINKS_OPEN]: async (visit) => visit.open(await list(visit, { skip: 0, search: '' })),
    [EARLIER]: async (visit) => visit.update(await list(visit, readPlace(visit.value))),
    [LATER]: async (visit) => visit.update(await list(visit, readPlace(visit.value))),
    [OPEN]: async (visit) => show(visit, await viewOf(visit, visit.value, placeIn(visit))),
    [SET_UP]: async (visit) => show(visit, await form(visit, visit.value, placeIn(visit))),
    [TURN_ON]: (visit) => change(visit, turnOnLink),
    [TURN_OFF]: (visit) => change(visit, turnOffLink),
    [RENEW]: renew,
    [QR]: sendPicture,
    [LINK_RESUME]: async (visit) => {
      await turnOnLink(visit.c, switching(visit, visit.value))
      await visit.replace({ text: 'The registration link is on again. People are invited in your name.' })
    },
    [LINK_END]: async (visit) => {
      await turnOffLink(visit.c, switching(visit, visit.value))
      await visit.replace({ text: 'The registration link is off. Its page says that it does not work any more.' })
    },
  },
  submissions: { [FORM]: save },
}

function switching(visit: Visit, linkId: string) {
  return { organisationId: visit.organisation.id, actorId: visit.member.id, linkId, origin: 'slack' }
}

/** In a modal as one more step, elsewhere as a modal of its own. */
async function show(visit: ActionVisit, view: ModalView): Promise<void> {
  await (visit.view ? visit.push(view) : visit.open(view))
}

async function list(visit: Visit, { skip, search }: { skip: number; search: string }): Promise<ModalView> {
  const { links: shown, total } = await listLinks(visit.c.db, visit, { limit: PAGE, skip, search, now: visit.c.now() })
  const title = plain('Registration links', 24)
  const close = plain('Close', 24)
  if (total === 0) {
    const nothing = search
      ? `None of your hubs has “${search}” in its name.`
      : 'There is no hub into which you may invite people by a link. Ask an admin of this Slack workspace, or a Hub Admin.'
    return { type: 'modal', title, close, blocks: [section(escapeText(nothing))] }
  }
  const place = (from: number) => `${from} ${search}`
  const pages = [
    ...(skip > 0 ? [button(EARLIER, 'Earlier', { value: place(Math.max(0, skip - PAGE)) })] : []),
    ...(skip + PAGE < total ? [button(LATER, 'Later', { value: place(skip + PAGE) })] : []),
  ]
  return {
    type: 'modal',
    private_metadata: place(skip),
    title,
    close,
    blocks: [
      context(
        'By a link people who are new register themselves. Each hub has one for each user type; it is off at first.',
      ),
      ...shown.map((link) => section(lineOf(link), opener(link))),
      ...(total > PAGE ? [context(`${skip + 1} to ${skip + shown.length} of ${total}`)] : []),
      ...actions(pages),
    ],
  }
}

function readPlace(value: string): { skip: number; search: string } {
  const [skip = '', ...words] = value.split(' ')
  return { skip: Math.max(0, Math.trunc(Number(skip)) || 0), search: words.join(' ') }
}

function lineOf(link: LinkInList): string {
  const counts = link.id === null ? '' : `\nopened ${link.opened} · asked for ${link.asked} · used ${link.used}`
  return `*${escapeText(nameOf(link))}*\n${stateInWords(link)}${counts}`
}

function opener(link: LinkInList) {
  if (link.id === null) {
    const value = `${link.hubId} ${link.userType}`
    return button(SET_UP, 'Set up', { value, label: cut(`Set up: link for ${nameOf(link)}`, 75) })
  }
  return button(OPEN, 'Open', { value: link.id, label: cut(`Open: link for ${nameOf(link)}`, 75) })
}

async function load(visit: Visit, linkId: string): Promise<LinkInList & { id: string }> {
  const link = await findLink(visit.c.db, visit, { linkId, now: visit.c.now() })
  if (!link?.id) throw new Refusal('link_unknown')
  return { ...link, id: link.id }
}

/** `place`: of the list beneath, to bring it up to date after a change. */
async function viewOf(visit: Visit, linkId: string, place: string): Promise<ModalView> {
  const link = await load(visit, linkId)
  return linkView(link, {
    place,
    address: addressOf(visit, link),
    timeZone: visit.organisation.timeZone,
    ids: { turnOn: TURN_ON, turnOff: TURN_OFF, renew: RENEW, setUp: SET_UP, qr: QR },
  })
}

function addressOf(visit: Visit, { id, generation }: { id: string; generation: number }): string {
  return visit.c.addressOfLink({ organisationId: visit.organisation.id, id, generation })
}

async function change(visit: ActionVisit, act: typeof turnOnLink): Promise<void> {
  await act(visit.c, switching(visit, visit.value))
  await visit.update(await viewOf(visit, visit.value, placeIn(visit)))
  await refreshList(visit, placeIn(visit))
}

/** Where the list stood: "skip search", as it travels through the modals above it. */
function placeIn({ view }: Pick<ActionVisit, 'view'>): string {
  return view?.privateMetadata ?? ''
}

/** The list beneath tells what has just been changed. */
async function refreshList(visit: Visit & Pick<ActionVisit, 'view'>, place: string): Promise<void> {
  const { view } = visit
  if (!view || view.rootId === view.id) return
  await visit.client.views.update({ view_id: view.rootId, view: await list(visit, readPlace(place)) })
}

/** The value is "link id:generation", so that a button pressed twice renews once. */
async function renew(visit: ActionVisit): Promise<void> {
  const [linkId = '', generation] = visit.value.split(':')
  await renewLink(visit.c, { ...switching(visit, linkId), generation: Number(generation) })
  await visit.update(await viewOf(visit, linkId, placeIn(visit)))
}

async function sendPicture(visit: ActionVisit): Promise<void> {
  const link = await load(visit, visit.value)
  if (!link.mayChange) throw new Refusal('may_not_give')
  await sendQrPicture(visit, { name: nameOf(link), address: addressOf(visit, link) })
  await show(visit, {
    type: 'modal',
    title: plain('QR picture', 24),
    close: plain('Back', 24),
    blocks: [section('The picture is in your direct messages with Usher: download it there, print it or show it.')],
  })
}

/** `value`: a link's id, or the hub's id and the user type of one that was never made. */
async function form(visit: Visit, value: string, place: string): Promise<ModalView> {
  const [first = '', second] = value.split(' ')
  const link = second === undefined ? await load(visit, first) : undefined
  const userType = userTypeOf(link?.userType ?? second)
  const hubId = link?.hubId ?? first
  const [hub] = await findUnits(visit.c.db, 'hub', { organisationId: visit.organisation.id, ids: [hubId], limit: 1 })
  if (!hub || !userType) throw new Refusal('hub_unknown')
  return {
    ...linkForm(visit, { hub, userType, link }),
    callback_id: FORM,
    private_metadata: `${hubId} ${userType} ${place}`,
  }
}

async function save(visit: SubmissionVisit): Promise<SubmissionResult> {
  const { values } = visit
  const [hubId = '', wanted, ...place] = visit.view.privateMetadata.split(' ')
  const userType = userTypeOf(wanted)
  if (!userType) throw new Refusal('hub_unknown')
  const linkId = await setUpLink(visit.c, {
    organisationId: visit.organisation.id,
    actorId: visit.member.id,
    hubId,
    userType,
    form: readLinkForm(values),
    origin: 'slack',
  })
  return {
    show: await viewOf(visit, linkId, place.join(' ')),
    after: () => refreshList(visit, place.join(' ')),
  }
}
