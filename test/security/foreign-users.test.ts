// Users of another Slack workspace (Slack Connect) try every door: none lets them in, and nobody becomes a member.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Queue } from '../../src/jobs/index.ts'
import { addAccount, openBrowser } from '../journeys/account-acts.ts'
import {
  answered,
  changeSettings,
  errorsIn,
  freshTrigger,
  invite,
  openInviteForm,
  openQueueOf,
  openSettings,
  openSettingsMenu,
  sendSigned,
  until,
  waitForQuiet,
} from '../journeys/acts.ts'
import { memberOf, readAll } from '../journeys/directory-acts.ts'
import { signInWithSlack } from '../journeys/slack-sign-in-acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'

const OURS = 'T0NORTHWIND'
const ELSEWHERE = 'T0ELSEWHERE'
const REFUSED = 'Only members of this workspace can use this.'
/** Somebody whom the organization knows by address alone. */
const KNOWN = 'known@partner.example'

let usher: Usher
let queue: Queue
let count = 0

beforeAll(async () => {
  usher = await startUsher()
  queue = await openQueueOf(usher)
})
afterAll(async () => {
  await queue.close()
  await usher.stop()
})

/** An admin of another workspace, whose address is one that we know; no event tells of them. */
async function makeForeigner(more: Parameters<Usher['slack']['setUser']>[1] = {}) {
  count += 1
  const id = `UFAR${count}`
  const name = `faraway${count}`
  const usual = { name, real_name: `Faraway ${count}`, email: KNOWN, is_admin: true, team_id: ELSEWHERE }
  await usher.slack.setUser(id, { ...usual, ...more }, { silently: true })
  return { id, name, member: usher.slack.as(id) }
}

/** Nobody of another workspace is a person, and whoever had the address first is who they were. */
async function expectNobodyNew(): Promise<void> {
  await waitForQuiet(usher)
  const { prisma } = usher.app.db
  expect(await prisma.person.findMany({ where: { slackUserId: { startsWith: 'UFAR' } } })).toEqual([])
  expect(await prisma.person.findMany({ where: { slackName: { startsWith: 'Faraway' } } })).toEqual([])
  const known = await prisma.person.findMany({ where: { emailKey: KNOWN } })
  for (const person of known) {
    expect(person).toMatchObject({ slackUserId: null, isWorkspaceAdmin: false, firstName: '', role: null })
  }
}

/** A payload as Ada's client sent it last, from somebody else and freshly signed. */
async function forgeFrom(kind: string, id: string, change: (payload: Record<string, unknown>) => void = () => {}) {
  const sent = usher.slack.sent.findLast((request) => request.kind === kind)
  const payload = JSON.parse(new URLSearchParams(sent?.body ?? '').get('payload') ?? '{}')
  payload.user = { ...payload.user, id, team_id: ELSEWHERE }
  change(payload)
  return answered(await sendSigned(usher, new URLSearchParams({ payload: JSON.stringify(payload) }).toString()))
}

it('37: an admin of another workspace is not asked to decide at the very first request', async () => {
  const { member } = await makeForeigner()

  await invite(usher, 'first@example.org', {}, 'UPAT')

  await usher.slack.as('UADA').waitForMessage('Pat Morgan asks to invite first@example.org')
  expect(member.dm()).toEqual([])
  await expectNobodyNew()
})

