// `/invites import`: people brought in and up to date, with or without an invitation, each within the importer's reach.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { messageText } from '../../src/sandbox/slack/local-slack.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { addUnit, forge, inviteAndGetLink, mailTo, queryRows, signUp, waitForQuiet, waitForStatus } from './acts.ts'
import {
  ACCESS,
  afterReading,
  csv,
  fileIn,
  giveImport,
  mainHub,
  makeStanding,
  openImport,
  openList,
  passTheMinute,
  send,
  waitForEnd,
} from './list-acts.ts'

let usher: Usher
let sales: string
let care: string

beforeAll(async () => {
  usher = await startUsher()
  sales = await addUnit(usher, 'department', 'Sales')
  care = await addUnit(usher, 'department', 'Customer care')
  await addUnit(usher, 'location', 'Bonn')
})
afterEach(async () => {
  for (const id of ['UADA', 'ULENA', 'UPAT']) await usher.slack.as(id).view()?.close({ all: true })
  expect(usher.slack.complaints).toEqual([])
})
afterAll(() => usher.stop())

const ada = () => usher.slack.as('UADA')
const HEADER = 'email,first name,last name,mobile,department,location,employee type,start date,groups,active'
const rowsOf = (...rows: string[]) => csv([HEADER, ...rows].join('\n'))
const person = (emailKey: string) =>
  usher.app.db.prisma.person.findFirstOrThrow({
    where: { emailKey },
    include: { groups: { include: { group: true } } },
  })

/** Imports, and gives the message as it ends. */
async function importRows(rows: string[], fields: Parameters<typeof giveImport>[2] = {}, by = ada()) {
  const preview = await giveImport(by, rowsOf(...rows), fields)
  const { ts } = await send(by, preview)
  return { preview, done: await waitForEnd(by, ts) }
}

describe('people', () => {
  it('are new, changed or as they were, and counted so', async () => {
    const first = ['a1@example.org,Ana,Diaz,+7 905 111-11-11,Sales,Bonn,Employee,2026-03-04,Night shift; Drivers,yes']
    await importRows([...first, 'a2@example.org,Bob,,,,,,,,', 'a3@example.org,Cleo,,,,,,,,'])
    expect(await person('a1@example.org')).toMatchObject({
      ...{ firstName: 'Ana', lastName: 'Diaz', mobile: '+79051111111', departmentId: sales },
      ...{ employeeType: 'employee', startDate: new Date('2026-03-04'), isActive: true },
    })
    expect((await person('a1@example.org')).groups.map(({ group }) => group.name).sort()).toEqual([
      'Drivers',
      'Night shift',
    ])

    const { preview, done } = await importRows([
      ...first,
      'A2@Example.org,Bobby,,,Customer care,,,,,',
      'a3@example.org,,,,,,,,night SHIFT,',
      'a4@example.org,New,,,,,Contractor,4 March 2026,,',
    ])
    expect(preview.text).toContain('4 people will be brought in.* Nobody is invited.')
    expect(preview.text).toContain('1 person new.\n3 people known already')
    expect(done.text).toContain('The people are in: 1 new, 2 changed, 1 as they were. Nobody was left out.')
    expect(await person('a2@example.org')).toMatchObject({ firstName: 'Bobby', departmentId: care })
    expect(await person('a3@example.org')).toMatchObject({ firstName: 'Cleo' })
    expect((await person('a3@example.org')).groups.map(({ group }) => group.name)).toEqual(['Night shift'])
    expect(await queryRows(usher, `SELECT count(*)::int AS n FROM "Group"`)).toEqual([{ n: 2 }])
    expect(await queryRows(usher, `SELECT count(*)::int AS n FROM "Invitation"`)).toEqual([{ n: 0 }])
    expect(usher.mailbox.messages).toEqual([])
  })

  it('have what was changed in the audit log, before and after', async () => {
    const told = await queryRows(
      usher,
      `SELECT "act", "before", "after", "actorName" FROM "AuditEvent" WHERE "subjectKind" = 'person' AND "subjectId" = $1 ORDER BY "at"`,
      [(await person('a2@example.org')).id],
    )
    expect(told).toEqual([
      expect.objectContaining({ act: 'person.added', actorName: 'Ada Lovelace' }),
      {
        act: 'person.changed',
        actorName: 'Ada Lovelace',
        before: { firstName: 'Bob', department: null },
        after: { firstName: 'Bobby', department: 'Customer care' },
      },
    ])
  })

  it('with dates that can mean two days, or none, are refused by row; local forms that cannot are taken', async () => {
    const { preview, done } = await importRows([
      'd1@example.org,,,,,,,03/04/2026,,',
      'd2@example.org,,,,,,,31.02.2026,,',
      'd3@example.org,,,,,,,25/12/2026,,',
      'd4@example.org,,,,,,,4.3.2026,,',
    ])
    expect(preview.text).toContain('Line 2: “d1@example.org” “03/04/2026” can mean two different days.')
    expect(preview.text).toContain('Line 3: “d2@example.org” “31.02.2026” is not a date.')
    expect(done.text).toContain('The people are in: 2 new. Left out: 2 malformed.')
    expect((await person('d3@example.org')).startDate).toEqual(new Date('2026-12-25'))
    expect((await person('d4@example.org')).startDate).toEqual(new Date('2026-03-04'))
    expect(await fileIn(usher, ada(), done)).toContain('d1@example.org,"","",03/04/2026,2,')
  })

  it('who become inactive lose their waiting and pending invitations in the same moment', async () => {
    const link = await inviteAndGetLink(usher, 'leaving@example.org')
    const joined = await inviteAndGetLink(usher, 'joined@example.org')
    await signUp(usher, joined)
    const { preview, done } = await importRows([
      'leaving@example.org,,,,,,,,,no',
      'joined@example.org,,,,,,,,,inactive',
    ])
    expect(preview.text).toContain('2 people not active, as the file says; open invitations to them are revoked.')
    expect(done.text).toContain('2 changed')
    expect((await waitForStatus(usher, 'leaving@example.org', 'revoked')).generation).toBe(2)
    expect((await usher.visit(link)).status).toBe(404)
    expect((await person('leaving@example.org')).isActive).toBe(false)
    const acts = await queryRows(
      usher,
      `SELECT "act" FROM "AuditEvent" WHERE "subjectName" = 'leaving@example.org' OR "subjectId" = $1 ORDER BY "at", "act"`,
      [(await person('leaving@example.org')).id],
    )
    expect(acts.map(({ act }) => act)).toEqual(expect.arrayContaining(['invitation.revoked', 'person.deactivated']))
    await importRows(['leaving@example.org,,,,,,,,,yes'])
    expect((await person('leaving@example.org')).isActive).toBe(true)
  })
})

