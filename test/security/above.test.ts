// SECURITY 36 and 38: nobody changes themselves or somebody above them, by an import or by any act on people; one Corporate
// Admin always remains; a batch that is no import changes nobody who is known, and every change has its event.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { pauseAccount } from '../../src/accounts/index.ts'
import { newId } from '../../src/database/index.ts'
import { letPeopleGo } from '../../src/invitations/index.ts'
import { bringBack, categorise, learnPerson, markLeft, type Source } from '../../src/people/index.ts'
import { addUnit, changeSettings, openQueueOf, queryRows, until } from '../journeys/acts.ts'
import { known } from '../journeys/approval-acts.ts'
import { ACCESS, csv, giveFile, giveImport, sendToTheEnd } from '../journeys/list-acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
let sales = ''
const ids: Record<string, string> = {}
const slackIds = { hr: 'USAM', corporate: 'UCEO', quality: 'UQUA', peer: 'UPEER', hubAdmin: 'UHUB', below: 'UPAT' }

beforeAll(async () => {
  usher = await startUsher()
  for (const id of ['UCEO', 'UQUA', 'UPEER', 'UHUB']) {
    await usher.slack.setUser(id, { real_name: `Person ${id}`, email: `${id.toLowerCase()}@northwind.example` })
  }
  await changeSettings(usher, { 'Notification channel': 'people-ops' })
  await usher.slack.as('UADA').view()?.close({ all: true })
  sales = await addUnit(usher, 'department', 'Sales')
})
beforeEach(async () => {
  const hubId = (await usher.app.db.prisma.hub.findFirstOrThrow({ where: { isDefault: true } })).id
  const role = { hr: 'hr_admin', corporate: 'corporate_admin', quality: 'quality_admin', peer: 'hr_admin' } as const
  for (const [name, slackId] of Object.entries(slackIds)) {
    const standing = {
      role: name in role ? role[name as keyof typeof role] : ('employee' as const),
      departmentId: sales,
    }
    const hubs = name === 'hubAdmin' ? { [hubId]: 'hub_admin' as const } : {}
    ids[name] = (await known(usher, slackId, { ...standing, hubs })).id
  }
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

const personOf = (name: keyof typeof slackIds) =>
  usher.app.db.prisma.person.findUniqueOrThrow({ where: { id: ids[name] ?? '' } })
const emailOf = (name: keyof typeof slackIds) => `${slackIds[name].toLowerCase()}@northwind.example`

const done = (fileName: string) =>
  until(async () =>
    expect(await queryRows(usher, `SELECT "status"::text FROM "Batch" WHERE "fileName" = $1`, [fileName])).toEqual([
      { status: 'done' },
    ]),
  )

/** Everybody whom an HR Admin of Sales meets there, and whether they stand so that the HR Admin may change them. */
const targets: [keyof typeof slackIds, boolean][] = [
  ['corporate', false],
  ['hr', false],
  ['quality', true],
  ['peer', true],
  ['hubAdmin', true],
  ['below', true],
]

describe('36: an HR Admin of the same department', () => {
  it.each(targets)('by a row of an import about %s: changed is %s', async (target, may) => {
    const email = (await personOf(target)).email ?? emailOf(target)
    const before = await personOf(target)
    const sam = usher.slack.as('USAM')
    await sam.view()?.close({ all: true })
    const file = `email,first name,mobile,active\n${email},Renamed,+447400123456,no`
    const preview = await giveImport(sam, csv(file, `${target}.csv`))
    await preview.submit()
    await done(`${target}.csv`)

    const after = await personOf(target)
    expect([after.isActive, after.mobile === '+447400123456', after.firstName === 'Renamed']).toEqual(
      may ? [false, true, true] : [true, false, false],
    )
    if (!may) expect(after).toEqual(before)
    const rows = await queryRows(
      usher,
      `SELECT r."verdict"::text AS verdict, r."reason" FROM "BatchRow" r JOIN "Batch" b ON b."id" = r."batchId"
        WHERE b."fileName" = $1`,
      [`${target}.csv`],
    )
    expect(rows).toEqual([may ? { verdict: 'good', reason: '' } : { verdict: 'could_not', reason: 'may_not_change' }])
    await usher.app.db.prisma.person.update({
      where: { id: ids[target] ?? '' },
      data: { isActive: true, activity: {}, sources: {}, mobile: null, firstName: before.firstName, leftAt: null },
    })
  })

  it.each(targets)('by an act on %s: allowed is %s', async (target, may) => {
    const { id: organisationId } = await usher.app.db.prisma.organisation.findFirstOrThrow()
    const queue = await openQueueOf(usher)
    const c = {
      db: usher.app.db,
      now: () => usher.clock.now,
      letGo: (tx: Parameters<typeof letPeopleGo>[0], leaving: Parameters<typeof letPeopleGo>[2]) =>
        letPeopleGo(tx, queue, leaving),
    }
    const personId = ids[target] ?? ''
    const request = { organisationId, actorId: ids.hr ?? '', which: { personId }, origin: 'slack' }
    const account = { organisationId, actorId: ids.hr ?? '', personId, origin: 'slack' }
    await usher.app.db.prisma.account.upsert({
      where: { personId },
      update: { status: 'active', leftAt: null },
      create: {
        ...{ id: newId(), organisationId, personId, passwordHash: 'x', termsVersion: 1, createdAt: usher.clock.now },
        ...{ termsAgreedAt: usher.clock.now, termsAgreedFrom: 'test' },
      },
    })
    const isDone = async (act: Promise<unknown>) =>
      act.then(
        () => true,
        () => false,
      )
    const outcomes = {
      categorise: await isDone(categorise(c, { ...request, employeeType: 'contractor' })),
      pause: await isDone(pauseAccount(c, account)),
      markLeft: await isDone(markLeft(c, request)),
      bringBack: await isDone(bringBack(c, request)),
    }
    expect(outcomes).toEqual({ categorise: may, pause: may, markLeft: may, bringBack: may })
    await usher.app.db.prisma.person.update({
      where: { id: personId },
      data: { isActive: true, activity: {}, leftAt: null },
    })
    await queue.close()
  })
})

describe('36: one active Corporate Admin remains', () => {
  const admins = async () =>
    (
      await queryRows(
        usher,
        `SELECT "slackUserId" FROM "Person" WHERE "isActive" AND "slackUserId" IS NOT NULL AND NOT "isWorkspaceGuest"
          AND ("role" = 'corporate_admin' OR "isWorkspaceAdmin") ORDER BY 1`,
      )
    ).map((row) => row.slackUserId)

  it('when Slack deactivates one after the other: the last stays, is told, and the log says so', async () => {
    await known(usher, 'UADA')
    await known(usher, 'UMAX')
    await known(usher, 'UCEO', { role: null })
    expect(await admins()).toEqual(['UADA', 'UMAX'])
    await usher.slack.setUser('UMAX', { deleted: true })
    await until(async () => expect(await admins()).toEqual(['UADA']))
    await usher.slack.setUser('UADA', { deleted: true })

    await usher.slack.as('ULENA').waitForMessage('there is no other Corporate Admin', { channel: 'people-ops' })
    expect(await admins()).toEqual(['UADA'])
    const kept = await queryRows(
      usher,
      `SELECT "actorName", "subjectName" FROM "AuditEvent" WHERE "act" = 'person.kept'`,
    )
    expect(kept).toEqual([{ actorName: 'Slack', subjectName: 'Ada Lovelace' }])
    // With somebody else there, the word holds at the next that is heard.
    await known(usher, 'UCEO', { role: 'corporate_admin' })
    await usher.slack.setUser('UADA', { deleted: true, real_name: 'Ada L.' })
    await until(async () => expect(await admins()).toEqual(['UCEO']))
    for (const id of ['UADA', 'UMAX']) await usher.slack.setUser(id, { deleted: false })
    await until(async () => expect(await admins()).toEqual(['UADA', 'UCEO', 'UMAX']))
  })

  it('when Slack takes away the rights of one after the other: the last keeps them, and is told', async () => {
    await usher.app.db.prisma.person.updateMany({ data: { role: null } })
    await until(async () => expect(await admins()).toEqual(['UADA', 'UMAX']))
    // Slack tells the times of changes in seconds.
    usher.clock.pass(60_000)
    await usher.slack.setUser('UMAX', { is_admin: false, is_owner: false })
    await until(async () => expect(await admins()).toEqual(['UADA']))
    for (const change of [{ is_admin: false, is_owner: false }, { is_restricted: true }]) {
      const after = usher.slack.as('UADA').dm().at(-1)?.ts ?? ''
      usher.clock.pass(60_000)
      await usher.slack.setUser('UADA', change)
      await usher.slack.as('UADA').waitForMessage('there is no other Corporate Admin', { after })
      expect(await admins()).toEqual(['UADA'])
    }
    const back = { is_admin: true, is_owner: true, is_restricted: false }
    usher.clock.pass(60_000)
    for (const id of ['UMAX', 'UADA']) await usher.slack.setUser(id, back)
    await until(async () => expect(await admins()).toEqual(['UADA', 'UMAX']))
  })

  it('when two sources deactivate the two last at the same moment, in every one of 20 rounds', async () => {
    const { id: organisationId } = await usher.app.db.prisma.organisation.findFirstOrThrow()
    await usher.app.db.prisma.person.updateMany({ data: { isWorkspaceAdmin: false } })
    const pair = [ids.corporate ?? '', ids.peer ?? '']
    const queue = await openQueueOf(usher)
    const leave = (personId: string, source: Source) =>
      usher.app.db.inTransaction((tx) =>
        learnPerson(
          tx,
          { letGo: (inner, leaving) => letPeopleGo(inner, queue, leaving) },
          {
            ...{ organisationId, personId, source, said: { active: false }, origin: source, at: usher.clock.now },
            actor: { id: null, name: source },
          },
        ),
      )
    for (let round = 0; round < 20; round += 1) {
      await usher.app.db.prisma.person.updateMany({
        where: { id: { in: pair } },
        data: { isActive: true, activity: {}, role: 'corporate_admin', leftAt: null },
      })
      const [one = '', other = ''] = round % 2 ? pair : pair.toReversed()
      await Promise.all([leave(one, 'scim'), leave(other, 'csv')])
      const left = await usher.app.db.prisma.person.count({ where: { id: { in: pair }, isActive: true } })
      expect(left, `round ${round}`).toBe(1)
    }
    await queue.close()
    await usher.app.db.prisma.person.updateMany({
      where: { slackUserId: { in: ['UADA', 'UMAX'] } },
      data: { isWorkspaceAdmin: true },
    })
  })
})

describe('38: a batch', () => {
  const file =
    'email,first name,last name,mobile,department,employee type,start date,groups\nknown@example.org,Changed,Name,+447400123457,Sales,Contractor,2027-01-01,Night shift'

  it('that is no import leaves a person whom somebody else brought in as they are', async () => {
    const ada = usher.slack.as('UADA')
    await ada.view()?.close({ all: true })
    await (await giveImport(ada, csv('email,first name\nknown@example.org,Known', 'brought.csv'))).submit()
    await done('brought.csv')
    const before = await usher.app.db.prisma.person.findFirstOrThrow({ where: { emailKey: 'known@example.org' } })

    await sendToTheEnd(usher, ada, await giveFile(ada, csv(file, 'batch.csv'), ACCESS))

    const { invitationStatus: _, ...after } = await usher.app.db.prisma.person.findFirstOrThrow({
      where: { emailKey: 'known@example.org' },
    })
    expect(before).toMatchObject(after)
    expect(await usher.app.db.prisma.groupMembership.count({ where: { personId: before.id } })).toBe(0)
  })

  it('that is an import changes them, and says before and after of every fact and group', async () => {
    const ada = usher.slack.as('UADA')
    await ada.view()?.close({ all: true })
    const { id } = await usher.app.db.prisma.person.findFirstOrThrow({ where: { emailKey: 'known@example.org' } })
    await (await giveImport(ada, csv(file, 'import.csv'))).submit()

    await until(async () =>
      expect(
        await queryRows(
          usher,
          `SELECT "before"->>'mobile' AS mobile, "after"->>'mobile' AS "newMobile", "after"->'groupsAdded' AS groups
            FROM "AuditEvent" WHERE "act" = 'person.changed' AND "subjectId" = $1 ORDER BY "id"`,
          [id],
        ),
      ).toEqual([
        { mobile: null, newMobile: '+447400123457', groups: null },
        { mobile: null, newMobile: null, groups: ['Night shift'] },
      ]),
    )
  })
})
