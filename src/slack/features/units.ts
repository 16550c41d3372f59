// Hubs, departments and locations: a paged list of each, and a form for one: made, renamed, archived, brought back.
import type { KnownBlock, ModalView } from '@slack/types'
import {
  addUnit,
  archiveUnit,
  describeUse,
  isCorporateAdmin,
  type KnownUnit,
  listAllUnits,
  readUnit,
  renameUnit,
  restoreUnit,
  UNIT_NAME_LENGTH,
  type UnitKind,
} from '../../organisation/index.ts'
import { Refusal } from '../../refusal.ts'
import { actions, button, confirmation, context, cut, escapeText, plain, section, textField } from '../blocks.ts'
import type { ActionVisit, Feature, SubmissionResult, SubmissionVisit, Visit } from '../feature.ts'
import { problemBlocks } from '../list-views.ts'
import { tellPrivately } from '../tell-privately.ts'
import { updateView } from '../update-view.ts'
import { refusalsIn, wordsFor } from '../words.ts'

/** Its value is the kind. */
export const UNITS_OPEN = 'units_open'
/** Two ids: Slack takes none twice in one row. */
const EARLIER = 'units_earlier'
const LATER = 'units_later'
const ADD = 'unit_add'
const CHANGE = 'unit_change'
const ARCHIVE = 'unit_archive'
const RESTORE = 'unit_restore'
const ADD_FORM = 'unit_form'
const NAME_FORM = 'unit_name_form'
const PAGE = 10

const TITLES: Record<UnitKind, string> = { hub: 'Hubs', department: 'Departments', location: 'Locations' }

export const units: Feature = {
  name: 'units',
  actions: {
    [UNITS_OPEN]: async (visit) => {
      const memory = { kind: readKind(visit.value), skip: 0, from: visit.view?.privateMetadata ?? '' }
      await visit.push(await listView(visit, memory))
    },
    [EARLIER]: turnPage,
    [LATER]: turnPage,
    [ADD]: async (visit) => visit.push(addView(visit, { ...recall(visit), listId: visit.view?.id ?? '' })),
    [CHANGE]: async (visit) => {
      const memory = { ...recall(visit), listId: visit.view?.id ?? '', unitId: visit.value }
      await visit.push(await unitView(visit, memory))
    },
    [ARCHIVE]: (visit) => changeState(visit, archiveUnit),
    [RESTORE]: (visit) => changeState(visit, restoreUnit),
  },
  submissions: { [ADD_FORM]: add, [NAME_FORM]: rename },
}

/** What a view knows of itself: ids and places only. */
type Memory = { kind: UnitKind; skip: number; from: string; listId?: string; unitId?: string }

function remember({ kind, skip, from, listId = '', unitId = '' }: Memory): string {
  return [kind, skip, from, listId, unitId].join('|')
}

function recall({ view }: ActionVisit | SubmissionVisit): Memory & { listId: string; unitId: string } {
  const [kind = '', skip, from = '', listId = '', unitId = ''] = view?.privateMetadata.split('|') ?? []
  return { kind: readKind(kind), skip: Number(skip) || 0, from, listId, unitId }
}

function readKind(kind: string): UnitKind {
  if (kind === 'hub' || kind === 'department' || kind === 'location') return kind
  throw new Refusal('unit_unknown')
}

function ensureAdmin({ member, organisation }: Visit): void {
  if (!isCorporateAdmin(member, organisation)) throw new Refusal('may_not_change_settings')
}

async function turnPage(visit: ActionVisit): Promise<void> {
  await visit.update(await listView(visit, { ...recall(visit), skip: Number(visit.value) || 0 }))
}

async function listView(visit: Visit, memory: Memory): Promise<ModalView> {
  ensureAdmin(visit)
  const { kind, skip } = memory
  const found = await listAllUnits(visit.c.db, kind, { organisationId: visit.organisation.id, limit: PAGE, skip })
  const pages = [
    ...(skip > 0 ? [button(EARLIER, 'Earlier', { value: String(Math.max(0, skip - PAGE)) })] : []),
    ...(skip + PAGE < found.total ? [button(LATER, 'Later', { value: String(skip + PAGE) })] : []),
  ]
  return {
    type: 'modal',
    private_metadata: remember(memory),
    title: plain(TITLES[kind], 24),
    close: plain('Back', 24),
    blocks: [
      ...actions([button(ADD, `Add a ${kind}`, { style: 'primary' })]),
      ...(found.total === 0 ? [section(`There is no ${kind} yet.`)] : found.units.map(unitLine)),
      ...pageBlocks(pages, { from: skip + 1, to: skip + found.units.length, total: found.total }),
    ],
  }
}

function pageBlocks(
  pages: ReturnType<typeof button>[],
  shown: { from: number; to: number; total: number },
): KnownBlock[] {
  if (pages.length === 0) return []
  return [context(`${shown.from} to ${shown.to} of ${shown.total.toLocaleString('en')}`), ...actions(pages)]
}

