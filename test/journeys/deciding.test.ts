// Who decides, who is asked, and what happens between the question and the answer.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Queue } from '../../src/jobs/index.ts'
import { MINUTE, startUsher, type Usher } from '../setup/usher.ts'
import { forge, freshTrigger, invitationOf, openQueueOf, until, waitForQuiet, waitForStatus } from './acts.ts'
import { actsAbout, ask, decide, isAbout, known, questionTo, requestFor, review, tend } from './approval-acts.ts'

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

describe('two who decide in the same second', () => {
  it('one wins, the other is told who; every copy says the same', async () => {
    const [ada, max, pat] = ['UADA', 'UMAX', 'UPAT'].map((id) => usher.slack.as(id))
    if (!ada || !max || !pat) throw new Error('nobody is there')
    for (let round = 0; round < 8; round += 1) {
      const email = `race${round}@example.org`
      const { id } = await ask(usher, email)
      const forms = [
        await review(ada, await questionTo(ada, email)),
        await review(max, await questionTo(max, email)),
      ] as const
      const answers = await Promise.all([
        decide(forms[0], 'Approve'),
        decide(forms[1], 'Reject', 'We do not know them'),
      ])
      const winner = answers.findIndex(({ closed }) => closed)
      const [name, word] = winner === 0 ? ['Ada Lovelace', 'approved'] : ['Max Weber', 'rejected']
      expect(Object.values(answers[1 - winner]?.errors ?? {})).toEqual([
        `${name} has ${word} this request already. Nothing was changed.`,
      ])
      await forms[1 - winner]?.close()
      const told = `${name} ${word} it.`
      for (const member of [ada, max]) await member.waitForMessage((message) => isAbout(message, email, told))
      await pat.waitForMessage((message) => isAbout(message, email, `${name} ${word} your request`))
      const { invitationId } = await usher.app.db.prisma.approvalRequest.findUniqueOrThrow({ where: { id } })
      const acts = await actsAbout(usher, invitationId ?? '')
      expect(acts.filter((act) => act === 'request.approved' || act === 'request.rejected')).toHaveLength(1)
    }
  })

  it('who opens "Review" after the decision is told, too', async () => {
    const ada = usher.slack.as('UADA')
    const max = usher.slack.as('UMAX')
    const { id } = await ask(usher, 'late@example.org')
    expect(await decide(await review(ada, await questionTo(ada, 'late@example.org')), 'Approve')).toEqual({
      closed: true,
    })
    await max.waitForMessage((message) => isAbout(message, 'late@example.org', 'Ada Lovelace approved it.'))
    await pressForged('UMAX', id)
    await max.waitForView((view) => view.text.includes('Ada Lovelace has approved this request already.'))
    await max.view()?.close()
  })
})

describe('who may not decide', () => {
  it('gets no "Review", whatever is forged: a plain member, a guest, a Hub Admin of another hub', async () => {
    const { id } = await ask(usher, 'guarded@example.org')
    await known(usher, 'USAM', { hubs: { [room]: 'hub_admin' } })
    await known(usher, 'UGUS')
    for (const who of ['USAM', 'UGUS', 'ULENA']) {
      await pressForged(who, id)
      const refusal = await usher.slack.as(who).waitForView((view) => view.text.includes('You may not decide'))
      expect(refusal.text).not.toContain('guarded@example.org')
      await refusal.close()
    }
    await pressForged('UPAT', id)
    const own = await usher.slack.as('UPAT').waitForView((view) => view.text.includes('Nobody decides on their own'))
    await own.close()
    const ada = usher.slack.as('UADA')
    const form = await review(ada, await questionTo(ada, 'guarded@example.org'))
    expect(await decide(form, 'Reject', 'No')).toEqual({ closed: true })
    // The same form, sent again by others for an open request.
    const { id: open } = await ask(usher, 'guarded2@example.org')
    for (const [who, words] of [
      ['USAM', 'You may not decide'],
      ['UPAT', 'Nobody decides on their own request'],
    ] as const) {
      const answer = await forge(usher, 'view_submission', (payload) => {
        payload.user.id = who
        payload.view.id = `V${crypto.randomUUID()}`
        payload.view.private_metadata = open
        // The last form that was sent is Pat's own: it is made into the one that decides.
        Object.assign(payload.view, { callback_id: 'review_form' })
        const chosen = (value: string) => ({ type: 'radio_buttons', selected_option: { value } })
        Object.assign(payload.view.state.values, { decision: { decision: chosen('approve') } })
      })
      expect(answer.body).toContain(words)
    }
    expect((await invitationOf(usher, 'guarded2@example.org')).status).toBe('awaiting_approval')
  })

  it('who loses the right while the form is open decides nothing', async () => {
    await known(usher, 'USAM', { hubs: { [main]: 'hub_admin' } })
    const sam = usher.slack.as('USAM')
    await ask(usher, 'lost@example.org')
    const form = await review(sam, await questionTo(sam, 'lost@example.org'))
    await known(usher, 'USAM', { hubs: { [main]: 'team_member' } })
    expect(Object.values((await decide(form, 'Approve')).errors ?? {})[0]).toContain('You may not decide')
    await form.close()
    expect((await invitationOf(usher, 'lost@example.org')).status).toBe('awaiting_approval')
  })

  it('a Hub Admin cannot give a role above theirs, and may give what they may instead', async () => {
    await known(usher, 'USAM', { hubs: { [main]: 'hub_admin' } })
    const sam = usher.slack.as('USAM')
    const { id } = await ask(usher, 'high@example.org', { Role: 'HR Admin' })
    const form = await review(sam, await questionTo(sam, 'high@example.org'))
    expect(form.values.role?.role?.selected_option).toBeNull()
    await form.fill({ Role: 'Team Lead' })
    expect(await decide(form, 'Approve')).toEqual({ closed: true })
    expect((await waitForStatus(usher, 'high@example.org', 'pending')).role).toBe('team_lead')
    expect((await usher.app.db.prisma.approvalRequest.findUniqueOrThrow({ where: { id } })).status).toBe('approved')
  })
})

