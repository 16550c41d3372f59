// What people do with requests in every story: become known with their rights, ask, review, decide.
import { expect } from 'vitest'
import type { Role, UserType } from '../../src/database/index.ts'
import type { Queue } from '../../src/jobs/index.ts'
import {
  type Member,
  type Message,
  messageText,
  type SubmitResult,
  type ViewSession,
} from '../../src/sandbox/slack/local-slack.ts'
import type { Usher } from '../setup/usher.ts'
import { openInviteForm, queryRows, until } from './acts.ts'

type Standing = { role?: Role | null; departmentId?: string | null; hubs?: Record<string, UserType> }

/** Somebody of the workspace makes their first contact, and is given this standing, whatever it was before. */
export async function known(usher: Usher, slackId: string, { role, departmentId, hubs = {} }: Standing = {}) {
  const member = usher.slack.as(slackId)
  await member.openHome()
  await member.waitForHome()
  const { prisma } = usher.app.db
  const { id } = await prisma.person.findFirstOrThrow({ where: { slackUserId: slackId } })
  await prisma.person.update({ where: { id }, data: { role: role ?? null, departmentId: departmentId ?? null } })
  await prisma.hubMembership.deleteMany({ where: { personId: id } })
  const memberships = Object.entries(hubs).map(([hubId, userType]) => ({ hubId, userType, personId: id }))
  await prisma.hubMembership.createMany({ data: memberships.map((row) => ({ ...row, joinedAt: usher.clock.now })) })
  return { id, member }
}

/** Asks for an invitation by the form: a Team Member and Employee, unless `fields` (by label) say otherwise. */
export async function ask(usher: Usher, email: string, fields: Parameters<ViewSession['fill']>[0] = {}, by = 'UPAT') {
  const form = await openInviteForm(usher.slack.as(by), email)
  expect(form.submitText).toBe('Send request')
  await form.fill({ 'User type': 'Team Member', Role: 'Employee', ...fields })
  expect(await form.submit()).toEqual({ closed: true })
  return requestFor(usher, email)
}

/** The newest request for an address. */
export function requestFor(usher: Usher, email: string) {
  return usher.app.db.prisma.approvalRequest.findFirstOrThrow({
    where: { invitation: { email } },
    orderBy: { createdAt: 'desc' },
    include: { messages: true },
  })
}

/** The copy of a question that reached somebody. */
export function questionTo(member: Member, what: string): Promise<Message> {
  return member.waitForMessage(
    ({ text, blocks }) => text.includes(what) && JSON.stringify(blocks).includes('request_review'),
  )
}

/** Presses "Review" in a message and gives the form. */
export async function review(member: Member, question: Message): Promise<ViewSession> {
  const before = member.view()?.id
  await member.click(question, 'Review')
  return member.waitForView((view) => view.callbackId === 'review_form' && view.id !== before)
}

export async function decide(form: ViewSession, decision: 'Approve' | 'Reject', words = ''): Promise<SubmitResult> {
  await form.fill({ Decision: decision, ...(words ? { 'Words to whoever asked': words } : {}) })
  return form.submit()
}

/** What the clock does each minute for requests. */
export async function tend(usher: Usher, queue: Queue): Promise<void> {
  const id = await queue.boss.send('maintenance', { task: 'tend_requests' })
  await until(async () =>
    expect(await queryRows(usher, 'SELECT state::text FROM queue.job WHERE id = $1', [id])).toEqual([
      { state: 'completed' },
    ]),
  )
}

/** The acts in the audit log about an invitation or a list, oldest first. */
export async function actsAbout(usher: Usher, subjectId: string): Promise<string[]> {
  const events = await usher.app.db.prisma.auditEvent.findMany({
    where: { subjectId },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
  })
  return events.map(({ act }) => act)
}

/** Whether a message has an address and these words in it. */
export function isAbout(message: Message, email: string, words: string): boolean {
  const text = messageText(message)
  return text.includes(email) && text.includes(words)
}
