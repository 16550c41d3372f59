// Phone numbers by every way in: the very number that was meant is kept, or none, and whoever typed it is told why.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAccount, signedIn } from '../journeys/account-acts.ts'
import { inviteAndGetLink, openInviteForm, PASSWORD, signUp, until } from '../journeys/acts.ts'
import { ACCESS, csv, giveFile } from '../journeys/list-acts.ts'
import { type Directory, entraUser, openDirectory } from '../scim/directory.ts'
import { startUsher, type Usher } from '../setup/usher.ts'

const SENTENCE = 'Enter a phone number with its country code, like +1 555 123 4567.'
/** What was given, and what is kept of it; undefined where nothing is. */
const NUMBERS: [string, string, string | undefined][] = [
  ['one exported by a spreadsheet', '491711234567.0', '+491711234567'],
  ['one in exponents, with all its digits', '7.9051111111E+10', '+79051111111'],
  ['one without its plus', '79051111111', '+79051111111'],
  ['one that lost digits', '4.91711E+11', undefined],
  ['a Chinese one, which is also American', '13102345678', undefined],
  ['a Brazilian one, which is also Thai', '66912345678.0', undefined],
  ['one of a country that is not chosen, without its plus', '33612345678', undefined],
]

let usher: Usher
let directory: Directory
let count = 0

beforeAll(async () => {
  usher = await startUsher()
  directory = await openDirectory(usher)
  await usher.slack.as('UADA').view()?.close({ all: true })
  await usher.app.db.prisma.organisation.updateMany({ data: { smsCountries: ['DE', 'RU', 'US'] } })
})
afterAll(() => usher.stop())

const freshName = () => {
  count += 1
  return `phone${count}`
}

const numberOf = async (where: object) =>
  (await usher.app.db.prisma.person.findFirstOrThrow({ where })).mobile ?? undefined

/** What is kept, and what was said where nothing is. */
type Kept = { number: string | undefined; words?: string }

async function byForm(number: string): Promise<Kept> {
  const ada = usher.slack.as('UADA')
  await ada.view()?.close({ all: true })
  const first = await openInviteForm(ada)
  await first.fill({ 'How they get in': 'No e-mail address: SMS, or a slip to hand over' })
  const form = await ada.waitForView((view) => view.callbackId === 'invite_form' && view.text.includes('User name'))
  const userName = freshName()
  const name = { 'First name': 'Ana', 'Last name': 'Diaz', 'User name': userName }
  await form.fill({ ...name, 'Mobile number': number, ...ACCESS })
  const { errors } = await form.submit()
  if (errors) return { number: undefined, words: errors.mobile ?? '' }
  return { number: await numberOf({ userName }) }
}

async function byFile(number: string): Promise<Kept> {
  const ada = usher.slack.as('UADA')
  await ada.view()?.close({ all: true })
  const email = `${freshName()}@example.org`
  const preview = await giveFile(ada, csv(`email;first name;last name;mobile\n${email};Ana;Diaz;${number}\n`))
  const row = await usher.app.db.prisma.batchRow.findFirstOrThrow({
    where: { person: { path: ['email'], equals: email } },
  })
  const mobile = /"mobile":"(\+\d+)"/.exec(JSON.stringify(row.person))?.[1]
  return { number: mobile, words: preview.text }
}

async function bySignUp(number: string): Promise<Kept> {
  const email = `${freshName()}@example.org`
  const link = await inviteAndGetLink(usher, email)
  const answer = await signUp(usher, link, { mobile: number })
  const words = answer.status === 303 ? '' : await answer.text()
  return { number: await numberOf({ emailKey: email }), words }
}

async function byAccountPage(number: string): Promise<Kept> {
  const email = `${freshName()}@example.org`
  await addAccount(usher, email)
  const browser = await signedIn(usher, email)
  await browser.get('/account/mobile')
  const { body } = await browser.post('/account/mobile', { mobile: number, oldPassword: PASSWORD })
  return { number: await numberOf({ emailKey: email }), words: body }
}

async function byScim(number: string): Promise<Kept> {
  const user = entraUser(freshName(), { phoneNumbers: [{ type: 'mobile', value: number }] })
  const { status, body } = await directory.post('/Users', user)
  expect(status).toBe(201)
  await directory.patch(`/Users/${body.id}`, [{ op: 'replace', path: 'displayName', value: 'Ana' }])
  return { number: await numberOf({ id: body.id }) }
}

async function byProfile(number: string): Promise<Kept> {
  const id = `U${freshName().toUpperCase()}`
  await usher.slack.setUser(id, { real_name: id, phone: number })
  await until(async () => expect(await usher.app.db.prisma.person.count({ where: { slackUserId: id } })).toBe(1))
  return { number: await numberOf({ slackUserId: id }) }
}

const DOORS: [string, (number: string) => Promise<Kept>, isTold: boolean][] = [
  ['the form for one invitation', byForm, true],
  ['a file', byFile, true],
  ['the sign-up page', bySignUp, true],
  ['the account page', byAccountPage, true],
  ['SCIM', byScim, false],
  ['a Slack profile', byProfile, false],
]

describe.each(DOORS)('53: by %s', (_door, give, isTold) => {
  it.each(NUMBERS)('%s is kept as it was meant, or not at all', async (_what, number, kept) => {
    const { number: after, words = '' } = await give(number)

    expect(after).toBe(kept)
    if (kept || !isTold) return
    const said = words.replaceAll('\u00a0', ' ')
    if (number.includes('E')) expect(said).toMatch(/shortened (this phone number|by a spreadsheet)|not a mobile number/)
    else expect(said).toContain(SENTENCE)
  })
})
