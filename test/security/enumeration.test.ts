// SECURITY 16: whether an address is known is nobody's to find out by inviting it, or by asking for it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forge, invite, setValue } from '../journeys/acts.ts'
import { known } from '../journeys/approval-acts.ts'
import { startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
let serial = 0

beforeAll(async () => {
  usher = await startUsher()
  await known(usher, 'UADA')
  await known(usher, 'UPAT')
  expect(await invite(usher, 'pending@example.org')).toEqual({ closed: true })
  expect(await invite(usher, 'asked@example.org', {}, 'UPAT')).toEqual({ closed: true })
  const { prisma } = usher.app.db
  const { id: organisationId } = await prisma.organisation.findFirstOrThrow()
  const { id: hubId } = await prisma.hub.findFirstOrThrow({ where: { isDefault: true } })
  const at = usher.clock.now
  for (const [email, isInHub, status] of [
    ['in-hub@example.org', true, 'active'],
    ['paused@example.org', false, 'inactive'],
    ['elsewhere@example.org', false, 'active'],
    ['elsewhere2@example.org', false, 'active'],
    ['inactive@example.org', false, null],
  ] as const) {
    const personId = crypto.randomUUID()
    const isActive = email !== 'inactive@example.org'
    await prisma.person.create({
      data: { id: personId, organisationId, email, emailKey: email, isActive, createdAt: at },
    })
    if (isInHub) {
      await prisma.hubMembership.create({ data: { hubId, personId, userType: 'team_member', joinedAt: at } })
    }
    if (status) {
      const agreed = { termsVersion: 1, termsAgreedAt: at, termsAgreedFrom: 'a test' }
      const id = crypto.randomUUID()
      await prisma.account.create({
        data: { id, organisationId, personId, status, passwordHash: 'x', createdAt: at, ...agreed },
      })
    }
  }
})
afterAll(async () => {
  await usher.stop()
})

/** Sends the form with an address, as Slack does, and gives the whole answer. */
async function attempt(by: string, email: string): Promise<string> {
  serial += 1
  const { status, body } = await forge(usher, 'view_submission', (payload) => {
    payload.user.id = by
    payload.view.id = `VENUM${serial}`
    setValue(payload, 'email', email)
  })
  return `${status} ${body}`
}

const TAKEN = ['in-hub', 'pending', 'asked', 'paused', 'inactive'].map((name) => `${name}@example.org`)

describe.each([
  ['an inviter', 'UADA'],
  ['somebody who may only ask', 'UPAT'],
])('%s', (_who, by) => {
  it('gets one answer, byte for byte, for an account in the hub, an open invitation or request, and who is paused or inactive', async () => {
    const answers = new Set<string>()
    for (const email of TAKEN) answers.add(await attempt(by, email))
    expect([...answers]).toEqual([
      `200 ${JSON.stringify({ response_action: 'errors', errors: { email: 'This address could not be invited.' } })}`,
    ])
  })

  it('gets one answer for a new address and for an account elsewhere, and the same words after it', async () => {
    const fresh = `new-${by.toLowerCase()}@example.org`
    const elsewhere = by === 'UADA' ? 'elsewhere@example.org' : 'elsewhere2@example.org'
    expect(await attempt(by, elsewhere)).toBe(await attempt(by, fresh))
    const member = usher.slack.as(by)
    const words = by === 'UADA' ? 'is being invited into Main hub' : 'is on its way'
    const about = async (email: string) => {
      const message = await member.waitForMessage((one) => one.text.includes(email) && one.text.includes(words))
      return JSON.stringify([message.text, message.blocks])
        .replaceAll(email, 'the address')
        .replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, 'an id')
        .replaceAll(/"block_id":"[^"]*"/g, '')
    }
    expect(await about(elsewhere)).toBe(await about(fresh))
  })

  it('gets one answer for every address past the limit', async () => {
    await usher.app.db.prisma.organisation.updateMany({ data: { hourlyLimit: 1 } })
    await attempt(by, `last-${by.toLowerCase()}@example.org`)
    const answers = new Set<string>()
    for (const email of [...TAKEN, `unknown-${by.toLowerCase()}@example.org`]) {
      answers.add((await attempt(by, email)).replaceAll(email, 'the address'))
    }
    expect(answers.size).toBe(1)
    expect([...answers][0]).toContain('within an hour')
    await usher.app.db.prisma.organisation.updateMany({ data: { hourlyLimit: 1000 } })
  })
})
