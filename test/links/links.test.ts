// Registration links under attack: tokens that are not the one (SECURITY, 1), known, pending and unknown addresses
// (SECURITY, 16), and many at once for what is left (SECURITY, 17).
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settleAsk } from '../../src/invitations/index.ts'
import { makeJoinToken } from '../../src/invitations/join-token.ts'
import { deriveKey } from '../../src/keys.ts'
import { inviteAndGetLink, mailTo, queryRows, signUp, until, waitForQuiet } from '../journeys/acts.ts'
import { expectDeadLink, give, giveAndSettle, openLink, outcomeOf, startLink, tokenOf } from '../journeys/link-acts.ts'
import { formBody, linkIn, MINUTE, PUBLIC_URL, startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher
let address: string

beforeAll(async () => {
  usher = await startUsher({ webLimits: { open: 100_000, send: 100_000, ask: 100_000 } })
  ;({ address } = await startLink(usher))
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  expect(usher.log.filter(({ level }) => level === 'error')).toEqual([])
  await usher.stop()
})

const at = (token: string) => `${PUBLIC_URL}/register/${token}`

describe('SECURITY 1: a token that is not exactly the one', () => {
  it('is dead with a character changed, cut, grown, or in another case', async () => {
    const token = tokenOf(address)
    const changed = [0, 15, 21, 22, 40, 63].map(
      (index) => `${token.slice(0, index)}${token[index] === 'A' ? 'B' : 'A'}${token.slice(index + 1)}`,
    )
    for (const other of [
      ...changed,
      token.slice(1),
      token.slice(0, 63),
      `${token}A`,
      token.toLowerCase(),
      'x',
      '%ff',
    ]) {
      expect((await usher.visit(at(other))).status, other).toBe(404)
    }
    await expectDeadLink(usher, at(changed[3] ?? ''))
    expect((await usher.visit(address)).status).toBe(200)
  })

  it('is dead for another purpose, both ways, and for another organisation or generation', async () => {
    const { id, organisationId, generation } = await usher.app.db.prisma.registrationLink.findFirstOrThrow()
    const claim = { organisationId, invitationId: id, generation }
    const secret = String(usher.env.USHER_SECRET)
    expect(makeJoinToken(deriveKey(secret, 'register'), claim)).toBe(tokenOf(address))
    await expectDeadLink(usher, at(makeJoinToken(deriveKey(secret, 'join'), claim)))
    await expectDeadLink(usher, at(makeJoinToken(deriveKey(secret, 'register'), { ...claim, generation: 2 })))
    await expectDeadLink(
      usher,
      at(makeJoinToken(deriveKey(secret, 'register'), { ...claim, organisationId: claim.invitationId })),
    )
    // And a sign-up link opens no registration, nor a registration link a sign-up.
    const join = await inviteAndGetLink(usher, 'purpose@example.org')
    await expectDeadLink(usher, join.replace('/join/', '/register/'))
    expect((await usher.visit(address.replace('/register/', '/join/'))).status).toBe(404)
  })

  it('looks the same whatever killed the link: status, length, words', async () => {
    const bodies = new Set<string>()
    const look = async (change: string) => {
      await queryRows(usher, `UPDATE "RegistrationLink" SET ${change}`)
      const answer = await usher.visit(address)
      expect(answer.status, change).toBe(404)
      bodies.add(`${answer.headers.get('content-length')} ${await answer.text()}`)
      const restored = `"isOn" = true, "pausedAt" = NULL, "endsAt" = NULL, "mostUses" = NULL, "generation" = 1`
      await queryRows(usher, `UPDATE "RegistrationLink" SET ${restored}`)
    }
    await look(`"isOn" = false`)
    await look(`"pausedAt" = now()`)
    await look(`"endsAt" = '2020-01-01'`)
    await look(`"generation" = 2`)
    await look(`"mostUses" = "used"`)
    bodies.add(
      await usher.visit(at('unknown')).then(async (a) => `${a.headers.get('content-length')} ${await a.text()}`),
    )
    expect(bodies.size).toBe(1)
    expect((await usher.visit(address)).status).toBe(200)
  })

  it('is noted in the audit log when it is tried', async () => {
    expect((await usher.visit(at('tried'))).status).toBe(404)
    const probes = `SELECT "after" FROM "AuditEvent" WHERE "act" = 'link.probed'`
    await until(async () => expect((await queryRows(usher, probes)).length).toBeGreaterThan(0))
  })

  it('changes nothing when it is opened, and ignores what else is sent along', async () => {
    for (let count = 0; count < 20; count += 1) await usher.visit(address, { method: count % 2 ? 'GET' : 'HEAD' })
    expect(await usher.app.db.prisma.registrationAsk.count()).toBe(0)
    const more = { email: 'more@example.org', userType: 'hub_admin', role: 'corporate_admin', next: '//evil.example' }
    const answer = await usher.visit(address, formBody({ ...more, language: 'en' }))
    expect(answer.headers.get('location')).toBe('/mailbox?language=en')
    await until(async () =>
      expect(
        await queryRows(usher, `SELECT "userType", "role" FROM "Invitation" WHERE "email" = 'more@example.org'`),
      ).toEqual([{ userType: 'external_member', role: 'employee' }]),
    )
    const foreign = { ...formBody(more), headers: { origin: 'https://evil.example' } }
    expect((await usher.visit(address, foreign)).status).toBe(403)
  })
})

describe('SECURITY 16: who has an account, and who was invited', () => {
  it('gets the same answer, byte for byte, as whoever nobody knows', async () => {
    const link = await inviteAndGetLink(usher, 'known@example.org')
    expect((await signUp(usher, link)).status).toBe(303)
    await inviteAndGetLink(usher, 'waits@example.org')
    const answers = new Set<string>()
    for (const email of ['known@example.org', 'waits@example.org', 'nobody@example.org', 'nobody@nowhere.example']) {
      const answer = await give(usher, address, email)
      const headers = [...answer.headers].filter(([name]) => name !== 'date')
      answers.add(JSON.stringify([answer.status, headers, await answer.text()]))
      const page = await usher.visit(`${PUBLIC_URL}${answer.headers.get('location')}`)
      answers.add(JSON.stringify([page.status, await page.text()]))
    }
    expect(answers.size).toBe(2)
    expect(await outcomeOf(usher, 'known@example.org')).toBe('account_exists')
    expect(await outcomeOf(usher, 'waits@example.org')).toBe('already_invited')
    expect(await outcomeOf(usher, 'nobody@example.org')).toBe('invited')
    await waitForQuiet(usher)
  })
})

describe('SECURITY 17: many at once', () => {
  it('invites an address that is given ten times at once a single time, and settles each ask once', async () => {
    usher.clock.pass(2 * MINUTE)
    await Promise.all(Array.from({ length: 10 }, () => give(usher, address, 'ten@example.org')))
    await waitForQuiet(usher)
    const asks = await usher.app.db.prisma.registrationAsk.findMany({ where: { email: 'ten@example.org' } })
    expect(asks.map(({ outcome }) => outcome).sort()).toEqual([...Array(9).fill('already_invited'), 'invited'])
    const c = { db: usher.app.db, now: () => usher.clock.now, followUp: async () => {} }
    expect(await Promise.all(asks.map(({ id }) => settleAsk(c, id)))).toEqual(Array(10).fill(undefined))
    expect(usher.mailbox.messages.filter(({ envelope }) => envelope.to.includes('ten@example.org'))).toHaveLength(1)
  })

  it('gives the last use to exactly one of ten who sign up at once; the others find a dead page', async () => {
    usher.clock.pass(2 * MINUTE)
    const emails = Array.from({ length: 10 }, (_, index) => `last${index}@example.org`)
    for (const email of emails) expect(await giveAndSettle(usher, address, email)).toBe('invited')
    const links = await Promise.all(emails.map(async (email) => linkIn(await mailTo(usher, email))))
    const { used } = await usher.app.db.prisma.registrationLink.findFirstOrThrow()
    await usher.app.db.prisma.registrationLink.updateMany({ data: { mostUses: used + 1 } })

    const answers = await Promise.all(links.map((link) => signUp(usher, link)))
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array(9).fill(404)])
    const link = await usher.app.db.prisma.registrationLink.findFirstOrThrow()
    expect(link.used).toBe(used + 1)
    const accepted = await usher.app.db.prisma.invitation.count({
      where: { email: { in: emails }, status: 'accepted' },
    })
    const accounts = await usher.app.db.prisma.account.count({ where: { person: { email: { in: emails } } } })
    expect({ accepted, accounts }).toEqual({ accepted: 1, accounts: 1 })
    await expectDeadLink(usher, address)
    for (const dead of links) expect((await usher.visit(dead)).status).toBe(404)

    // One more use lets one more in.
    await usher.app.db.prisma.registrationLink.updateMany({ data: { mostUses: used + 2 } })
    const index = answers.findIndex(({ status }) => status === 404)
    expect((await signUp(usher, links[index] ?? '')).status).toBe(303)
  })

  it('cannot be turned on again when all its uses are used up, nor be set to fewer than were used', async () => {
    const view = await openLink(usher)
    expect(view.text).toContain('all its uses are used up')
    await view.click('Turn off')
    await until(async () => expect(view.text).toContain('Turn on'))
    await view.click('Turn on')
    const ada = usher.slack.as('UADA')
    const refused = await ada.waitForView((shown) => shown.text.includes('This link has ended'))
    await refused.close()
    await view.click('Set up')
    const form = await ada.waitForView('link_form')
    await form.fill({ 'Number of uses': '1' })
    expect((await form.submit()).errors).toHaveProperty('mostUses')
  })

  it('SECURITY 9: leaves its secret nowhere: no row, no queue, no line of the log', async () => {
    await waitForQuiet(usher)
    const token = tokenOf(address)
    const signature = Buffer.from(token, 'base64url').subarray(16)
    const tables = await queryRows(
      usher,
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'queue')`,
    )
    const written = [JSON.stringify(usher.log)]
    for (const { name } of tables) {
      written.push(JSON.stringify(await queryRows(usher, `SELECT t::text AS row FROM ${name} t`)))
    }
    const all = written.join('\n')
    expect(all).toContain('last0@example.org')
    for (const form of [token, signature.toString('base64url'), signature.toString('hex')]) {
      expect(all.includes(form)).toBe(false)
    }
  })

  it('limits how often one client gives addresses', async () => {
    const other = await startUsher()
    try {
      const started = await startLink(other)
      const statuses: number[] = []
      for (let count = 0; count < 11; count += 1) {
        statuses.push((await give(other, started.address, `c${count}@example.org`)).status)
      }
      expect(statuses).toEqual([...Array(10).fill(303), 429])
    } finally {
      await other.stop()
    }
  })
})
