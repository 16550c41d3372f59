// SECURITY 52: signing in and signing up at the very moment at which something else happens to the account or the
// invitation. A lock that the test holds brings the moment about, so that it is there every time and not by luck.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { pauseAccount, reopenAccount } from '../../src/accounts/index.ts'
import { newId } from '../../src/database/index.ts'
import { addAccount, openBrowser, signedIn, signIn } from '../journeys/account-acts.ts'
import { invitationOf, inviteAndGetLink, signUp } from '../journeys/acts.ts'
import { known } from '../journeys/approval-acts.ts'
import { whileHeld } from '../journeys/held-acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
let count = 0
let email = ''

beforeAll(async () => {
  const endless = 1_000_000
  usher = await startUsher({ webLimits: { open: endless, send: endless, ask: endless } })
})
afterAll(() => usher.stop())
beforeEach(() => {
  count += 1
  email = `ida${count}@example.org`
})

const sessionsOf = (personId: string) => usher.app.db.prisma.session.count({ where: { account: { personId } } })
const setTerms = (termsVersion: number) => usher.app.db.prisma.organisation.updateMany({ data: { termsVersion } })

it('52: whoever is paused while their password is checked gets no session', async () => {
  const { personId } = await addAccount(usher, email)
  const statement = `UPDATE "Account" SET "status" = 'inactive' WHERE "personId" = $1`

  const answer = await whileHeld(usher, { statement, values: [personId], waiting: 1 }, () =>
    signIn(openBrowser(usher), email),
  )

  expect(answer.status).toBe(422)
  expect(await sessionsOf(personId)).toBe(0)
})

it('52: a password that is changed while the old one is checked lets nobody in by the old one', async () => {
  const { personId } = await addAccount(usher, email)
  const statement = `UPDATE "Account" SET "passwordHash" = 'another' WHERE "personId" = $1`

  const answer = await whileHeld(usher, { statement, values: [personId], waiting: 1 }, () =>
    signIn(openBrowser(usher), email),
  )

  expect(answer.status).toBe(422)
  expect(await sessionsOf(personId)).toBe(0)
})

it('52: a sign-in whose last step is sent several times at once becomes one session', async () => {
  const { personId } = await addAccount(usher, email)
  await setTerms(2)
  const browser = openBrowser(usher)
  expect((await signIn(browser, email)).location).toBe('/sign-in/next')
  await browser.get('/sign-in/next')
  // Nothing is left to do now.
  await setTerms(1)
  const statement = `SELECT 1 FROM "Account" WHERE "personId" = $1 FOR UPDATE`

  const answers = await whileHeld(usher, { statement, values: [personId], waiting: 4 }, () =>
    Promise.all(Array.from({ length: 4 }, () => browser.post('/sign-in/next', { step: '' }))),
  )

  expect(answers.map(({ location }) => location).toSorted()).toEqual([
    '/account',
    ...Array.from({ length: 3 }, () => '/sign-in?over'),
  ])
  expect(await sessionsOf(personId)).toBe(1)
})

it('52: tries with a password that come while another is counted are counted one by one', async () => {
  await addAccount(usher, email)
  const guess = () => signIn(openBrowser(usher), email, 'not the password at all')
  expect((await guess()).status).toBe(422)
  const statement = `SELECT 1 FROM "SignInGuard" FOR UPDATE`

  const answers = await whileHeld(usher, { statement, values: [], waiting: 7 }, () =>
    Promise.all(Array.from({ length: 7 }, guess)),
  )

  expect(answers.filter(({ status }) => status === 422)).toHaveLength(4)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(3)
})

it('52: a session that ended with a pause does not live again when the account is reopened, nor does a sign-in', async () => {
  const ada = await known(usher, 'UADA')
  const { personId, organisationId } = await addAccount(usher, email)
  const browser = await signedIn(usher, email)
  await setTerms(2)
  const onTheWay = openBrowser(usher)
  await signIn(onTheWay, email)
  await onTheWay.get('/sign-in/next')
  await setTerms(1)

  const c = { db: usher.app.db, now: () => usher.clock.now }
  const request = { organisationId, actorId: ada.id, personId, origin: 'slack' }
  await pauseAccount(c, request)
  await reopenAccount(c, request)

  expect(await browser.get('/account')).toMatchObject({ status: 303, location: '/sign-in' })
  expect((await onTheWay.post('/sign-in/next', { step: '' })).location).toBe('/sign-in?over')
  expect((await signIn(openBrowser(usher), email)).location).toBe('/account')
})

it('52: an invitation whose end comes while its form is taken is not accepted', async () => {
  const link = await inviteAndGetLink(usher, email)
  const { id, personId } = await invitationOf(usher, email)
  const statement = `UPDATE "Invitation" SET "expiresAt" = now() - interval '1 day' WHERE "id" = $1`

  const answer = await whileHeld(usher, { statement, values: [id], waiting: 1 }, () => signUp(usher, link))

  expect(answer.status).toBe(404)
  expect((await invitationOf(usher, email)).status).toBe('pending')
  expect(await usher.app.db.prisma.account.count({ where: { personId } })).toBe(0)
})

it('52: of two who come for the last use of a registration link at the same moment one gets in', async () => {
  const { prisma } = usher.app.db
  const emails = [email, `x${email}`]
  const links = [await inviteAndGetLink(usher, email), await inviteAndGetLink(usher, `x${email}`)]
  const { organisationId, hubId, inviterId } = await invitationOf(usher, email)
  const { id } = await prisma.registrationLink.create({
    data: {
      ...{ id: newId(), organisationId, hubId, ownerId: inviterId, createdAt: usher.clock.now },
      ...{ userType: 'team_member', role: 'employee', isOn: true, mostUses: 1 },
    },
  })
  await prisma.invitation.updateMany({ where: { email: { in: emails } }, data: { registrationLinkId: id } })
  const statement = `SELECT 1 FROM "RegistrationLink" WHERE "id" = $1 FOR UPDATE`

  const answers = await whileHeld(usher, { statement, values: [id], waiting: 2 }, () =>
    Promise.all(links.map((link) => signUp(usher, link))),
  )

  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 404])
  expect(await prisma.registrationLink.findUniqueOrThrow({ where: { id } })).toMatchObject({ used: 1 })
  expect(await prisma.account.count({ where: { person: { email: { in: emails } } } })).toBe(1)
})
