// What a list looks like before anything is sent: the form, and the second step that shows what will happen.
import type { KnownBlock, ModalView } from '@slack/types'
import type { ListDraft, ListRow, Ways } from '../invitations/index.ts'
import { type DeliveryMode, ROLE_NAMES, USER_TYPE_NAMES } from '../organisation/index.ts'
import { describeCount, readRecipients } from '../people/index.ts'
import { type AccessValues, accessFields } from './access-fields.ts'
import { actions, button, context, cut, escapeText, fileField, mrkdwn, plain, section, textField } from './blocks.ts'
import type { Visit } from './feature.ts'
import { wordsForReason } from './list-words.ts'
import { modeField } from './ways-in.ts'

export const LIST_FORM = 'list_form'
export const LIST_PREVIEW = 'list_preview'
export const LIST_BACK = 'list_back'
export const IMPORT_BACK = 'import_back'
/** The block that changes while somebody types; its field's values are never touched. */
export const COUNT_BLOCK = 'address_count'
export const ADDRESSES = 'addresses'
/** What one field of a modal holds (Slack). */
export const PASTED_LENGTH = 3000
/** Of what was read, in characters. */
const WRITTEN_SHOWN = 60
/** What a section holds, in characters (Slack). */
const SECTION_LENGTH = 3_000

/** What a form's own memory holds, ids only: where the confirmation goes, the draft, the file that is in it. */
export type ListMemory = { from: string; batchId?: string; fileId?: string }

export function remember(memory: ListMemory): string {
  return JSON.stringify(memory)
}

export function recall(privateMetadata: string): ListMemory {
  try {
    const memory: unknown = JSON.parse(privateMetadata)
    const field = (name: string) => {
      const value: unknown = typeof memory === 'object' && memory !== null ? Reflect.get(memory, name) : undefined
      return typeof value === 'string' && value !== '' ? value : undefined
    }
    const [batchId, fileId] = [field('batchId'), field('fileId')]
    return { from: field('from') ?? '', ...(batchId ? { batchId } : {}), ...(fileId ? { fileId } : {}) }
  } catch {
    return { from: '' }
  }
}

export type ListFormValues = {
  pasted: string
  access: AccessValues
  mode?: DeliveryMode
  problem?: string
  fileName?: string
}

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
        hint: memory.fileId
          ? keptFileHint(values.fileName)
          : 'The first column is the address, or name the columns: email, first name, last name, mobile, user name, department, location. Whoever has no address needs both names. Up to 10,000 rows and 10 MB.',
        types: ['csv', 'tsv', 'txt'],
      }),
      modeField(values.mode),
      ...(await accessFields(visit, values.access)),
    ],
  }
}

/** Slack empties the field of a file whenever it shows a form again. */
export function keptFileHint(fileName = ''): string {
  return `${fileName || 'Your file'} is kept. Choose another file only to take that one instead.`
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
  /** The first rows that will not be taken. */
  rows: ListRow[]
  what: {
    hubName: string
    access: AccessValues
    isImport: boolean
    sendInvitations: boolean
    /** Of an import: how many of its people are known already, and how many it says are not active. */
    known: number
    inactive: number
    /** How the messages go out, and whether they hold a password. */
    ways: Ways
    mode: DeliveryMode
  }
}

/** The second step: what will happen, before anything does. */
export function previewView(memory: ListMemory, { draft, rows, what }: Preview): ModalView {
  const left = draft.malformed + draft.repeated + draft.refused
  const goesOn = draft.good > 0
  return {
    type: 'modal',
    callback_id: LIST_PREVIEW,
    private_metadata: remember({ ...memory, batchId: draft.batchId }),
    title: plain('Check the list', 24),
    close: plain('Cancel', 24),
    ...(goesOn ? { submit: plain(what.sendInvitations ? 'Send invitations' : 'Bring people in', 24) } : {}),
    blocks: [
      section(headline(draft, what)),
      ...(what.sendInvitations && goesOn && what.ways.slip + what.ways.sms > 0 ? [section(waysLine(what))] : []),
      ...(what.isImport && goesOn ? [section(importLine(draft, what))] : []),
      ...(left > 0
        ? [
            section(`*${people(left, 'row')} will be left out*\n${leftOut(draft)}`),
            section(rowsWithin(rows, { all: left })),
          ]
        : []),
      ...(what.sendInvitations && goesOn
        ? [
            context(
              'An address that cannot be invited is named at the end. You can undo everything for a minute after sending.',
            ),
          ]
        : []),
      ...actions([button(what.isImport ? IMPORT_BACK : LIST_BACK, 'Back', { value: draft.batchId })]),
    ],
  }
}

