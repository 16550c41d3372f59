// `/invites import`: people from a CSV file, who are known from then on, and invited at once where the box is ticked.
import type { ModalView } from '@slack/types'
import { countKnown, mayImport, prepareList, type ReadRow } from '../../invitations/index.ts'
import { Refusal, Refusals } from '../../refusal.ts'
import { accessChoices, accessFields, ensureAccessIsChosen, NOTHING_CHOSEN, readAccess } from '../access-fields.ts'
import { fileField, plain, tickField } from '../blocks.ts'
import type { Feature, SubmissionResult, SubmissionVisit, Visit } from '../feature.ts'
import { readBehindNotice } from '../list-file.ts'
import { type ListMemory, problemBlocks, recall, remember } from '../list-views.ts'
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
  },
  submissions: { [FORM]: check },
  choices: accessChoices,
}

type Values = Record<string, string | null>

async function form(visit: Visit, memory: ListMemory, values: Values, problem?: string): Promise<ModalView> {
  if (!mayImport(visit.member, visit.organisation)) throw new Refusal('may_not_import')
  return {
    type: 'modal',
    callback_id: FORM,
    private_metadata: remember(memory),
    title: plain('Import people', 24),
    submit: plain('Check the file', 24),
    close: plain('Cancel', 24),
    blocks: [
      ...problemBlocks(problem),
      fileField({
        id: 'file',
        label: 'CSV file',
        hint: 'Columns by their names: email, first name, last name, mobile, department, location, employee type, start date, groups, active. Up to 10,000 rows and 10 MB. Who is known already is brought up to date.',
        optional: false,
        types: ['csv', 'tsv', 'txt'],
      }),
      tickField({
        id: TICK,
        label: 'Send invitation',
        text: 'Invite these people now, with what is chosen below',
        ticked: values[TICK] !== undefined && values[TICK] !== null,
      }),
      ...(await accessFields(visit, readAccess(values), { optional: true })),
    ],
  }
}

async function check(visit: SubmissionVisit): Promise<SubmissionResult> {
  const { values, files } = visit
  const file = files.file
  if (!file) throw new Refusals([new Refusal('list_empty', { field: 'file' })])
  const sendInvitations = Boolean(values[TICK])
  const access = sendInvitations ? readAccess(values) : NOTHING_CHOSEN
  if (sendInvitations) ensureAccessIsChosen(access)
  const memory = recall(visit.view.privateMetadata)
  const judge = async (rows: AsyncIterable<ReadRow[]>) => {
    const draft = await prepareList(visit.c, {
      organisationId: visit.organisation.id,
      actorId: visit.member.id,
      source: 'import',
      choices: { ...access, sendInvitations },
      pasted: '',
      fileName: file.name ?? '',
      rows,
    })
    const known = await countKnown(visit.c.db, draft.batchId)
    return preview(visit, memory, { draft, access, isImport: true, sendInvitations, known })
  }
  return readBehindNotice(visit, file, { judge, retry: (problem) => form(visit, memory, values, problem) })
}
