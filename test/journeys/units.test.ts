// Hubs, departments and locations by `/invites settings`: made, renamed, archived, brought back; never deleted, and
// never archived under somebody's feet.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { archiveUnit } from '../../src/organisation/index.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import {
  addUnit,
  forge,
  freshTrigger,
  invitationOf,
  invite,
  inviteAndGetLink,
  openInviteForm,
  openSettingsMenu,
  openStory,
  queryRows,
  signUp,
  until,
  waitForStatus,
} from './acts.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher()
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

const KINDS = ['hub', 'department', 'location'] as const
type Kind = (typeof KINDS)[number]
const TITLE = { hub: 'Hubs', department: 'Departments', location: 'Locations' }
const LABEL = { hub: 'Hub', department: 'Department', location: 'Location' }

const acts = (act: string) => usher.app.db.prisma.auditEvent.count({ where: { act } })

async function openList(kind: Kind) {
  const menu = await openSettingsMenu(usher)
  await menu.click(TITLE[kind])
  return usher.slack.as('UADA').waitForView(TITLE[kind])
}

async function openUnit(kind: Kind, id: string) {
  const list = await openList(kind)
  await list.click('Change', { value: id })
  return usher.slack.as('UADA').waitForView('unit_name_form')
}

/** Closes every window. */
async function closeAll() {
  await usher.slack.as('UADA').view()?.close({ all: true })
}

describe.each(KINDS)('a %s', (kind) => {
  it('is added, told, listed, and can be chosen; a name is there once', async () => {
    const ada = usher.slack.as('UADA')
    await addUnit(usher, kind, `  New   ${kind} `)
    await ada.waitForMessage(`The ${kind} “New ${kind}” was added.`, { channel: 'general' })
    expect(await acts(`${kind}.created`)).toBe(1)
    const list = await openList(kind)
    expect(list.text).toContain(`New ${kind}`)
    await list.click(`Add a ${kind}`)
    const again = await ada.waitForView('unit_form')
    await again.fill({ [`Name of the ${kind}`]: `New ${kind}` })
    expect((await again.submit()).errors?.name).toContain(`There is one with the name “New ${kind}” already`)
    await again.fill({ [`Name of the ${kind}`]: '   ' })
    expect((await again.submit()).errors?.name).toBe('Give it a name.')
    await closeAll()
    expect(await invite(usher, `${kind}@example.org`, { [LABEL[kind]]: `New ${kind}` })).toEqual({ closed: true })
  })

  it('is renamed, before and after in the audit log; not to a name that another has', async () => {
    const id = await addUnit(usher, kind, `Old ${kind}`)
    const form = await openUnit(kind, id)
    await form.fill({ [`Name of the ${kind}`]: `New ${kind}` })
    expect((await form.submit()).errors?.name).toContain(`There is one with the name “New ${kind}” already`)
    await form.fill({ [`Name of the ${kind}`]: `Better  ${kind}` })
    expect(await form.submit()).toEqual({ closed: true })
    const list = await usher.slack.as('UADA').waitForView((view) => view.text.includes(`Better ${kind}`))
    expect(list.title).toBe(TITLE[kind])
    await usher.slack.as('UADA').waitForMessage(`The ${kind} “Old ${kind}” is called “Better ${kind}” now.`)
    const event = await usher.app.db.prisma.auditEvent.findFirstOrThrow({ where: { act: `${kind}.renamed` } })
    expect([event.before, event.after]).toEqual([{ name: `Old ${kind}` }, { name: `Better ${kind}` }])
    await closeAll()
  })

  it('with people and open invitations cannot be archived, and the words say how many', async () => {
    const id = await addUnit(usher, kind, `Full ${kind}`)
    const link = await inviteAndGetLink(usher, `in-${kind}@example.org`, { fields: { [LABEL[kind]]: `Full ${kind}` } })
    expect((await signUp(usher, link)).status).toBe(303)
    for (const n of [1, 2]) await invite(usher, `open-${n}-${kind}@example.org`, { [LABEL[kind]]: `Full ${kind}` })
    const form = await openUnit(kind, id)
    expect(form.text).toContain('1 person and 2 open invitations')
    await form.click('Archive')
    const words = `This ${kind} cannot be archived: it has 1 person and 2 open invitations.`
    await usher.slack.as('UADA').waitForView((view) => view.text.includes(words))
    expect(await acts(`${kind}.archived`)).toBe(0)
    await closeAll()
  })

  it('that is empty is archived, cannot be chosen, and comes back', async () => {
    const ada = usher.slack.as('UADA')
    const id = await addUnit(usher, kind, `Empty ${kind}`)
    const form = await openUnit(kind, id)
    await form.click('Archive')
    await ada.waitForView((view) => view.text.includes('Archived · Empty'))
    await closeAll()
    await expect(invite(usher, 'nobody@example.org', { [LABEL[kind]]: `Empty ${kind}` })).rejects.toThrow('no option')
    expect((await openSettingsMenu(usher)).text).not.toContain(`Empty ${kind}`)
    await closeAll()
    const again = await openUnit(kind, id)
    await again.click('Bring back')
    await ada.waitForView((view) => view.callbackId === 'unit_name_form' && !view.text.includes('Archived'))
    await closeAll()
    expect(await invite(usher, `back-${kind}@example.org`, { [LABEL[kind]]: `Empty ${kind}` })).toEqual({
      closed: true,
    })
    expect([await acts(`${kind}.archived`), await acts(`${kind}.restored`)]).toEqual([1, 1])
  })
})