describe('who is asked', () => {
  it('first those near: a Hub Admin of the hub, an HR Admin of the department; the others after a day', async () => {
    await known(usher, 'USAM', { hubs: { [main]: 'hub_admin' } })
    await known(usher, 'ULENA', { role: 'hr_admin', departmentId: nursing })
    await ask(usher, 'near@example.org', { Department: 'Nursing' })
    await questionTo(usher.slack.as('USAM'), 'near@example.org')
    await questionTo(usher.slack.as('ULENA'), 'near@example.org')
    await waitForQuiet(usher)
    expect(await askedFor('near@example.org')).toEqual(['ULENA', 'USAM'])
    await tend(usher, queue)
    expect(await askedFor('near@example.org')).toEqual(['ULENA', 'USAM'])
    usher.clock.pass(24 * 60 * MINUTE)
    await tend(usher, queue)
    await questionTo(usher.slack.as('UADA'), 'near@example.org')
    await waitForQuiet(usher)
    expect(await askedFor('near@example.org')).toEqual(['UADA', 'ULENA', 'UMAX', 'USAM'])
  })

  it('the approvals channel where there is one; who may not decide is told so', async () => {
    await usher.app.db.prisma.organisation.updateMany({ data: { approvalsChannelId: 'CPEOPLE' } })
    await ask(usher, 'channel@example.org')
    const max = usher.slack.as('UMAX')
    const lena = usher.slack.as('ULENA')
    const question = await max.waitForMessage('channel@example.org', { channel: 'people-ops' })
    await lena.click(question, 'Review')
    await lena.waitForMessage('You may not decide on this request', { channel: 'people-ops' })
    expect(await decide(await review(max, question), 'Approve')).toEqual({ closed: true })
    await lena.waitForMessage('Max Weber approved it.', { channel: 'people-ops' })
    expect(await askedFor('channel@example.org')).toEqual(['CPEOPLE'])
  })

  it('each by direct message where the channel takes none, and the Home tab says so', async () => {
    await usher.app.db.prisma.organisation.updateMany({ data: { approvalsChannelId: 'CRANDOM' } })
    await ask(usher, 'closed@example.org')
    const ada = usher.slack.as('UADA')
    await questionTo(ada, 'closed@example.org')
    await ada.openHome()
    const home = await ada.waitForHome((tab) => tab.text.includes('The approvals channel takes no messages'))
    expect(home.text).toContain('by direct message instead')
    await usher.app.db.prisma.organisation.updateMany({ data: { approvalsChannelId: 'CPEOPLE' } })
    usher.clock.pass(1000)
    await ask(usher, 'open@example.org')
    await ada.waitForMessage('open@example.org', { channel: 'people-ops' })
    await ada.openHome()
    await ada.waitForHome((tab) => !tab.text.includes('takes no messages'))
  })

  it('others at once when those near have left Slack', async () => {
    await known(usher, 'USAM', { hubs: { [main]: 'hub_admin' } })
    await usher.slack.setUser('USAM', { deleted: true })
    const { prisma } = usher.app.db
    await until(async () =>
      expect(await prisma.person.count({ where: { slackUserId: 'USAM', isActive: false } })).toBe(1),
    )
    // Slack has not told us yet.
    await prisma.person.updateMany({ where: { slackUserId: 'USAM' }, data: { isActive: true } })
    await ask(usher, 'nobody-near@example.org')
    await questionTo(usher.slack.as('UADA'), 'nobody-near@example.org')
    await usher.slack.setUser('USAM', { deleted: false })
  })
})

/** Who has a copy of the question. */
async function askedFor(email: string): Promise<string[]> {
  return (await requestFor(usher, email)).messages.map(({ sentTo }) => sentTo).sort()
}

/** Presses "Review" for a request, past what Slack shows. */
async function pressForged(who: string, requestId: string): Promise<void> {
  const member = usher.slack.as(who)
  await member.openHome()
  const home = await member.waitForHome()
  await home.click(home.text.includes('My requests') ? 'My requests' : 'Status')
  const view = await member.waitForView('Invitations')
  await view.close()
  const trigger = await freshTrigger(usher, who)
  await forge(usher, 'block_actions', (payload) => {
    payload.trigger_id = trigger
    for (const action of payload.actions) Object.assign(action, { action_id: 'request_review', value: requestId })
  })
}
