// What the form refuses: each thing with its own words beside its field, and nothing that was typed is lost.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import {
  addUnit,
  errorsIn,
  forge,
  invitationOf,
  invite,
  inviteAndGetLink,
  mailTo,
  openInviteForm,
  setValue,
  signUp,
  until,
  waitForStatus,
} from './acts.ts'

const NOT_INVITED = 'This address could not be invited.'
const NO_ADDRESS = 'This is not an e-mail address. It should look like ana@example.org.'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher()
  await addUnit(usher, 'department', 'Nursing')
  await addUnit(usher, 'location', 'Berlin')
  await invite(usher, 'first@example.org')
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

/** Sends a form that holds this, by whichever client; gives the words beside its fields. */
async function refused(values: Record<string, string | null>): Promise<Record<string, string>> {
  const answer = await forge(usher, 'view_submission', (payload) => {
    payload.view.id = `V${randomUUID()}`
    setValue(payload, 'email', `${randomUUID()}@example.org`)
    for (const [field, value] of Object.entries(values)) setValue(payload, field, value)
  })
  expect(answer.status).toBe(200)
  return errorsIn(answer)
}

describe('a refused form', () => {
  it('says what is wrong beside the field, keeps everything typed, and is sent when that is mended', async () => {
    const ada = usher.slack.as('UADA')
    const form = await openInviteForm(ada, 'ana@example..org')
    const typed = {
      'User type': 'Hub Admin',
      Role: 'Team Lead',
      Department: 'Nursing',
      Location: 'Berlin',
      'Language of the message': 'Русский',
      'Personal note': 'Welcome,\nAna!',
    }
    await form.fill(typed)
    const before = structuredClone(form.values)

    expect(await form.submit()).toEqual({ errors: { email: NO_ADDRESS } })
    expect(form.isOpen).toBe(true)
    expect(form.values).toEqual(before)

    await form.fill({ 'E-mail': 'ana@example.org' })
    expect(await form.submit()).toEqual({ closed: true })
    const invitation = await waitForStatus(usher, 'ana@example.org', 'pending')
    expect(invitation).toMatchObject({ userType: 'hub_admin', role: 'team_lead', language: 'ru' })
    expect(invitation.note).toBe('Welcome,\nAna!')
    expect(invitation.departmentId).not.toBeNull()
    expect(invitation.locationId).not.toBeNull()
    expect((await mailTo(usher, 'ana@example.org')).subject).toContain('приглашает вас')
  })

  it('says that a user type and a role have to be chosen: neither is ever defaulted', async () => {
    const form = await openInviteForm(usher.slack.as('UADA'), 'nobody@example.org')
    const required = 'Please complete this required field.'
    expect(await form.submit()).toEqual({ errors: { userType: required, role: required } })
    await form.close()
    // The same from a client that does not ask.
    expect(await refused({ userType: null, role: null })).toEqual({
      userType: 'Choose what the person will be in the hub.',
      role: 'Choose what the person will be in the organisation.',
    })
  })

  it('says everything at once', async () => {
    const note = 'x'.repeat(601)
    expect(await refused({ email: 'ana', hubId: null, userType: null, role: null, note })).toEqual({
      email: NO_ADDRESS,
      hubId: 'Choose a hub. If you chose one, it was archived meanwhile: choose another.',
      userType: 'Choose what the person will be in the hub.',
      role: 'Choose what the person will be in the organisation.',
      note: 'The note has 601 characters; at most 600 fit. Shorten it.',
    })
  })

  it('says that what was chosen was archived meanwhile', async () => {
    const { prisma } = usher.app.db
    const hub = await addUnit(usher, 'hub', 'Short-lived')
    const department = await addUnit(usher, 'department', 'Short-lived')
    const location = await addUnit(usher, 'location', 'Short-lived')
    const form = await openInviteForm(usher.slack.as('UADA'), 'late@example.org')
    await form.fill({ Hub: 'Short-lived', 'User type': 'Team Member', Role: 'Employee' })
    await form.fill({ Department: 'Short-lived', Location: 'Short-lived' })
    const archivedAt = { data: { archivedAt: usher.clock.now } }
    await prisma.hub.update({ where: { id: hub }, ...archivedAt })
    expect((await form.submit()).errors?.hubId).toContain('it was archived meanwhile: choose another')
    await form.fill({ Hub: 'Main hub' })
    await prisma.department.update({ where: { id: department }, ...archivedAt })
    expect((await form.submit()).errors?.departmentId).toContain('This department was archived meanwhile')
    await form.fill({ Department: null })
    await prisma.location.update({ where: { id: location }, ...archivedAt })
    expect((await form.submit()).errors?.locationId).toContain('This location was archived meanwhile')
    await form.fill({ Location: null })
    expect(await form.submit()).toEqual({ closed: true })
  })
})