describe('the default hub', () => {
  it('has no button to archive it, and a forged press is refused in words', async () => {
    const hub = await usher.app.db.prisma.hub.findFirstOrThrow({ where: { isDefault: true } })
    const empty = await addUnit(usher, 'hub', 'Pressed hub')
    const form = await openUnit('hub', empty)
    await form.click('Archive')
    await usher.slack.as('UADA').waitForView((view) => view.text.includes('Archived · Empty'))
    const trigger = await freshTrigger(usher, 'UADA')
    const { status } = await forge(usher, 'block_actions', (payload) => {
      payload.trigger_id = trigger
      for (const action of payload.actions) action.value = hub.id
    })
    expect(status).toBe(200)
    await usher.slack.as('UADA').waitForView((view) => view.text.includes('so it cannot be archived'))
    expect(await usher.app.db.prisma.hub.count({ where: { id: hub.id, archivedAt: null } })).toBe(1)
    await closeAll()
    expect((await openUnit('hub', hub.id)).text).toContain('it cannot be archived')
    await closeAll()
  })
})

describe('long lists', () => {
  it('are shown a page at a time', async () => {
    const { id: organisationId } = await usher.app.db.prisma.organisation.findFirstOrThrow()
    const ids = Array.from({ length: 25 }, (_, n) => ({ n, id: crypto.randomUUID() }))
    await usher.app.db.prisma.location.createMany({
      data: ids.map(({ n, id }) => ({ id, organisationId, name: `Site ${10 + n}`, createdAt: usher.clock.now })),
    })
    const ada = usher.slack.as('UADA')
    const list = await openList('location')
    expect(list.text).not.toContain('Site 30')
    await list.click('Later')
    const second = await ada.waitForView((view) => view.text.includes('11 to 20 of'))
    await second.click('Later')
    const third = await ada.waitForView((view) => view.text.includes('21 to'))
    expect(third.text).toContain('Site 30')
    await third.click('Earlier')
    await ada.waitForView((view) => view.text.includes('11 to 20 of'))
    await closeAll()
  })
})

describe('somebody who may not', () => {
  it('gets no further with a forged press or form', async () => {
    await addUnit(usher, 'hub', 'Forged hub')
    const pat = usher.slack.as('UPAT')
    await pat.openHome()
    await pat.waitForHome()
    const before = await usher.app.db.prisma.hub.count()
    const answer = await forge(usher, 'view_submission', (payload) => {
      payload.user.id = 'UPAT'
      const field = payload.view.state.values.name?.name
      if (field) field.value = 'Pat’s hub'
    })
    expect(answer.body).toContain('Only Corporate Admins can do this')
    expect(await usher.app.db.prisma.hub.count()).toBe(before)
  })
})

