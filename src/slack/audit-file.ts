// The audit log as a file: the newest events that a filter lets through, by direct message.
import { type LogFilter, type LoggedEvent, type LogPlace, readLog, recordExport } from '../audit/index.ts'
import { csvFile } from '../people/index.ts'
import { placeOf, sentenceOf } from './act-sentences.ts'
import { escapeText } from './blocks.ts'
import type { Visit } from './feature.ts'

/** More is not read into memory, and no spreadsheet is pleased by it. */
export const MOST_IN_FILE = 10_000
const PAGE = 1_000

const COLUMNS = [
  'time (UTC)',
  'what happened',
  'act',
  'who',
  'kind',
  'to whom or what',
  'from where',
  'before',
  'after',
  'number in the chain',
  'seal',
]

/** Sends the file; `words` says what was filtered. */
export async function sendAuditFile(visit: Visit, filter: LogFilter, words: string): Promise<void> {
  const { c, organisation, member } = visit
  const { lines, isCut } = await readLines(visit, filter)
  await recordExport(c, {
    organisation: { id: organisation.id, name: organisation.displayName },
    actor: { id: member.id, name: member.name },
    what: 'audit log',
    filter: words,
    origin: 'slack',
  })
  const count = lines.length.toLocaleString('en')
  const events = lines.length === 1 ? 'one event' : `${count} events`
  const bound = isCut
    ? ` These are the newest ${count}, and more do not fit: choose a shorter time, or one kind of act, for the others.`
    : ''
  const text = `The audit log (${words}): ${events}.${bound}`
  const { channel } = await visit.client.chat.postMessage({ channel: visit.userId, text: escapeText(text) })
  if (!channel || lines.length === 0) return
  const day = visit.c.now().toISOString().slice(0, 10)
  await visit.client.filesUploadV2({
    channel_id: channel,
    filename: `audit-log-${day}.csv`,
    title: 'Audit log',
    content: csvFile([COLUMNS, ...lines]),
  })
}

async function readLines(visit: Visit, filter: LogFilter): Promise<{ lines: string[][]; isCut: boolean }> {
  const lines: string[][] = []
  let older: LogPlace | undefined
  for (;;) {
    const limit = Math.min(PAGE, MOST_IN_FILE + 1 - lines.length)
    const events = await readLog(visit.c.db, filter, { limit, ...(older ? { older } : {}) })
    lines.push(...events.map(cellsOf))
    older = events.at(-1)
    if (lines.length > MOST_IN_FILE) return { lines: lines.slice(0, MOST_IN_FILE), isCut: true }
    if (events.length < limit) return { lines, isCut: false }
  }
}

function cellsOf(event: LoggedEvent): string[] {
  return [
    event.at.toISOString(),
    sentenceOf(event),
    event.act,
    event.actorName,
    event.subjectKind,
    event.subjectName,
    placeOf(event.origin),
    jsonOf(event.before),
    jsonOf(event.after),
    event.sequence ?? '',
    event.hash ?? '',
  ]
}

function jsonOf(state: Record<string, unknown>): string {
  return Object.keys(state).length === 0 ? '' : JSON.stringify(state)
}
