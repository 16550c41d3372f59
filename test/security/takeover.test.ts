// SECURITY 34 and 40: nobody gets hold of somebody who is known by typing their user name, or their name with a phone of the
// typist's own: in the form, a file, a request. To all who have no rights over a person a taken user name is like a free one.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../src/database/index.ts'
import { addUnit, changeSettings, openInviteForm, until } from '../journeys/acts.ts'
import { known, questionTo, review } from '../journeys/approval-acts.ts'
import { ACCESS, csv, giveFile, sendToTheEnd } from '../journeys/list-acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'

const NONE = 'No e-mail address: SMS, or a slip to hand over'
const KNOWN_PHONE = '+4915123456701'
const ATTACKERS_PHONE = '+4915123456799'

let usher: Usher
let organisationId = ''
const hubs = { main: '', room: '' }
let sales = ''

beforeAll(async () => {
  usher = await startUsher({ phone: true })
  await changeSettings(usher, { Countries: ['Germany (DE)'] })
  await usher.slack.as('UADA').view()?.close({ all: true })
  hubs.room = await addUnit(usher, 'hub', 'Customer room')
  sales = await addUnit(usher, 'department', 'Sales')
  const { prisma } = usher.app.db
  hubs.main = (await prisma.hub.findFirstOrThrow({ where: { isDefault: true } })).id
  organisationId = (await prisma.organisation.findFirstOrThrow()).id
  await known(usher, 'ULENA', { role: 'employee', hubs: { [hubs.room]: 'team_member' } })
  await known(usher, 'UPAT', { role: 'employee', hubs: { [hubs.room]: 'hub_admin' } })
  await known(usher, 'USAM', { role: 'hr_admin', departmentId: sales })
})
afterEach(async () => {
  for (const id of ['UADA', 'ULENA', 'UPAT', 'USAM']) await usher.slack.as(id).view()?.close({ all: true })
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

let serial = 0
const people = ['invited elsewhere', 'formerly here', 'with an account'] as const
type Kind = (typeof people)[number]

/** Somebody without an address, as the organization knows them; their user name. */
async function somebody(kind: Kind, more: { departmentId?: string; mobile?: string } = {}) {
  serial += 1
  const userName = `eva.eich${String.fromCharCode(97 + serial)}`
  const { prisma } = usher.app.db
  const person = {
    id: newId(),
    organisationId,
    userName,
    userNameKey: userName,
    firstName: 'Eva',
    lastName: `Eich${serial}`,
  }
  const at = usher.clock.now
  await prisma.person.create({ data: { ...person, createdAt: at, ...more } })
  await prisma.hubMembership.create({
    data: { hubId: hubs.main, personId: person.id, userType: 'team_member', joinedAt: at },
  })
  if (kind !== 'invited elsewhere') {
    const left = kind === 'formerly here' ? { status: 'inactive' as const, leftAt: at } : { status: 'active' as const }
    await prisma.account.create({
      data: {
        ...{ id: newId(), organisationId, personId: person.id, passwordHash: 'x', termsVersion: 1 },
        ...{ termsAgreedAt: at, termsAgreedFrom: 'test', createdAt: at, ...left },
      },
    })
  }
  return person
}

/** Fills in the form of a way in without an address, and submits it; gives the window that shows the slip, if any. */
async function inviteByName(by: string, fields: Record<string, string>) {
  const member = usher.slack.as(by)
  const first = await openInviteForm(member)
  await first.fill({ 'How they get in': NONE })
  const form = await member.waitForView((view) => view.callbackId === 'invite_form' && view.text.includes('User name'))
  await form.fill({ 'User type': 'Team Member', Role: 'Employee', ...fields })
  return form.submit()
}

const departmentFor = (by: string): Record<string, string> => (by === 'USAM' ? { Department: 'Sales' } : {})
const invitationsOf = (personId: string) => usher.app.db.prisma.invitation.count({ where: { personId } })
const namesLike = (userName: string) =>
  usher.app.db.prisma.person.findMany({
    where: { userName: { startsWith: `${userName}.` } },
    select: { id: true, mobile: true },
  })

/** What a window says, without the names, codes and moments that are another every time. */
const alike = (text: string, name: string) =>
  text
    .replaceAll(name, 'NAME')
    .replaceAll(/\.\d{4}\b/g, '.0000')
    .replaceAll(/date\^\d+/g, 'date')
    .replaceAll(/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/g, 'CODE')

describe.each(people)('34: somebody %s', (kind) => {
  it.each(['ULENA', 'UPAT', 'USAM'])(
    'is not invited by the user name that %s types: it is somebody new',
    async (by) => {
      const person = await somebody(kind)
      const fields = { 'First name': 'Eva', 'Last name': 'Eich', 'User name': person.userName, ...departmentFor(by) }

      const slip = (await inviteByName(by, fields)).updated
      expect(slip?.text).toContain('The code is shown this once')
      await slip?.close({ all: true })

      // 40: to the eye it is what a free user name gives.
      serial += 1
      const free = `free.name${String.fromCharCode(97 + serial)}`
      const other = (await inviteByName(by, { ...fields, 'User name': free })).updated
      expect(alike(slip?.text ?? '', person.userName)).toBe(alike(other?.text ?? '', free))

      expect(await invitationsOf(person.id)).toBe(0)
      expect(await namesLike(person.userName)).toHaveLength(1)
    },
  )

  it('is not reached at the phone that a Team Member brings in a file', async () => {
    const person = await somebody(kind, { mobile: KNOWN_PHONE })
    const rows = [
      'email,first name,last name,mobile,user name',
      `,Eva,${person.lastName},${ATTACKERS_PHONE},${person.userName}`,
      `,Eva,${person.lastName},${KNOWN_PHONE},`,
    ].join('\n')
    const lena = usher.slack.as('ULENA')
    await sendToTheEnd(usher, lena, await giveFile(lena, csv(rows, `file${serial}.csv`), ACCESS))

    expect(await invitationsOf(person.id)).toBe(0)
    const after = await usher.app.db.prisma.person.findUniqueOrThrow({ where: { id: person.id } })
    expect(after.mobile).toBe(KNOWN_PHONE)
    expect(await namesLike(person.userName)).toMatchObject([{ mobile: ATTACKERS_PHONE }])
  })
})

describe('34: a request that is approved', () => {
  it('takes nobody over: who approves sees a name, and somebody new is invited', async () => {
    await known(usher, 'ULENA', { role: 'employee' })
    const person = await somebody('formerly here')
    const fields = { 'First name': 'Eva', 'Last name': 'Eich', 'User name': person.userName }
    expect(await inviteByName('ULENA', fields)).toEqual({ closed: true })
    const ada = usher.slack.as('UADA')
    const decision = await review(ada, await questionTo(ada, person.userName))
    await decision.fill({ Decision: 'Approve' })
    expect(await decision.submit()).toEqual({ closed: true })

    await until(async () => expect(await namesLike(person.userName)).toHaveLength(1))
    expect(await invitationsOf(person.id)).toBe(0)
    await known(usher, 'ULENA', { role: 'employee', hubs: { [hubs.room]: 'team_member' } })
  })
})

describe('34: who has rights over somebody', () => {
  it('invites them again: a Corporate Admin anybody, an HR Admin those of the department', async () => {
    for (const by of ['UADA', 'USAM']) {
      const person = await somebody('invited elsewhere', { departmentId: sales })
      const fields = { Hub: 'Customer room', 'First name': 'Eva', 'Last name': 'Eich', 'User name': person.userName }
      expect((await inviteByName(by, { ...fields, ...departmentFor(by) })).errors).toBeUndefined()
      await until(async () => expect(await invitationsOf(person.id)).toBe(1))
      expect(await namesLike(person.userName)).toEqual([])
    }
  })

  it('reaches them only at the phone that is known', async () => {
    const person = await somebody('invited elsewhere', { mobile: KNOWN_PHONE.replace('01', '02') })
    const fields = { Hub: 'Customer room', 'First name': 'Eva', 'Last name': 'Eich', 'User name': person.userName }

    const refused = await inviteByName('UADA', { ...fields, 'Mobile number': ATTACKERS_PHONE })
    expect(refused.errors?.mobile).toContain('We have another phone number for this person')
    await usher.slack.as('UADA').view()?.close({ all: true })
    expect(await inviteByName('UADA', fields)).toEqual({ closed: true })
    await usher.phone.waitFor(({ to }) => to === KNOWN_PHONE.replace('01', '02'))
  })

  it('an inviter invites again somebody whom nobody knows but by their own invitations', async () => {
    const fields = { 'First name': 'Otto', 'Last name': 'Own' }
    await (await inviteByName('ULENA', fields)).updated?.close({ all: true })
    const own = await usher.app.db.prisma.person.findFirstOrThrow({ where: { lastName: 'Own' } })
    await usher.app.db.prisma.invitation.updateMany({ where: { personId: own.id }, data: { status: 'revoked' } })

    expect((await inviteByName('ULENA', { ...fields, 'User name': own.userName ?? '' })).errors).toBeUndefined()
    await until(async () => expect(await invitationsOf(own.id)).toBe(2))
  })

  it('52: nobody else does, not even beside an invitation of their own', async () => {
    const fields = { Hub: 'Main hub', 'First name': 'Olga', 'Last name': 'Other' }
    await (await inviteByName('UADA', fields)).updated?.close({ all: true })
    const { id, userName } = await usher.app.db.prisma.person.findFirstOrThrow({ where: { lastName: 'Other' } })
    const typed = { 'First name': 'Olga', 'Last name': 'Other', 'User name': userName ?? '' }

    await (await inviteByName('ULENA', typed)).updated?.close({ all: true })
    expect(await invitationsOf(id)).toBe(1)

    // Invited by both of them, Olga is known by more than what Lena sent.
    const lena = await usher.app.db.prisma.person.findFirstOrThrow({ where: { slackUserId: 'ULENA' } })
    const [sent] = await usher.app.db.prisma.invitation.findMany({ where: { personId: id } })
    if (!sent) throw new Error('an invitation was expected')
    const own = {
      id: newId(),
      hubId: hubs.room,
      inviterId: lena.id,
      submissionKey: newId(),
      status: 'revoked' as const,
    }
    await usher.app.db.prisma.invitation.create({ data: { ...sent, ...own } })
    await (await inviteByName('ULENA', typed)).updated?.close({ all: true })
    expect(await invitationsOf(id)).toBe(2)
  })
})
