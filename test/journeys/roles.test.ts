// Roles of people by `/invites settings`: given and taken by Corporate Admins, never one's own, never the last one's.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { changeRole, changeSettings as changeSettingsCore, type Role } from '../../src/organisation/index.ts'
import { Refusal } from '../../src/refusal.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import {
  addUnit,
  changeSettings,
  errorsIn,
  forge,
  inviteAndGetLink,
  openSettingsMenu,
  setValue,
  signUp,
} from './acts.ts'

let usher: Usher
let organisationId: string
let nursing: string
beforeAll(async () => {
  usher = await startUsher()
  nursing = await addUnit(usher, 'department', 'Nursing')
  for (const id of ['UMAX', 'UPAT', 'UGUS']) {
    await usher.slack.as(id).openHome()
    await usher.slack.as(id).waitForHome()
  }
  organisationId = (await usher.app.db.prisma.organisation.findFirstOrThrow()).id
})
beforeEach(async () => {
  await usher.slack.as('UADA').view()?.close({ all: true })
  await usher.app.db.prisma.person.updateMany({ data: { role: null, departmentId: null } })
  await usher.app.db.prisma.organisation.updateMany({ data: { workspaceAdminsMayDoAll: true } })
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

const personOf = (slackUserId: string) => usher.app.db.prisma.person.findFirstOrThrow({ where: { slackUserId } })
const setRole = (slackUserId: string, role: Role) =>
  usher.app.db.prisma.person.updateMany({ where: { slackUserId }, data: { role } })

async function openRoles(by = 'UADA') {
  const menu = await openSettingsMenu(usher, by)
  await menu.click('Roles')
  return usher.slack.as(by).waitForView('roles_form')
}

async function openRoleOf(fields: Record<string, string>, by = 'UADA') {
  const list = await openRoles(by)
  await list.fill(fields)
  const { updated } = await list.submit()
  if (!updated) throw new Error('the form of the person did not come')
  return updated
}

describe('a role', () => {
  it('is given to a member of the workspace, works at once, and is taken again; both in the audit log', async () => {
    const form = await openRoleOf({ member: 'Pat Morgan' })
    expect(form.text).toContain('Pat Morgan')
    await form.fill({ role: 'HR Admin' })
    expect((await form.submit()).errors).toEqual({
      departmentId: 'Quality and HR Admins look after one department. Choose it.',
    })
    await form.fill({ departmentId: 'Nursing' })
    expect(await form.submit()).toEqual({ closed: true })
    await usher.slack.as('UADA').waitForMessage('Pat Morgan is HR Admin now.')
    expect(await personOf('UPAT')).toMatchObject({ role: 'hr_admin', departmentId: nursing })
    await usher.slack.as('UADA').view()?.close({ all: true })

    const pat = usher.slack.as('UPAT')
    await pat.command('/invites new@example.org')
    await pat.waitForView('Invite someone')

    const list = await openRoles()
    expect(list.text).toContain('HR Admin, Nursing')
    await list.click('Change', { value: (await personOf('UPAT')).id })
    const again = await usher.slack.as('UADA').waitForView('role_form')
    await again.fill({ role: 'No role', departmentId: null })
    expect(await again.submit()).toEqual({ closed: true })
    await usher.slack.as('UADA').waitForMessage('Pat Morgan has no role any more.')
    await usher.slack.as('UADA').waitForView((view) => view.text.includes('Nobody is Corporate, Quality or HR Admin'))

    const events = await usher.app.db.prisma.auditEvent.findMany({
      where: { act: 'person.role_changed' },
      orderBy: { at: 'asc' },
    })
    const none = { role: null, department: null }
    const hr = { role: 'HR Admin', department: 'Nursing' }
    expect(events.map(({ before, after }) => [before, after])).toEqual([
      [none, hr],
      [hr, none],
    ])
    expect(events[0]).toMatchObject({ actorName: 'Ada Lovelace', subjectName: 'Pat Morgan' })
  })

  it('is given by address, too; who is not known, or named twice, or nobody, is said beside the field', async () => {
    expect((await signUp(usher, await inviteAndGetLink(usher, 'ana@example.org'))).status).toBe(303)
    const list = await openRoles()
    expect((await list.submit()).errors).toEqual({ member: 'Choose at least one.' })
    await list.fill({ email: 'nobody@example.org' })
    expect((await list.submit()).errors?.email).toContain('Nobody with this address is known here')
    await list.fill({ member: 'Pat Morgan' })
    expect((await list.submit()).errors?.email).toContain('not both')
    await list.fill({ member: null, email: 'ana@example.org' })
    const { updated: form } = await list.submit()
    await form?.fill({ role: 'Team Lead' })
    expect(await form?.submit()).toEqual({ closed: true })
    const ana = await usher.app.db.prisma.person.findFirstOrThrow({ where: { emailKey: 'ana@example.org' } })
    expect(ana.role).toBe('team_lead')
  })

  it('is never one’s own, never a guest’s', async () => {
    const list = await openRoles()
    await list.fill({ member: 'Ada Lovelace' })
    expect((await list.submit()).errors?.member).toContain('Nobody changes their own role')
    await list.fill({ member: 'Gus Guest' })
    const { updated: form } = await list.submit()
    await form?.fill({ role: 'Corporate Admin' })
    expect(Object.values((await form?.submit())?.errors ?? {})[0]).toContain('A guest of this Slack workspace')
  })

  it('that somebody else changed meanwhile is not overwritten', async () => {
    const form = await openRoleOf({ member: 'Pat Morgan' })
    await setRole('UPAT', 'employee')
    await form.fill({ role: 'Team Lead' })
    expect(Object.values((await form.submit()).errors ?? {})[0]).toContain('Somebody else changed this person’s role')
  })
})

describe('a forged form', () => {
  it('gives nobody their own role, no made-up role, and nothing to whoever may not', async () => {
    const form = await openRoleOf({ member: 'Pat Morgan' })
    await form.fill({ role: 'Team Lead' })
    expect(await form.submit()).toEqual({ closed: true })
    const [ada, pat] = [await personOf('UADA'), await personOf('UPAT')]
    const send = (userId: string, personId: string, role: string, before = '') =>
      forge(usher, 'view_submission', (payload) => {
        payload.user.id = userId
        payload.view.private_metadata = `0|||${personId}|${before}|`
        setValue(payload, 'role', role)
      })
    expect(errorsIn(await send('UADA', ada.id, 'corporate_admin')).role).toContain('Nobody changes their own role')
    expect(errorsIn(await send('UADA', pat.id, 'emperor', 'team_lead')).role).toContain('Choose what the person')
    expect(errorsIn(await send('UPAT', pat.id, 'corporate_admin', 'team_lead')).role).toContain('Only Corporate Admins')
    expect(errorsIn(await send('UPAT', ada.id, 'corporate_admin')).role).toContain('Only Corporate Admins')
    expect([(await personOf('UADA')).role, (await personOf('UPAT')).role]).toEqual([null, 'team_lead'])
  })
})

describe('the last Corporate Admin', () => {
  it('“owners and admins are” cannot be turned off while nobody has the role, and can when somebody has', async () => {
    const off = { 'Who is a Corporate Admin': false }
    const refused = await changeSettings(usher, off)
    expect(Object.values(refused.errors ?? {})[0]).toContain('Nobody would be a Corporate Admin any more')
    await usher.slack.as('UADA').view()?.close({ all: true })
    await setRole('UPAT', 'corporate_admin')
    expect(await changeSettings(usher, off)).toEqual({ closed: true })
    await usher.slack.as('UADA').command('/invites settings')
    await usher.slack.as('UADA').waitForMessage('Only Corporate Admins can do this')
    await openRoles('UPAT')
    await usher.slack.as('UPAT').view()?.close({ all: true })
  })

  it('two who take each other’s role at the same moment: one keeps it, every time', async () => {
    await usher.app.db.prisma.organisation.updateMany({ data: { workspaceAdminsMayDoAll: false } })
    const c = { db: usher.app.db, now: () => usher.clock.now }
    const [max, pat] = [await personOf('UMAX'), await personOf('UPAT')]
    const take = (actorId: string, personId: string) =>
      changeRole(c, {
        organisationId,
        actorId,
        personId,
        before: { role: 'corporate_admin', departmentId: null },
        wanted: { role: null, departmentId: null },
        origin: 'slack',
      }).then(
        () => 'taken',
        (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
      )
    for (let round = 0; round < 10; round++) {
      await setRole('UMAX', 'corporate_admin')
      await setRole('UPAT', 'corporate_admin')
      const outcomes = await Promise.all([take(max.id, pat.id), take(pat.id, max.id)])
      expect(outcomes.sort()).toEqual(['may_not_change_settings', 'taken'])
      expect(await usher.app.db.prisma.person.count({ where: { role: 'corporate_admin' } })).toBe(1)
    }
  })

  it('the role taken and “owners and admins are” turned off at the same moment: somebody remains', async () => {
    const c = { db: usher.app.db, now: () => usher.clock.now }
    const [ada, max, pat] = [await personOf('UADA'), await personOf('UMAX'), await personOf('UPAT')]
    for (let round = 0; round < 10; round++) {
      await setRole('UPAT', 'corporate_admin')
      const { settingsVersion } = await usher.app.db.prisma.organisation.update({
        where: { id: organisationId },
        data: { workspaceAdminsMayDoAll: true },
      })
      const by = { organisationId, origin: 'slack' }
      await Promise.allSettled([
        changeRole(c, {
          ...by,
          actorId: ada.id,
          personId: pat.id,
          before: { role: 'corporate_admin', departmentId: null },
          wanted: { role: null, departmentId: null },
        }),
        changeSettingsCore(c, { ...by, actorId: max.id, settingsVersion, form: { workspaceAdminsMayDoAll: null } }),
      ])
      const { workspaceAdminsMayDoAll } = await usher.app.db.prisma.organisation.findFirstOrThrow()
      const holders = await usher.app.db.prisma.person.count({ where: { role: 'corporate_admin' } })
      expect(workspaceAdminsMayDoAll || holders > 0, `round ${round}`).toBe(true)
      // Exactly one of the two was done.
      expect(workspaceAdminsMayDoAll).toBe(holders === 0)
    }
  })
})
