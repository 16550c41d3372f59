// `/invites people`: filter, search, choose over all pages, and do something for exactly those who are chosen.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Member, ViewSession } from '../../src/sandbox/slack/local-slack.ts'
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

/** People who are known and not invited: `Pia 001 Probe` and so on, with addresses. */
async function addPeople(count: number, { lastName = 'Probe', from = 1 } = {}) {
  await queryRows(
    usher,
    `INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "firstName", "lastName", "employeeType", "createdAt")
     SELECT gen_random_uuid(), o."id", e, e, 'Pia ' || lpad(n::text, 3, '0'), $2, 'employee', now()
     FROM "Organisation" o, generate_series($3::int, $3::int + $1::int - 1) AS n,
       lateral (SELECT lower($2) || n || '@example.org') AS x(e)`,
    [count, lastName, from],
  )
}

async function openPeople(member: Member, typed = ''): Promise<ViewSession> {
  const before = member.view()?.id
  await member.command(`/invites people ${typed}`.trim())
  return member.waitForView((view) => view.callbackId === 'people_list' && view.id !== before)
}

type Option = { text: { text: string }; description: { text: string }; value: string }

/** The boxes of the page, as they are read. */
function boxes(view: ViewSession): Option[] {
  const block = view.blocks.find(({ block_id }) => String(block_id).startsWith('people_rows_'))
  return ((block?.element as { options?: Option[] } | undefined)?.options ?? []) as Option[]
}
const names = (view: ViewSession) => boxes(view).map(({ text }) => text.text.split(' · ')[0])
const rowsBlock = (view: ViewSession) =>
  String(view.blocks.find(({ block_id }) => String(block_id).startsWith('people_rows_'))?.block_id)

/** Ticks people of the page by the beginning of their names, beside those who are ticked. */
async function tick(view: ViewSession, ...wanted: string[]) {
  const fitting = boxes(view).filter(({ text }) => wanted.some((name) => text.text.startsWith(name)))
  expect(fitting).toHaveLength(wanted.length)
  await view.fill({ [rowsBlock(view)]: fitting.map(({ value }) => value) })
}
const ticked = (view: ViewSession) =>
  Object.values(view.values[rowsBlock(view)] ?? {})[0]?.selected_options?.map(({ text }) => text.text.split(' · ')[0])

async function press(view: ViewSession, name: string) {
  const before = view.hash
  await view.click(name)
  await until(async () => expect(view.hash).not.toBe(before))
}

async function goOn(view: ViewSession) {
  expect((await view.submit()).updated).toBeDefined()
  await until(async () => expect(view.callbackId).toBe('people_acts'))
}

describe('the list', () => {
  it('shows a page of people with their address, where they stand, and what stands in the way', async () => {
    await addPeople(20)
    await queryRows(
      usher,
      `INSERT INTO "Person" ("id", "organisationId", "firstName", "lastName", "createdAt")
      SELECT gen_random_uuid(), "id", 'Nora', 'Nomail', now() FROM "Organisation"`,
    )
    const view = await openPeople(ada(), 'nomail')
    expect(view.text).toContain('1 person matches. Nobody is chosen.')
    expect(boxes(view)).toMatchObject([
      { text: { text: 'Nora Nomail' }, description: { text: 'Not invited · no e-mail, no mobile · uncategorised' } },
    ])
    await view.fill({ people_search: 'probe' })
    expect(view.text).toContain('1 person matches.')
    await view.close()
    const probes = await openPeople(ada(), 'not invited probe')
    expect(probes.text).toContain('20 people match.')
    expect(boxes(probes)[0]).toMatchObject({
      text: { text: 'Pia 001 Probe · probe1@example.org' },
      description: { text: 'Not invited' },
    })
    await probes.close()
  })

  it('is turned forwards and backwards, and the choice survives', async () => {
    const view = await openPeople(ada(), 'probe')
    expect(names(view)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `Pia 00${n} Probe`))
    await tick(view, 'Pia 001', 'Pia 003')
    await press(view, 'Next page')
    expect(view.text).toContain('2 people chosen.')
    await tick(view, 'Pia 010')
    await press(view, 'Next page')
    expect(names(view)).toHaveLength(4)
    expect(view.text).not.toContain('Next page')
    await press(view, 'Previous page')
    expect(ticked(view)).toEqual(['Pia 010 Probe'])
    await press(view, 'Previous page')
    expect(ticked(view)).toEqual(['Pia 001 Probe', 'Pia 003 Probe'])
    await tick(view, 'Pia 003')
    await press(view, 'Next page')
    expect(view.text).toContain('2 people chosen.')
    await press(view, 'Choose nobody')
    expect(view.text).toContain('Nobody is chosen.')
    expect(ticked(view)).toEqual([])
    await view.close()
  })

  it('is narrowed by the menus, which keep the search and the choice', async () => {
    const view = await openPeople(ada(), 'probe')
    await tick(view, 'Pia 002')
    await view.fill({ people_invited: 'Error' })
    await until(async () => expect(view.text).toContain('Nobody is found.'))
    expect(view.text).toContain('1 person chosen.')
    await view.fill({ people_invited: 'All', people_user: 'Not invited' })
    await until(async () => expect(view.text).toContain('20 people match. 1 person chosen.'))
    await view.close()
  })

  it('makes a search that was only typed before it goes on', async () => {
    const view = await openPeople(ada(), 'probe')
    await tick(view, 'Pia 001')
    await view.fill({ people_search: 'nomail' })
    expect((await view.submit()).updated).toBeDefined()
    expect(names(view)).toEqual(['Nora Nomail'])
    expect(view.text).toContain('1 person chosen.')
    await view.close()
  })

  it('does not go on without anybody', async () => {
    const view = await openPeople(ada(), 'probe')
    const { errors } = await view.submit()
    expect(errors).toEqual({ [rowsBlock(view)]: 'Choose at least one.' })
    await view.close()
  })

  it('shows names that try to be something else as they are', async () => {
    await addPeople(1, { lastName: '<!channel> *x* & ‮evil' })
    const view = await openPeople(ada(), '<!channel>')
    expect(boxes(view)[0]?.text).toMatchObject({ type: 'plain_text' })
    expect(boxes(view)[0]?.text.text).toContain('<!channel> *x* & evil')
    await view.close()
  })
})

