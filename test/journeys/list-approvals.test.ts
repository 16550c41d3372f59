// Lists that a second person agrees to: people left out, long lists, imports, several requests at once.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import { invitationOf, waitForStatus } from './acts.ts'
import { actsAbout, ask, decide, known, questionTo, review } from './approval-acts.ts'
import { addresses, csv, giveImport, paste, send } from './list-acts.ts'

let usher: Usher
let main: string
let nursing: string
const THRESHOLD = 5

beforeAll(async () => {
  usher = await startUsher()
  const { prisma } = usher.app.db
  main = (await prisma.hub.findFirstOrThrow({ where: { isDefault: true } })).id
  const { id: organisationId } = await prisma.organisation.findFirstOrThrow()
  nursing = crypto.randomUUID()
  await prisma.department.create({ data: { id: nursing, organisationId, name: 'Nursing', createdAt: usher.clock.now } })
  await prisma.organisation.updateMany({ data: { listThreshold: THRESHOLD } })
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})
beforeEach(async () => {
  for (const id of ['UADA', 'UMAX', 'UPAT', 'USAM', 'ULENA']) await known(usher, id)
})

/** Pastes a list and confirms it; gives the words that follow. */
async function askForList(by: string, people: string[]): Promise<void> {
  const member = usher.slack.as(by)
  const preview = await paste(member, people.join('\n'))
  expect(await preview.submit()).toEqual({ closed: true })
  await member.waitForMessage('Somebody else has to agree to this list')
}

function batchOf(by: string) {
  return usher.app.db.prisma.batch.findFirstOrThrow({
    where: { inviter: { slackUserId: by }, status: { not: 'draft' } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    include: { request: true },
  })
}

describe('a list of somebody who may invite nobody', () => {
  it('is approved without those who were left out; nobody is invited before', async () => {
    const [ada, pat] = [usher.slack.as('UADA'), usher.slack.as('UPAT')]
    await askForList('UPAT', addresses('asked', 3))
    const question = await questionTo(ada, '3 people')
    expect(await usher.app.db.prisma.invitation.count()).toBe(0)
    const form = await review(ada, question)
    await form.fill({ 'Leave out': ['asked2@example.org'] })
    expect(await decide(form, 'Approve', 'Welcome')).toEqual({ closed: true })
    await pat.waitForMessage('Ada Lovelace approved your request')
    const batch = await batchOf('UPAT')
    expect(batch).toMatchObject({ status: 'confirmed', good: 2, refused: 1, invited: 2 })
    const invited = await usher.app.db.prisma.invitation.findMany({ include: { inviter: true } })
    expect(invited.map(({ email }) => email).sort()).toEqual(['asked1@example.org', 'asked3@example.org'])
    expect(invited.map(({ inviter }) => inviter.slackUserId)).toEqual(['UPAT', 'UPAT'])
    expect(await actsAbout(usher, batch.id)).toEqual(
      expect.arrayContaining(['request.asked', 'request.approved', 'list.sent']),
    )
  })

  it('cannot be approved with everybody left out, and is asked for only once', async () => {
    const ada = usher.slack.as('UADA')
    const people = addresses('nobody', 2)
    await askForList('UPAT', people)
    const again = await (await paste(usher.slack.as('UPAT'), people.join(' '))).submit()
    expect(again.pushed?.text).toContain('The same list was asked for')
    await again.pushed?.close({ all: true })
    const form = await review(ada, await questionTo(ada, '2 people'))
    await form.fill({ 'Leave out': people })
    expect((await decide(form, 'Approve')).errors).toEqual({
      leaveOut: 'You have left everybody out. Leave fewer people out, or reject the request.',
    })
    expect(await decide(form, 'Reject', 'Nobody of these')).toEqual({ closed: true })
    expect((await batchOf('UPAT')).status).toBe('rejected')
    expect(await usher.app.db.prisma.invitation.count({ where: { email: { in: people } } })).toBe(0)
  })
})

describe('a list above the threshold', () => {
  it('of a Hub Admin waits for another one, never for themselves; of a Corporate Admin it is sent', async () => {
    await known(usher, 'USAM', { hubs: { [main]: 'hub_admin' } })
    const { member: lena } = await known(usher, 'ULENA', { hubs: { [main]: 'hub_admin' } })
    const sam = usher.slack.as('USAM')
    await send(sam, await paste(sam, addresses('short', THRESHOLD).join('\n')))
    await askForList('USAM', addresses('long', THRESHOLD + 1))
    await sam.command('/invites approvals')
    const mine = await sam.waitForView('Approvals')
    expect(mine.text).toContain('Nothing waits for your decision.')
    await mine.close()
    const form = await review(lena, await questionTo(lena, `${THRESHOLD + 1} people`))
    expect(await decide(form, 'Approve')).toEqual({ closed: true })
    expect(await batchOf('USAM')).toMatchObject({ status: 'confirmed', invited: THRESHOLD + 1 })
    const ada = usher.slack.as('UADA')
    await send(ada, await paste(ada, addresses('corporate', THRESHOLD + 1).join('\n')))
    expect((await batchOf('UADA')).request).toBeNull()
  })

  it('of people who are imported is placed by the rights of whoever brings them', async () => {
    await known(usher, 'ULENA', { role: 'hr_admin', departmentId: nursing })
    await known(usher, 'USAM', { hubs: { [main]: 'hub_admin' } })
    const [lena, sam] = [usher.slack.as('ULENA'), usher.slack.as('USAM')]
    const people = addresses('nurse', THRESHOLD + 1)
    const chosen = { 'Send invitation': true, Hub: 'Main hub', 'User type': 'Team Member', Role: 'Employee' }
    const preview = await giveImport(lena, csv(`email\n${people.join('\n')}`), chosen)
    expect(await preview.submit()).toEqual({ closed: true })
    const question = await questionTo(sam, `${THRESHOLD + 1} people`)
    const early = await review(sam, question)
    await known(usher, 'ULENA')
    expect(Object.values((await decide(early, 'Approve')).errors ?? {})[0]).toContain('can bring people in from a file')
    await known(usher, 'ULENA', { role: 'hr_admin', departmentId: nursing })
    expect(await decide(early, 'Approve')).toEqual({ closed: true })
    const brought = await usher.app.db.prisma.person.findMany({ where: { email: { in: people } } })
    expect(new Set(brought.map(({ departmentId }) => departmentId))).toEqual(new Set([nursing]))
  })
})

describe('several at once', () => {
  it('each is decided by itself, and the words say how each went', async () => {
    const ada = usher.slack.as('UADA')
    const { prisma } = usher.app.db
    await ask(usher, 'one@example.org')
    await ask(usher, 'two@example.org')
    const { personId } = await invitationOf(usher, 'two@example.org')
    await prisma.hubMembership.create({
      data: { hubId: main, personId, userType: 'team_member', joinedAt: usher.clock.now },
    })
    await ada.command('/invites approvals')
    const list = await ada.waitForView('approvals_form')
    const several = ['one@example.org · Pat Morgan', 'two@example.org · Pat Morgan']
    await list.fill({ 'Decide several at once, as they were asked for': several, Decision: 'Approve' })
    const { updated } = await list.submit()
    expect(updated?.text).toContain('one@example.org: approved.')
    expect(updated?.text).toContain('two@example.org: This address could not be invited into this hub.')
    await updated?.close()
    await waitForStatus(usher, 'one@example.org', 'pending')
    expect((await invitationOf(usher, 'two@example.org')).status).toBe('awaiting_approval')
  })
})
