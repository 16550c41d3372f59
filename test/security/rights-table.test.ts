// SECURITY 14 and 15: SPEC's table of rights, cell by cell through the real door: every kind of person, every hub, user
// type, role and department in the form; then every other way in. The table itself is in rights-kinds.ts.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  addUnit,
  forge,
  freshTrigger,
  invitationOf,
  invite,
  openInviteForm,
  setValue,
  until,
  waitForStatus,
} from '../journeys/acts.ts'
import { ask, known } from '../journeys/approval-acts.ts'
import { ACCESS, paste } from '../journeys/list-acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { type Asked, KINDS, type Kind, type Outcome, ROLES, USER_TYPES } from './rights-kinds.ts'

let usher: Usher
let serial = 0
const hubs = { main: '', room: '' }
const departments = { none: '', nursing: '', surgery: '' }

beforeAll(async () => {
  usher = await startUsher()
  const { prisma } = usher.app.db
  await known(usher, 'UADA')
  await known(usher, 'UMAX')
  await known(usher, 'UPAT')
  hubs.room = await addUnit(usher, 'hub', 'Customer room')
  departments.nursing = await addUnit(usher, 'department', 'Nursing')
  departments.surgery = await addUnit(usher, 'department', 'Surgery')
  hubs.main = (await prisma.hub.findFirstOrThrow({ where: { isDefault: true } })).id
  for (const kind of KINDS) {
    const { slackId, name, slack } = kind
    await usher.slack.setUser(slackId, {
      real_name: name,
      email: `${slackId.toLowerCase()}@northwind.example`,
      ...slack,
    })
    await stand(kind)
  }
})
afterAll(async () => {
  await usher.stop()
})

async function stand({ slackId, standing, isInactive = false }: Kind): Promise<void> {
  const memberships = Object.entries(standing?.hubs ?? {}).map(([hub, userType]) => [
    hub === 'room' ? hubs.room : hubs.main,
    userType,
  ])
  const departmentId = standing?.department ? departments.nursing : null
  await known(usher, slackId, {
    role: standing?.role ?? null,
    departmentId,
    hubs: Object.fromEntries(memberships),
  })
  if (!isInactive) return
  await usher.slack.setUser(slackId, { deleted: true })
  const gone = { where: { slackUserId: slackId, isActive: false } }
  await until(async () => expect(await usher.app.db.prisma.person.count(gone)).toBe(1))
}

function every(): Asked[] {
  return (['main', 'room'] as const).flatMap((hub) =>
    (['none', 'nursing', 'surgery'] as const).flatMap((department) =>
      USER_TYPES.flatMap((userType) => ROLES.map((role) => ({ hub, userType, role, department }))),
    ),
  )
}

function inWords({ hub, userType, role, department }: Asked): string {
  return `${hub}, ${userType}, ${role}, ${department}`
}

/** Sends somebody's form with these values, past its menus, and says what came of it. */
async function submit(slackId: string, asked: Asked): Promise<Outcome> {
  serial += 1
  const email = `cell${serial}@example.org`
  await forge(usher, 'view_submission', (payload) => {
    payload.user.id = slackId
    payload.view.id = `VCELL${serial}`
    setValue(payload, 'email', email)
    choose(payload, asked)
  })
  const row = await usher.app.db.prisma.invitation.findFirst({ where: { email } })
  if (!row) return 'refused'
  expect([row.hubId, row.userType, row.role, row.departmentId ?? '']).toEqual([
    hubs[asked.hub],
    asked.userType,
    asked.role,
    departments[asked.department],
  ])
  return row.status === 'awaiting_approval' ? 'asked' : 'invited'
}

function choose(payload: Parameters<typeof setValue>[0], { hub, userType, role, department }: Asked): void {
  setValue(payload, 'hubId', hubs[hub])
  setValue(payload, 'userType', userType)
  setValue(payload, 'role', role)
  setValue(payload, 'departmentId', departments[department] || null)
}

