// OUT, to the sender of a list: one message that shows how far it got, and ends as the confirmation.
import type { KnownBlock } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import type { Collaborators } from '../collaborators.ts'
import {
  type ListProgress,
  type ListRow,
  readListRows,
  readUndelivered,
  rememberProgressMessage,
} from '../invitations/index.ts'
import { csvFile } from '../people/index.ts'
import { actions, button, confirmation, context, escapeText, mrkdwn, section } from './blocks.ts'
import { LIST_AGAIN, LIST_UNDO } from './features/bulk.ts'
import { people } from './list-views.ts'
import { wordsForReason } from './list-words.ts'
import type { Message } from './notify.ts'

const BAR_LENGTH = 20
/** Rows that stand in the message itself; all of them are in the file. */
const NAMED_ROWS = 10
/** A list has no more rows (SPEC, section 3). */
const MOST_ROWS = 10_000
const LEFT_OUT = ['malformed', 'repeated', 'refused', 'could_not'] as const

type Outbox = Pick<Collaborators, 'db' | 'now' | 'log'> & { client: WebClient }

/** Posts the message the first time and changes it after that; with the last one comes the file of what was left out. */
export async function showProgress(c: Outbox, progress: ListProgress): Promise<void> {
  const { inviterSlackId: channel, progressChannel, progressMessage } = progress
  if (channel === null) return
  const isOver = progress.status === 'done'
  const left = isOver ? await leftOutRows(c, progress) : []
  const message = progressMessageFor(progress, { now: c.now(), left })
  let place = progressChannel && progressMessage ? { channel: progressChannel, ts: progressMessage } : undefined
  if (place) await c.client.chat.update({ ...place, ...message })
  else {
    const posted = await c.client.chat.postMessage({ channel, ...message })
    if (posted.channel && posted.ts) {
      place = { channel: posted.channel, ts: posted.ts }
      await rememberProgressMessage(c.db, progress.id, place)
    }
  }
  if (place && left.length > 0) await uploadLeftOut(c, place, left)
}

/** The words at one moment. Pure. */
export function progressMessageFor(progress: ListProgress, { now, left }: { now: Date; left: LeftOut[] }): Message {
  if (progress.status === 'undone')
    return words('The list was taken back. Nobody was invited, and no message was sent.')
  if (progress.status === 'done') return confirmationFor(progress, left)
  const hub = progress.hubName
  if (progress.startsAt && progress.startsAt > now) {
    const text = `${people(progress.invited)} will be invited into ${hub}. The first message leaves in a minute.`
    return words(
      text,
      actions([
        button(LIST_UNDO, 'Undo', {
          value: progress.id,
          label: 'Undo this list: nobody is invited',
          confirm: confirmation({
            title: 'Undo this list?',
            text: `Nobody of the ${people(progress.invited)} is invited.`,
            confirm: 'Undo the list',
            deny: 'Go on',
          }),
        }),
      ]),
    )
  }
  const { handled, invited } = progress
  const text = `Inviting ${people(invited)} into ${hub}: ${handled} of ${invited} handed over.`
  return words(text, [context(bar(handled, invited))])
}

/** `reason` is in words. */
export type LeftOut = ListRow & { email: string; firstName: string; lastName: string; mobile: string }

function confirmationFor(progress: ListProgress, left: LeftOut[]): Message {
  const { counts, sendInvitations } = progress
  const failed = counts.error ?? 0
  const sent = progress.invited - failed
  const opening = sendInvitations
    ? `${people(sent)} ${sent === 1 ? 'was' : 'were'} invited into ${progress.hubName}.`
    : `The people are in: ${progress.added} new, ${progress.changed} changed, ${progress.unchanged} as they were.`
  const groups = [
    progress.couldNot > 0 ? `${progress.couldNot} could not be invited` : '',
    failed > 0 ? `${failed} could not be delivered` : '',
    progress.malformed > 0 ? `${progress.malformed} malformed` : '',
    progress.repeated > 0 ? `${progress.repeated} repeated` : '',
    progress.refused > 0 ? `${progress.refused} not allowed` : '',
  ].filter(Boolean)
  const others = groups.length > 0 ? ` Not invited: ${groups.join(', ')}.` : ' Nobody was left out.'
  const named = left.slice(0, NAMED_ROWS)
  const lines = named.map(({ line, written, reason }) => `Line ${line}: ${written} – ${reason}`)
  const more = left.length > named.length ? [`… and ${left.length - named.length} more, in the file.`] : []
  const file = left.length > 0 ? ['The file in the thread has all of them: mend it and send it again.'] : []
  const blocks: KnownBlock[] = [
    section(`*${escapeText(opening)}*${escapeText(sendInvitations ? others : leftOutOfImport(groups))}`),
    ...(left.length > 0 ? [section(escapeText([...lines, ...more, ...file].join('\n')))] : []),
    ...actions([button(LIST_AGAIN, 'Send more invitations', { value: progress.id })]),
  ]
  return { text: escapeText([opening + others, ...lines, ...more, ...file].join('\n')), blocks }
}

function leftOutOfImport(groups: string[]): string {
  return groups.length > 0 ? ` Left out: ${groups.join(', ')}.` : ''
}

function words(text: string, more: KnownBlock[] = []): Message {
  return { text: escapeText(text), blocks: [section(escapeText(text)), ...more] }
}

/** The same as the words, for the eye. */
function bar(handled: number, of: number): string {
  const filled = of === 0 ? BAR_LENGTH : Math.floor((handled / of) * BAR_LENGTH)
  return mrkdwn(
    `${'█'.repeat(filled)}${'░'.repeat(BAR_LENGTH - filled)}  ${Math.floor((handled / Math.max(of, 1)) * 100)} %`,
  ).text
}

/** Everybody who was left out, in the order of the list: bounded by the list's own length. */
async function leftOutRows(c: Outbox, progress: ListProgress): Promise<LeftOut[]> {
  const [rows, undelivered] = await Promise.all([
    readListRows(c.db, progress.id, { verdicts: [...LEFT_OUT], limit: MOST_ROWS }),
    readUndelivered(c.db, progress.id, MOST_ROWS),
  ])
  return [...rows.map(({ reason, ...row }) => ({ ...row, reason: wordsForReason(reason) })), ...undelivered]
    .sort((one, other) => one.position - other.position)
    .map(({ person, ...row }) => ({ ...row, ...namesIn(person) }))
}

function namesIn(person: unknown): Pick<LeftOut, 'email' | 'firstName' | 'lastName' | 'mobile'> {
  const field = (name: string) => {
    const value: unknown = typeof person === 'object' && person !== null ? Reflect.get(person, name) : ''
    return typeof value === 'string' ? value : ''
  }
  return {
    email: field('email'),
    firstName: field('firstName'),
    lastName: field('lastName'),
    mobile: field('mobile'),
  }
}

const COLUMNS = ['email', 'first name', 'last name', 'mobile', 'line', 'reason']

async function uploadLeftOut(c: Outbox, place: { channel: string; ts: string }, left: LeftOut[]): Promise<void> {
  const cells = left.map((row) => [
    row.email || row.written,
    row.firstName,
    row.lastName,
    row.mobile,
    String(row.line),
    row.reason,
  ])
  await c.client.filesUploadV2({
    channel_id: place.channel,
    thread_ts: place.ts,
    filename: 'not-invited.csv',
    title: 'Not invited',
    content: csvFile([COLUMNS, ...cells]),
  })
}
