// OUT, to the sender of a list: one message that shows how far it got, and ends as the confirmation.
import { WebAPIPlatformError, type WebClient } from '@slack/web-api'
import {
  type ListProgress,
  readListRows,
  readListSlips,
  readUndelivered,
  rememberProgressMessage,
} from '../invitations/index.ts'
import type { FeatureCollaborators } from './feature.ts'
import { type LeftOut, leftOutFile, withWords } from './left-out-file.ts'
import { progressMessageFor } from './list-progress-words.ts'
import type { Message } from './notify.ts'

/** A list has no more rows (SPEC, section 3). */
const MOST_ROWS = 10_000
const LEFT_OUT = ['malformed', 'repeated', 'refused', 'could_not'] as const
/** The message cannot be changed any more: another one takes its place. */
const LOST = ['message_not_found', 'cant_update_message', 'edit_window_closed', 'channel_not_found']
/** The sender takes no messages any more. */
const CLOSED = ['channel_not_found', 'user_not_found', 'users_not_found', 'user_disabled', 'account_inactive']

type Outbox = Pick<FeatureCollaborators, 'db' | 'now' | 'log' | 'slipKey' | 'drawSlips'> & { client: WebClient }
type Place = { channel: string; ts: string }

/**
 * Posts the message the first time and changes it after that; with the last one comes the file of what was left out.
 * Throws what Slack may take later (a limit, an outage), so that it is tried again.
 */
export async function showProgress(c: Outbox, progress: ListProgress): Promise<void> {
  const { inviterSlackId } = progress
  if (inviterSlackId === null) return
  const left = progress.status === 'done' ? await readLeftOut(c, progress) : []
  const message = (fileProblem?: string) =>
    progressMessageFor(progress, { now: c.now(), left, ...(fileProblem ? { fileProblem } : {}) })
  const place = await tell(c, { progress, inviterSlackId, message: message() })
  if (place && progress.status === 'done') await attachSlips(c, place, progress.id)
  if (!place || left.length === 0) return
  const problem = await attach(c, place, left)
  if (problem) await c.client.chat.update({ ...place, ...message(problem) })
}

async function tell(
  c: Outbox,
  { progress, inviterSlackId, message }: { progress: ListProgress; inviterSlackId: string; message: Message },
): Promise<Place | undefined> {
  const { progressChannel: channel, progressMessage: ts } = progress
  try {
    if (channel && ts && (await change(c, { channel, ts }, message))) return { channel, ts }
    const posted = await c.client.chat.postMessage({ channel: inviterSlackId, ...message })
    if (!posted.channel || !posted.ts) return undefined
    const place = { channel: posted.channel, ts: posted.ts }
    await rememberProgressMessage(c.db, progress.id, place)
    return place
  } catch (error) {
    const reason = refusalOf(error)
    if (!reason || !CLOSED.includes(reason)) throw error
    c.log.warn({ reason, batchId: progress.id }, 'The sender of a list takes no messages')
    return undefined
  }
}

/** False when the message is not there any more. */
async function change(c: Outbox, place: Place, message: Message): Promise<boolean> {
  try {
    await c.client.chat.update({ ...place, ...message })
    return true
  } catch (error) {
    const reason = refusalOf(error)
    if (!reason || !LOST.includes(reason)) throw error
    return false
  }
}

/** The slips of a list, to print and hand over, as files of so many each: a long list is not drawn at once. */
const SLIPS_A_FILE = 200

async function attachSlips(c: Outbox, place: Place, batchId: string): Promise<void> {
  let number = 0
  for await (const slips of readListSlips(c, batchId, SLIPS_A_FILE)) {
    number += 1
    const behind = number === 1 ? '' : `-${number}`
    try {
      await c.client.filesUploadV2({
        channel_id: place.channel,
        thread_ts: place.ts,
        file: await c.drawSlips(slips),
        filename: `activation-slips${behind}.pdf`,
        title: 'Activation slips, to print and hand over',
      })
    } catch (error) {
      const reason = refusalOf(error)
      if (!reason) throw error
      c.log.warn({ reason }, 'Slack does not take the slips of a list')
      const text =
        'Slack did not take the file with the activation slips: ask whoever runs Usher for the scope files:write. A new slip for each person can be made from the story of the invitation.'
      await c.client.chat.postMessage({ channel: place.channel, thread_ts: place.ts, text })
      return
    }
  }
}

/** Puts the file into the thread; gives what to say instead when Slack will never take it. */
async function attach(c: Outbox, place: Place, left: LeftOut[]): Promise<string | undefined> {
  try {
    await c.client.filesUploadV2({
      channel_id: place.channel,
      thread_ts: place.ts,
      filename: 'not-invited.csv',
      title: 'Not invited',
      content: leftOutFile(left),
    })
    return undefined
  } catch (error) {
    const reason = refusalOf(error)
    if (!reason) throw error
    c.log.warn({ reason }, 'Slack does not take the file of what was left out')
    return reason === 'missing_scope'
      ? 'There would be a file with all of them, but the app may not upload files: ask whoever runs Usher to give it the scope files:write.'
      : `There would be a file with all of them, but Slack did not take it (${reason}).`
  }
}

function refusalOf(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? error.data.error : undefined
}

/** Everybody who was left out, in the order of the list: bounded by the list's own length. */
async function readLeftOut(c: Outbox, { id }: ListProgress): Promise<LeftOut[]> {
  const [rows, undelivered] = await Promise.all([
    readListRows(c.db, id, { verdicts: [...LEFT_OUT], limit: MOST_ROWS }),
    readUndelivered(c.db, id, MOST_ROWS),
  ])
  return [...rows, ...undelivered].sort((one, other) => one.position - other.position).map(withWords)
}