describe('every cell of the table, by the form', () => {
  // A form of today's, to be changed: the local Slack keeps what was sent last.
  beforeEach(async () => {
    serial += 1
    expect(await invite(usher, `template${serial}@example.org`)).toEqual({ closed: true })
  })

  it.each(KINDS)('$name', async ({ slackId, expected }) => {
    const wrong: string[] = []
    for (const asked of every()) {
      const outcome = await submit(slackId, asked)
      if (outcome !== expected(asked)) wrong.push(`${inWords(asked)}: ${outcome}, not ${expected(asked)}`)
    }
    expect(wrong).toEqual([])
  })

  it.each(KINDS.filter(({ isInactive }) => !isInactive))('the form of $name offers no more than that', async (kind) => {
    const form = await openInviteForm(usher.slack.as(kind.slackId), 'offered@example.org')
    const offered = (field: string) => {
      const block = form.blocks.find(({ block_id }) => block_id === field)
      const { options = [] } = (block?.element ?? {}) as { options?: { value: string }[] }
      return options.map(({ value }) => value).sort()
    }
    const given = every().filter((asked) => kind.expected(asked) !== 'refused')
    const all = (values: string[]) => [...new Set(values)].sort()
    expect(offered('hubId')).toEqual(all(given.map(({ hub }) => hubs[hub])))
    expect(offered('userType')).toEqual(all(given.map(({ userType }) => userType)))
    expect(offered('role')).toEqual(all(given.map(({ role }) => role)))
    expect(offered('departmentId')).toEqual(all(given.map((asked) => departments[asked.department]).filter(Boolean)))
    expect(form.submitText).toBe(
      given.every((asked) => kind.expected(asked) === 'asked') ? 'Send request' : 'Send invitation',
    )
    await form.close()
  })
})

describe('every cell of the table, by a list', () => {
  beforeEach(async () => {
    await (await paste(usher.slack.as('UADA'), 'list-template@example.org')).close({ all: true })
  })

  it.each(KINDS)('$name', async ({ slackId, expected }) => {
    const wrong: string[] = []
    // Every third cell: the rules behind it are the same.
    for (const asked of every().filter((_, index) => index % 3 === 0)) {
      serial += 1
      const answer = await forge(usher, 'view_submission', (payload) => {
        payload.user.id = slackId
        payload.view.id = `VLIST${serial}`
        setValue(payload, 'addresses', `row${serial}@example.org`)
        choose(payload, asked)
      })
      const isTaken = answer.body.includes('list_preview')
      if (isTaken !== (expected(asked) !== 'refused')) wrong.push(`${inWords(asked)}: ${answer.body.slice(0, 200)}`)
    }
    expect(wrong).toEqual([])
  })

  it('a right that is lost between the two steps is lost: the list is asked for, and nobody is invited', async () => {
    await stand({ ...KINDS[5], slackId: 'UTEAM' } as Kind)
    const team = usher.slack.as('UTEAM')
    const preview = await paste(team, 'between@example.org', ACCESS)
    await known(usher, 'UTEAM')
    expect(await preview.submit()).toEqual({ closed: true })
    await team.waitForMessage('Somebody else has to agree to this list')
    expect(await usher.app.db.prisma.invitation.count({ where: { email: 'between@example.org' } })).toBe(0)
    await stand({ ...KINDS[5], slackId: 'UTEAM' } as Kind)
  })
})

