// SECURITY 35 and 54: one sign-up joins the invitations that its page named, delivered to the same contact, and nothing else;
// what came later is joined by signing in.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stateShown } from '../../src/invitations/join-token.ts'
import { deriveKey } from '../../src/keys.ts'
import { openBrowser, signedIn } from '../journeys/account-acts.ts'
import {
  addUnit,
  invitationOf,
  invite,
  inviteAndGetLink,
  mailTo,
  queryRows,
  signUp,
  until,
  waitForStatus,
} from '../journeys/acts.ts'
import { shownBy, signUpFromPage } from '../journeys/join-page-acts.ts'
import { linkIn, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher({ phone: false })
  await addUnit(usher, 'hub', 'Harbour Project')
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

const hubsOf = async (email: string) =>
  (
    await queryRows(
      usher,
      `SELECT h."name" AS hub FROM "HubMembership" m JOIN "Hub" h ON h."id" = m."hubId"
        JOIN "Person" p ON p."id" = m."personId" WHERE p."emailKey" = $1 ORDER BY h."name"`,
      [email],
    )
  ).map(({ hub }) => hub)

const statuses = (email: string) =>
  queryRows(
    usher,
    `SELECT h."name" AS hub, i."status"::text AS status FROM "Invitation" i JOIN "Hub" h ON h."id" = i."hubId"
      JOIN "Person" p ON p."id" = i."personId" WHERE p."emailKey" = $1 ORDER BY h."name"`,
    [email],
  )

/** A page that was open before a second invitation went out. */
async function openedBefore(email: string): Promise<{ link: string; shown: string; second: string }> {
  const link = await inviteAndGetLink(usher, email)
  const shown = await shownBy(usher, link)
  await invite(usher, email, { Hub: 'Harbour Project' }, 'UMAX')
  const second = linkIn(await mailTo(usher, email, 2))
  await until(async () => expect(await statuses(email)).toMatchObject([{ status: 'pending' }, { status: 'pending' }]))
  return { link, shown, second }
}

describe('54: a page that was open before a second invitation', () => {
  it('joins what it showed; the other stays Pending, asks for signing in, and joins from the account', async () => {
    const email = 'ana@example.org'
    const { link, shown, second } = await openedBefore(email)

    expect((await signUp(usher, link, { shown })).status).toBe(303)

    expect(await hubsOf(email)).toEqual(['Main hub'])
    expect(await statuses(email)).toEqual([
      { hub: 'Harbour Project', status: 'pending' },
      { hub: 'Main hub', status: 'accepted' },
    ])
    const page = await (await usher.visit(second)).text()
    expect(page).toContain('You already have an account')
    expect(page).toContain('href="/sign-in"')
    // The form of a page that is behind makes no second account, and changes no password.
    const sent = await signUp(usher, second, { password: 'another password of nobody' })
    expect([sent.status, sent.headers.get('location')]).toEqual([303, new URL(second).pathname])
    expect(await hubsOf(email)).toEqual(['Main hub'])

    const browser = await signedIn(usher, email)
    const account = await browser.get('/account')
    expect(account.body).toContain('invites you to')
    expect(account.body).toContain('Join Harbour Project')
    const { id } = await usher.app.db.prisma.invitation.findFirstOrThrow({
      where: { person: { emailKey: email }, status: 'pending' },
    })
    expect((await browser.post('/account/invitations', { invitation: id })).location).toBe('/account?done=joined')
    expect(await hubsOf(email)).toEqual(['Harbour Project', 'Main hub'])
    await usher.slack.as('UMAX').waitForMessage((message) => message.text.includes('Harbour Project'))
    const events = await queryRows(
      usher,
      `SELECT "after"->>'hub' AS hub, "after"->>'role' AS role FROM "AuditEvent"
        WHERE "act" = 'invitation.accepted' AND "subjectName" = $1 ORDER BY "at", "id"`,
      [email],
    )
    expect(events).toEqual([
      { hub: 'Main hub', role: 'Employee' },
      { hub: 'Harbour Project', role: 'Employee' },
    ])
    // Used up: neither press nor link does anything more.
    expect((await browser.post('/account/invitations', { invitation: id })).location).toBe('/account?done=notOpen')
    expect((await usher.visit(second)).status).toBe(404)
  })

  it.each([
    ['nothing', () => ''],
    ['one letter changed', (good: string) => `${good.startsWith('A') ? 'B' : 'A'}${good.slice(1)}`],
    ['cut', (good: string) => good.slice(0, -4)],
    [
      'of another invitation',
      async () => shownBy(usher, await inviteAndGetLink(usher, `other-${Math.random()}@example.org`)),
    ],
  ])('a form that states %s joins the one invitation alone', async (how, forged) => {
    const email = `forged-${how.replaceAll(' ', '-')}@example.org`
    const { link } = await openedBefore(email)
    const good = await shownBy(usher, link)

    expect((await signUp(usher, link, { shown: await forged(good) })).status).toBe(303)

    expect(await hubsOf(email)).toEqual(['Main hub'])
  })

  it('52: a form that states invitations of its own, well made but for the key, joins the one invitation alone', async () => {
    const email = 'made-up@example.org'
    const { link } = await openedBefore(email)
    const [main, harbour] = await usher.app.db.prisma.invitation.findMany({
      where: { person: { emailKey: email } },
      orderBy: { createdAt: 'asc' },
    })
    if (!main || !harbour) throw new Error('two invitations were expected')
    const { organisationId, id: invitationId, generation } = main
    const shown = stateShown(
      deriveKey('a secret of somebody else, as long as ours', 'join'),
      { organisationId, invitationId, generation },
      [harbour],
    )

    expect((await signUp(usher, link, { shown })).status).toBe(303)

    expect(await hubsOf(email)).toEqual(['Main hub'])
  })

  it('joins nothing that was revoked or sent again since it was shown', async () => {
    const email = 'renewed@example.org'
    const { link } = await openedBefore(email)
    const shown = await shownBy(usher, link)
    await queryRows(
      usher,
      `UPDATE "Invitation" SET "generation" = "generation" + 1 WHERE "hubId" = (SELECT "id" FROM "Hub"
        WHERE "name" = 'Harbour Project') AND "email" = $1`,
      [email],
    )

    expect((await signUp(usher, link, { shown })).status).toBe(303)

    expect(await hubsOf(email)).toEqual(['Main hub'])
  })

  it('the page that is opened now names both, and joins both', async () => {
    const email = 'both@example.org'
    const { second } = await openedBefore(email)
    expect(await (await usher.visit(second)).text()).toContain('Main hub')

    expect((await signUpFromPage(usher, second)).status).toBe(303)

    expect(await hubsOf(email)).toEqual(['Harbour Project', 'Main hub'])
  })
})

describe('35: one sign-up joins only invitations delivered to the same contact', () => {
  it('an invitation that went to another address of the person is neither named nor joined', async () => {
    const email = 'moved@example.org'
    const { link } = await openedBefore(email)
    await queryRows(
      usher,
      `UPDATE "Invitation" SET "email" = 'elsewhere@example.org' WHERE "hubId" = (SELECT "id" FROM "Hub"
        WHERE "name" = 'Harbour Project') AND "email" = $1`,
      [email],
    )
    expect(await (await usher.visit(link)).text()).not.toContain('Harbour Project')

    expect((await signUpFromPage(usher, link)).status).toBe(303)

    expect(await hubsOf(email)).toEqual(['Main hub'])
    // Nor from the account: it is not their contact.
    const browser = await signedIn(usher, email)
    expect((await browser.get('/account')).body).not.toContain('Harbour Project')
    const { id } = await usher.app.db.prisma.invitation.findFirstOrThrow({
      where: { person: { emailKey: email }, status: 'pending' },
    })
    expect((await browser.post('/account/invitations', { invitation: id })).location).toBe('/account?done=notOpen')
    expect(await hubsOf(email)).toEqual(['Main hub'])
  })

  it('nobody accepts from their account what is somebody else’s, or without the page’s own form', async () => {
    const link = await inviteAndGetLink(usher, 'holder@example.org')
    expect((await signUp(usher, link)).status).toBe(303)
    await invite(usher, 'stranger@example.org')
    const { id } = await waitForStatus(usher, 'stranger@example.org', 'pending')

    const browser = await signedIn(usher, 'holder@example.org')
    await browser.get('/account')
    expect((await browser.post('/account/invitations', { invitation: id })).location).toBe('/account?done=notOpen')
    expect((await browser.post('/account/invitations', { invitation: 'nonsense' })).location).toBe(
      '/account?done=notOpen',
    )
    expect((await browser.post('/account/invitations', { invitation: id, form: 'guessed' })).status).toBe(403)
    expect((await openBrowser(usher).post('/account/invitations', { invitation: id })).location).toBe('/sign-in')
    expect((await invitationOf(usher, 'stranger@example.org')).status).toBe('pending')
    // 52: a slip goes to no contact that could be compared; whose invitation it is decides alone.
    await queryRows(usher, `UPDATE "Invitation" SET "channel" = 'slip' WHERE "id" = $1`, [id])
    expect((await browser.post('/account/invitations', { invitation: id })).location).toBe('/account?done=notOpen')
    expect((await invitationOf(usher, 'stranger@example.org')).status).toBe('pending')
  })
})