function headline({ good }: ListDraft, { hubName, access, sendInvitations, inactive, mode }: Preview['what']): string {
  if (good === 0) return '*Nobody on this list can be taken.* Go back and mend it.'
  if (!sendInvitations) return `*${people(good)} will be brought in.* Nobody is invited.`
  const kind = [access.userType && USER_TYPE_NAMES[access.userType], access.role && ROLE_NAMES[access.role]]
  const invited = people(good - inactive)
  return `*${invited} will be invited* into *${escapeText(hubName)}* as ${kind.filter(Boolean).join(', ')}${mode === 'credentials' ? ', each with a one-time password' : ''}.`
}

function importLine({ good }: ListDraft, { known, inactive, sendInvitations }: Preview['what']): string {
  const parts = [
    good > known ? `${people(good - known)} new.` : '',
    known > 0 ? `${people(known)} known already: what the file says of them is brought up to date.` : '',
    inactive > 0
      ? `${people(inactive)} not active, as the file says${sendInvitations ? ': brought in, not invited' : ''}; open invitations to them are revoked.`
      : '',
  ]
  return parts.filter(Boolean).join('\n')
}

function waysLine({ ways: { email, sms, slip, untexted } }: Preview['what']): string {
  const parts = [
    email > 0 ? `${people(email)} by e-mail` : '',
    sms > 0 ? `${people(sms)} by SMS` : '',
    slip > 0 ? `${people(slip)} with a slip to print and hand over, which you find in your messages from this app` : '',
  ]
  const numbers =
    untexted > 0
      ? `\nOf the slips, ${untexted} for people whose mobile number may be sent no text message: see Text messages in the settings.`
      : ''
  return `${parts.filter(Boolean).join(', ')}.${numbers}`
}

function leftOut({ malformed, repeated, refused }: ListDraft): string {
  const parts = [
    malformed > 0 ? `${malformed} malformed` : '',
    repeated > 0 ? `${repeated} repeated` : '',
    refused > 0 ? `${refused} not allowed` : '',
  ]
  return parts.filter(Boolean).join(' · ')
}

type ToldRow = ListRow & { words?: string }

/** Where each row stands, what was read, and why it is not taken; a reason that several rows have is said once. */
export function rowLines(rows: ToldRow[]): string[] {
  const byWords = new Map<string, ToldRow[]>()
  for (const row of rows) {
    const words = escapeText(row.words ?? wordsForReason(row.reason, row.problem))
    byWords.set(words, [...(byWords.get(words) ?? []), row])
  }
  return [...byWords].flatMap(([words, alike]) => {
    const [first] = alike
    return first && alike.length === 1
      ? [`${placeOf(first)} ${words}`]
      : [words, ...alike.map((row) => `• ${placeOf(row)}`)]
  })
}

function placeOf({ line, written }: ToldRow): string {
  return `Line ${line}: “${escapeText(cut(written.replaceAll(/\s+/g, ' '), WRITTEN_SHOWN))}”`
}

/** The rows, as many as a section holds, below a title; then how many of `all` are missing. */
export function rowsWithin(rows: ToldRow[], { all, title = '' }: { all: number; title?: string }): string {
  let shown = rows
  const text = () => [title, ...rowLines(shown), ...missing(all - shown.length)].filter(Boolean).join('\n')
  while (shown.length > 0 && text().length > SECTION_LENGTH) shown = shown.slice(0, -1)
  return text()
}

function missing(count: number): string[] {
  return count > 0 ? [`… and ${count.toLocaleString('en')} more.`] : []
}

export function people(count: number, noun = ''): string {
  if (noun) return count === 1 ? `1 ${noun}` : `${count.toLocaleString('en')} ${noun}s`
  return count === 1 ? '1 person' : `${count.toLocaleString('en')} people`
}
