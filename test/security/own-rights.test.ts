// Long because each check needs the whole story before it. SECURITY 52: four checks that stand behind another one, so that
// nothing else notices when they are gone: what an approver gives, whose second factors are reset, the audit log as a file,
// and a registration link above one's own rights.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../src/database/index.ts'
import { addAccount } from '../journeys/account-acts.ts'
import {
  addUnit,
  errorsIn,
  forge,
  freshTrigger,
  invitationOf,
  invite,
  setValue,
  until,
  waitForStatus,
} from '../journeys/acts.ts'
import { actsAbout, ask, decide, known, questionTo, requestFor, review } from '../journeys/approval-acts.ts'
import { openLinks } from '../journeys/link-acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
const hubs = { main: '', room: '' }
const departments = { sales: '', care: '' }

beforeAll(async () => {
  usher = await startUsher()
  await known(usher, 'UADA')
  hubs.main = (await usher.app.db.prisma.hub.findFirstOrThrow({ where: { isDefault: true } })).id
  hubs.room = await addUnit(usher, 'hub', 'Customer room')
  departments.sales = await addUnit(usher, 'department', 'Sales')
  departments.care = await addUnit(usher, 'department', 'Care')
  await known(usher, 'UPAT')
  // A Hub Admin of the room, and an HR Admin of Sales.
  await known(usher, 'ULENA', { role: 'employee', hubs: { [hubs.room]: 'hub_admin' } })
  await known(usher, 'USAM', { role: 'hr_admin', departmentId: departments.sales })
  // Any form and any button: what is forged below is made from them.
  expect(await invite(usher, 'template@example.org')).toEqual({ closed: true })
})
afterEach(async () => {
  for (const id of ['UADA', 'ULENA', 'USAM', 'UPAT']) await usher.slack.as(id).view()?.close({ all: true })
})
afterAll(async () => {
  await usher.stop()
})

let serial = 0

/** The words of the refusal that somebody gets who presses a button past Slack's client, whichever it is. */
async function refusalOf(slackId: string, actionId: string, value: string): Promise<string> {
  const member = usher.slack.as(slackId)
  const after = [...member.dm(), ...member.ephemerals()].reduce((latest, { ts }) => (ts > latest ? ts : latest), '')
  await press(slackId, actionId, value)
  const isAnswer = ({ text }: { text: string }) => !text.startsWith('This is what you can type')
  return (await member.waitForMessage(isAnswer, { after })).text
}

async function press(slackId: string, actionId: string, value: string): Promise<void> {
  const trigger = await freshTrigger(usher, slackId)
  serial += 1
  await forge(
    usher,
    'block_actions',
    (payload) => {
      payload.user.id = slackId
      payload.trigger_id = trigger
      for (const action of payload.actions) Object.assign(action, { action_id: actionId, value })
    },
    { later: serial },
  )
}

