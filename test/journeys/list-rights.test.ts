// Who may send which list: asked when the form opens, when it is submitted, and when the list is sent; forged or not.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import { addUnit, forge, queryRows } from './acts.ts'
import { ACCESS, addresses, csv, giveFile, mainHub, makeStanding, openList, paste, send } from './list-acts.ts'

let usher: Usher
let care: string
let hub: string

beforeAll(async () => {
  usher = await startUsher()
  await usher.slack.as('UADA').openHome()
  await usher.slack.as('UADA').waitForHome()
  await addUnit(usher, 'department', 'Sales')
  care = await addUnit(usher, 'department', 'Customer care')
  hub = await mainHub(usher)
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
