// What happens to a request between the question and the answer: it lapses, or the world has changed.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Queue } from '../../src/jobs/index.ts'
import { DAY, MINUTE, startUsher, type Usher } from '../setup/usher.ts'
import { invitationOf, mailTo, openQueueOf, waitForStatus } from './acts.ts'
import { actsAbout, ask, decide, isAbout, known, questionTo, review, tend } from './approval-acts.ts'

let usher: Usher
let queue: Queue
let main: string
let room: string
let nursing: string

beforeAll(async () => {
  usher = await startUsher()
  queue = await openQueueOf(usher)
  const { prisma } = usher.app.db
  const hub = await prisma.hub.findFirstOrThrow({ where: { isDefault: true } })
  const { id: organisationId } = await prisma.organisation.findFirstOrThrow()
  main = hub.id
  room = crypto.randomUUID()
  nursing = crypto.randomUUID()
  const common = { organisationId, createdAt: usher.clock.now }
  await prisma.hub.create({ data: { id: room, name: 'Customer room', ...common } })
  await prisma.department.create({ data: { id: nursing, name: 'Nursing', ...common } })
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await queue.close()
  await usher.stop()
})
beforeEach(async () => {
  usher.clock.pass(MINUTE)
  await known(usher, 'UADA')
  await known(usher, 'UMAX')
  await known(usher, 'UPAT')
  await known(usher, 'USAM')
  await known(usher, 'ULENA')
  await usher.app.db.prisma.organisation.updateMany({ data: { approvalsChannelId: null } })
})

describe('what happens meanwhile', () => {
  it('nobody decides: after seven days the request lapses, and the requester hears it', async () => {
    // Those of the other stories would lapse, too.
    await usher.app.db.prisma.approvalRequest.updateMany({ where: { status: 'open' }, data: { status: 'lapsed' } })
    const { invitationId } = await ask(usher, 'lapse@example.org')
    const ada = usher.slack.as('UADA')
    await questionTo(ada, 'lapse@example.org')
    usher.clock.pass(7 * DAY)
    await tend(usher, queue)
    await usher.slack.as('UPAT').waitForMessage((message) => isAbout(message, 'lapse@example.org', 'it has lapsed'))
    await ada.waitForMessage((message) => isAbout(message, 'lapse@example.org', 'the request has lapsed'))
    expect((await invitationOf(usher, 'lapse@example.org')).status).toBe('rejected')
    await tend(usher, queue)
    expect(await actsAbout(usher, invitationId ?? '')).toEqual(['request.asked', 'request.lapsed'])
  })

  it('the person joined the hub: the approver is told, and can reject', async () => {
    const ada = usher.slack.as('UADA')
    await ask(usher, 'joined@example.org')
    const { personId } = await invitationOf(usher, 'joined@example.org')
    const { prisma } = usher.app.db
    await prisma.hubMembership.create({
      data: { hubId: main, personId, userType: 'team_member', joinedAt: usher.clock.now },
    })
    const form = await review(ada, await questionTo(ada, 'joined@example.org'))
    expect((await decide(form, 'Approve')).errors).toEqual({
      hubId: 'This address could not be invited into this hub. Choose another hub, or reject the request.',
    })
    expect(await decide(form, 'Reject', 'They are here already')).toEqual({ closed: true })
    await usher.slack
      .as('UPAT')
      .waitForMessage((message) => isAbout(message, 'joined@example.org', 'rejected your request'))
  })

  it('the person was invited into the hub that the approver chooses instead: the same words', async () => {
    const ada = usher.slack.as('UADA')
    await ask(usher, 'twice@example.org')
    await ask(usher, 'twice@example.org', { Hub: 'Customer room' })
    const question = await ada.waitForMessage(
      ({ text, blocks }) => text.includes('twice@example.org') && text.includes('Main hub') && Boolean(blocks),
    )
    const form = await review(ada, question)
    await form.fill({ Hub: 'Customer room' })
    expect(Object.values((await decide(form, 'Approve')).errors ?? {})).toEqual([
      'This address could not be invited into this hub. Choose another hub, or reject the request.',
    ])
    await form.close()
  })

  it('the hub was archived: it has to be chosen anew', async () => {
    const ada = usher.slack.as('UADA')
    const { prisma } = usher.app.db
    await ask(usher, 'archived@example.org', { Hub: 'Customer room' })
    const question = await questionTo(ada, 'archived@example.org')
    const early = await review(ada, question)
    await prisma.hub.update({ where: { id: room }, data: { archivedAt: usher.clock.now } })
    expect(Object.keys((await decide(early, 'Approve')).errors ?? {})).toEqual(['hubId'])
    await early.close()
    const form = await review(ada, question)
    expect(form.values.hubId?.hubId?.selected_option).toBeNull()
    await form.fill({ Hub: 'Main hub' })
    expect(await decide(form, 'Approve')).toEqual({ closed: true })
    await prisma.hub.update({ where: { id: room }, data: { archivedAt: null } })
    expect((await waitForStatus(usher, 'archived@example.org', 'pending')).hubId).toBe(main)
  })

  it('somebody who has an account elsewhere is added at once, and told by mail', async () => {
    const ada = usher.slack.as('UADA')
    const { prisma } = usher.app.db
    await ask(usher, 'elsewhere@example.org')
    const { personId } = await invitationOf(usher, 'elsewhere@example.org')
    const { organisationId } = await prisma.person.findUniqueOrThrow({ where: { id: personId } })
    await prisma.account.create({
      data: {
        id: crypto.randomUUID(),
        organisationId,
        personId,
        passwordHash: 'x',
        status: 'active',
        termsVersion: 1,
        termsAgreedAt: usher.clock.now,
        termsAgreedFrom: 'a test',
        createdAt: usher.clock.now,
      },
    })
    expect(await decide(await review(ada, await questionTo(ada, 'elsewhere@example.org')), 'Approve')).toEqual({
      closed: true,
    })
    const mail = await mailTo(usher, 'elsewhere@example.org')
    expect(mail.text).not.toContain('/join/')
    expect(await prisma.hubMembership.count({ where: { hubId: main, personId } })).toBe(1)
    // To whoever asked it is an invitation like any other, until they come.
    await waitForStatus(usher, 'elsewhere@example.org', 'pending')
  })
})
