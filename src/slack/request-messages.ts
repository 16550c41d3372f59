// OUT, to those who decide and to those who asked: a request with its "Review", and in every copy of it what was decided.
import type { KnownBlock } from '@slack/types'
import { WebAPIPlatformError, type WebClient } from '@slack/web-api'
import type { Collaborators, RequestStep } from '../collaborators.ts'
import {
  type Audience,
  findApprovers,
  type RequestDetails,
  readCopies,
  readRequest,
  rememberCopy,
} from '../invitations/index.ts'
import { ROLE_NAMES, USER_TYPE_NAMES } from '../organisation/index.ts'
import { actions, button, context, cut, escapeText, section } from './blocks.ts'
import { meetAdmins } from './meet-admins.ts'
import { CLOSED, type Message } from './notify.ts'

export const REVIEW = 'request_review'

type Outbox = Pick<Collaborators, 'db' | 'log' | 'now' | 'letGo'> & { client: WebClient }

/**
 * Asks those who decide, or tells everybody what was decided. Safe to run again: whoever has a copy gets no second one.
 */
export async function showRequest(c: Outbox, order: { requestId: string; step: RequestStep }): Promise<void> {
  const request = await readRequest(c.db, order)
  if (!request) return
  if (order.step === 'tell') {
    await markCopies(c, request)
    return answerRequester(c, request)
  }
  if (request.status !== 'open') return
  const isReached = await ask(c, request, await findApprovers(c.db, request, order.step === 'ask_more'))
  // The channel is archived, the app is not in it, or everybody near has left: those further away are asked at once.
  if (!isReached && !(await ask(c, request, await findApprovers(c.db, request, true)))) {
    // In a new installation nobody who decides may have opened the app yet.
    await meetAdmins(c, request.organisationId)
    const isHeard = await ask(c, request, await findApprovers(c.db, request, true))
    if (!isHeard) c.log.warn({ requestId: request.id }, 'A request reached nobody: there is no admin who could decide')
  }
  // Decided while it was being asked: the copies that were made since then have to say so, too.
  const now = await readRequest(c.db, order)
  if (now && now.status !== 'open') await markCopies(c, now)
}

/** False when nobody could be reached there. */
async function ask(c: Outbox, request: RequestDetails, audience: Audience): Promise<boolean> {
  const asked = new Set((await readCopies(c.db, request.id)).map(({ sentTo }) => sentTo))
  const places = audience.channelId ? [audience.channelId] : audience.slackUserIds
  let reached = places.filter((place) => asked.has(place)).length
  for (const sentTo of places.filter((place) => !asked.has(place))) {
    try {
      const { channel, ts } = await c.client.chat.postMessage({ channel: sentTo, ...questionFor(request) })
      if (channel && ts) await rememberCopy(c.db, request.id, { channel, message: ts, sentTo })
      reached += 1
    } catch (error) {
      if (!isClosed(error)) throw error
      c.log.warn({ requestId: request.id, reason: String(error) }, 'Slack takes no request there')
    }
  }
  return reached > 0
}

/** Every copy says who decided what, and loses its button. */
async function markCopies(c: Outbox, request: RequestDetails): Promise<void> {
  for (const { channel, message } of await readCopies(c.db, request.id)) {
    try {
      await c.client.chat.update({ channel, ts: message, ...decidedFor(request) })
    } catch (error) {
      if (!isClosed(error)) throw error
    }
  }
}

async function answerRequester(c: Outbox, request: RequestDetails): Promise<void> {
  if (!request.requesterSlackId) return
  try {
    await c.client.chat.postMessage({ channel: request.requesterSlackId, ...answerFor(request) })
  } catch (error) {
    if (!isClosed(error)) throw error
  }
}

function isClosed(error: unknown): boolean {
  const gone = [...CLOSED, 'message_not_found', 'cant_update_message']
  return error instanceof WebAPIPlatformError && gone.includes(error.data.error)
}

/** "ana@example.org", or "312 people (people.csv)". */
export function whatIsAsked({ batchId, name, people }: RequestDetails): string {
  if (!batchId) return name
  return `${people.toLocaleString('en')} people${name ? ` (${name})` : ''}`
}

/** Hub, user type, role, department, location, in one line. */
export function accessInWords(request: RequestDetails): string {
  const { hubName, userType, role, departmentName, locationName } = request
  const kind = [userType && USER_TYPE_NAMES[userType], role && ROLE_NAMES[role], departmentName, locationName]
  return `${hubName}: ${kind.filter(Boolean).join(', ')}`
}

function questionFor(request: RequestDetails): Message {
  const what = whatIsAsked(request)
  const text = request.isByLink
    ? `${what} asks to join ${accessInWords(request)}, by the registration link of ${request.requesterName}.`
    : `${request.requesterName} asks to invite ${what} into ${accessInWords(request)}.`
  return {
    text: escapeText(request.note ? `${text} Note: ${request.note}` : text),
    blocks: [
      ...summaryBlocks(request),
      ...actions([
        button(REVIEW, 'Review', {
          value: request.id,
          style: 'primary',
          label: cut(`Review the request of ${request.requesterName}`, 75),
        }),
      ]),
    ],
  }
}

function question(request: RequestDetails): string {
  const who = `*${escapeText(request.requesterName)}*`
  const what = `*${escapeText(whatIsAsked(request))}*`
  const access = escapeText(accessInWords(request))
  return request.isByLink
    ? `${what} asks to join ${access}, by the registration link of ${who}.`
    : `${who} asks to invite ${what} into ${access}.`
}

/** What is asked for, by whom, in blocks. */
export function summaryBlocks(request: RequestDetails): KnownBlock[] {
  return [section(question(request)), ...(request.note ? [context(`Personal note: ${escapeText(request.note)}`)] : [])]
}

function decidedFor(request: RequestDetails): Message {
  const asked = request.isByLink
    ? `${whatIsAsked(request)} asked to join ${accessInWords(request)}, by the registration link of ${request.requesterName}.`
    : `${request.requesterName} asked to invite ${whatIsAsked(request)} into ${accessInWords(request)}.`
  const text = `${asked} ${outcomeInWords(request)}`
  return { text: escapeText(text), blocks: [section(escapeText(text))] }
}

function outcomeInWords({ status, decidedByName, answer }: RequestDetails): string {
  const why = answer ? ` “${answer}”` : ''
  if (status === 'lapsed') return 'Nobody decided within seven days: the request has lapsed.'
  if (status === 'closed') return `The request was closed. ${answer}`
  return `${decidedByName ?? 'Somebody'} ${status} it.${why}`
}

function answerFor(request: RequestDetails): Message {
  const what = whatIsAsked(request)
  const why = request.answer ? ` “${request.answer}”` : ''
  const who = request.decidedByName ?? 'Somebody'
  const link = request.isByLink ? 'a request by your registration link' : 'your request'
  if (request.status === 'closed') {
    const closed = escapeText(`Your request to invite ${what} into ${request.hubName} was closed. ${request.answer}`)
    return { text: closed, blocks: [section(closed)] }
  }
  const text =
    request.status === 'approved'
      ? `${who} approved ${link}: ${what} is being invited into ${accessInWords(request)}.${why}`
      : request.status === 'rejected'
        ? `${who} rejected ${link} to invite ${what} into ${request.hubName}.${why}`
        : `Nobody decided on ${link} to invite ${what} into ${request.hubName} within seven days, so it has lapsed. Ask again if it is still needed.`
  return { text: escapeText(text), blocks: [section(escapeText(text))] }
}