describe('37: a user of another workspace is refused at', () => {
  beforeAll(async () => {
    await openInviteForm(usher.slack.as('UADA'))
    expect(await invite(usher, KNOWN)).toEqual({ closed: true })
    await waitForQuiet(usher)
  })

  it('the command', async () => {
    const { member } = await makeForeigner()
    await member.command('/invites spy@example.org')
    const { blocks } = await member.waitForView((view) => view.text.includes(REFUSED))
    expect(blocks).toHaveLength(1)
    await expectNobodyNew()
  })

  it('the command, which is sent from their own workspace', async () => {
    const { id, member } = await makeForeigner()
    await freshTrigger(usher, id)
    const help = usher.slack.sent.findLast(({ kind }) => kind === 'command')
    const body = new URLSearchParams(help?.body ?? '')
    body.set('text', 'spy@example.org')
    body.set('team_id', ELSEWHERE)
    expect(answered(await sendSigned(usher, body.toString())).status).toBe(200)
    await member.waitForView((view) => view.text.includes('another Slack workspace'))
    await expectNobodyNew()
  })

  it('the global shortcut', async () => {
    const { member } = await makeForeigner()
    await member.shortcut('invite_someone')
    await member.waitForView((view) => view.text.includes(REFUSED))
    await expectNobodyNew()
  })

  it('the message shortcut', async () => {
    const { member } = await makeForeigner()
    const message = usher.slack.as('UADA').say('Ask ana@example.org', { channel: 'CGENERAL' })
    if (!message) throw new Error('Ada said nothing')
    await member.messageShortcut('invite_from_message', message)
    await member.waitForMessage(REFUSED)
    expect(member.view()).toBeUndefined()
    await expectNobodyNew()
  })

  it('a button', async () => {
    const menu = await openSettingsMenu(usher)
    await menu.click('Roles')
    await usher.slack.as('UADA').waitForView('roles_form')
    const { id, member } = await makeForeigner()
    const trigger = await freshTrigger(usher, id)
    await forgeFrom('block_actions', id, (payload) => Object.assign(payload, { trigger_id: trigger, view: undefined }))
    await member.waitForView((view) => view.text.includes(REFUSED))
    expect(member.view()?.text).not.toContain('Ada')
    await expectNobodyNew()
  })

  it.each([
    ['a form', () => {}],
    ['a form that does not say whose team it is', (payload: object) => dropTeam(payload)],
    ['a form of theirs in our name', (payload: object) => Object.assign(payload, { team: { id: ELSEWHERE } })],
  ])('%s', async (_what, change) => {
    const { id } = await makeForeigner()
    const answer = await forgeFrom('view_submission', id, (payload) => {
      change(payload)
      Object.assign(payload.view ?? {}, { id: `VFAR${id}` })
    })
    expect(Object.values(errorsIn(answer))).toEqual([REFUSED])
    await expectNobodyNew()
  })

  it('a form that a known member sends as a user of another workspace', async () => {
    const answer = await forgeFrom('view_submission', 'UADA', (payload) => {
      Object.assign(payload.view ?? {}, { id: 'VFARADA' })
    })
    expect(Object.values(errorsIn(answer))).toEqual([REFUSED])
  })

  it('a menu that loads: it stays empty', async () => {
    // Ada's own menu offers it, else it could not be chosen.
    const form = await openSettings(usher, 'texts')
    await form.fill({ Countries: ['Germany (DE)'] })
    await form.close({ all: true })
    const { id } = await makeForeigner()
    const { body } = await forgeFrom('block_suggestion', id)
    expect(JSON.parse(body)).toEqual({ options: [] })
    await expectNobodyNew()
  })

  it('the Home tab', async () => {
    const { member } = await makeForeigner()
    await member.openHome()
    const home = await member.waitForHome()
    expect(home.text).toBe(REFUSED)
    await expectNobodyNew()
  })

  it('Sign in with Slack, with an account at the same address', async () => {
    expect(await changeSettings(usher, { 'Sign in with Slack': true })).toEqual({ closed: true })
    await addAccount(usher, 'holder@partner.example')
    const { id } = await makeForeigner({ email: 'holder@partner.example' })
    const browser = openBrowser(usher)
    expect((await signInWithSlack(usher, id, browser)).status).toBe(403)
    expect([...browser.cookies.keys()]).toEqual([])
    await expectNobodyNew()
  })
})

