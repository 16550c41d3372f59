// Who may send which list, and what becomes of rows that a rule keeps out: told where it may be told, else in the same words.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { messageText } from '../../src/sandbox/slack/local-slack.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { addUnit, forge, inviteAndGetLink, queryRows, signUp, until, waitForQuiet, waitForStatus } from './acts.ts'
import {
  ACCESS,
  addresses,
  csv,
  giveFile,
  mainHub,
  makeStanding,
  openList,
  passTheMinute,
  paste,
  send,
  sendToTheEnd,
} from './list-acts.ts'

let usher: Usher
let sales: string
let care: string
let hub: string

beforeAll(async () => {
  usher = await startUsher()
  await usher.slack.as('UADA').openHome()
  await usher.slack.as('UADA').waitForHome()
  sales = await addUnit(usher, 'department', 'Sales')
  care = await addUnit(usher, 'department', 'Customer care')
  hub = await mainHub(usher)
}, 60_000)
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

  it('never change what members and account holders are known by, and complete those whom only lists know', async () => {
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
    expect(fresh).toMatchObject({ firstName: 'Fresh', lastName: 'Name', mobile: '+79051111112', departmentId: sales })
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
    const words = messageText(done).match(/Line \d: “\w+@example\.org” (.*)/g) ?? []
    expect(words).toEqual([
      'Line 1: “member@example.org” This address could not be invited.',
      'Line 2: “pending@example.org” This address could not be invited.',
      'Line 3: “paused@example.org” This address could not be invited.',
    ])
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

describe('whoever', () => {
  it('is Hub Admin sends 501 people only with a second person; a Corporate Admin sends them alone', async () => {
    const pat = await makeStanding(usher, 'UPAT', { hub: { id: hub, userType: 'hub_admin' } })
    const preview = await paste(pat, addresses('l', 170).join('\n'))
    expect(preview.text).toContain('170 people will be invited')
    await pat.view()?.close({ all: true })

    const long = await giveFile(pat, csv(addresses('long', 501).join('\n')))
    expect(await long.submit()).toEqual({ closed: true })
    await pat.waitForMessage('Somebody else has to agree')
    expect(await invitationsOf('long')).toEqual([])

    const ada = usher.slack.as('UADA')
    await send(ada, await giveFile(ada, csv(addresses('alone', 501).join('\n'))))
    expect(await invitationsOf('alone')).toHaveLength(501)
  })

  it('lost the right between the second step and sending sends nothing', async () => {
    const pat = await makeStanding(usher, 'UPAT', { hub: { id: hub, userType: 'hub_admin' } })
    const preview = await paste(pat, 'right@example.org', { 'User type': 'Hub Admin' })
    await makeStanding(usher, 'UPAT', { hub: { id: hub, userType: 'team_member' } })
    await preview.submit()
    const refused = await pat.waitForView('Not done')
    expect(refused.text).toContain('You may not give this combination')
    expect(await invitationsOf('right')).toEqual([])
  })

  it('may place people only in one department since the second step sends no row of another', async () => {
    const lena = await makeStanding(usher, 'ULENA', { role: 'hr_admin', departmentId: care })
    const ada = usher.slack.as('UADA')
    const preview = await giveFile(ada, csv('email,department\nplace@example.org,Sales\n'), {
      Department: 'Customer care',
    })
    const { batchId } = JSON.parse(preview.privateMetadata) as { batchId: string }
    // As if the draft had been hers when she could place people anywhere.
    const { id } = await usher.app.db.prisma.person.findFirstOrThrow({ where: { slackUserId: lena.id } })
    await usher.app.db.prisma.batch.update({ where: { id: batchId }, data: { inviterId: id } })
    await preview.submit()
    await ada.view()?.close({ all: true })
    const own = await giveFile(lena, csv('email\nown@example.org\n'))
    await forge(usher, 'view_submission', (payload) => {
      payload.view.id = own.id
      payload.view.private_metadata = JSON.stringify({ from: '', batchId })
      payload.view.state.values = {}
      Object.assign(payload.view, { callback_id: 'list_preview' })
      payload.user.id = lena.id
    })
    expect(await invitationsOf('place')).toEqual([])
  })

  it('finds the hub archived between the second step and sending is told so', async () => {
    const id = await addUnit(usher, 'hub', 'Short-lived hub')
    const ada = usher.slack.as('UADA')
    const preview = await paste(ada, 'archived@example.org', { Hub: 'Short-lived hub' })
    await usher.app.db.prisma.hub.update({ where: { id }, data: { archivedAt: usher.clock.now } })
    await preview.submit()
    expect((await ada.waitForView('Not done')).text).toContain('it was archived meanwhile: choose another')
    expect(await invitationsOf('archived')).toEqual([])
    // The second step is still there behind it.
    await ada.view()?.close()
    expect(ada.view()?.callbackId).toBe('list_preview')
  })

  it('forges the second step with somebody else’s list gets nowhere', async () => {
    const ada = usher.slack.as('UADA')
    const hers = await paste(ada, 'hers@example.org')
    const { batchId } = JSON.parse(hers.privateMetadata) as { batchId: string }
    const pat = await makeStanding(usher, 'UPAT', { hub: { id: hub, userType: 'hub_admin' } })
    const his = await paste(pat, 'his@example.org')
    await his.submit()
    const answer = await forge(
      usher,
      'view_submission',
      (payload) => {
        payload.view.private_metadata = JSON.stringify({ from: '', batchId })
      },
      { later: 1 },
    )
    expect(answer.body).toContain('This list is not there any more.')
    for (const nonsense of ['', 'nonsense', '00000000-0000-0000-0000-000000000000', "' OR 1=1 --"]) {
      const again = await forge(
        usher,
        'view_submission',
        (payload) => {
          payload.view.private_metadata = JSON.stringify({ batchId: nonsense })
        },
        { later: 2 + nonsense.length },
      )
      expect(again.body).toContain('This list is not there any more.')
    }
    expect(await invitationsOf('hers')).toEqual([])
  })

  it('forges values of nowhere into the form is refused in words', async () => {
    const ada = usher.slack.as('UADA')
    const form = await openList(ada)
    await form.fill({ Addresses: 'nowhere@example.org', ...ACCESS })
    await form.submit()
    const foreign = '00000000-0000-0000-0000-000000000000'
    const answer = await forge(
      usher,
      'view_submission',
      (payload) => {
        const { values } = payload.view.state
        const choose = (value: string) => ({ type: 'static_select', selected_option: { value } })
        Object.assign(values, {
          hubId: { hubId: choose(foreign) },
          userType: { userType: choose('hub_admin') },
          role: { role: choose('corporate_admin') },
          departmentId: { departmentId: choose("'; DROP TABLE") },
        })
      },
      { later: 1 },
    )
    expect(JSON.parse(answer.body)).toMatchObject({ response_action: 'errors', errors: { role: expect.any(String) } })
    expect(await invitationsOf('nowhere')).toEqual([])
  })
})

describe('the limit of a day', () => {
  it('is 10,000 people of one inviter, over several lists, and the rest can be sent tomorrow', async () => {
    const max = usher.slack.as('UMAX')
    await max.openHome()
    await max.waitForHome()
    const long = await giveFile(max, csv(addresses('day', 9_999).join('\n')))
    await long.submit()
    const first = await max.waitForMessage('9,999 people will be invited', { within: 30_000 })
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
  }, 60_000)
})

it('leaves nothing undone behind it', async () => {
  await passTheMinute(usher)
  await until(() => waitForStatus(usher, 'alone501@example.org', 'pending'))
  await waitForQuiet(usher)
  expect(usher.log.filter(({ level }) => level === 'error')).toEqual([])
}, 60_000)
