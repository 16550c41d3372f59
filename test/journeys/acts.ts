// What people do in every story: invite, read their mail, sign up, press buttons; and what the clock and a forger do.
import { expect, vi } from 'vitest'
import { openQueue, type Queue } from '../../src/jobs/index.ts'
import type { Mailbox } from '../../src/sandbox/mailbox/mailbox.ts'
import type { Delivery, Member, SubmitResult, ViewSession } from '../../src/sandbox/slack/local-slack.ts'
import { WAIT_LIMIT } from '../../src/sandbox/wait-limit.ts'
import { silentLog } from '../setup/database.ts'
import { formBody, linkIn, type Usher } from '../setup/usher.ts'

export const PASSWORD = 'seven green lanterns'

/** Opens the form by the command and gives it; a form that was open before is gone. */
export async function openInviteForm(member: Member, email = '', channel = 'general'): Promise<ViewSession> {
  const before = member.view()?.id
  await member.command(`/invites ${email}`.trim(), { channel })
  return member.waitForView((view) => view.callbackId === 'invite_form' && view.id !== before)
}

type Fields = Parameters<ViewSession['fill']>[0]

/** Invites by the form: a Team Member and Employee, unless `fields` (by label) say otherwise. */
export async function invite(usher: Usher, email: string, fields: Fields = {}, by = 'UADA'): Promise<SubmitResult> {
  const form = await openInviteForm(usher.slack.as(by), email)
  await form.fill({ 'User type': 'Team Member', Role: 'Employee', ...fields })
  return form.submit()
}

export type ReceivedMail = Awaited<ReturnType<Mailbox['waitFor']>>

/** The first mail to an address, or the `nth`. */
export function mailTo(usher: Usher, email: string, nth = 1): Promise<ReceivedMail> {
  let seen = 0
  return usher.mailbox.waitFor((mail) => {
    if (mail.envelope.to.includes(email)) seen += 1
    return seen === nth
  })
}

/** Invites, and gives the link that arrives. */
export async function inviteAndGetLink(
  usher: Usher,
  email: string,
  { fields = {}, by = 'UADA', nth = 1 }: { fields?: Fields; by?: string; nth?: number } = {},
): Promise<string> {
  expect(await invite(usher, email, fields, by)).toEqual({ closed: true })
  const link = linkIn(await mailTo(usher, email, nth))
  await waitForStatus(usher, email, 'pending')
  return link
}

export const signUpFields = {
  firstName: 'Ana',
  lastName: 'Diaz',
  mobile: '',
  password: PASSWORD,
  termsAgreed: 'yes',
  termsVersion: '1',
}

/** Sends the sign-up form of a link. */
export function signUp(usher: Usher, link: string, fields: Record<string, string> = {}): Promise<Response> {
  return usher.visit(link, formBody({ ...signUpFields, ...fields }))
}

/** Looks again and again until what is expected holds. */
export function until<T>(look: () => Promise<T>): Promise<T> {
  return vi.waitFor(look, { timeout: WAIT_LIMIT, interval: 20 })
}

/** Looks at a link and sends its form: both have to find it dead. */
export async function expectDead(usher: Usher, link: string): Promise<void> {
  expect((await usher.visit(link)).status, 'opening it').toBe(404)
  expect((await signUp(usher, link)).status, 'sending its form').toBe(404)
}

