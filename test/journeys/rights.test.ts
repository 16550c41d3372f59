// Who may give what (SPEC, section 2): the form shows no more than that, and a forged one gets no further.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import {
  addUnit,
  errorsIn,
  forge,
  freshTrigger,
  invitationOf,
  invite,
  inviteAndGetLink,
  makeMember,
  openInviteForm,
  openStory,
  setValue,
  waitForStatus,
} from './acts.ts'

const MAY_NOT_GIVE =
  'You may not give this combination of hub, user type, role and department. Choose another, or ask an admin.'

let usher: Usher
let mainHub: string
let room: string
let nursing: string
let surgery: string

beforeAll(async () => {
  usher = await startUsher({ webLimits: { open: 10_000, send: 10_000 } })
  room = await addUnit(usher, 'hub', 'Customer room')
  nursing = await addUnit(usher, 'department', 'Nursing')
  surgery = await addUnit(usher, 'department', 'Surgery')
  mainHub = (await usher.app.db.prisma.hub.findFirstOrThrow({ where: { isDefault: true } })).id
  await makeMember(usher, 'UPAT', { Hub: 'Customer room', 'User type': 'Hub Admin' })
  await makeMember(usher, 'USAM', { Hub: 'Main hub', 'User type': 'Team Member' })
  const lena = { Hub: 'Main hub', 'User type': 'External Member', Role: 'HR Admin', Department: 'Nursing' }
  await makeMember(usher, 'ULENA', lena)
  // Somebody in another hub and department, out of everybody's reach but Ada's.
  await inviteAndGetLink(usher, 'ada-only@example.org', { fields: { Department: 'Surgery' } })
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

/** What can be chosen in a field of the form, by name. */
function choices(form: { blocks: Record<string, unknown>[] }, field: string): string[] {
  const block = form.blocks.find(({ block_id }) => block_id === field)
  const { options } = (block?.element ?? {}) as { options?: { text: { text: string } }[] }
  return (options ?? []).map(({ text }) => text.text)
}

/** The newest address that a forged form was sent with. */
let attempted = ''

/** Sends somebody's form with these values, past the menus; gives the words beside its fields. */
async function attempt(userId: string, values: Record<string, string | null>): Promise<Record<string, string>> {
  attempted = `${randomUUID()}@example.org`
  const answer = await forge(usher, 'view_submission', (payload) => {
    payload.user.id = userId
    payload.view.id = `V${randomUUID()}`
    const whole = { hubId: mainHub, userType: 'team_member', role: 'employee', departmentId: null, ...values }
    for (const [field, value] of Object.entries(whole)) setValue(payload, field, value)
    setValue(payload, 'email', attempted)
  })
  return errorsIn(answer)
}

describe('a Hub Admin', () => {
  it('is offered their hub, every user type, and Employee or Team Lead', async () => {
    const form = await openInviteForm(usher.slack.as('UPAT'), 'new@example.org')
    expect(choices(form, 'hubId')).toEqual(['Customer room'])
    expect(choices(form, 'userType')).toEqual(['Hub Admin', 'Team Member', 'External Member'])
    expect(choices(form, 'role')).toEqual(['Team Lead', 'Employee'])
    await form.fill({ 'User type': 'Hub Admin', Role: 'Team Lead', Department: 'Surgery' })
    expect(await form.submit()).toEqual({ closed: true })
    await waitForStatus(usher, 'new@example.org', 'pending')
  })

  it('cannot invite into another hub, nor give a higher role', async () => {
    expect(Object.values(await attempt('UPAT', { hubId: mainHub }))).toEqual([MAY_NOT_GIVE])
    for (const role of ['hr_admin', 'quality_admin']) {
      expect(Object.values(await attempt('UPAT', { hubId: room, role }))).toEqual([MAY_NOT_GIVE])
    }
    expect(Object.keys(await attempt('UPAT', { hubId: room, role: 'corporate_admin' }))).toEqual(['role'])
    expect(await attempt('UPAT', { hubId: room, userType: 'external_member', role: 'team_lead' })).toEqual({})
  })

  it('follows what goes into their hub, and nothing else', async () => {
    const pat = usher.slack.as('UPAT')
    await invite(usher, 'by-ada@example.org', { Hub: 'Customer room' })
    expect((await openStory(pat, 'by-ada@example.org')).text).toContain('Ada Lovelace asked for the invitation')
    await pat.view()?.close()
    await pat.command('/invites status ada-only@example.org')
    const answer = 'There is no such invitation among those you can see.'
    await pat.waitForMessage(answer, { channel: 'general' })
    const before = pat.view()?.id
    await pat.command('/invites status')
    const overview = await pat.waitForView((view) => view.id !== before)
    expect(overview.text).toContain('by-ada@example.org')
    expect(overview.text).not.toContain('ada-only@example.org')
    await overview.close()
  })

  it('has no settings, on the Home tab or by the command', async () => {
    const pat = usher.slack.as('UPAT')
    await pat.openHome()
    const home = await pat.waitForHome((tab) => tab.text.includes('Invite someone'))
    expect(home.text).not.toContain('Settings')
    await pat.command('/invites settings')
    await pat.waitForMessage('Only Corporate Admins can do this', { channel: 'general' })
  })

  it('who is one no longer by the time the form is sent only asks, and resends and revokes nothing', async () => {
    await inviteAndGetLink(usher, 'mine@example.org', { by: 'UPAT', fields: { 'User type': 'External Member' } })
    const pat = usher.slack.as('UPAT')
    const story = await openStory(pat, 'mine@example.org')
    const before = await invitationOf(usher, 'mine@example.org')
    const { prisma } = usher.app.db
    const person = await prisma.person.findFirstOrThrow({ where: { slackUserId: 'UPAT' } })
    const membership = { hubId_personId: { hubId: room, personId: person.id } }
    await prisma.hubMembership.update({ where: membership, data: { userType: 'external_member' } })

    expect(await attempt('UPAT', { hubId: room })).toEqual({})
    expect((await invitationOf(usher, attempted)).status).toBe('awaiting_approval')
    for (const button of ['Resend', 'Revoke']) {
      await story.click(button)
      const refusal = await pat.waitForView((view) => view.text.includes('You cannot invite people yet'))
      await refusal.close()
    }
    expect(await invitationOf(usher, 'mine@example.org')).toEqual(before)
    await prisma.hubMembership.update({ where: membership, data: { userType: 'hub_admin' } })
    await story.close()
  })
})

describe('a Team Member', () => {
  it('is offered their hub, Team Member or External Member, and Employee', async () => {
    const form = await openInviteForm(usher.slack.as('USAM'), 'colleague@example.org')
    expect(choices(form, 'hubId')).toEqual(['Main hub'])
    expect(choices(form, 'userType')).toEqual(['Team Member', 'External Member'])
    expect(choices(form, 'role')).toEqual(['Employee'])
    await form.fill({ 'User type': 'External Member', Role: 'Employee' })
    expect(await form.submit()).toEqual({ closed: true })
    await waitForStatus(usher, 'colleague@example.org', 'pending')
  })

  it.each<Record<string, string>>([{ userType: 'hub_admin' }, { role: 'team_lead' }, { role: 'hr_admin' }])(
    'cannot give %o',
    async (values) => {
      expect(Object.values(await attempt('USAM', values))).toEqual([MAY_NOT_GIVE])
    },
  )

  it('cannot invite into another hub', async () => {
    expect(Object.values(await attempt('USAM', { hubId: room }))).toEqual([MAY_NOT_GIVE])
  })

  it('follows only what they sent themselves, and changes nothing of others by a button they should not have', async () => {
    const sam = usher.slack.as('USAM')
    const own = await openStory(sam, 'colleague@example.org')
    await sam.command('/invites status ada-only@example.org')
    await sam.waitForMessage('There is no such invitation among those you can see.', { channel: 'general' })
    const theirs = await invitationOf(usher, 'ada-only@example.org')
    await own.click('Resend')
    await waitForStatus(usher, 'colleague@example.org', 'pending')
    for (const value of [`${theirs.id}:${theirs.generation}`, 'nonsense', `${randomUUID()}:1`, `${theirs.id}:x`]) {
      const trigger = await freshTrigger(usher, 'USAM')
      const answer = await forge(usher, 'block_actions', (payload) => {
        payload.trigger_id = trigger
        for (const action of payload.actions) action.value = value
      })
      expect(answer.status).toBe(200)
      const refusal = await sam.waitForView((view) => view.text.includes('There is no such invitation'))
      await refusal.close()
    }
    expect(await invitationOf(usher, 'ada-only@example.org')).toEqual(theirs)
    await own.close()
  })
})

describe('an HR Admin', () => {
  it('invites anybody below Corporate Admin into any hub, but only into their own department, fixed in the form', async () => {
    const form = await openInviteForm(usher.slack.as('ULENA'), 'nurse@example.org')
    expect(choices(form, 'hubId')).toEqual(['Main hub', 'Customer room'])
    expect(choices(form, 'role')).toEqual(['Quality Admin', 'HR Admin', 'Team Lead', 'Employee'])
    expect(choices(form, 'departmentId')).toEqual(['Nursing'])
    expect(form.values.departmentId?.departmentId?.selected_option?.text.text).toBe('Nursing')
    await form.fill({ Hub: 'Customer room', 'User type': 'Hub Admin', Role: 'Quality Admin' })
    expect(await form.submit()).toEqual({ closed: true })
    expect((await invitationOf(usher, 'nurse@example.org')).departmentId).toBe(nursing)
    await waitForStatus(usher, 'nurse@example.org', 'pending')
  })

  it('cannot give another department, or none', async () => {
    expect(Object.values(await attempt('ULENA', { departmentId: surgery }))).toEqual([MAY_NOT_GIVE])
    expect(Object.values(await attempt('ULENA', { departmentId: null }))).toEqual([MAY_NOT_GIVE])
    expect(await attempt('ULENA', { departmentId: nursing })).toEqual({})
  })

  it('follows the invitations of their department, whoever sent them', async () => {
    const lena = usher.slack.as('ULENA')
    await invite(usher, 'surgeon@example.org', { Department: 'Surgery' })
    await invite(usher, 'midwife@example.org', { Department: 'Nursing' })
    const story = await openStory(lena, 'midwife@example.org')
    expect(story.text).toContain('Ada Lovelace asked')
    await story.close()
    await lena.command('/invites status surgeon@example.org')
    await lena.waitForMessage('There is no such invitation among those you can see.', { channel: 'general' })
  })
})

describe('a Corporate Admin', () => {
  it('by being an admin of the workspace stops being one when the setting turns that off', async () => {
    const { prisma } = usher.app.db
    await prisma.organisation.updateMany({ data: { workspaceAdminsMayDoAll: false } })
    expect(await attempt('UADA', {})).toEqual({})
    expect((await invitationOf(usher, attempted)).status).toBe('awaiting_approval')
    await prisma.organisation.updateMany({ data: { workspaceAdminsMayDoAll: true } })
    expect(await attempt('UADA', {})).toEqual({})
    await waitForStatus(usher, attempted, 'pending')
  })

  it('who leaves Slack loses everything, also what their role would give', async () => {
    const { prisma } = usher.app.db
    await usher.slack.setUser('ULENA', { deleted: true })
    await expect.poll(() => prisma.person.count({ where: { slackUserId: 'ULENA', isActive: false } })).toBe(1)
    expect(Object.values(await attempt('ULENA', { departmentId: nursing }))[0]).toContain('You cannot invite people')
  })
})