describe('the box "Send invitation"', () => {
  const TICKED = { 'Send invitation': true }

  it('without hub, user type and role is refused beside them, and the box stays ticked', async () => {
    const form = await openImport(ada())
    await form.fill({ file: rowsOf('b1@example.org,,,,,,,,,'), ...TICKED })
    const { errors } = await form.submit()
    expect(Object.keys(errors ?? {})).toEqual(['hubId', 'userType', 'role'])
    expect(form.values.sendInvitations?.sendInvitations?.selected_options).toHaveLength(1)
  })

  it('invites those who are active, after a minute, and says how both ended', async () => {
    const rows = ['b1@example.org,Ben,,,,,,,,', 'b2@example.org,,,,,,,,,no', 'b3@']
    const preview = await giveImport(ada(), rowsOf(...rows), { ...TICKED, ...ACCESS, Hub: 'Main hub' })
    expect(preview.text).toContain('*1 person will be invited* into *Main hub* as Team Member, Employee.')
    expect(preview.text).toContain('1 person not active, as the file says: brought in, not invited')
    const { ts } = await send(ada(), preview)
    await passTheMinute(usher)
    await mailTo(usher, 'b1@example.org')
    const done = await waitForEnd(ada(), ts)
    expect(done.text).toContain('The people are in: 2 new. 1 person was invited into Main hub.')
    expect(done.text).toContain('Not invited: 1 could not be invited, 1 malformed.')
    expect(messageText(done)).toContain('The list says that this person is not active: not invited.')
    expect((await person('b2@example.org')).isActive).toBe(false)
    expect(await queryRows(usher, `SELECT 1 FROM "Invitation" WHERE "email" = 'b2@example.org'`)).toEqual([])
  })

  it('not ticked invites nobody, whatever is chosen below', async () => {
    const { done } = await importRows(['b4@example.org,,,,,,,,,'], { ...ACCESS, Hub: 'Main hub' })
    expect(done.text).toContain('The people are in: 1 new.')
    await waitForQuiet(usher)
    expect(await queryRows(usher, `SELECT 1 FROM "Invitation" WHERE "email" = 'b4@example.org'`)).toEqual([])
  })

  it('the same people brought in and then invited on one day are invited', async () => {
    await importRows(['b5@example.org,,,,,,,,,'])
    const preview = await giveImport(ada(), rowsOf('b5@example.org,,,,,,,,,'), {
      ...TICKED,
      ...ACCESS,
      Hub: 'Main hub',
    })
    await send(ada(), preview)
    await passTheMinute(usher)
    await mailTo(usher, 'b5@example.org')
  })

  it('"Back" keeps the box, the choices and the file', async () => {
    const preview = await giveImport(ada(), rowsOf('b6@example.org,,,,,,,,,'), {
      ...TICKED,
      ...ACCESS,
      Hub: 'Main hub',
    })
    await preview.click('Back')
    const form = await ada().waitForView('import_form')
    expect(form.text).toContain('people.csv is kept.')
    expect(form.values.sendInvitations?.sendInvitations?.selected_options).toHaveLength(1)
    expect(form.values.role?.role?.selected_option?.value).toBe('employee')
    expect((await afterReading(ada(), form)).text).toContain('1 person will be invited')
  })

  it('a file that cannot be read leaves the box and the choices as they were', async () => {
    const form = await giveImport(ada(), csv('name\nAna\n'), { ...TICKED, ...ACCESS, Hub: 'Main hub' })
    expect(form.callbackId).toBe('import_form')
    expect(form.text).toContain('No column of this file is called “email”')
    expect(form.values.sendInvitations?.sendInvitations?.selected_options).toHaveLength(1)
    expect(form.values.userType?.userType?.selected_option?.value).toBe('team_member')
  })
})

