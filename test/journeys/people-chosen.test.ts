// What is done for those who were chosen in the list of people: invited, sent again, paused, reopened; and by whom.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import {
  addUnit,
  forge,
  freshTrigger,
  inviteAndGetLink,
  mailTo,
  makeMember,
  queryRows,
  signUp,
  until,
  waitForStatus,
} from './acts.ts'
import { addPeople, addWithoutAddress, boxes, goOn, names, openPeople, press, tick } from './people-list-acts.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher({ webLimits: { open: 10_000, send: 10_000 } })
  await addUnit(usher, 'department', 'Nursing')
  await addUnit(usher, 'hub', 'Customer room')
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

const ada = () => usher.slack.as('UADA')

describe('sending invitations', () => {
  it('goes through the second step of every list to the people who were chosen, and back without losing them', async () => {
    await addPeople(usher, 3, { lastName: 'Newcomer' })
    const view = await openPeople(ada(), 'newcomer')
    await tick(view, 'Pia 001', 'Pia 003')
    await goOn(view)
    await press(view, 'Send invitation')
    expect(view.text).toContain('2 people will be invited.')
    await view.fill({ 'User type': 'Team Member', Role: 'Employee', 'Personal note': 'Welcome' })
    expect((await view.submit()).updated).toBeDefined()
    await until(async () => expect(view.callbackId).toBe('list_preview'))
    expect(view.text).toContain('2 people will be invited* into *Main hub* as Team Member, Employee.')
    await press(view, 'Back')
    expect(view.callbackId).toBe('people_form')
    expect(view.values.userType?.userType?.selected_option?.text.text).toBe('Team Member')
    expect(view.values.note?.note?.value).toBe('Welcome')
    await view.submit()
    await until(async () => expect(view.callbackId).toBe('list_preview'))
    expect(await view.submit()).toEqual({ closed: true })
    await waitForStatus(usher, 'newcomer1@example.org', 'waiting')
    await waitForStatus(usher, 'newcomer3@example.org', 'waiting')
    const others = await queryRows(usher, `SELECT 1 FROM "Invitation" WHERE "email" = 'newcomer2@example.org'`)
    expect(others).toEqual([])
    const [invited] = await queryRows(
      usher,
      `SELECT i."note", b."source"::text FROM "Invitation" i JOIN "Batch" b ON b."id" = i."batchId" WHERE i."email" = 'newcomer1@example.org'`,
    )
    expect(invited).toEqual({ note: 'Welcome', source: 'people' })
  })

  it('names who has no address before anything is sent', async () => {
    await addWithoutAddress(usher)
    const view = await openPeople(ada(), 'nomail')
    await tick(view, 'Nora')
    await goOn(view)
    await press(view, 'Send invitation')
    await view.fill({ 'User type': 'Team Member', Role: 'Employee' })
    await view.submit()
    await until(async () => expect(view.callbackId).toBe('list_preview'))
    expect(view.text).toContain('Nobody on this list can be taken.')
    expect(view.text).toContain('Nora Nomail')
    await view.close()
  })
})

describe('resending, pausing, reopening', () => {
  it('asks with the number, does it to those it can be done to, and says how many', async () => {
    const link = await inviteAndGetLink(usher, 'rosa@example.org')
    expect((await signUp(usher, link, { firstName: 'Rosa', lastName: 'Acts' })).status).toBe(303)
    await inviteAndGetLink(usher, 'rolf@example.org')
    await queryRows(usher, `UPDATE "Person" SET "lastName" = 'Acts' WHERE "emailKey" = 'rolf@example.org'`)
    const view = await openPeople(ada(), 'acts')
    await press(view, 'Choose all 2 that match')
    await goOn(view)
    expect(view.text).toContain('1 invitation without an answer')
    expect(view.text).toContain('1 active account. Who is paused cannot sign in.')
    expect(view.text).not.toContain('Reopen')
    expect(JSON.stringify(view.blocks)).toContain('Pause 1 account?')
    await view.click('people_resend')
    await until(async () => expect(view.text).toContain('1 invitation sent again.'))
    await mailTo(usher, 'rolf@example.org', 2)

    await press(view, 'Choose all 2 that match')
    await goOn(view)
    await view.click('people_pause')
    await until(async () => expect(view.text).toContain('1 account paused.'))
    expect(view.text).not.toContain('chosen so far')
    expect(boxes(view).find(({ text }) => text.text.includes('Rosa'))?.description.text).toBe('Inactive')

    await press(view, 'Choose all 2 that match')
    await goOn(view)
    expect(view.text).not.toContain('Who is paused cannot sign in.')
    await view.click('people_reopen')
    await until(async () => expect(view.text).toContain('1 account reopened.'))
    const told = await queryRows(
      usher,
      `SELECT "act", "actorName" FROM "AuditEvent" WHERE "act" LIKE 'account.%' ORDER BY "at", "id"`,
    )
    expect(told).toEqual([
      { act: 'account.paused', actorName: 'Ada Lovelace' },
      { act: 'account.reopened', actorName: 'Ada Lovelace' },
    ])
    await view.close()
  })
})

describe('rights', () => {
  it('whoever may invite nobody has no list', async () => {
    await usher.slack.as('UPAT').command('/invites people')
    await usher.slack.as('UPAT').waitForView((view) => view.text.includes('You cannot invite people yet'))
  })

  it('39: a Team Member sees nobody, also not whom they invited, and cannot act on a forged choice', async () => {
    const sam = await makeMember(usher, 'USAM', { Hub: 'Main hub', 'User type': 'Team Member' })
    const link = await inviteAndGetLink(usher, 'sams@example.org', {
      by: 'USAM',
      fields: { 'User type': 'External Member' },
    })
    await signUp(usher, link, { firstName: 'Gast', lastName: 'Vonsam' })
    expect((await openPeople(sam, 'Vonsam')).text).toContain('Nobody is found.')
    const own = await openPeople(sam)
    expect(names(own)).toEqual([])
    expect(own.text).toContain('type /invites status')

    // The button that only others are shown, pressed all the same, for a choice with everybody in it.
    const [selection] = await queryRows(
      usher,
      `INSERT INTO "Selection" ("id", "organisationId", "ownerId", "personIds", "createdAt")
       SELECT gen_random_uuid(), p."organisationId", p."id", ARRAY(SELECT "id" FROM "Person"), now() FROM "Person" p
       WHERE p."slackUserId" = 'USAM' RETURNING "id"`,
    )
    const memory: Record<string, unknown> = JSON.parse(own.privateMetadata)
    const trigger = await freshTrigger(usher, 'USAM')
    for (const act of ['people_pause', 'people_resend']) {
      await forge(
        usher,
        'block_actions',
        (payload) => {
          payload.trigger_id = trigger
          Object.assign(payload.actions[0] ?? {}, { action_id: act })
          payload.user.id = 'USAM'
          payload.view.id = own.id
          payload.view.private_metadata = JSON.stringify({ ...memory, selectionId: selection?.id })
        },
        { later: act.length },
      )
    }
    await until(async () => expect(own.text).toContain('0 invitations sent again.'))
    expect(await queryRows(usher, `SELECT count(*)::int AS n FROM "Account" WHERE "status" = 'inactive'`)).toEqual([
      { n: 0 },
    ])
    const again = await queryRows(
      usher,
      `SELECT 1 FROM "AuditEvent" WHERE "act" = 'invitation.resent' AND "actorName" = 'Sam Rivera'`,
    )
    expect(again).toEqual([])
  })
})