/** The newest invitation of an address. */
export async function invitationOf(usher: Usher, email: string) {
  return usher.app.db.prisma.invitation.findFirstOrThrow({
    where: { person: { emailKey: email } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  })
}

/** Waits until the newest invitation of an address stands there, and gives it. */
export async function waitForStatus(usher: Usher, email: string, status: string) {
  await until(async () => expect((await invitationOf(usher, email)).status).toBe(status))
  return invitationOf(usher, email)
}

/** Opens the story of an address. */
export async function openStory(member: Member, email: string): Promise<ViewSession> {
  const before = member.view()?.id
  await member.command(`/invites status ${email}`)
  return member.waitForView((view) => view.title === 'Invitation' && view.id !== before)
}

/** In which group of the settings a field stands; those that are not named are among the messages. */
const GROUPS: Record<string, string> = {
  'Notification channel': 'channels',
  'Approvals channel': 'channels',
  'Hours until the next approvers are asked': 'channels',
  'Days until an invitation expires': 'invitations',
  'Invitations in an hour': 'invitations',
  'Longest list without a second person': 'invitations',
  'Confirm only by e-mail': 'invitations',
  'Time zone': 'invitations',
  Countries: 'texts',
  'Text messages in a day': 'texts',
  'Half-way': 'reminders',
  'A day before the end': 'reminders',
  'Every Monday at 9:00': 'reminders',
  'Who is a Corporate Admin': 'admins',
  'What guests count as': 'directory',
  'Addresses that could not be invited': 'admins',
  'Second factor': 'sign_in',
  'Sign in with Slack': 'sign_in',
  'Days until people sign in again': 'sign_in',
  'Days until an activation slip expires': 'invitations',
}

/** Opens the settings' menu by the command. */
export async function openSettingsMenu(usher: Pick<Usher, 'slack'>, by = 'UADA'): Promise<ViewSession> {
  const member = usher.slack.as(by)
  const before = member.view()?.id
  await member.command('/invites settings')
  return member.waitForView((view) => view.callbackId === 'settings_menu' && view.id !== before)
}

/** Opens the form of one group of the settings (its id), by the menu's button. */
export async function openSettings(usher: Usher, group: string, by = 'UADA'): Promise<ViewSession> {
  const menu = await openSettingsMenu(usher, by)
  await menu.click('Change', { value: group })
  return usher.slack.as(by).waitForView('settings_form')
}

/** Does the settings' forms as Ada, with these fields by label; gives the first refusal, or that the last one closed. */
export async function changeSettings(usher: Usher, fields: Fields, by = 'UADA'): Promise<SubmitResult> {
  const groups = new Set(Object.keys(fields).map((label) => GROUPS[label] ?? 'messages'))
  for (const group of groups.size === 0 ? ['messages'] : groups) {
    const form = await openSettings(usher, group, by)
    const here = Object.entries(fields).filter(([label]) => (GROUPS[label] ?? 'messages') === group)
    await form.fill(Object.fromEntries(here))
    const result = await form.submit()
    if (!result.closed) return result
    await usher.slack.as(by).view()?.close()
  }
  return { closed: true }
}

/** Adds a hub, a department or a location by the settings' own buttons, and gives its id. */
export async function addUnit(usher: Usher, kind: 'hub' | 'department' | 'location', name: string): Promise<string> {
  const ada = usher.slack.as('UADA')
  const menu = await openSettingsMenu(usher)
  await menu.click({ hub: 'Hubs', department: 'Departments', location: 'Locations' }[kind])
  const list = await ada.waitForView({ hub: 'Hubs', department: 'Departments', location: 'Locations' }[kind])
  await list.click(`Add a ${kind}`)
  const form = await ada.waitForView('unit_form')
  await form.fill({ [`Name of the ${kind}`]: name })
  expect(await form.submit()).toEqual({ closed: true })
  await ada.view()?.close({ all: true })
  const where = { where: { name: name.trim().replaceAll(/\s+/g, ' ') } }
  const { prisma } = usher.app.db
  if (kind === 'hub') return (await prisma.hub.findFirstOrThrow(where)).id
  if (kind === 'department') return (await prisma.department.findFirstOrThrow(where)).id
  return (await prisma.location.findFirstOrThrow(where)).id
}

/** Somebody of the workspace signs up by an invitation, and is known by both names from then on. */
export async function makeMember(usher: Usher, slackId: string, fields: Fields): Promise<Member> {
  const member = usher.slack.as(slackId)
  const email = member.user.email ?? ''
  const link = await inviteAndGetLink(usher, email, { fields })
  expect((await signUp(usher, link, { firstName: member.user.real_name })).status).toBe(303)
  // Their first contact ties the account to the Slack member.
  await member.openHome()
  await member.waitForHome()
  return member
}

/** Another hand on the queue, for the clock's tasks; close it in afterAll. */
export function openQueueOf(usher: Usher): Promise<Queue> {
  return openQueue({ db: usher.app.db, log: silentLog })
}

/** What the clock does each minute. Resolves when it is done. */
export function runExpiry(usher: Usher, queue: Queue): Promise<void> {
  return runTask(usher, queue, 'expire')
}

/** Any task of the clock. Resolves when it is done. */
export async function runTask(usher: Usher, queue: Queue, task: Parameters<Queue['askFor']>[0]): Promise<void> {
  const id = await queue.boss.send('maintenance', { task })
  await until(async () =>
    expect(await queryRows(usher, 'SELECT state::text FROM queue.job WHERE id = $1', [id])).toEqual([
      { state: 'completed' },
    ]),
  )
}

/** Lets every job that was put off run now. */
export async function hurryJobs(usher: Usher): Promise<void> {
  await queryRows(usher, `UPDATE queue.job SET start_after = now() WHERE state IN ('created', 'retry')`)
}

/** Waits until no job is left to do. */
export async function waitForQuiet(usher: Usher): Promise<void> {
  const open = `SELECT count(*)::int AS open FROM queue.job WHERE state IN ('created', 'retry', 'active') AND name <> 'dead'`
  await until(async () => expect(await queryRows(usher, open)).toEqual([{ open: 0 }]))
}

export async function queryRows(
  usher: Usher,
  text: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const { rows } = await usher.app.db.pool.query<Record<string, unknown>>({ text, values })
  return rows
}

type Payload = {
  view: {
    id: string
    private_metadata: string
    state: { values: Record<string, Record<string, Record<string, unknown>>> }
  }
  actions: { value: string }[]
  trigger_id: string
  user: { id: string }
  team: { id: string }
}

/**
 * Sends the last request of a kind again, changed and freshly signed, as somebody would who gets past Slack's own
 * client. `later`: seconds to add to its time, so that the signature is another one.
 */
export async function forge(
  usher: Usher,
  kind: 'view_submission' | 'block_actions',
  change: (payload: Payload) => void,
  { headers = {}, later = 0 }: { headers?: Record<string, string>; later?: number } = {},
): Promise<{ status: number; body: string }> {
  const sent = usher.slack.sent.findLast((request) => request.kind === kind)
  if (!sent) throw new Error(`no ${kind} was sent yet`)
  const payload = JSON.parse(new URLSearchParams(sent.body).get('payload') ?? '') as Payload
  change(payload)
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
  return answered(await sendSigned(usher, body, { headers, later }))
}

/** A trigger of somebody's that nothing has used yet. */
export async function freshTrigger(usher: Usher, userId: string): Promise<string> {
  await usher.slack.as(userId).command('/invites help')
  const help = usher.slack.sent.findLast(({ kind }) => kind === 'command')
  return new URLSearchParams(help?.body).get('trigger_id') ?? ''
}

/** Sends a body with Slack's signature. */
export function sendSigned(
  usher: Usher,
  body: string,
  { headers = {}, later = 0 }: { headers?: Record<string, string>; later?: number } = {},
): Promise<Delivery> {
  const at = Math.floor(usher.clock.now.getTime() / 1000) + later
  return usher.slack.sendRaw({
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(at),
      'x-slack-signature': usher.slack.sign(body, at),
      ...headers,
    },
  })
}

/** The answer to a request; throws when there was none. */
export function answered(delivery: Delivery): { status: number; body: string } {
  if (delivery.outcome !== 'answered') throw new Error(`no answer: ${delivery.outcome}`)
  return { status: delivery.status, body: delivery.body }
}

/** Writes one value of a form's state, whatever its element is. */
export function setValue(payload: Payload, blockId: string, value: string | null): void {
  const field = payload.view.state.values[blockId]?.[blockId]
  if (!field) throw new Error(`there is no field ${blockId}`)
  if (field.type === 'static_select' || field.type === 'external_select') {
    field.selected_option = value === null ? null : { text: { type: 'plain_text', text: 'x' }, value }
  } else field.value = value
}

/** The errors beside the fields in an answer to a form. */
export function errorsIn({ body }: { body: string }): Record<string, string> {
  const answer = body === '' ? {} : (JSON.parse(body) as { errors?: Record<string, string> })
  return answer.errors ?? {}
}