describe('52: an approver', () => {
  const asked = { Hub: 'Customer room', Department: 'Sales' }
  type Access = { hubId: string; userType: string; role: string; departmentId: string | null }

  /** What was asked for. */
  const due = (): Access => ({
    ...{ hubId: hubs.room, userType: 'team_member', role: 'employee' },
    departmentId: departments.sales,
  })

  /** Approves past the menus of the form, with this access. */
  async function approve(slackId: string, requestId: string, access: Access) {
    const answer = await forge(usher, 'view_submission', (payload) => {
      serial += 1
      payload.user.id = slackId
      payload.view.id = `VAPPROVE${serial}`
      payload.view.private_metadata = requestId
      for (const [field, value] of Object.entries(access)) setValue(payload, field, value)
      Object.assign(payload.view, { callback_id: 'review_form' })
      const decision = { type: 'radio_buttons', selected_option: { value: 'approve' } }
      Object.assign(payload.view.state.values, { decision: { decision } })
    })
    return Object.values(errorsIn(answer)).join()
  }

  async function expectStillOpen(email: string) {
    expect((await requestFor(usher, email)).status).toBe('open')
    const invitation = await invitationOf(usher, email)
    expect(invitation).toMatchObject({
      ...{ status: 'awaiting_approval', hubId: hubs.room, userType: 'team_member', role: 'employee' },
      departmentId: departments.sales,
    })
    expect(await actsAbout(usher, invitation.id)).not.toContain('request.approved')
  }

  it.each<[string, string, () => Partial<Access>]>([
    ['a Hub Admin, the role of an HR Admin', 'ULENA', () => ({ role: 'hr_admin' })],
    ['a Hub Admin, another hub', 'ULENA', () => ({ hubId: hubs.main })],
    ['an HR Admin, another department', 'USAM', () => ({ departmentId: departments.care })],
    ['an HR Admin, no department', 'USAM', () => ({ departmentId: null })],
  ])('gives no more than they may give: %s', async (_what, slackId, more) => {
    // The form with the values that are forged, sent as it should be.
    expect(await invite(usher, `template${++serial}@example.org`, asked)).toEqual({ closed: true })
    const email = `asked${serial}@example.org`
    const { id } = await ask(usher, email, asked)
    expect(await approve(slackId, id, { ...due(), ...more() })).toContain('You may not give this combination')
    expect(await approve(slackId, id, { ...due(), role: 'corporate_admin' })).toContain(
      'Choose what the person will be',
    )
    await expectStillOpen(email)
    expect(await approve(slackId, id, due())).toBe('')
    expect((await requestFor(usher, email)).status).toBe('approved')
  })

  it('is nobody on their own request, whatever they may do since', async () => {
    expect(await invite(usher, `template${++serial}@example.org`, asked)).toEqual({ closed: true })
    const email = `own${serial}@example.org`
    const { id } = await ask(usher, email, asked)
    await known(usher, 'UPAT', { role: 'corporate_admin' })
    expect(await approve('UPAT', id, due())).toContain('Nobody decides on their own request.')
    await known(usher, 'UPAT')
    await expectStillOpen(email)
  })

  it('is no HR Admin of another department, also where they give what is theirs to give', async () => {
    expect(await invite(usher, `template${++serial}@example.org`, asked)).toEqual({ closed: true })
    const email = `elsewhere${serial}@example.org`
    const { id } = await ask(usher, email, { ...asked, Department: 'Care' })
    expect(await approve('USAM', id, due())).toContain('You may not decide on this request.')
    expect((await requestFor(usher, email)).status).toBe('open')
  })

  it('does not give by many at once what they may not give one at a time', async () => {
    const [low, high] = [`low${++serial}@example.org`, `high${serial}@example.org`]
    await ask(usher, low, asked)
    await ask(usher, high, { ...asked, Role: 'HR Admin' })
    const lena = usher.slack.as('ULENA')
    await lena.command('/invites approvals')
    const list = await lena.waitForView('approvals_form')
    const [chosen = ''] = /chosen-\d+/.exec(JSON.stringify(list.blocks)) ?? []
    const ids = [(await requestFor(usher, low)).id, (await requestFor(usher, high)).id]
    await list.fill({ [chosen]: ids, Decision: 'Approve' })

    const { updated } = await list.submit()
    expect(updated?.text).toContain(`${low}: approved.`)
    expect(updated?.text).toContain(`${high}: You may not give this combination`)
    expect((await requestFor(usher, low)).status).toBe('approved')
    expect((await requestFor(usher, high)).status).toBe('open')
  })

  it('who may give it gives more than was asked for', async () => {
    const email = `more${++serial}@example.org`
    await ask(usher, email, asked)
    const sam = usher.slack.as('USAM')
    const form = await review(sam, await questionTo(sam, email))
    await form.fill({ Hub: 'Main hub', Role: 'HR Admin' })
    expect(await decide(form, 'Approve')).toEqual({ closed: true })
    expect(await invitationOf(usher, email)).toMatchObject({ hubId: hubs.main, role: 'hr_admin' })
  })
})