describe('all that match', () => {
  it('are chosen by one button, which names their number, and are then exactly those', async () => {
    await addPeople(30, { lastName: 'Whole' })
    const view = await openPeople(ada(), 'whole')
    await press(view, 'Choose all 30 that match')
    expect(view.text).toContain('30 people chosen.')
    expect(ticked(view)).toHaveLength(8)
    await tick(view, 'Pia 002', 'Pia 003', 'Pia 004', 'Pia 005', 'Pia 006', 'Pia 007', 'Pia 008')
    await addPeople(5, { lastName: 'Whole', from: 31 })
    await goOn(view)
    expect(view.text).toContain('29 people chosen')
    expect(view.text).toContain('To 29 people without an invitation.')
    await view.close()
  })

  it('past ten thousand are refused, and nobody is chosen', async () => {
    await addPeople(10_001, { lastName: 'Crowd' })
    const view = await openPeople(ada(), 'crowd')
    await view.click('Choose all that match')
    const refusal = await ada().waitForView((top) => top.text.includes('At most 10,000 people can be chosen at once'))
    await refusal.close()
    await queryRows(usher, `DELETE FROM "Person" WHERE "emailKey" = 'crowd1@example.org'`)
    await press(view, 'Choose all that match')
    expect(view.text).toContain('10,000 people chosen.')
    await view.close()
    await queryRows(usher, `DELETE FROM "Person" WHERE "lastName" = 'Crowd'`)
  })
})

describe('sending invitations', () => {
  it('goes through the second step of every list to the people who were chosen, and back without losing them', async () => {
    await addPeople(3, { lastName: 'Newcomer' })
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
      `SELECT "note", "source"::text FROM "Invitation" i JOIN "Batch" b ON b."id" = i."batchId" WHERE i."email" = 'newcomer1@example.org'`,
    )
    expect(invited).toEqual({ note: 'Welcome', source: 'people' })
  })

  it('names who has no address before anything is sent', async () => {
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
    expect(view.text).toContain('Nobody is chosen.')
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
    await usher.slack.as('UPAT').waitForMessage('You cannot invite people yet', { channel: 'general' })
  })

  it('a Team Member sees whom they invited, and can neither pause them nor act on a forged choice', async () => {
    const sam = await makeMember(usher, 'USAM', { Hub: 'Main hub', 'User type': 'Team Member' })
    const link = await inviteAndGetLink(usher, 'sams@example.org', {
      by: 'USAM',
      fields: { 'User type': 'External Member' },
    })
    await signUp(usher, link, { firstName: 'Gast', lastName: 'Vonsam' })
    const view = await openPeople(sam)
    expect(names(view)).toEqual(['Gast Vonsam'])
    expect((await openPeople(sam, 'probe')).text).toContain('Nobody is found.')

    const own = await openPeople(sam)
    await tick(own, 'Gast')
    await goOn(own)
    expect(own.text).toContain('There is nothing that you can do for them now.')

    // The button that only others are shown, pressed all the same, for a choice with Ada's people in it.
    const [selection] = await queryRows(
      usher,
      `SELECT "id" FROM "Selection" s JOIN "Person" p ON p."id" = s."ownerId"
      WHERE p."slackUserId" = 'USAM' ORDER BY s."createdAt" DESC LIMIT 1`.replace('SELECT "id"', 'SELECT s."id"'),
    )
    await queryRows(usher, `UPDATE "Selection" SET "personIds" = ARRAY(SELECT "id" FROM "Person") WHERE "id" = $1`, [
      selection?.id,
    ])
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
          payload.view.private_metadata = own.privateMetadata
        },
        { later: act.length },
      )
    }
    await until(async () => expect(own.callbackId).toBe('people_list'))
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
