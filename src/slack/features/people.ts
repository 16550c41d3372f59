// `/invites people`: everybody whom somebody may see, filtered and searched; some are chosen, over all pages, and then
// something is done for exactly these.
import type { ModalView } from '@slack/types'
import { countTurnable } from '../../accounts/index.ts'
import { countResendable, prepareList, readDraft } from '../../invitations/index.ts'
import { type DeliveryMode, grantsOf, reachOf } from '../../organisation/index.ts'
import {
  beginSelection,
  changeSelection,
  chooseAll,
  clearSelection,
  countCategorisable,
  countInvitable,
  countMarkable,
  listPeople,
  type PeoplePlace,
  type PeopleViewer,
  readSelection,
  recordSelectionUse,
  rowsOfPeople,
  type SelectionAct,
} from '../../people/index.ts'
import { Refusal, Refusals } from '../../refusal.ts'
import {
  type AccessValues,
  accessChoices,
  accessFields,
  ensureAccessIsChosen,
  NOTHING_CHOSEN,
  readAccess,
} from '../access-fields.ts'
import { escapeText, plain, section } from '../blocks.ts'
import { notice } from '../dispatch.ts'
import type { ActionVisit, Feature, SubmissionResult, SubmissionVisit, Visit } from '../feature.ts'
import { LIST_BACK, people as peopleWords } from '../list-views.ts'
import { ACTS_BACK, actsView, SEND } from '../people-acts-view.ts'
import { type PeopleMemory, placeOf, recallPeople, rememberPeople } from '../people-memory.ts'
import {
  CHOOSE_ALL,
  CHOOSE_NOBODY,
  INVITED_FILTER,
  NEXT,
  ONLY_FILTER,
  PEOPLE_LIST,
  PREVIOUS,
  peopleView,
  readShownFilter,
  readTicks,
  readTypedFilter,
  SEARCH,
  USER_FILTER,
} from '../people-views.ts'
import { modeField, readMode } from '../ways-in.ts'
import { preview } from './bulk.ts'

export const PEOPLE_OPEN = 'people_open'
const FORM = 'people_form'
const FORM_BACK = 'people_form_back'

export const people: Feature = {
  name: 'people',
  command: {
    word: 'people',
    usage: 'people [filter or search]',
    purpose:
      'shows the people: filter (such as “uncategorised” or “left”), search, choose some, and invite, resend, pause, categorise them or mark them as left',
    run: async (visit) => visit.open(await begin(visit, { typed: visit.rest, from: visit.channelId })),
  },
  actions: {
    [PEOPLE_OPEN]: async (visit) => visit.open(await begin(visit, { typed: visit.value, from: '' })),
    [INVITED_FILTER]: (visit) => turn(visit, () => 'first'),
    [USER_FILTER]: (visit) => turn(visit, () => 'first'),
    [ONLY_FILTER]: (visit) => turn(visit, () => 'first'),
    [SEARCH]: (visit) => turn(visit, () => 'first'),
    [PREVIOUS]: (visit) => turn(visit, ({ first }) => (first ? { before: first } : 'first')),
    [NEXT]: (visit) => turn(visit, ({ last }) => (last ? { after: last } : 'last')),
    [CHOOSE_ALL]: everybody,
    [CHOOSE_NOBODY]: nobody,
    [ACTS_BACK]: async (visit) => visit.update(await show(visit, recalled(visit))),
    [SEND]: async (visit) => visit.update(await form(visit, recalled(visit), NOTHING_CHOSEN)),
    [FORM_BACK]: backToForm,
  },
  submissions: { [PEOPLE_LIST]: goOn, [FORM]: check },
  choices: accessChoices,
}

function viewerOf({ member, organisation }: Visit): PeopleViewer {
  if (grantsOf(member, organisation).length === 0) throw new Refusal('may_not_invite')
  return { organisationId: organisation.id, reach: reachOf(member, organisation) }
}

function owned({ member, organisation }: Visit, selectionId: string) {
  return { selectionId, organisationId: organisation.id, ownerId: member.id }
}

export function who({ member, organisation }: Visit) {
  return { organisationId: organisation.id, actorId: member.id, origin: 'slack' }
}

