// Requests as Slack sends them, signed, and as they go over the wire.
import { createHmac } from 'node:crypto'

export const TEAM_ID = 'T0BENCH'
export const USER_ID = 'U0ADA'
export const SIGNING_SECRET = 'a-signing-secret-for-measuring'

let made = 0

/** `/invites` in a channel. Every call gives another request: one that came before would not be done again. */
export function commandRequest(): string {
  made += 1
  return signed({
    command: '/invites',
    text: '',
    team_id: TEAM_ID,
    user_id: USER_ID,
    user_name: 'ada',
    channel_id: 'C0BENCH',
    channel_name: 'people-ops',
    response_url: 'http://127.0.0.1:9/',
    trigger_id: `trigger.${made}`,
    api_app_id: 'A0BENCH',
  })
}

type Values = Record<string, Record<string, object>>

/** The form for one invitation, sent: a Team Member with the role Employee. */
export function formRequest({ email, hubId, userId }: { email: string; hubId: string; userId: string }): string {
  const values = { email: { email: { type: 'email_text_input', value: email } }, ...accessValues(hubId) }
  return submission({ callbackId: 'invite_form', values, userId })
}

/** The form for many, sent with a file that is to be had at an address. */
export function listRequest({ fileUrl, hubId }: { fileUrl: string; hubId: string }): string {
  const file = { id: 'F0BENCH', name: 'people.csv', url_private: fileUrl, url_private_download: fileUrl }
  const values = {
    addresses: { addresses: { type: 'plain_text_input', value: null } },
    file: { file: { type: 'file_input', files: [file] } },
    ...accessValues(hubId),
  }
  return submission({ callbackId: 'list_form', values, userId: USER_ID })
}

/** The second step of a list, sent. */
export function listConfirmation(batchId: string): string {
  const memory = JSON.stringify({ from: '', batchId })
  return submission({ callbackId: 'list_preview', values: {}, userId: USER_ID, memory })
}

function accessValues(hubId: string): Values {
  const chosen = (value: string) => ({ type: 'static_select', selected_option: { value } })
  return {
    hubId: { hubId: chosen(hubId) },
    userType: { userType: chosen('team_member') },
    role: { role: chosen('employee') },
    language: { language: { type: 'static_select', selected_option: null } },
    note: { note: { type: 'plain_text_input', value: 'Welcome to the team! We meet on Mondays at ten.' } },
  }
}

function submission({
  callbackId,
  values,
  userId,
  memory = '',
}: {
  callbackId: string
  values: Values
  userId: string
  memory?: string
}): string {
  made += 1
  const id = `V${made}`
  const view = {
    ...{ id, root_view_id: id, previous_view_id: null, team_id: TEAM_ID, type: 'modal', callback_id: callbackId },
    ...{ private_metadata: memory, hash: `1.${made}`, blocks: [], state: { values } },
  }
  const payload = {
    type: 'view_submission',
    team: { id: TEAM_ID, domain: 'northwind' },
    user: { id: userId, username: 'ada', name: 'ada', team_id: TEAM_ID },
    api_app_id: 'A0BENCH',
    trigger_id: `trigger.${made}`,
    response_urls: [],
    view,
  }
  return signed({ payload: JSON.stringify(payload) })
}

function signed(fields: Record<string, string>): string {
  const body = new URLSearchParams(fields).toString()
  const timestamp = Math.floor(Date.now() / 1_000)
  const signature = createHmac('sha256', SIGNING_SECRET).update(`v0:${timestamp}:${body}`).digest('hex')
  return [
    'POST /slack/events HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Slack-Request-Timestamp: ${timestamp}`,
    `X-Slack-Signature: v0=${signature}`,
    '',
    body,
  ].join('\r\n')
}