describe('52: an invitation that gives more than a Hub Admin may give', () => {
  it('is not sent again by them, though it is within their reach', async () => {
    const email = `high${++serial}@example.org`
    await invite(usher, email, { Hub: 'Customer room', Role: 'HR Admin' })
    const { id, generation } = await waitForStatus(usher, email, 'pending')

    expect(await refusalOf('ULENA', 'invitation_resend', `${id}:${generation}`)).toContain(
      'You may not give this combination',
    )
    expect(await invitationOf(usher, email)).toMatchObject({ status: 'pending', generation })
  })
})

describe('52: second factors', () => {
  /** Somebody with an account, a second factor, a recovery code and a session. */
  async function withFactor(standing: { role?: 'corporate_admin'; departmentId?: string; hubIds: string[] }) {
    const { prisma } = usher.app.db
    const { personId, accountId, organisationId } = await addAccount(usher, `factor${++serial}@example.org`)
    const at = usher.clock.now
    const { hubIds, ...person } = standing
    await prisma.person.update({ where: { id: personId }, data: person })
    await prisma.hubMembership.createMany({
      data: hubIds.map((hubId) => ({ hubId, personId, userType: 'team_member' as const, joinedAt: at })),
    })
    const address = `factor${serial}@example.org`
    await prisma.secondFactor.create({
      data: { id: newId(), organisationId, personId, kind: 'email', address, createdAt: at, provedAt: at },
    })
    const seen = { createdAt: at, lastSeenAt: at, client: 'Firefox', address: '203.0.113.7' }
    await prisma.session.create({ data: { id: newId(), organisationId, accountId, tokenHash: newId(), ...seen } })
    return personId
  }

  const left = async (personId: string) => [
    await usher.app.db.prisma.secondFactor.count({ where: { personId } }),
    await usher.app.db.prisma.session.count({ where: { account: { personId } } }),
  ]

  it.each<[string, string, () => Parameters<typeof withFactor>[0]]>([
    [
      'an HR Admin, a Corporate Admin of the same department',
      'USAM',
      () => ({ role: 'corporate_admin', departmentId: departments.sales, hubIds: [] }),
    ],
    ['a Hub Admin, a Corporate Admin in their hub', 'ULENA', () => ({ role: 'corporate_admin', hubIds: [hubs.room] })],
    ['a Hub Admin, a member of their hub and of another', 'ULENA', () => ({ hubIds: [hubs.room, hubs.main] })],
  ])('are not reset by those who see somebody but may not: %s', async (_what, slackId, standing) => {
    const personId = await withFactor(standing())
    expect(await refusalOf(slackId, 'factors_reset', personId)).toContain(
      'You may not reset the second factors of this account.',
    )
    expect(await left(personId)).toEqual([1, 1])
    expect(await actsAbout(usher, personId)).not.toContain('factor.reset')
  })

  it.each<[string, string, () => Parameters<typeof withFactor>[0]]>([
    ['an HR Admin, somebody of the department', 'USAM', () => ({ departmentId: departments.sales, hubIds: [] })],
    ['a Hub Admin, a member of their hub alone', 'ULENA', () => ({ hubIds: [hubs.room] })],
  ])('are reset by those who may, and the sessions end: %s', async (_what, slackId, standing) => {
    const personId = await withFactor(standing())
    await press(slackId, 'factors_reset', personId)
    await until(async () => expect(await left(personId)).toEqual([0, 0]))
    expect(await actsAbout(usher, personId)).toContain('factor.reset')
  })
})