describe('an HR Admin', () => {
  it('brings people into their own department only, and changes nobody outside it', async () => {
    const lena = await makeStanding(usher, 'ULENA', { role: 'hr_admin', departmentId: sales })
    await makeStanding(usher, 'UPAT', {})
    await importRows(['h0@example.org,Old,,,Customer care,,,,,', 'h1@example.org,Mine,,,Sales,,,,,'])
    const { preview, done } = await importRows(
      [
        'h0@example.org,Stolen,,,,,,,,no',
        'pat@northwind.example,Stolen,,,,,,,,no',
        'h1@example.org,Changed,,,,,,,,',
        'h2@example.org,New,,,,,,,,',
        'h3@example.org,Other,,,Customer care,,,,,',
      ],
      {},
      lena,
    )
    expect(preview.text).toContain('2 people will be brought in')
    expect(preview.text).toContain(
      'This person is known outside your department. Ask a Corporate Admin to change them.\n• Line 2: “h0@example.org”\n• Line 3: “pat@northwind.example”',
    )
    expect(preview.text).toContain('Line 6: “h3@example.org” You can bring people only into your own department.')
    expect(done.text).toContain('The people are in: 1 new, 1 changed. Left out: 3 not allowed.')
    expect(await person('h0@example.org')).toMatchObject({ firstName: 'Old', departmentId: care, isActive: true })
    expect(await person('pat@northwind.example')).toMatchObject({ firstName: 'Pat', isActive: true })
    expect(await person('h1@example.org')).toMatchObject({ firstName: 'Changed', departmentId: sales })
    expect(await person('h2@example.org')).toMatchObject({ departmentId: sales })
  })

  it('does not change who left their department between the second step and the import', async () => {
    const lena = await makeStanding(usher, 'ULENA', { role: 'hr_admin', departmentId: sales })
    const preview = await giveImport(lena, rowsOf('h1@example.org,Again,,,,,,,,'))
    await queryRows(usher, `UPDATE "Person" SET "departmentId" = $1 WHERE "emailKey" = 'h1@example.org'`, [care])
    const { ts } = await send(lena, preview)
    const done = await waitForEnd(lena, ts)
    expect(done.text).toContain('The people are in: nobody. Left out: 1 could not be brought in.')
    expect(await person('h1@example.org')).toMatchObject({ firstName: 'Changed', departmentId: care })
  })

  it('without a department, and a Hub Admin, and anybody else may not import, forged submissions included', async () => {
    const pat = await makeStanding(usher, 'UPAT', { hub: { id: await mainHub(usher), userType: 'hub_admin' } })
    const lena = await makeStanding(usher, 'ULENA', { role: 'hr_admin', departmentId: null })
    for (const member of [pat, lena]) {
      await member.command('/invites import')
      const refused = await member.waitForMessage('Only Corporate Admins and HR Admins').catch(() => undefined)
      expect(refused ?? member.view()?.text).toBeDefined()
      await member.view()?.close({ all: true })
    }
    await giveImport(ada(), rowsOf('forged@example.org,,,,,,,,,'))
    await usher.slack.as('UADA').view()?.close({ all: true })
    const form = await openList(pat)
    const before = await queryRows(usher, `SELECT count(*)::int AS n FROM "Batch"`)
    await forge(
      usher,
      'view_submission',
      (payload) => {
        payload.user.id = 'UPAT'
        payload.view.id = form.id
      },
      { later: 1 },
    )
    await pat.waitForView((view) => view.text.includes('Only Corporate Admins and HR Admins'))
    expect(await queryRows(usher, `SELECT count(*)::int AS n FROM "Batch"`)).toEqual(before)
  })

  it('who lost the right between the second step and the import brings in nobody', async () => {
    const lena = await makeStanding(usher, 'ULENA', { role: 'hr_admin', departmentId: sales })
    const preview = await giveImport(lena, rowsOf('h9@example.org,,,,,,,,,'))
    await makeStanding(usher, 'ULENA', { role: 'employee', departmentId: sales })
    await preview.submit()
    expect((await lena.waitForView('Not done')).text).toContain('Only Corporate Admins and HR Admins')
    expect(await queryRows(usher, `SELECT 1 FROM "Person" WHERE "emailKey" = 'h9@example.org'`)).toEqual([])
  })
})