function recalled(visit: ActionVisit | SubmissionVisit): PeopleMemory {
  return recallPeople(visit.view?.privateMetadata ?? '')
}

function begin(visit: Visit, { typed, from }: { typed: string; from: string }): Promise<ModalView> {
  return show(visit, { filter: readTypedFilter(typed), at: 'first', selectionId: '', page: 0, from })
}

async function show(visit: Visit, memory: PeopleMemory, told?: string): Promise<ModalView> {
  const { first: _, last: __, ...kept } = memory
  const viewer = viewerOf(visit)
  const page = await listPeople(visit.c.db, viewer, memory)
  const ids = page.people.map(({ id }) => id)
  const selection = memory.selectionId
    ? await readSelection(visit.c, owned(visit, memory.selectionId), ids)
    : { count: 0, chosen: [] }
  const [first, last] = [page.people.at(0), page.people.at(-1)]
  const next = {
    ...kept,
    page: memory.page + 1,
    ...(first && last ? { first: placeOf(first), last: placeOf(last) } : {}),
  }
  const words = told ?? (looksAfterNobody(viewer) ? seesNobody(visit) : undefined)
  return peopleView(next, { page, ...selection, ...(words ? { notice: words } : {}) })
}

function looksAfterNobody({ reach }: PeopleViewer): boolean {
  return reach !== 'all' && reach.hubIds.length === 0 && reach.departmentId === null
}

function seesNobody({ command }: Visit): string {
  return `Hub Admins see the people of their hubs here, and HR and Quality Admins those of their department. To follow the people you invited, type ${escapeText(command)} status.`
}

/** Takes the ticks of the page into the selection, which begins with the first of them; gives how many are chosen. */
async function keepTicks(
  visit: ActionVisit | SubmissionVisit,
  memory: PeopleMemory,
): Promise<{ memory: PeopleMemory; count: number }> {
  const { shown, ticked } = readTicks(visit.view)
  if (memory.selectionId === '' && ticked.length === 0) return { memory, count: 0 }
  const selectionId = memory.selectionId || (await beginSelection(visit.c, owned(visit, '')))
  const remove = shown.filter((id) => !ticked.includes(id))
  const count = await changeSelection(visit.c, owned(visit, selectionId), { add: ticked, remove })
  return { memory: { ...memory, selectionId }, count }
}

/** Another page, or other people: whatever was ticked stays chosen. */
async function turn(visit: ActionVisit, to: (memory: PeopleMemory) => PeoplePlace): Promise<void> {
  if (!visit.view) return
  const { memory } = await keepTicks(visit, recalled(visit))
  const filter = readShownFilter(visit.view.values)
  // Somebody typed a search and pressed "Next page": what they see next is what they searched for.
  const isSame = JSON.stringify(filter) === JSON.stringify({ ...memory.filter, search: memory.filter.search.trim() })
  await visit.update(await show(visit, { ...memory, filter, at: isSame ? to(memory) : 'first' }))
}

async function everybody(visit: ActionVisit): Promise<void> {
  const viewer = viewerOf(visit)
  const { memory } = await keepTicks(visit, recalled(visit))
  const selectionId = memory.selectionId || (await beginSelection(visit.c, owned(visit, '')))
  await chooseAll(visit.c, owned(visit, selectionId), { viewer, filter: memory.filter })
  await visit.update(await show(visit, { ...memory, selectionId }))
}

async function nobody(visit: ActionVisit): Promise<void> {
  const memory = recalled(visit)
  await clearSelection(visit.c, owned(visit, memory.selectionId))
  await visit.update(await show(visit, memory))
}

/** "Continue": what can be done with those who are chosen; a search that was only typed is made first. */
async function goOn(visit: SubmissionVisit): Promise<SubmissionResult> {
  const { memory, count } = await keepTicks(visit, recalled(visit))
  const filter = readShownFilter(visit.view.values)
  if (filter.search !== memory.filter.search.trim())
    return { show: await show(visit, { ...memory, filter, at: 'first' }) }
  if (count === 0) throw new Refusals([new Refusal('nobody_chosen', { field: readTicks(visit.view).blockId })])
  return { show: await acts(visit, memory, count) }
}

