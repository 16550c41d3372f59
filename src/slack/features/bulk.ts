// `/invites bulk`: many at once. The form, the second step that shows what will happen, and "Undo".
import type { ModalView } from '@slack/types'
import {
  confirmList,
  countWays,
  type ListDraft,
  prepareList,
  type ReadRow,
  readDraft,
  readListRows,
  undoList,
} from '../../invitations/index.ts'
import { type DeliveryMode, findUnits } from '../../organisation/index.ts'
import { readRecipients, rowsOfRecipients } from '../../people/index.ts'
import { Refusal, Refusals } from '../../refusal.ts'
import { type AccessValues, accessChoices, ensureAccessIsChosen, NOTHING_CHOSEN, readAccess } from '../access-fields.ts'
import { section } from '../blocks.ts'
import type { ActionVisit, Feature, SubmissionResult, SubmissionVisit, Visit } from '../feature.ts'
import { createCountKeeper } from '../keep-count.ts'
import { readBehindNotice } from '../list-file.ts'
import {
  ADDRESSES,
  LIST_BACK,
  LIST_FORM,
  LIST_PREVIEW,
  type ListFormValues,
  type ListMemory,
  listForm,
  previewView,
  recall,
} from '../list-views.ts'
import { tellPrivately } from '../tell-privately.ts'
import { readMode } from '../ways-in.ts'

export const LIST_OPEN = 'list_open'
export const LIST_UNDO = 'list_undo'
/** "Send more invitations": its value is the list whose choices are taken over. */
export const LIST_AGAIN = 'list_again'
/** Rows that the second step shows; the others are counted. */
const SHOWN_ROWS = 10

const keepCount = createCountKeeper()

export const bulk: Feature = {
  name: 'bulk',
  command: {
    word: 'bulk',
    usage: 'bulk',
    purpose: 'opens the form for many: addresses pasted, or a CSV file',
    run: async (visit) => visit.open(await emptyForm(visit, visit.channelId)),
  },
  actions: {
    [LIST_OPEN]: async (visit) => visit.open(await emptyForm(visit, '')),
    [ADDRESSES]: keepCount,
    [LIST_BACK]: back,
    [LIST_AGAIN]: async (visit) => {
      const before = await draftOf(visit, visit.value)
      // Of a list that was taken back, the addresses too: it is mended and sent again.
      const pasted = before?.status === 'undone' ? before.pasted : ''
      return visit.open(
        await listForm(visit, { from: '' }, { pasted, access: before ?? NOTHING_CHOSEN, mode: before?.mode }),
      )
    },
    [LIST_UNDO]: async (visit) => {
      await undoList(visit.c, { ...who(visit), batchId: visit.value })
    },
  },
  submissions: { [LIST_FORM]: check, [LIST_PREVIEW]: send },
  choices: accessChoices,
}

function who({ organisation, member }: Visit) {
  return { organisationId: organisation.id, actorId: member.id, origin: 'slack' }
}

function draftOf(visit: Visit, batchId: string) {
  return readDraft(visit.c.db, { batchId, organisationId: visit.organisation.id, inviterId: visit.member.id })
}

function emptyForm(visit: Visit, from: string): Promise<ModalView> {
  return listForm(visit, { from }, { pasted: '', access: NOTHING_CHOSEN })
}

/** "Back": the form again, with everything that was typed and chosen. */
async function back(visit: ActionVisit): Promise<void> {
  const draft = await draftOf(visit, visit.value)
  if (!draft) throw new Refusal('list_unknown')
  const { batchId, ...memory } = recall(visit.view?.privateMetadata ?? '')
  await visit.update(await listForm(visit, memory, { ...draft, access: draft }))
}

/** "Check the list": what was pasted is checked at once, a file behind a small view, because Slack waits 3 s. */
async function check(visit: SubmissionVisit): Promise<SubmissionResult> {
  const pasted = visit.values[ADDRESSES] ?? ''
  const { fileId: keptId, from } = recall(visit.view.privateMetadata)
  const isPasted = pasted.trim() !== ''
  const access = readAccess(visit.values)
  const mode = readMode(visit.values)
  ensureAccessIsChosen(access)
  const file = visit.files.file ?? (keptId && !isPasted ? { keptId } : undefined)
  if (!isPasted && !file) throw new Refusals([new Refusal('list_empty', { field: ADDRESSES })])
  if (isPasted && file) throw new Refusals([new Refusal('list_twice', { field: ADDRESSES })])
  if (!file) {
    const rows = [rowsOfRecipients(readRecipients(pasted))]
    return { show: await draftAndShow(visit, { from }, { form: { pasted, access, mode }, rows }) }
  }
  return readBehindNotice(visit, file, {
    judge: (rows, { id, name = 'the file' }) =>
      draftAndShow(visit, { from, fileId: id }, { form: { pasted, access, mode, fileName: name }, rows }),
    retry: (problem) => listForm(visit, { from }, { pasted, access, mode, problem }),
  })
}

async function draftAndShow(
  visit: SubmissionVisit,
  memory: ListMemory,
  { form, rows }: { form: ListFormValues; rows: Iterable<ReadRow[]> | AsyncIterable<ReadRow[]> },
): Promise<ModalView> {
  const { pasted, access, mode = 'link', fileName = '' } = form
  const draft = await prepareList(visit.c, {
    ...who(visit),
    source: fileName ? 'file' : 'pasted',
    choices: { ...access, mode, sendInvitations: true },
    pasted,
    fileName,
    rows,
  })
  return preview(visit, memory, { draft, access, mode })
}

/** The second step for a draft, wherever its rows came from. */
export async function preview(
  visit: Visit,
  memory: ListMemory,
  { draft, access, mode = 'link', known = 0, inactive = 0, ...kind }: PreviewOptions,
): Promise<ModalView> {
  const [rows, ways, hubs] = await Promise.all([
    readListRows(visit.c.db, draft.batchId, {
      verdicts: ['malformed', 'repeated', 'refused'],
      limit: SHOWN_ROWS,
    }),
    countWays(visit.c.db, draft.batchId),
    access.hubId
      ? findUnits(visit.c.db, 'hub', { organisationId: visit.organisation.id, ids: [access.hubId], limit: 1 })
      : [],
  ])
  const { isImport = false, sendInvitations = true } = kind
  const what = { hubName: hubs[0]?.name ?? '', access, isImport, sendInvitations, known, inactive, ways, mode }
  return previewView(memory, { draft, rows, what })
}

export type PreviewOptions = {
  draft: ListDraft
  access: AccessValues
  mode?: DeliveryMode
  isImport?: boolean
  sendInvitations?: boolean
  /** Of an import: how many of its people are known already, and how many it says are not active. */
  known?: number
  inactive?: number
}

/** "Send invitations": committed while Slack waits; the rest is told by the one message that follows. */
async function send(visit: SubmissionVisit): Promise<SubmissionResult> {
  const { from, batchId = '' } = recall(visit.view.privateMetadata)
  const { isRequest, sendInvitations } = await confirmList(visit.c, { ...who(visit), batchId })
  const text = afterConfirming({ isRequest, sendInvitations })
  return { after: () => tellPrivately(visit, from, { text, blocks: [section(text)] }) }
}

function afterConfirming({ isRequest, sendInvitations }: { isRequest: boolean; sendInvitations: boolean }): string {
  if (isRequest) {
    return 'Somebody else has to agree to this list: your request is on its way, and you will hear what was decided.'
  }
  return sendInvitations
    ? 'The list is on its way. Follow it in your messages from this app, where you can undo it for a minute.'
    : 'The people are brought in. Your messages from this app say who is new, who was changed, and who was left out.'
}
