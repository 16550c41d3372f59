// What becomes of rows that a rule keeps out: told where it may be told, else in the same words.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { messageText } from '../../src/sandbox/slack/local-slack.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { addUnit, inviteAndGetLink, queryRows, signUp, waitForQuiet, waitForStatus } from './acts.ts'
import { addresses, csv, giveFile, makeStanding, passTheMinute, paste, send, sendToTheEnd } from './list-acts.ts'

let usher: Usher
let sales: string

beforeAll(async () => {
  usher = await startUsher()
  await usher.slack.as('UADA').openHome()
  await usher.slack.as('UADA').waitForHome()
  sales = await addUnit(usher, 'department', 'Sales')
  await addUnit(usher, 'department', 'Customer care')
})
afterEach(async () => {
  for (const id of ['UADA', 'UPAT', 'ULENA', 'USAM']) await usher.slack.as(id).view()?.close({ all: true })
  expect(usher.slack.complaints).toEqual([])
})
afterAll(() => usher.stop())

const invitationsOf = (prefix: string) =>
  queryRows(
    usher,
    `SELECT i."email", i."status"::text, d."name" AS department, i."isAddition" FROM "Invitation" i
     LEFT JOIN "Department" d ON d."id" = i."departmentId" WHERE i."email" LIKE $1 ORDER BY i."email"`,
    [`${prefix}%`],
  )

describe('rows', () => {
  it('of an unknown department or location are kept out, by name', async () => {
    const rows = ['a1@example.org,Salse,', 'a2@example.org,,Atlantis', 'a3@example.org, SALES ,']
    const preview = await giveFile(usher.slack.as('UADA'), csv(`email,department,location\n${rows.join('\n')}`))
    expect(preview.text).toContain('1 person will be invited')
    expect(preview.text).toContain('Line 2: “a1@example.org” There is no department of this name.')
    expect(preview.text).toContain('Line 3: “a2@example.org” There is no location of this name.')
    await sendToTheEnd(usher, usher.slack.as('UADA'), preview)
    expect(await invitationsOf('a')).toEqual([
      { email: 'a3@example.org', status: 'pending', department: 'Sales', isAddition: false },
    ])
  })

  it.each(['hr_admin', 'quality_admin'] as const)('of another department than a %s’s are kept out', async (role) => {
    const lena = await makeStanding(usher, 'ULENA', { role, departmentId: sales })
    const rows = [`${role}1@example.org,Customer care`, `${role}2@example.org,Sales`, `${role}3@example.org,`]
    const preview = await giveFile(lena, csv(`email,department\n${rows.join('\n')}`))
    expect(preview.text).toContain('2 people will be invited')
    expect(preview.text).toContain('You can bring people only into your own department.')
    await sendToTheEnd(usher, lena, preview)
    const invited = { status: 'pending', department: 'Sales', isAddition: false }
    expect(await invitationsOf(role)).toEqual([
      { email: `${role}2@example.org`, ...invited },
      { email: `${role}3@example.org`, ...invited },
    ])
    const [person] = await queryRows(usher, `SELECT 1 FROM "Person" WHERE "email" = $1`, [`${role}1@example.org`])
    expect(person).toBeUndefined()
  })

  it('that say where somebody belongs go before what is chosen for the whole list', async () => {
    const file = csv('email,department\nb1@example.org,Customer care\nb2@example.org,\n')
    const preview = await giveFile(usher.slack.as('UADA'), file, { Department: 'Sales' })
    await sendToTheEnd(usher, usher.slack.as('UADA'), preview)
    expect((await invitationsOf('b')).map(({ department }) => department)).toEqual(['Customer care', 'Sales'])
  })

  it('that say somebody is not active are not invited', async () => {
    const preview = await giveFile(usher.slack.as('UADA'), csv('email,active\nc1@example.org,no\nc2@example.org,yes\n'))
    expect(preview.text).toContain('1 person will be invited')
    expect(preview.text).toContain('The list says that this person is not active: not invited.')
  })

  it('change nobody who is known: no member, no account holder, and nobody whom another list brought', async () => {
    const link = await inviteAndGetLink(usher, 'known@example.org')
    expect((await signUp(usher, link)).status).toBe(303)
    const rows = ['known@example.org,Mallory,79051111111,Sales', 'pat@northwind.example,Mallory,79051111111,Sales']
    await usher.slack.as('UPAT').openHome()
    await usher.slack.as('UPAT').waitForHome()
    const before = await readPeople()
    const list = csv(
      `email,first name,mobile,department\n${rows.join('\n')}\nfresh@example.org,Fresh,79051111112,Sales\n`,
    )
    await sendToTheEnd(usher, usher.slack.as('UADA'), await giveFile(usher.slack.as('UADA'), list))
    expect(await readPeople()).toEqual(before)
    const later = csv('email,first name,last name,mobile\nfresh@example.org,Other,Name,79051111113\n')
    await sendToTheEnd(usher, usher.slack.as('UADA'), await giveFile(usher.slack.as('UADA'), later))
    const fresh = await usher.app.db.prisma.person.findFirstOrThrow({ where: { emailKey: 'fresh@example.org' } })
    expect(fresh).toMatchObject({ firstName: 'Fresh', lastName: '', mobile: '+79051111112', departmentId: sales })
  })

  const readPeople = () =>
    queryRows(
      usher,
      `SELECT "email", "firstName", "lastName", "mobile", "departmentId" FROM "Person"
       WHERE "emailKey" IN ('known@example.org', 'pat@northwind.example') ORDER BY "email"`,
    )
})

