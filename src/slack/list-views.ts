// What a list looks like before anything is sent: the form, and the second step that shows what will happen.
import type { KnownBlock, ModalView } from '@slack/types'
import type { ListDraft, ListRow } from '../invitations/index.ts'
import { ROLE_NAMES, USER_TYPE_NAMES } from '../organisation/index.ts'
import { describeCount, readRecipients } from '../people/index.ts'
import { type AccessValues, accessFields } from './access-fields.ts'
import { actions, button, context, escapeText, fileField, mrkdwn, plain, section, textField } from './blocks.ts'
import type { Visit } from './feature.ts'
import { wordsForReason } from './list-words.ts'

export const LIST_FORM = 'list_form'
export const LIST_PREVIEW = 'list_preview'
export const LIST_BACK = 'list_back'
/** The block that changes while somebody types; its field's values are never touched. */
export const COUNT_BLOCK = 'address_count'
export const ADDRESSES = 'addresses'
/** What one field of a modal holds (Slack). */
const PASTED_LENGTH = 3000
/** Rows shown in the second step; the others are counted. */
const SHOWN_ROWS = 10

/** What a form's own memory holds: where the confirmation goes. Only ids (it is not shown, but no secret either). */
export type ListMemory = { from: string; batchId?: string }

export function remember(memory: ListMemory): string {
  return JSON.stringify(memory)
}

export function recall(privateMetadata: string): ListMemory {
  try {
    const memory: unknown = JSON.parse(privateMetadata)
    if (typeof memory !== 'object' || memory === null) return { from: '' }
    const from = 'from' in memory && typeof memory.from === 'string' ? memory.from : ''
    return 'batchId' in memory && typeof memory.batchId === 'string' ? { from, batchId: memory.batchId } : { from }
  } catch {
    return { from: '' }
  }
}

export type ListFormValues = { pasted: string; access: AccessValues; problem?: string; fileName?: string }

/** The form for many: addresses pasted, or a file; one choice for all of them. */
export async function listForm(visit: Visit, memory: ListMemory, values: ListFormValues): Promise<ModalView> {
  return {
    type: 'modal',
    callback_id: LIST_FORM,
    private_metadata: remember(memory),
    title: plain('Invite many people', 24),
    submit: plain('Check the list', 24),
    close: plain('Cancel', 24),
    blocks: [
      ...problemBlocks(values.problem),
      textField({
        id: ADDRESSES,
        label: 'Addresses',
        hint: 'A line each, or commas, semicolons or spaces between. Ana Diaz <ana@example.org> is fine.',
        optional: true,
        value: values.pasted,
        most: PASTED_LENGTH,
        lines: true,
        dispatch: true,
      }),
      countBlock(values.pasted),
      fileField({
        id: 'file',
        label: 'Or a CSV file',
        hint: values.fileName
          ? `Choose ${values.fileName} again if you go on with it.`
          : 'The first column is the address, or name the columns: email, first name, last name, mobile, department, location. Up to 10,000 rows and 10 MB.',
        types: ['csv', 'tsv', 'txt'],
      }),
      ...(await accessFields(visit, values.access)),
    ],
  }
}

/** "9 addresses recognised, 1 not: ana@". */
export function countBlock(pasted: string): KnownBlock {
  const words = pasted.trim() === '' ? 'Nothing pasted yet.' : describeCount(readRecipients(pasted))
  return { type: 'context', block_id: COUNT_BLOCK, elements: [mrkdwn(escapeText(words))] }
}

export function problemBlocks(problem: string | undefined): KnownBlock[] {
  return problem ? [section(`*${escapeText(problem)}*`), { type: 'divider' }] : []
}

export type Preview = {
  draft: ListDraft
  /** Rows that will not be taken; one more than is shown, where there are more. */
  rows: ListRow[]
  what: { hubName: string; access: AccessValues; isImport: boolean; sendInvitations: boolean; known: number }
}

/** The second step: what will happen, before anything does. */
export function previewView(memory: ListMemory, { draft, rows, what }: Preview): ModalView {
  const left = draft.malformed + draft.repeated + draft.refused
  return {
    type: 'modal',
    callback_id: LIST_PREVIEW,
    private_metadata: remember({ ...memory, batchId: draft.batchId }),
    title: plain('Check the list', 24),
    close: plain('Cancel', 24),
    ...(draft.good > 0 ? { submit: plain(what.sendInvitations ? 'Send invitations' : 'Bring people in', 24) } : {}),
    blocks: [
      section(headline(draft, what)),
      ...(what.isImport ? [section(importLine(draft, what.known))] : []),
      ...(left > 0
        ? [section(`*${people(left, 'row')} will be left out*\n${leftOut(draft)}`), section(rowLines(rows, left))]
        : []),
      ...(what.sendInvitations && draft.good > 0
        ? [
            context(
              'An address that cannot be invited is named at the end. You can undo everything for a minute after sending.',
            ),
          ]
        : []),
      ...actions([button(LIST_BACK, 'Back', { value: draft.batchId })]),
    ],
  }
}

function headline({ good }: ListDraft, { hubName, access, sendInvitations }: Preview['what']): string {
  if (good === 0) return '*Nobody on this list can be taken.* Go back and mend it.'
  if (!sendInvitations) return `*${people(good)} will be brought in.* Nobody is invited.`
  const kind = [access.userType && USER_TYPE_NAMES[access.userType], access.role && ROLE_NAMES[access.role]]
  return `*${people(good)} will be invited* into *${escapeText(hubName)}* as ${kind.filter(Boolean).join(', ')}.`
}

function importLine({ good }: ListDraft, known: number): string {
  return `${people(good - known)} new, ${people(known)} known already: what the file says of them is brought up to date.`
}

function leftOut({ malformed, repeated, refused }: ListDraft): string {
  const parts = [
    malformed > 0 ? `${malformed} malformed` : '',
    repeated > 0 ? `${repeated} repeated` : '',
    refused > 0 ? `${refused} not allowed` : '',
  ]
  return parts.filter(Boolean).join(' · ')
}

function rowLines(rows: ListRow[], left: number): string {
  const shown = rows.slice(0, SHOWN_ROWS)
  const lines = shown.map(
    ({ line, written, reason }) =>
      `Line ${line}: “${escapeText(written.slice(0, 80))}” ${escapeText(wordsForReason(reason))}`,
  )
  if (left > shown.length) lines.push(`… and ${left - shown.length} more.`)
  return lines.join('\n')
}

export function people(count: number, noun = ''): string {
  if (noun) return count === 1 ? `1 ${noun}` : `${count.toLocaleString('en')} ${noun}s`
  return count === 1 ? '1 person' : `${count.toLocaleString('en')} people`
}