describe('52: the audit log as a file', () => {
  const files = (slackId: string) =>
    usher.slack
      .as(slackId)
      .dm()
      .filter(({ text }) => text.includes('The audit log ('))

  it.each(['ULENA', 'USAM', 'UPAT'])('is not sent to %s by a forged button', async (slackId) => {
    expect(await refusalOf(slackId, 'audit_file', '')).toContain('Only Corporate Admins can read the audit log.')
    expect(files(slackId)).toEqual([])
  })

  it('is not sent to somebody who lost the right while the log was open', async () => {
    const { member } = await known(usher, 'UPAT', { role: 'corporate_admin' })
    await member.command('/invites audit')
    const log = await member.waitForView('Audit log')
    await known(usher, 'UPAT')
    await log.click('As CSV')

    const refusal = await member.waitForView('Usher')
    expect(refusal.text).toContain('Only Corporate Admins can read the audit log.')
    expect(files('UPAT')).toEqual([])
  })
})

describe('52: a registration link', () => {
  /** Sends the form of the room's link for Team Members past its menus. */
  async function setUp(slackId: string, role: string) {
    const trigger = await freshTrigger(usher, slackId)
    serial += 1
    const answer = await forge(
      usher,
      'view_submission',
      (payload) => {
        payload.user.id = slackId
        payload.trigger_id = trigger
        payload.view.id = `VLINK${serial}`
        setValue(payload, 'role', role)
      },
      { later: serial },
    )
    return Object.values(errorsIn(answer)).join()
  }

  it('that gives more than a Hub Admin may give is not theirs to take over, nor to make smaller', async () => {
    const ada = usher.slack.as('UADA')
    const list = await openLinks(ada)
    await list.click('Set up', { value: `${hubs.room} team_member` })
    const form = await ada.waitForView('link_form')
    await form.fill({ Role: 'HR Admin' })
    await form.submit()
    const off = await ada.waitForView((view) => view.title === 'Registration link')
    await off.click('Turn on')
    await ada.waitForView((view) => view.title === 'Registration link' && view.text.includes('Turn off'))
    const read = () => usher.app.db.prisma.registrationLink.findFirstOrThrow()
    const before = await read()
    expect(before).toMatchObject({ isOn: true, role: 'hr_admin', ownerId: (await known(usher, 'UADA')).id })

    // What they would give is theirs to give; what the link gives now is not.
    expect(await setUp('ULENA', 'employee')).toContain('You may not give this combination')
    expect(await read()).toEqual(before)
    // An HR Admin gives nothing outside a department, so not by a link either.
    expect(await setUp('USAM', 'employee')).toContain('You may not give this combination')
    expect(await read()).toEqual(before)

    for (const button of ['link_turn_on', 'link_turn_off']) {
      expect(await refusalOf('ULENA', button, before.id)).toContain('You may not give this combination')
    }
    expect(await refusalOf('ULENA', 'link_renew', `${before.id}:1`)).toContain('You may not give this combination')
    expect(await read()).toEqual(before)

    await usher.app.db.prisma.registrationLink.update({ where: { id: before.id }, data: { role: 'team_lead' } })
    expect(await setUp('ULENA', 'employee')).toBe('')
    expect(await read()).toMatchObject({
      role: 'employee',
      ownerId: (await known(usher, 'ULENA', { role: 'employee', hubs: { [hubs.room]: 'hub_admin' } })).id,
    })
  })
})

describe('52: a button of an older message', () => {
  it.each(['invitation_resend', 'invitation_revoke'])(
    '%s does nothing once the invitation was sent again',
    async (button) => {
      const email = `older${++serial}@example.org`
      await invite(usher, email)
      const first = await waitForStatus(usher, email, 'pending')
      await press('UADA', 'invitation_resend', `${first.id}:${first.generation}`)
      await until(async () =>
        expect(await invitationOf(usher, email)).toMatchObject({ status: 'pending', generation: first.generation + 1 }),
      )

      expect(await refusalOf('UADA', button, `${first.id}:${first.generation}`)).toContain('Nothing was changed')
      expect(await invitationOf(usher, email)).toMatchObject({ status: 'pending', generation: first.generation + 1 })
    },
  )
})
