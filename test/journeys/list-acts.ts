// What people do with lists in every story: open the form, paste or give a file, look, send; and the files they give.
import { expect } from 'vitest'
import type { Member, Message, ViewSession } from '../../src/sandbox/slack/local-slack.ts'
import type { Usher } from '../setup/usher.ts'
import { queryRows, until } from './acts.ts'

type Fields = Parameters<ViewSession['fill']>[0]

export const ACCESS = { 'User type': 'Team Member', Role: 'Employee' }

/** Opens a form by its command, and gives it; what was open before is gone. */
async function openBy(member: Member, command: string, callbackId: string): Promise<ViewSession> {
  const before = member.view()?.id
  await member.command(command)
  return member.waitForView((view) => view.callbackId === callbackId && view.id !== before)
}

export const openList = (member: Member) => openBy(member, '/invites bulk', 'list_form')
export const openImport = (member: Member) => openBy(member, '/invites import', 'import_form')

export type GivenFile = { name: string; content: string | Buffer }

/** A CSV file; `name` where its ending matters. */
export function csv(content: string | Buffer, name = 'people.csv'): GivenFile {
  return { name, content }
}

/** `count` different addresses, a line each, with a prefix of its own. */
export function addresses(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}${at + 1}@example.org`)
}

/** Submits the form, and gives what it leads to: the second step, or the form again with what is wrong. */
export async function afterReading(member: Member, form: ViewSession): Promise<ViewSession> {
  const { errors } = await form.submit()
  if (errors) throw new Error(`refused: ${JSON.stringify(errors)}`)
  return member.waitForView((view) => ['list_preview', 'list_form', 'import_form'].includes(view.callbackId))
}

/** Fills the list form in with a file, and gives what it leads to. */
export async function giveFile(member: Member, file: GivenFile, fields: Fields = {}): Promise<ViewSession> {
  const form = await openList(member)
  await form.fill({ file, ...ACCESS, ...fields })
  return afterReading(member, form)
}

/** Fills the list form in with pasted text, and gives what it leads to. */
export async function paste(member: Member, text: string, fields: Fields = {}): Promise<ViewSession> {
  const form = await openList(member)
  await form.fill({ Addresses: text, ...ACCESS, ...fields })
  return afterReading(member, form)
}

/** Fills the import form in, and gives what it leads to. */
export async function giveImport(member: Member, file: GivenFile, fields: Fields = {}): Promise<ViewSession> {
  const form = await openImport(member)
  await form.fill({ file, ...fields })
  return afterReading(member, form)
}

/** Confirms the second step, and gives the one message that follows. */
export async function send(member: Member, preview: ViewSession): Promise<Message> {
  const before = member.dm().at(-1)?.ts ?? ''
  const result = await preview.submit()
  if (!result.closed) throw new Error(`not sent: ${member.view()?.text}`)
  const isProgress = /will be invited into|invited into|The people are in/
  return member.waitForMessage(
    ({ ts, text, visibleTo }) => ts > before && visibleTo === undefined && isProgress.test(text),
  )
}

/** The minute of "Undo" is over. */
export async function passTheMinute(usher: Usher): Promise<void> {
  usher.clock.pass(61_000)
  // A look in hand began by the older clock and is put off by it: only then can it be hurried.
  const inHand = "SELECT 1 AS one FROM queue.job WHERE name = 'report' AND state = 'active'"
  await until(async () => expect(await queryRows(usher, inHand)).toEqual([]))
  await usher.hurry()
}

/** Sends and waits for the end; gives the message as it ends. */
export async function sendToTheEnd(usher: Usher, member: Member, preview: ViewSession): Promise<Message> {
  const { ts } = await send(member, preview)
  await passTheMinute(usher)
  return waitForEnd(member, ts)
}

/** The message when it has become the confirmation. */
export function waitForEnd(member: Member, ts: string): Promise<Message> {
  const isOver = /invited into .*\.( Not invited| Nobody was left out)|The people are in/s
  return member.waitForMessage((message) => message.ts === ts && isOver.test(message.text))
}

/** The file in the thread of a message. */
export async function fileIn(usher: Usher, member: Member, { ts }: Message): Promise<string> {
  const reply = await member.waitForMessage((message) => message.thread_ts === ts && (message.files ?? []).length > 0)
  const url = String(reply.files?.[0]?.url_private)
  const response = await fetch(url, { headers: { authorization: `Bearer ${usher.slack.botToken}` } })
  return response.text()
}

type Standing = {
  role?: 'quality_admin' | 'hr_admin' | 'team_lead' | 'employee' | null
  departmentId?: string | null
  hub?: { id: string; userType: 'hub_admin' | 'team_member' | 'external_member' }
}

/** Somebody of the workspace, with these rights from now on (as if they had been given them long ago). */
export async function makeStanding(usher: Usher, slackId: string, { hub, ...person }: Standing): Promise<Member> {
  const member = usher.slack.as(slackId)
  await member.openHome()
  await member.waitForHome()
  const { prisma } = usher.app.db
  const { id } = await prisma.person.update({ where: await whereSlackIs(usher, slackId), data: person })
  await prisma.hubMembership.deleteMany({ where: { personId: id } })
  if (hub) {
    const { id: hubId, userType } = hub
    await prisma.hubMembership.create({ data: { hubId, personId: id, userType, joinedAt: usher.clock.now } })
  }
  return member
}

async function whereSlackIs(usher: Usher, slackUserId: string) {
  const { id: organisationId } = await usher.app.db.prisma.organisation.findFirstOrThrow()
  return { organisationId_slackUserId: { organisationId, slackUserId } }
}

export async function mainHub(usher: Usher): Promise<string> {
  return (await usher.app.db.prisma.hub.findFirstOrThrow({ where: { isDefault: true } })).id
}