describe('addresses that are known already', () => {
  it('16: known, pending and paused ones are told in the same words, and unknown ones are invited', async () => {
    const link = await inviteAndGetLink(usher, 'member@example.org')
    await signUp(usher, link)
    await inviteAndGetLink(usher, 'pending@example.org')
    const paused = await inviteAndGetLink(usher, 'paused@example.org')
    await signUp(usher, paused)
    await queryRows(
      usher,
      `UPDATE "Account" SET "status" = 'inactive' WHERE "personId" = (SELECT "id" FROM "Person" WHERE "emailKey" = 'paused@example.org')`,
    )
    const ada = usher.slack.as('UADA')
    const list = 'member@example.org\npending@example.org\npaused@example.org\nunknown@example.org'
    const preview = await paste(ada, list)
    expect(preview.text).toContain('4 people will be invited')
    const done = await sendToTheEnd(usher, ada, preview)
    expect(done.text).toContain('1 person was invited into Main hub. Not invited: 3 could not be invited.')
    expect(messageText(done)).toContain(
      [
        'This address could not be invited.',
        '• Line 1: “member@example.org”',
        '• Line 2: “pending@example.org”',
        '• Line 3: “paused@example.org”',
      ].join('\n'),
    )
  })

  it('an account elsewhere in the organisation is added at once, told by mail, and counted like the others', async () => {
    await addUnit(usher, 'hub', 'Second hub')
    const ada = usher.slack.as('UADA')
    const preview = await paste(ada, 'member@example.org, brand-new@example.org', { Hub: 'Second hub' })
    const { ts } = await send(ada, preview)
    const inHub = `SELECT count(*)::int AS n FROM "HubMembership" m JOIN "Hub" h ON h."id" = m."hubId"
      JOIN "Person" p ON p."id" = m."personId" WHERE h."name" = 'Second hub' AND p."emailKey" = 'member@example.org'`
    expect(await queryRows(usher, inHub)).toEqual([{ n: 1 }])
    await passTheMinute(usher)
    await usher.mailbox.waitFor((mail) => mail.to.includes('member@example.org') && mail.text.includes('Second hub'))
    const done = await ada.waitForMessage((message) => message.ts === ts && message.text.includes('were invited'))
    expect(done.text).toContain('2 people were invited into Second hub. Nobody was left out.')
  })

  it('an addition that is undone is out of the hub again', async () => {
    await addUnit(usher, 'hub', 'Third hub')
    const ada = usher.slack.as('UADA')
    const progress = await send(ada, await paste(ada, 'member@example.org', { Hub: 'Third hub' }))
    await ada.click(progress, 'Undo')
    await ada.waitForMessage((message) => message.ts === progress.ts && message.text.includes('taken back'))
    const inHub = `SELECT count(*)::int AS n FROM "HubMembership" m JOIN "Hub" h ON h."id" = m."hubId" WHERE h."name" = 'Third hub'`
    expect(await queryRows(usher, inHub)).toEqual([{ n: 0 }])
  })
})

describe('the limit of a day', () => {
  it('is 10,000 people of one inviter, over several lists, and the rest can be sent tomorrow', async () => {
    const max = usher.slack.as('UMAX')
    await max.openHome()
    await max.waitForHome()
    const long = await giveFile(max, csv(addresses('day', 9_999).join('\n')))
    await long.submit()
    const first = await max.waitForMessage('9,999 people will be invited')
    await max.view()?.close({ all: true })
    const preview = await paste(max, 'extra1@example.org extra2@example.org')
    await preview.submit()
    expect((await max.waitForView('Not done')).text).toContain('1 are left for you today')
    await max.view()?.close({ all: true })
    expect(await invitationsOf('extra')).toEqual([])

    await max.click(first, 'Undo')
    await max.waitForMessage((message) => message.ts === first.ts && message.text.includes('taken back'))
    // What was taken back does not count.
    await send(max, await paste(max, 'extra1@example.org extra2@example.org'))
    expect(await invitationsOf('extra')).toHaveLength(2)
  })
})

it('leaves nothing undone behind it', async () => {
  await passTheMinute(usher)
  await waitForStatus(usher, 'extra2@example.org', 'pending')
  await waitForQuiet(usher)
  expect(usher.log.filter(({ level }) => level === 'error')).toEqual([])
})
