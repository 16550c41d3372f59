// A directory at work: people it pushes are shown, invited and let go, and what it says stands beside what others say.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Body, type Directory, ENTERPRISE, entraUser, GROUP, openDirectory, USHER } from '../scim/directory.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { expectDead, invitationOf, inviteAndGetLink, mailTo, signUp, waitForStatus } from './acts.ts'

let usher: Usher
let directory: Directory
beforeAll(async () => {
  usher = await startUsher()
  directory = await openDirectory(usher)
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

const push = async (name: string, more = {}): Promise<Body> =>
  (await directory.post('/Users', entraUser(name, more))).body
const person = (id: string) => usher.app.db.prisma.person.findUniqueOrThrow({ where: { id } })
const eventsOf = (subjectId: string) =>
  usher.app.db.prisma.auditEvent.findMany({ where: { subjectId }, orderBy: [{ at: 'asc' }, { id: 'asc' }] })
const deactivate = (id: string) => directory.patch(`/Users/${id}`, [{ op: 'Replace', path: 'active', value: 'False' }])

async function peopleShown(search: string): Promise<string> {
  const ada = usher.slack.as('UADA')
  const before = ada.view()?.id
  await ada.command(`/invites people ${search}`)
  const view = await ada.waitForView((one) => one.id !== before && one.title === 'People')
  return view.text
}

describe('somebody whom the directory pushes', () => {
  it('is shown among the people, invited, and loses the open invitation when the directory lets them go', async () => {
    const user = await push('wanda')
    expect(await peopleShown('wanda')).toContain('wanda Familyname')
    const link = await inviteAndGetLink(usher, 'wanda@contoso.example')

    expect((await deactivate(user.id)).status).toBe(200)

    expect(await invitationOf(usher, 'wanda@contoso.example')).toMatchObject({ status: 'revoked' })
    await expectDead(usher, link)
    expect(await person(user.id)).toMatchObject({ isActive: false })
    expect((await person(user.id)).leftAt).toEqual(usher.clock.now)
  })

  it('has an account that is paused when the directory deletes them', async () => {
    const user = await push('otto')
    const link = await inviteAndGetLink(usher, 'otto@contoso.example')
    await signUp(usher, link)
    await waitForStatus(usher, 'otto@contoso.example', 'accepted')

    await directory.remove(`/Users/${user.id}`)

    expect(await usher.app.db.prisma.account.findFirstOrThrow({ where: { personId: user.id } })).toMatchObject({
      status: 'inactive',
    })
  })

  it('has an account, and is told at the former address that the directory gave them another', async () => {
    const user = await push('nora')
    const link = await inviteAndGetLink(usher, 'nora@contoso.example')
    await signUp(usher, link)
    await waitForStatus(usher, 'nora@contoso.example', 'accepted')

    const change = [{ op: 'Replace', path: 'emails[type eq "work"].value', value: 'nora.new@contoso.example' }]
    await directory.patch(`/Users/${user.id}`, change)

    const told = await mailTo(usher, 'nora@contoso.example', 2)
    expect(told.subject).toContain('Your e-mail address')
    expect(await person(user.id)).toMatchObject({ email: 'nora.new@contoso.example' })
  })

  it('is told of in the audit log, in the name of SCIM and from where it came', async () => {
    const user = await push('lena')
    await directory.patch(`/Users/${user.id}`, [{ op: 'replace', path: 'name.familyName', value: 'Neu' }])
    await deactivate(user.id)

    const events = await eventsOf(user.id)
    expect(events.map(({ act }) => act)).toEqual([
      'person.added',
      'person.changed',
      'person.changed',
      'person.deactivated',
    ])
    for (const event of events)
      expect(event).toMatchObject({ actorName: 'SCIM', actorId: null, origin: 'scim 127.0.0.1' })
    expect(events[2]).toMatchObject({ before: { lastName: 'Familyname' }, after: { lastName: 'Neu' } })
  })
})

describe('somebody who is known already', () => {
  it('as a member of the Slack workspace is the same person', async () => {
    const member = usher.slack.users().find(({ id }) => id === 'UADA')
    const known = await usher.app.db.prisma.person.findFirstOrThrow({ where: { slackUserId: 'UADA' } })

    const user = await push('ada', { emails: [{ value: member?.email, primary: true }] })

    expect(user.id).toBe(known.id)
    expect(await person(user.id)).toMatchObject({ slackUserId: 'UADA', lastName: 'Familyname' })
  })

  it('by an invitation is the same person, and the invitation stays open', async () => {
    await inviteAndGetLink(usher, 'ivan@contoso.example')

    const user = await push('ivan')

    const invitation = await invitationOf(usher, 'ivan@contoso.example')
    expect(invitation).toMatchObject({ personId: user.id, status: 'pending' })
    expect((await person(user.id)).sources).toMatchObject({ email: 'scim', firstName: 'scim' })
  })
})

describe('what the directory says', () => {
  it('of mobile, department, kind of employee, first day and language is known of the person', async () => {
    const { organisationId } = await usher.app.db.prisma.scimToken.findFirstOrThrow()
    const { id: departmentId } = await usher.app.db.prisma.department.create({
      data: { id: '019a0000-0000-7000-8000-00000000000d', organisationId, name: 'Sales', createdAt: usher.clock.now },
    })

    const user = await push('full', {
      phoneNumbers: [
        { type: 'work', value: '+44 20 7946 0000' },
        { type: 'mobile', value: '+44 7400 123456' },
      ],
      userType: 'Employee',
      preferredLanguage: 'ru-RU',
      locale: 'en-GB',
      [ENTERPRISE]: { department: 'SALES', employeeType: 'Contractor' },
      [USHER]: { startDate: '2026-12-01' },
    })

    expect(await person(user.id)).toMatchObject({
      mobile: '+447400123456',
      departmentId,
      employeeType: 'contractor',
      startDate: new Date('2026-12-01'),
      language: 'ru',
    })
  })

  it('and what Usher cannot use is given back, and said of nobody', async () => {
    const more = {
      phoneNumbers: [{ type: 'mobile', value: '12' }],
      userType: 'Intern',
      locale: 'de-DE',
      title: 'Nurse',
      [ENTERPRISE]: { department: 'No such department', costCenter: '4130' },
      [USHER]: { startDate: 'soon' },
    }

    const user = await push('odd', more)

    expect(user).toMatchObject(more)
    expect(await person(user.id)).toMatchObject({
      mobile: null,
      departmentId: null,
      employeeType: null,
      startDate: null,
      language: null,
    })
  })

  it('is taken back when the directory says it no more', async () => {
    const user = await push('back', { [USHER]: { startDate: '2026-12-01' }, userType: 'Employee' })

    await directory.put(`/Users/${user.id}`, entraUser('back'))

    expect(await person(user.id)).toMatchObject({ startDate: null, employeeType: null })
  })

  it('of a group makes it a group of Usher’s, whose changes are told', async () => {
    const user = await push('grouped')
    const { body: group } = await directory.post('/Groups', { schemas: [GROUP], displayName: 'Night shift' })
    await directory.patch(`/Groups/${group.id}`, [{ op: 'Add', path: 'members', value: [{ value: user.id }] }])
    await directory.patch(`/Groups/${group.id}`, [{ op: 'Replace', path: 'displayName', value: 'Day shift' }])
    await directory.remove(`/Groups/${group.id}`)

    const events = await eventsOf(group.id)
    expect(events.map(({ act }) => act)).toEqual([
      'group.added',
      'group.members_changed',
      'group.renamed',
      'group.gone',
    ])
    for (const event of events) expect(event).toMatchObject({ actorName: 'SCIM', origin: 'scim 127.0.0.1' })
    expect(await person(user.id)).toMatchObject({ isActive: true })
  })
})