async function acts(visit: Visit, memory: PeopleMemory, chosen: number): Promise<ModalView> {
  const { selectionId } = memory
  const chosenOnes = { ...who(visit), which: { selectionId } }
  const [invitable, resendable, accounts, markable, categorisable] = await Promise.all([
    countInvitable(visit.c.db, { viewer: viewerOf(visit), selection: owned(visit, selectionId) }),
    countResendable(visit.c, { ...who(visit), selection: { selectionId } }),
    countTurnable(visit.c.db, { ...who(visit), selectionId }),
    countMarkable(visit.c.db, chosenOnes),
    countCategorisable(visit.c.db, chosenOnes),
  ])
  return actsView(memory, { chosen, invitable, resendable, ...accounts, ...markable, ...categorisable })
}

/** Ten thousand take some seconds: a small view says so, and the list comes back with what was done. */
export async function carryOut(
  visit: ActionVisit,
  what: SelectionAct,
  act: (selectionId: string) => Promise<string>,
): Promise<void> {
  const memory = recalled(visit)
  const { member, organisation } = visit
  await visit.update(notice('People', 'One moment …'))
  await recordSelectionUse(visit.c, owned(visit, memory.selectionId), {
    actor: { id: member.id, name: member.name },
    organisationName: organisation.displayName,
    what,
    origin: 'slack',
  })
  const told = await act(memory.selectionId).catch(async (error: unknown) => {
    await visit.update(await show(visit, memory))
    throw error
  })
  await clearSelection(visit.c, owned(visit, memory.selectionId))
  await visit.update(await show(visit, memory, told))
}

/** "Send invitation": hub, user type and role for those of the chosen who have none; then the same second step as a list. */
async function form(
  visit: Visit,
  memory: PeopleMemory,
  chosen: AccessValues & { mode?: DeliveryMode },
): Promise<ModalView> {
  const selection = owned(visit, memory.selectionId)
  const count = await countInvitable(visit.c.db, { viewer: viewerOf(visit), selection })
  return {
    type: 'modal',
    callback_id: FORM,
    private_metadata: rememberPeople(memory),
    title: plain('Send invitation', 24),
    submit: plain('Check the list', 24),
    close: plain('Cancel', 24),
    blocks: [
      section(`*${peopleWords(count)} will be invited.* Department and location are each person’s own, where known.`),
      modeField(chosen.mode),
      ...(await accessFields(visit, chosen)),
    ],
  }
}

async function check(visit: SubmissionVisit): Promise<SubmissionResult> {
  const memory = recalled(visit)
  const access = readAccess(visit.values)
  const mode = readMode(visit.values)
  ensureAccessIsChosen(access)
  const chosen = { viewer: viewerOf(visit), selection: owned(visit, memory.selectionId) }
  const draft = await prepareList(visit.c, {
    ...who(visit),
    source: 'people',
    choices: { ...access, mode, sendInvitations: true },
    pasted: '',
    fileName: '',
    rows: rowsOfPeople(visit.c.db, chosen),
  })
  const view = await preview(visit, { from: memory.from }, { draft, access, mode })
  return { show: withOwnBack(view, `${draft.batchId} ${rememberPeople(memory)}`) }
}

/** The second step is every list's; the way back from it is to this form. */
function withOwnBack(view: ModalView, value: string): ModalView {
  const blocks = view.blocks.map((block) =>
    block.type === 'actions' && 'elements' in block
      ? {
          ...block,
          elements: block.elements.map((element) =>
            element.type === 'button' && element.action_id === LIST_BACK
              ? { ...element, action_id: FORM_BACK, value }
              : element,
          ),
        }
      : block,
  )
  return { ...view, blocks }
}

async function backToForm(visit: ActionVisit): Promise<void> {
  const [batchId = ''] = visit.value.split(' ', 1)
  const draft = await readDraft(visit.c.db, {
    batchId,
    organisationId: visit.organisation.id,
    inviterId: visit.member.id,
  })
  if (!draft) throw new Refusal('list_unknown')
  await visit.update(await form(visit, recallPeople(visit.value.slice(batchId.length + 1)), draft))
}