describe('every other way in', () => {
  /** The base of every forged button. */
  async function press(
    slackId: string,
    actionId: string,
    { value, may = false }: { value: string; may?: boolean | undefined },
  ) {
    const trigger = await freshTrigger(usher, slackId)
    await forge(usher, 'block_actions', (payload) => {
      payload.user.id = slackId
      payload.trigger_id = trigger
      for (const action of payload.actions) Object.assign(action, { action_id: actionId, value })
    })
    if (may) return
    const refusal = await usher.slack.as(slackId).waitForView('Usher')
    expect(refusal.text).toMatch(/You cannot invite people|There is no such invitation/)
    await refusal.close({ all: true })
  }

  beforeAll(async () => {
    const ada = usher.slack.as('UADA')
    await ada.openHome()
    await (await ada.waitForHome()).click('Status')
    await (await ada.waitForView('Invitations')).close()
    for (const { slackId } of KINDS) await usher.slack.as(slackId).view()?.close({ all: true })
  })

  it.each(KINDS)('$name: resend and revoke', async ({ slackId, may }) => {
    const fields = { Hub: 'Customer room', Department: 'Nursing', 'User type': 'Team Member', Role: 'Employee' }
    const email = `change-${slackId.toLowerCase()}@example.org`
    await invite(usher, email, fields, 'UMAX')
    const before = await waitForStatus(usher, email, 'pending')
    await press(slackId, 'invitation_resend', { value: `${before.id}:${before.generation}`, may: may.resend })
    const resent = await settled(email, before.generation, may.resend)
    expect(resent.generation).toBe(before.generation + (may.resend ? 1 : 0))
    await press(slackId, 'invitation_revoke', { value: `${resent.id}:${resent.generation}`, may: may.revoke })
    const revoked = await settled(email, resent.generation, may.revoke)
    expect(revoked.status === 'revoked').toBe(may.revoke ?? false)
  })

  it.each(KINDS)('$name: import and settings', async ({ slackId, may }) => {
    const member = usher.slack.as(slackId)
    for (const [word, opens, allowed] of [
      ['import', 'import_form', may.import],
      ['settings', 'settings_menu', may.settings],
    ] as const) {
      const seen = member.dm().at(-1)?.ts ?? ''
      const { id } = member.view() ?? {}
      await member.command(`/invites ${word}`, { channel: dmOf(slackId) })
      if (allowed) {
        const view = await member.waitForView((one) => one.callbackId === opens && one.id !== id)
        await view.close()
      } else {
        await member.waitForMessage('Only Corporate Admins', { after: seen, channel: dmOf(slackId) })
        expect(member.view()).toBeUndefined()
      }
    }
  })

  it.each(KINDS)('$name: approvals', async ({ slackId, may }) => {
    const email = `decide-${slackId.toLowerCase()}@example.org`
    const { id } = await ask(usher, email, { Hub: 'Customer room', Department: 'Nursing' })
    serial += 1
    const { body } = await forge(usher, 'view_submission', (payload) => {
      payload.user.id = slackId
      payload.view.id = `VDECIDE${serial}`
      payload.view.private_metadata = id
      Object.assign(payload.view, { callback_id: 'review_form' })
      const decision = { type: 'radio_buttons', selected_option: { value: 'approve' } }
      Object.assign(payload.view.state.values, { decision: { decision } })
    })
    expect(body.includes('You may not decide')).toBe(!may.decide)
    expect((await invitationOf(usher, email)).status === 'awaiting_approval').toBe(!may.decide)
  })

  async function settled(email: string, generation: number, isExpected = false) {
    if (isExpected) await expect.poll(async () => (await invitationOf(usher, email)).generation).toBe(generation + 1)
    return invitationOf(usher, email)
  }
})

describe('a right that is lost while the form is open', () => {
  it.each(KINDS.filter(({ may, isInactive }) => !isInactive && (may.resend || may.import)))('$name', async (kind) => {
    expect(await invite(usher, `still-${kind.slackId.toLowerCase()}@example.org`)).toEqual({ closed: true })
    const asked: Asked = { hub: 'room', userType: 'team_member', role: 'employee', department: 'nursing' }
    expect(await submit(kind.slackId, asked)).toBe('invited')
    const { prisma } = usher.app.db
    const where = { where: { slackUserId: kind.slackId } }
    const person = await prisma.person.findFirstOrThrow(where)
    await prisma.hubMembership.deleteMany({ where: { personId: person.id } })
    await prisma.person.updateMany({ ...where, data: { role: null, isWorkspaceAdmin: false } })
    expect(await submit(kind.slackId, asked)).toBe('asked')
    await prisma.person.updateMany({ ...where, data: { isActive: false } })
    expect(await submit(kind.slackId, asked)).toBe('refused')
  })
})

function dmOf(slackId: string): string {
  return usher.slack.as(slackId).dm()[0]?.channel ?? `D${slackId.slice(1)}`
}
