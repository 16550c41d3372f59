// What the one message of a list says at each moment, and how it ends. Pure.
import type { KnownBlock } from '@slack/types'
import type { ListProgress } from '../invitations/index.ts'
import { AUTO_OPEN } from './auto-views.ts'
import { actions, button, confirmation, context, escapeText, section } from './blocks.ts'
import { LIST_AGAIN, LIST_UNDO } from './features/bulk.ts'
import { IMPORT_OPEN } from './features/import.ts'
import type { LeftOut } from './left-out-file.ts'
import { people, rowsWithin } from './list-views.ts'
import type { Message } from './notify.ts'

const BAR_LENGTH = 20
/** Rows of one kind that stand in the message itself; all of them are in the file, if there is one. */
const NAMED_ROWS = 5
const NAMED_ROWS_WITHOUT_FILE = 20

/** What goes with the last words: the rows that were left out, and why their file could not be put into the thread. */
export type Ending = { left: LeftOut[]; fileProblem?: string }

/** The message at a moment. */
export function progressMessageFor(progress: ListProgress, { now, ...ending }: Ending & { now: Date }): Message {
  if (progress.status === 'undone') return takenBack(progress)
  if (progress.status === 'done') return confirmationFor(progress, ending)
  const { handled, invited, hubName, startsAt } = progress
  if (startsAt && startsAt > now) return undoable(progress)
  const text = `Inviting ${people(invited)} into ${hubName}: ${handled} of ${invited} handed over.`
  return words(text, [context(bar(handled, invited))])
}

function undoable({ id, source, invited, hubName }: ListProgress): Message {
  const undo = button(LIST_UNDO, 'Undo', {
    value: id,
    label: 'Undo this list: nobody is invited',
    confirm: confirmation({
      title: 'Undo this list?',
      text: `Nobody of the ${people(invited)} is invited.`,
      confirm: 'Undo the list',
      deny: 'Go on',
    }),
  })
  const by = source === 'auto' ? ' by the automatic invitations' : ''
  const text = `${people(invited)} will be invited into ${hubName}${by}. The first message leaves in a minute.`
  return words(text, actions([undo]))
}

function takenBack({ id, source }: ListProgress): Message {
  const text = 'The list was taken back. Nobody was invited, and no message was sent.'
  if (source === 'auto')
    return words(`${text} The clock does not invite these people again: whoever wants to can do it by hand.`)
  const again = button(LIST_AGAIN, 'Open the list again', { value: id })
  return words(text, source === 'import' ? [] : actions([again]))
}

function confirmationFor(progress: ListProgress, { left, fileProblem }: Ending): Message {
  const sentence = [...openings(progress), summaryOf(progress)].join(' ')
  const most = fileProblem ? NAMED_ROWS_WITHOUT_FILE : NAMED_ROWS
  const file = fileProblem ?? 'The file in the thread has all of them: mend it and send it again.'
  return {
    text: escapeText(left.length > 0 ? `${sentence} ${file}` : sentence),
    blocks: [
      section(`*${escapeText(sentence)}*`),
      ...kindsOf(progress).flatMap(({ name, fits }) => rowsOfKind(name, left.filter(fits), most)),
      ...(left.length > 0 ? [context(escapeText(file))] : []),
      ...actions([goingOn(progress)]),
    ],
  }
}

/** What comes next for whoever reads it. */
function goingOn({ id, source, sendInvitations }: ListProgress) {
  if (source === 'auto') return button(AUTO_OPEN, 'Automatic invitations')
  return sendInvitations
    ? button(LIST_AGAIN, 'Send more invitations', { value: id })
    : button(IMPORT_OPEN, 'Import more people')
}

function openings({
  source,
  sendInvitations,
  sent,
  slips,
  hubName,
  added,
  changed,
  unchanged,
}: ListProgress): string[] {
  const parts = [
    added > 0 ? `${added} new` : '',
    changed > 0 ? `${changed} changed` : '',
    unchanged > 0 ? `${unchanged} as they were` : '',
  ].filter(Boolean)
  const who = sent === 0 ? 'Nobody was' : `${people(sent)} ${sent === 1 ? 'was' : 'were'}`
  return [
    ...(source === 'import' ? [`The people are in: ${parts.join(', ') || 'nobody'}.`] : []),
    ...(sendInvitations ? [`${who} invited into ${hubName}.`] : []),
    ...(slips > 0
      ? [`${people(slips, 'slip')} to print and hand over ${slips === 1 ? 'is' : 'are'} in the thread.`]
      : []),
  ]
}

type Kind = { name: string; count: number; fits: (row: LeftOut) => boolean }

/** Why somebody is not among them, in the order in which it matters. */
function kindsOf(progress: ListProgress): Kind[] {
  const failed = progress.counts.error ?? 0
  const revoked = Math.max(0, progress.invited - progress.sent - failed)
  const verb = progress.sendInvitations ? 'invited' : 'brought in'
  const kind = (name: string, count: number, verdict: LeftOut['verdict'] | undefined): Kind => ({
    name,
    count,
    fits: (row) => row.verdict === verdict,
  })
  return [
    kind(`could not be ${verb}`, progress.couldNot, 'could_not'),
    kind('could not be delivered', failed, 'invited'),
    kind('revoked before the message left', revoked, undefined),
    kind('malformed', progress.malformed, 'malformed'),
    kind('repeated', progress.repeated, 'repeated'),
    kind('not allowed', progress.refused, 'refused'),
  ].filter(({ count }) => count > 0)
}

function summaryOf(progress: ListProgress): string {
  const kinds = kindsOf(progress).map(({ name, count }) => `${count} ${name}`)
  if (kinds.length === 0) return 'Nobody was left out.'
  return `${progress.sendInvitations ? 'Not invited' : 'Left out'}: ${kinds.join(', ')}.`
}

function rowsOfKind(name: string, rows: LeftOut[], most: number): KnownBlock[] {
  if (rows.length === 0) return []
  const title = `*${rows.length.toLocaleString('en')} ${name}*`
  return [section(rowsWithin(rows.slice(0, most), { all: rows.length, title }))]
}

function words(text: string, more: KnownBlock[] = []): Message {
  return { text: escapeText(text), blocks: [section(escapeText(text)), ...more] }
}

/** The same as the words, for the eye. */
function bar(handled: number, of: number): string {
  const filled = of === 0 ? BAR_LENGTH : Math.floor((handled / of) * BAR_LENGTH)
  const percent = Math.floor((handled / Math.max(of, 1)) * 100)
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_LENGTH - filled)}  ${percent} %`
}
