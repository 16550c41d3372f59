// What people and the clock do with the automatic invitations, in every story.
import { expect } from 'vitest'
import { newId } from '../../src/database/index.ts'
import type { Queue } from '../../src/jobs/index.ts'
import type { ViewSession } from '../../src/sandbox/slack/local-slack.ts'
import { queryRows, until } from '../journeys/acts.ts'
import type { Usher } from '../setup/usher.ts'

export type Newcomer = {
  name?: string
  groups?: string[]
  /** YYYY-MM-DD; without one there is none. */
  startDate?: string
  employeeType?: 'employee' | 'contractor' | null
  email?: string | null
  isActive?: boolean
  createdAt?: Date
}

async function organisationOf(usher: Usher) {
  return usher.app.db.prisma.organisation.findFirstOrThrow({ select: { id: true } })
}

/** Somebody whom a directory or an import has brought in; gives their id. */
export async function bringIn(usher: Usher, email: string, newcomer: Newcomer = {}): Promise<string> {
  const { prisma } = usher.app.db
  const { id: organisationId } = await organisationOf(usher)
  const { name = email.split('@')[0] ?? '', groups = ['Sales'], startDate, employeeType = 'employee' } = newcomer
  const address = newcomer.email === null ? null : email
  const id = newId()
  await prisma.person.create({
    data: {
      ...{ id, organisationId, email: address, emailKey: address, firstName: name, employeeType },
      createdAt: newcomer.createdAt ?? usher.clock.now,
      isActive: newcomer.isActive ?? true,
      startDate: startDate ? new Date(startDate) : null,
    },
  })
  for (const group of groups) await putInto(usher, group, id)
  return id
}

/** Makes a group where it is missing, and puts somebody in; gives its id. */
export async function putInto(usher: Usher, name: string, personId?: string): Promise<string> {
  const { prisma } = usher.app.db
  const { id: organisationId } = await organisationOf(usher)
  const externalId = name.toLowerCase()
  const group = await prisma.group.upsert({
    where: { organisationId_source_externalId: { organisationId, source: 'import', externalId } },
    create: { id: newId(), organisationId, externalId, name, createdAt: usher.clock.now },
    update: {},
  })
  if (personId) {
    await prisma.groupMembership.createMany({ data: [{ groupId: group.id, personId }], skipDuplicates: true })
  }
  return group.id
}

type Fields = Parameters<ViewSession['fill']>[0]

/** Opens the state by the command. */
export async function openAuto(usher: Usher, by = 'UADA'): Promise<ViewSession> {
  const member = usher.slack.as(by)
  const before = member.view()?.id
  await member.command('/invites auto')
  return member.waitForView((view) => view.title === 'Automatic invitations' && view.id !== before)
}

/** Opens the form, fills it in and gives what it would do; Sales, a Team Member and Employee, unless `fields` say otherwise. */
export async function previewRule(usher: Usher, fields: Fields = {}, by = 'UADA'): Promise<ViewSession> {
  const member = usher.slack.as(by)
  const state = await openAuto(usher, by)
  await state.click('auto_edit')
  const form = await member.waitForView('auto_form')
  await form.fill({
    Groups: ['Sales (import)'],
    Hub: 'Main hub',
    'User type': 'Team Member',
    Role: 'Employee',
    Consent: true,
    ...fields,
  })
  expect(await form.submit()).toHaveProperty('updated')
  return member.waitForView('auto_preview')
}

/** The whole way to "on". */
export async function switchOn(usher: Usher, fields: Fields = {}, by = 'UADA'): Promise<void> {
  const preview = await previewRule(usher, fields, by)
  expect(await preview.submit()).toEqual({ closed: true })
  await usher.slack.as(by).waitForView((view) => view.text.includes('in the name of'))
  await usher.slack.as(by).view()?.close({ all: true })
}

/** What the clock does every five minutes. Resolves when it is done. */
export async function runPass(usher: Usher, queue: Queue): Promise<void> {
  const id = await queue.boss.send('maintenance', { task: 'invite_due' })
  await until(async () =>
    expect(await queryRows(usher, 'SELECT state::text FROM queue.job WHERE id = $1', [id])).toEqual([
      { state: 'completed' },
    ]),
  )
}

/** Whom the clock has invited, by address, each as often as it happened. */
export async function invitedByClock(usher: Usher): Promise<string[]> {
  const invitations = await usher.app.db.prisma.invitation.findMany({
    where: { batch: { source: 'auto' } },
    select: { email: true },
    orderBy: { email: 'asc' },
  })
  return invitations.map(({ email }) => email)
}

/** How many messages each address was sent. */
export function mailsTo(usher: Usher, email: string): number {
  return usher.mailbox.messages.filter(({ envelope }) => envelope.to.includes(email)).length
}