describe('SECURITY 14: a forged form', () => {
  it.each<[string, Record<string, string | null>, Record<string, string>]>([
    [
      'role corporate_admin',
      { role: 'corporate_admin' },
      { role: 'Choose what the person will be in the organisation.' },
    ],
    ['role owner', { role: 'owner' }, { role: 'Choose what the person will be in the organisation.' }],
    ['user type superuser', { userType: 'superuser' }, { userType: 'Choose what the person will be in the hub.' }],
    [
      'a hub that is nowhere',
      { hubId: randomUUID() },
      { hubId: 'Choose a hub. If you chose one, it was archived meanwhile: choose another.' },
    ],
    [
      'a hub id that is none',
      { hubId: "main'; --" },
      { hubId: 'Choose a hub. If you chose one, it was archived meanwhile: choose another.' },
    ],
    [
      'a department id that is none',
      { departmentId: 'nursing' },
      { departmentId: 'This department was archived meanwhile. Choose another, or none.' },
    ],
    [
      'a location that is nowhere',
      { locationId: randomUUID() },
      { locationId: 'This location was archived meanwhile. Choose another, or none.' },
    ],
  ])('with %s is refused', async (_what, values, errors) => {
    const before = await usher.app.db.prisma.invitation.count()
    expect(await refused(values)).toEqual(errors)
    expect(await usher.app.db.prisma.invitation.count()).toBe(before)
  })

  it('with a hub, department or location of another organisation is refused', async () => {
    const { prisma } = usher.app.db
    const createdAt = usher.clock.now
    const organisationId = randomUUID()
    await prisma.organisation.create({
      data: { id: organisationId, slackTeamId: 'T0OTHER', createdAt, displayName: 'Other', terms: 'None' },
    })
    const unit = { id: randomUUID(), organisationId, name: 'Theirs', createdAt }
    await prisma.hub.create({ data: unit })
    await prisma.department.create({ data: unit })
    await prisma.location.create({ data: unit })
    expect(Object.keys(await refused({ hubId: unit.id }))).toEqual(['hubId'])
    expect(Object.keys(await refused({ departmentId: unit.id }))).toEqual(['departmentId'])
    expect(Object.keys(await refused({ locationId: unit.id }))).toEqual(['locationId'])
    const form = await openInviteForm(usher.slack.as('UADA'))
    expect(form.text).not.toContain('Theirs')
    await form.close()
  })

  it('in a language that is none goes out in the organisation’s', async () => {
    const answer = await forge(usher, 'view_submission', (payload) => {
      payload.view.id = 'VLANGUAGE'
      setValue(payload, 'email', 'lang@example.org')
      setValue(payload, 'language', 'xx')
    })
    expect(answer.body).toBe('')
    expect((await invitationOf(usher, 'lang@example.org')).language).toBe('en')
  })
})

describe('SECURITY 16: an address that is known, pending, or paused', () => {
  it('is answered with the same words, byte for byte', async () => {
    const link = await inviteAndGetLink(usher, 'known@example.org')
    expect((await signUp(usher, link)).status).toBe(303)
    const paused = await inviteAndGetLink(usher, 'paused@example.org')
    expect((await signUp(usher, paused)).status).toBe(303)
    const { personId } = await invitationOf(usher, 'paused@example.org')
    await usher.app.db.prisma.account.update({ where: { personId }, data: { status: 'inactive' } })
    usher.mailbox.faults.next('rcpt', { code: 451, text: 'later' })
    await invite(usher, 'waiting@example.org')
    await until(async () => expect((await invitationOf(usher, 'waiting@example.org')).nextAttemptAt).not.toBeNull())
    await inviteAndGetLink(usher, 'pending@example.org')

    const answers = []
    for (const email of ['known', 'paused', 'waiting', 'pending', 'PENDING', 'Ana Diaz <pending']) {
      answers.push(
        await forge(usher, 'view_submission', (payload) => {
          payload.view.id = `V${email}`
          setValue(payload, 'email', `${email}@example.org${email.includes('<') ? '>' : ''}`)
        }),
      )
    }
    expect(errorsIn(answers[0] ?? { body: '' })).toEqual({ email: NOT_INVITED })
    for (const answer of answers) expect(answer).toEqual(answers[0])
    // Nobody is told anything by the way: no event, no invitation, no mail.
    const { prisma } = usher.app.db
    for (const email of ['known', 'paused', 'waiting', 'pending']) {
      expect(await prisma.invitation.count({ where: { email: `${email}@example.org` } })).toBe(1)
      expect(
        await prisma.auditEvent.count({ where: { subjectName: `${email}@example.org`, act: 'invitation.asked' } }),
      ).toBe(1)
    }
  })

  it('that ten people invite at once is invited once; nine are told the same', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        forge(usher, 'view_submission', (payload) => {
          payload.view.id = `VCROWD${index}`
          setValue(payload, 'email', 'crowd@example.org')
        }),
      ),
    )
    const words = answers.map((answer) => errorsIn(answer).email ?? 'sent').sort()
    expect(words).toEqual([...Array.from({ length: 9 }, () => NOT_INVITED), 'sent'])
    expect(await usher.app.db.prisma.invitation.count({ where: { email: 'crowd@example.org' } })).toBe(1)
    await waitForStatus(usher, 'crowd@example.org', 'pending')
  })
})

describe('more than a hundred hubs', () => {
  it('are found by typing, and the form stays whole', async () => {
    const { prisma } = usher.app.db
    const { organisationId } = await invitationOf(usher, 'first@example.org')
    await prisma.hub.createMany({
      data: Array.from({ length: 120 }, (_, index) => ({
        id: randomUUID(),
        organisationId,
        name: `Room ${String(index).padStart(3, '0')}`,
        createdAt: usher.clock.now,
      })),
    })
    expect(await invite(usher, 'room@example.org', { Hub: 'Room 117' })).toEqual({ closed: true })
    const { hubId } = await invitationOf(usher, 'room@example.org')
    expect((await prisma.hub.findUniqueOrThrow({ where: { id: hubId } })).name).toBe('Room 117')
    await waitForStatus(usher, 'room@example.org', 'pending')
  })
})
