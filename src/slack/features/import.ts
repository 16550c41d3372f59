// `/invites import`: people from a CSV file, who are known from then on, and invited at once where the box is ticked.
import type { ModalView } from '@slack/types'
import { mayImport, prepareList, type ReadRow, readDraft, weighImport } from '../../invitations/index.ts'
import { Refusal, Refusals } from '../../refusal.ts'
import { accessChoices, accessFields, ensureAccessIsChosen, NOTHING_CHOSEN, readAccess } from '../access-fields.ts'
import { fileField, plain, tickField } from '../blocks.ts'
import type { ActionVisit, Feature, SlackFile, SubmissionResult, SubmissionVisit, Visit } from '../feature.ts'
import { readBehindNotice } from '../list-file.ts'
import { IMPORT_BACK, keptFileHint, type ListMemory, problemBlocks, recall, remember } from '../list-views.ts'
import { modeField, readMode } from '../ways-in.ts'
import { preview } from './bulk.ts'

const FORM = 'import_form'
export const IMPORT_OPEN = 'import_open'
const TICK = 'sendInvitations'

export const importPeople: Feature = {
  name: 'import',
  command: {
    word: 'import',
    usage: 'import',
    purpose: 'brings people in from a CSV file, and invites them if you like',
    run: async (visit) => visit.open(await form(visit, { from: visit.channelId }, {})),
  },
  actions: {
    [IMPORT_OPEN]: async (visit) => visit.open(await form(visit, { from: '' }, {})),
    [IMPORT_BACK]: back,
  },
  submissions: { [FORM]: check },
  choices: accessChoices,
}

type Values = Record<string, string | null>
type Shown = { problem?: string; fileName?: string }

async function form(visit: Visit, memory: ListMemory, values: Values, shown: Shown = {}): Promise<ModalView> {
  if (!mayImport(visit.member, visit.organisation)) throw new Refusal('may_not_import')
  return {
    type: 'modal',
    callback_id: FORM,
    private_metadata: remember(memory),
    title: plain('Import people', 24),
    submit: plain('Check the file', 24),
    close: plain('Cancel', 24),
    blocks: [
      ...problemBlocks(shown.problem),
      fileField({
        id: 'file',
        label: 'CSV file',
        hint: memory.fileId
          ? keptFileHint(shown.fileName)
          : 'Columns by their names: email, first name, last name, mobile, user name, department, location, employee type, start date, groups, active. Up to 10,000 rows and 10 MB. Who is known already is brought up to date.',
        optional: memory.fileId !== undefined,
        types: ['csv', 'tsv', 'txt'],
      }),
      tickField({
        id: TICK,
        label: 'Send invitation',
        text: 'Invite these people now, with what is chosen below',
        ticked: values[TICK] !== undefined && values[TICK] !== null,
      }),
      modeField(readMode(values)),
      ...(await accessFields(visit, readAccess(values), { optional: true })),
    ],
  }
}

/** "Back": the form again, with everything that was chosen and its file. */
async function back(visit: ActionVisit): Promise<void> {
  const { organisation, member, value } = visit
  const draft = await readDraft(visit.c.db, {
    batchId: value,
    organisationId: organisation.id,
    inviterId: member.id,
  })
  if (!draft) throw new Refusal('list_unknown')
  const { batchId, ...memory } = recall(visit.view?.privateMetadata ?? '')
  const { hubId, userType, role, departmentId, locationId, language, note, mode, fileName } = draft
  const values = { hubId, userType, role, departmentId, locationId, language, note, mode }
  const ticked = draft.sendInvitations ? 'yes' : null
  await visit.update(await form(visit, memory, { ...values, [TICK]: ticked }, { fileName }))
}

async function check(visit: SubmissionVisit): Promise<SubmissionResult> {
  const { values, files } = visit
  const { fileId: keptId, from } = recall(visit.view.privateMetadata)
  const file = files.file ?? (keptId ? { keptId } : undefined)
  if (!file) throw new Refusals([new Refusal('list_empty', { field: 'file' })])
  const sendInvitations = Boolean(values[TICK])
  const mode = sendInvitations ? readMode(values) : 'link'
  const access = sendInvitations ? readAccess(values) : NOTHING_CHOSEN
  if (sendInvitations) ensureAccessIsChosen(access)
  const judge = async (rows: AsyncIterable<ReadRow[]>, { id, name = 'the file' }: SlackFile) => {
    const draft = await prepareList(visit.c, {
      organisationId: visit.organisation.id,
      actorId: visit.member.id,
      source: 'import',
      choices: { ...access, mode, sendInvitations },
      pasted: '',
      fileName: name,
      rows,
    })
    const weighed = await weighImport(visit.c.db, draft.batchId)
    const kind = { isImport: true, sendInvitations }
    return preview(visit, { from, fileId: id }, { draft, access, mode, ...kind, ...weighed })
  }
  return readBehindNotice(visit, file, {
    judge,
    retry: (problem) => form(visit, { from }, values, { problem }),
  })
}