function unitLine(unit: KnownUnit): KnownBlock {
  return section(
    `*${escapeText(unit.name)}*\n${stateOf(unit)}`,
    button(CHANGE, 'Change', { value: unit.id, label: cut(`Change ${unit.name}`, 75) }),
  )
}

/** "The default hub · 3 people". */
function stateOf(unit: KnownUnit): string {
  const state = unit.archivedAt ? ['Archived'] : unit.isDefault ? ['The default hub'] : []
  return [...state, describeUse(unit) || 'Empty'].join(' · ')
}

async function unitView(visit: Visit, memory: Memory & { unitId: string }, problem?: string): Promise<ModalView> {
  ensureAdmin(visit)
  const { kind, unitId } = memory
  const unit = await readUnit(visit.c.db, kind, { id: unitId, organisationId: visit.organisation.id })
  if (!unit) throw new Refusal('unit_unknown')
  return {
    type: 'modal',
    callback_id: NAME_FORM,
    private_metadata: remember(memory),
    title: plain(`Change ${kind}`, 24),
    submit: plain('Save name', 24),
    close: plain('Back', 24),
    blocks: [
      ...problemBlocks(problem),
      textField({ id: 'name', label: `Name of the ${kind}`, value: unit.name, most: UNIT_NAME_LENGTH }),
      section(stateOf(unit)),
      ...stateButtons(kind, unit),
    ],
  }
}

function stateButtons(kind: UnitKind, unit: KnownUnit): KnownBlock[] {
  if (unit.isDefault) return [context('There has to be a default hub: it cannot be archived.')]
  if (unit.archivedAt) return actions([button(RESTORE, 'Bring back', { value: unit.id })])
  const confirm = confirmation({
    title: `Archive this ${kind}?`,
    text: `“${cut(unit.name, 100)}” cannot be chosen any more. What was written about it stays, and it can be brought back.`,
    confirm: 'Archive',
    deny: 'Keep it',
  })
  return [
    ...actions([button(ARCHIVE, 'Archive', { value: unit.id, style: 'danger', confirm })]),
    context(`Only an empty ${kind} can be archived. Nothing is ever deleted.`),
  ]
}

/** The refusal stands in the form itself: above it Slack has no room for another window. */
async function changeState(visit: ActionVisit, act: typeof archiveUnit): Promise<void> {
  const memory = recall(visit)
  const problem = await act(visit.c, {
    organisationId: visit.organisation.id,
    actorId: visit.member.id,
    kind: memory.kind,
    unitId: visit.value,
    origin: 'slack',
  }).then(
    () => undefined,
    (error: unknown) => {
      const refusals = refusalsIn(error)
      if (refusals.length === 0) throw error
      return refusals.map(wordsFor).join('\n')
    },
  )
  await visit.update(await unitView(visit, memory, problem))
  if (problem === undefined) await showListAnew(visit, memory)
}

async function showListAnew(visit: Visit, memory: Memory & { listId: string }): Promise<void> {
  const { kind, skip, from, listId } = memory
  if (listId !== '') await updateView(visit.client, listId, await listView(visit, { kind, skip, from }))
}

function addView(visit: Visit, memory: Memory): ModalView {
  ensureAdmin(visit)
  const { kind } = memory
  return {
    type: 'modal',
    callback_id: ADD_FORM,
    private_metadata: remember(memory),
    title: plain(`Add a ${kind}`, 24),
    submit: plain(`Add ${kind}`, 24),
    close: plain('Back', 24),
    blocks: [
      textField({ id: 'name', label: `Name of the ${kind}`, value: '', most: UNIT_NAME_LENGTH, focus: true }),
      context('It can be chosen in the next form that is opened.'),
    ],
  }
}

async function add(visit: SubmissionVisit): Promise<SubmissionResult> {
  const memory = recall(visit)
  const { kind, from } = memory
  const unit = await addUnit(visit.c, { ...who(visit), kind, name: visit.values.name ?? '' })
  return {
    after: async () => {
      await tellPrivately(visit, from, { text: escapeText(`The ${kind} “${unit.name}” was added.`) })
      await showListAnew(visit, memory)
    },
  }
}

async function rename(visit: SubmissionVisit): Promise<SubmissionResult> {
  const memory = recall(visit)
  const { kind, unitId, from } = memory
  const { before, name } = await renameUnit(visit.c, { ...who(visit), kind, unitId, name: visit.values.name ?? '' })
  return {
    after: async () => {
      if (before === name) return
      await tellPrivately(visit, from, { text: escapeText(`The ${kind} “${before}” is called “${name}” now.`) })
      await showListAnew(visit, memory)
    },
  }
}

function who({ organisation, member }: Visit) {
  return { organisationId: organisation.id, actorId: member.id, origin: 'slack' }
}