describe('archived meanwhile', () => {
  it('the hub of an expired invitation: it is not sent again', async () => {
    const id = await addUnit(usher, 'hub', 'Closing hub')
    await inviteAndGetLink(usher, 'closing@example.org', { fields: { Hub: 'Closing hub' } })
    await usher.app.db.prisma.invitation.updateMany({
      where: { person: { emailKey: 'closing@example.org' } },
      data: { status: 'expired' },
    })
    const story = await openStory(usher.slack.as('UADA'), 'closing@example.org')
    await usher.app.db.prisma.hub.update({ where: { id }, data: { archivedAt: usher.clock.now } })
    await story.click('Resend')
    await usher.slack.as('UADA').waitForView((view) => view.text.includes('The hub of this invitation was archived'))
    expect((await invitationOf(usher, 'closing@example.org')).status).toBe('expired')
    await closeAll()
  })

  it('while an invitation into it waits for its turn: the invitation is refused, and nothing of it is written', async () => {
    const id = await addUnit(usher, 'hub', 'Slow hub')
    const form = await openInviteForm(usher.slack.as('UADA'), 'slow@example.org')
    await form.fill({ Hub: 'Slow hub', 'User type': 'Team Member', Role: 'Employee' })
    const submitted = await usher.app.db.inTransaction(async (tx) => {
      await tx.$queryRaw`SELECT 1 AS "locked" FROM "Hub" WHERE "id" = ${id}::uuid FOR UPDATE`
      await tx.hub.update({ where: { id }, data: { archivedAt: usher.clock.now } })
      const waiting = form.submit()
      await until(async () => expect(await waitingForLocks()).toBeGreaterThan(0))
      return { waiting }
    })
    expect((await submitted.waiting).errors?.hubId).toContain('it was archived meanwhile')
    expect(await usher.app.db.prisma.invitation.count({ where: { hubId: id } })).toBe(0)
    await closeAll()
  })

  it('an invitation and the archiving of its hub at the same moment: one of them, never both', async () => {
    const { id: organisationId } = await usher.app.db.prisma.organisation.findFirstOrThrow()
    const ada = await usher.app.db.prisma.person.findFirstOrThrow({ where: { slackUserId: 'UADA' } })
    const outcomes: string[] = []
    for (let round = 0; round < 6; round++) {
      const unitId = await addUnit(usher, 'hub', `Race ${round}`)
      const change = { organisationId, actorId: ada.id, kind: 'hub' as const, unitId, origin: 'slack' }
      const sending = invite(usher, `race-${round}@example.org`, { Hub: `Race ${round}` })
      // Each round the archiving comes a few statements later in the life of the invitation.
      for (let turn = 0; turn < 4 + round * 4; turn++) await usher.app.db.ping()
      const archived = archiveUnit({ db: usher.app.db, now: () => usher.clock.now }, change).then(
        () => true,
        () => false,
      )
      const [sent, isArchived] = [await sending.catch(() => ({ closed: undefined })), await archived]
      expect(Boolean(sent.closed) && isArchived, `round ${round}`).toBe(false)
      outcomes.push(isArchived ? 'archived' : 'sent')
      const open = await usher.app.db.prisma.invitation.count({ where: { hubId: unitId } })
      expect(open).toBe(isArchived ? 0 : 1)
      await closeAll()
      if (!isArchived) await until(() => waitForStatus(usher, `race-${round}@example.org`, 'pending'))
    }
    expect(outcomes).toHaveLength(6)
  })
})

/** How many statements on this database wait for somebody else's lock. */
async function waitingForLocks(): Promise<number> {
  const [row] = await queryRows(
    usher,
    `SELECT count(*)::int AS "waiting" FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  return Number(row?.waiting)
}
