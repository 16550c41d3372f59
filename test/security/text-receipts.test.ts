// SECURITY 52: what became of a text message is told by Twilio alone: by its signature, for this very address and message.
import twilio from 'twilio'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { changeSettings, openInviteForm, until } from '../journeys/acts.ts'
import { formBody, startUsher, type Usher } from '../setup/usher.ts'

const PHONE = '+4915123456701'
const said = { MessageStatus: 'undelivered', ErrorCode: '30003', MessageSid: 'SM1' }

let usher: Usher
let path = ''
let id = ''

beforeAll(async () => {
  usher = await startUsher({ phone: true })
  await changeSettings(usher, { Countries: ['Germany (DE)'] })
  const ada = usher.slack.as('UADA')
  await ada.view()?.close({ all: true })
  const first = await openInviteForm(ada)
  await first.fill({ 'How they get in': 'No e-mail address: SMS, or a slip to hand over' })
  const form = await ada.waitForView((view) => view.callbackId === 'invite_form' && view.text.includes('User name'))
  const person = { 'First name': 'Eva', 'Last name': 'Eich', 'Mobile number': PHONE }
  await form.fill({ 'User type': 'Team Member', Role: 'Employee', ...person })
  expect(await form.submit()).toEqual({ closed: true })
  await usher.phone.waitFor(({ to }) => to === PHONE)
  // Twilio's own receipt, which says that the message arrived, may come before we have written that it was sent.
  await until(async () => {
    expect(await usher.app.db.prisma.auditEvent.count({ where: { act: 'invitation.delivered' } })).toBe(1)
    expect(await usher.app.db.prisma.invitation.count({ where: { status: 'pending' } })).toBe(1)
  })
  const invitation = await usher.app.db.prisma.invitation.findFirstOrThrow()
  id = invitation.id
  path = `/sms/receipts/${id}.${invitation.generation}`
})
afterAll(() => usher.stop())

const urlOf = (of: string) => `${usher.env.PUBLIC_URL}${of}`
const sign = (of: string, fields: Record<string, string>, token = String(usher.env.TWILIO_AUTH_TOKEN)) =>
  twilio.getExpectedTwilioSignature(token, urlOf(of), fields)

async function tell(signature: string | undefined, fields: Record<string, string> = said): Promise<number> {
  const { headers, ...request } = formBody(fields)
  const signed = signature === undefined ? {} : { 'x-twilio-signature': signature }
  return (await fetch(`${usher.app.url}${path}`, { ...request, headers: { ...headers, ...signed } })).status
}

const invitation = () => usher.app.db.prisma.invitation.findUniqueOrThrow({ where: { id } })

it.each<[string, () => string | undefined]>([
  ['no signature', () => undefined],
  ['an empty signature', () => ''],
  ['a signature with another token', () => sign(path, said, 'another token')],
  ['the signature of other fields', () => sign(path, { ...said, MessageStatus: 'delivered' })],
  ['the signature of another message', () => sign(path.replace(/\d$/, '9'), said)],
])('52: a receipt is not believed with %s', async (_what, signature) => {
  const before = await invitation()
  expect(await tell(signature())).toBe(403)
  expect(await invitation()).toEqual(before)
})

it('52: a receipt that Twilio has signed is believed', async () => {
  expect(await tell(sign(path, said))).toBe(204)
  expect((await invitation()).status).toBe('error')
})