describe('37: a user of another workspace is nobody when they are named by', () => {
  /** Members of our own are heard of after them: then everything before was heard too. */
  async function hearOfOneOfOurs(): Promise<void> {
    count += 1
    const id = `UOWN${count}`
    await usher.slack.setUser(id, { real_name: `Own ${count}`, email: `own${count}@northwind.example` })
    await until(async () => expect(await memberOf(usher, id)).toMatchObject({ isActive: true }))
  }

  it.each([
    ['another team', { team_id: ELSEWHERE }],
    ['a stranger of no other team', { team_id: OURS, is_stranger: true }],
    ['one of another workspace of our Enterprise Grid', { team_id: ELSEWHERE, grid_team_ids: [ELSEWHERE] }],
  ])('the events team_join and user_change: %s', async (_what, more) => {
    const { id, name } = await makeForeigner(more)
    await usher.slack.setUser(`${id}JOINED`, { ...more, name: `${name}j`, real_name: 'Faraway joins', is_admin: true })
    await usher.slack.setUser(id, { real_name: 'Faraway changes' })
    await hearOfOneOfOurs()
    await expectNobodyNew()
  })

  it('the event subteam_members_changed', async () => {
    const { id } = await makeForeigner()
    await usher.slack.changeGroup('SSALES', { add: [id] })
    await until(async () =>
      expect(usher.slack.requests.some(({ method, body }) => method === 'users.info' && body.user === id)).toBe(true),
    )
    await hearOfOneOfOurs()
    await expectNobodyNew()
  })

  it('a picker', async () => {
    const { id } = await makeForeigner()
    const ada = usher.slack.as('UADA')
    const menu = await openSettingsMenu(usher)
    await menu.click('Roles')
    const form = await ada.waitForView('roles_form')
    await form.fill({ member: id })
    const { errors } = await form.submit()
    expect(errors?.member).toContain('choose a member of this workspace')
    await ada.view()?.close({ all: true })
    await expectNobodyNew()
  })

  it('a handle; one of ours with the same handle is found', async () => {
    const { name } = await makeForeigner()
    const ada = usher.slack.as('UADA')
    const ask = async () => {
      const after = ada.ephemerals().at(-1)?.ts ?? ''
      await ada.command(`/invites why @${name}`)
      return (await ada.waitForMessage(({ visibleTo }) => visibleTo === 'UADA', { after })).text
    }
    expect(await ask()).toContain('nobody has this name or address')
    await usher.slack.setUser('UNAMESAKE', { name, real_name: 'Nora Same' }, { silently: true })
    expect(await ask()).toContain('Nora Same')
    await expectNobodyNew()
  })

  it('users.list, in a reading of all; who belongs to us too in an Enterprise Grid is a member', async () => {
    await makeForeigner()
    await usher.slack.setUser(
      'UGRID',
      { real_name: 'Gritt Grid', team_id: ELSEWHERE, grid_team_ids: [ELSEWHERE, OURS] },
      { silently: true },
    )
    const before = usher.slack.users().filter(({ id }) => id.startsWith('UFAR')).length
    expect(before).toBeGreaterThan(10)

    await readAll(usher, queue)

    await expectNobodyNew()
    expect(await memberOf(usher, 'UGRID')).toMatchObject({ isActive: true })
    const { people } = await usher.app.db.prisma.directoryPass.findFirstOrThrow({ orderBy: { begunAt: 'desc' } })
    expect(people).toBe(await usher.app.db.prisma.person.count({ where: { slackUserId: { not: null } } }))
    const grid = usher.slack.as('UGRID')
    await grid.shortcut('invite_someone')
    await grid.waitForView('invite_form')
  })
})

it('37: whoever was taken for a member before is none any more, and keeps an account of their own', async () => {
  const { id } = await makeForeigner({ team_id: OURS, email: 'former@partner.example' })
  const { personId } = await addAccount(usher, 'former@partner.example')
  await usher.app.db.prisma.person.update({
    where: { id: personId },
    data: { slackUserId: id, slackName: 'Former', isWorkspaceAdmin: true, activity: { slack: true } },
  })

  await usher.slack.setUser(id, { team_id: ELSEWHERE })

  const read = () => usher.app.db.prisma.person.findUniqueOrThrow({ where: { id: personId } })
  await until(async () => expect((await read()).slackUserId).toBeNull())
  expect(await read()).toMatchObject({ isWorkspaceAdmin: false, isActive: true, activity: {} })
  const events = await usher.app.db.prisma.auditEvent.findMany({ where: { subjectId: personId } })
  expect(events.map(({ act, before, after }) => ({ act, before, after }))).toEqual([
    {
      act: 'person.changed',
      before: { slackUserId: id, isWorkspaceAdmin: true },
      after: { slackUserId: null, isWorkspaceAdmin: false },
    },
  ])
})

function dropTeam(payload: object): void {
  if ('user' in payload && typeof payload.user === 'object' && payload.user)
    Object.assign(payload.user, { team_id: undefined })
}
