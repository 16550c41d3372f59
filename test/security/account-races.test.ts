// Many at once for one link (SECURITY, 3 and 4): one account, and of two acts at the same moment exactly one wins.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  acceptInvitation,
  expireInvitations,
  JOIN_PURPOSE,
  openJoinLink,
  resendInvitation,
  revokeInvitation,
} from '../../src/invitations/index.ts'
import { makeJoinToken } from '../../src/invitations/join-token.ts'
import type { Queue } from '../../src/jobs/index.ts'
import { deriveKey } from '../../src/keys.ts'
import {
  addUnit,
  invitationOf,
  invite,
  inviteAndGetLink,
  openQueueOf,
  openStory,
  PASSWORD,
  queryRows,
  signUp,
  until,
  waitForQuiet,
  waitForStatus,
} from '../journeys/acts.ts'
import { silentLog } from '../setup/database.ts'
import { startUsher, type Usher } from '../setup/usher.ts'

/** Enough for every order of the steps to have happened. */
const ROUNDS = 25

let usher: Usher
let queue: Queue
let adaId: string
let joinKey: Buffer
beforeAll(async () => {
  usher = await startUsher({ webLimits: { open: 100_000, send: 100_000 } })
  queue = await openQueueOf(usher)
  await addUnit(usher, 'hub', 'Customer room')
  adaId = (await usher.app.db.prisma.person.findFirstOrThrow({ where: { slackUserId: 'UADA' } })).id
  joinKey = deriveKey(String(usher.env.USHER_SECRET), JOIN_PURPOSE)
})
afterAll(async () => {
  expect(usher.log.filter(({ level }) => level === 'error')).toEqual([])
  await queue.close()
  await usher.stop()
})

type Invitation = Awaited<ReturnType<typeof invitationOf>>

const core = (ms = 0) => ({
  db: usher.app.db,
  followUp: queue.followUp,
  log: silentLog,
  joinKey,
  now: () => new Date(usher.clock.now.getTime() + ms),
  // The real one takes so long that it would decide most races by itself.
  hashPassword: async () => '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
})

const form = {
  firstName: 'Ana',
  lastName: 'Diaz',
  mobile: '',
  password: PASSWORD,
  termsAgreed: true,
  termsVersion: 1,
}

const tokenOf = (invitation: Invitation) => makeJoinToken(joinKey, { ...invitation, invitationId: invitation.id })

/** Sends the form of a page; `shown`: what that page stated. Throws where it makes no account. */
async function accept(invitation: Invitation, { ms = 0, shown = '' } = {}): Promise<void> {
  const request = { form: { ...form, shown }, from: '203.0.113.7' }
  const { hasAccount } = await acceptInvitation(core(ms), tokenOf(invitation), request)
  if (hasAccount) throw new Error('there is an account already')
}

const pressed = (invitation: Invitation) => ({
  organisationId: invitation.organisationId,
  actorId: adaId,
  invitationId: invitation.id,
  generation: invitation.generation,
  origin: 'slack',
})
const revoke = (invitation: Invitation) => revokeInvitation(core(), pressed(invitation))
const resend = (invitation: Invitation) => resendInvitation(core(), pressed(invitation))

/** Runs acts at the same moment, every order of starting them in turn; gives which of them went through. */
async function race(round: number, acts: (() => Promise<unknown>)[]): Promise<boolean[]> {
  const results: boolean[] = acts.map(() => false)
  const order = acts.map((_, index) => (index + round) % acts.length)
  await Promise.all(
    order.map(async (index) => {
      results[index] = await (acts[index]?.() ?? Promise.resolve()).then(
        () => true,
        (error: Error) => {
          // A clean no, and no deadlock or broken constraint.
          expect(['Refusal', 'Refusals'], String(error)).toContain(error.name)
          return false
        },
      )
    }),
  )
  return results
}

/** What the rows say of an address; of two acts, exactly one may be visible. */
async function outcomeOf(email: string) {
  const { prisma } = usher.app.db
  const invitation = await invitationOf(usher, email)
  const person = await prisma.person.findUniqueOrThrow({
    where: { id: invitation.personId },
    include: { account: true, memberships: true },
  })
  const events = await prisma.auditEvent.findMany({ where: { subjectId: invitation.id }, select: { act: true } })
  const acts = events
    .map(({ act }) => act)
    .filter((act) => !['invitation.asked', 'invitation.sent', 'link.probed'].includes(act))
  return {
    status: invitation.status,
    generation: invitation.generation,
    accounts: person.account === null ? 0 : 1,
    memberships: person.memberships.length,
    acts,
  }
}

async function pendingInvitation(email: string): Promise<Invitation> {
  await invite(usher, email)
  return waitForStatus(usher, email, 'pending')
}

const JOINED = { status: 'accepted', generation: 1, accounts: 1, memberships: 1, acts: ['invitation.accepted'] }
const NOT_JOINED = { accounts: 0, memberships: 0 }

describe('SECURITY 3: many at once', () => {
  it('twenty accepts of one link: one account, one membership, one audit event, one piece of news a side', async () => {
    const link = await inviteAndGetLink(usher, 'twenty@example.org')
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => signUp(usher, link, { firstName: `Ana${index}` })),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 303)).toHaveLength(1)
    expect(statuses.filter((status) => status === 404)).toHaveLength(19)
    expect(await outcomeOf('twenty@example.org')).toEqual(JOINED)
    const { id, personId } = await invitationOf(usher, 'twenty@example.org')
    const news = `SELECT data->>'to' AS "to" FROM queue.job WHERE name = 'notify' AND data->>'invitationId' = $1 ORDER BY 1`
    expect(await queryRows(usher, news, [id])).toEqual([{ to: 'channel' }, { to: 'inviter' }])
    // The name is the winner's.
    const person = await usher.app.db.prisma.person.findUniqueOrThrow({ where: { id: personId } })
    expect(person.firstName).toBe(`Ana${statuses.indexOf(303)}`)
  })

  it('the links of two hubs at once: one account, and both hubs', async () => {
    for (let round = 0; round < 8; round += 1) {
      const email = `hubs${round}@example.org`
      const one = await pendingInvitation(email)
      usher.clock.pass(1_000)
      await invite(usher, email, { Hub: 'Customer room' })
      const two = await waitForStatus(usher, email, 'pending')
      expect(two.id).not.toBe(one.id)
      const { shown: ofOne } = await openJoinLink(core(), tokenOf(one))
      const { shown: ofTwo } = await openJoinLink(core(), tokenOf(two))
      const acts = [() => accept(one, { shown: ofOne }), () => accept(two, { shown: ofTwo })]
      const won = await race(round, acts)
      expect(won.filter(Boolean)).toHaveLength(1)
      expect(await outcomeOf(email)).toMatchObject({ status: 'accepted', accounts: 1, memberships: 2 })
    }
  })
})

describe('SECURITY 3: an accept at the same moment as', () => {
  it('a revocation: one of them', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const email = `revoke${round}@example.org`
      const invitation = await pendingInvitation(email)
      const [accepted, revoked] = await race(round, [() => accept(invitation), () => revoke(invitation)])
      expect(accepted).toBe(!revoked)
      const expected = { ...NOT_JOINED, status: 'revoked', generation: 2, acts: ['invitation.revoked'] }
      expect(await outcomeOf(email)).toEqual(accepted ? JOINED : expected)
    }
  })

  it('a resend: one of them, and the new link is alive only where the accept lost', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const email = `resend${round}@example.org`
      const invitation = await pendingInvitation(email)
      const [accepted, resent] = await race(round, [() => accept(invitation), () => resend(invitation)])
      expect(accepted).toBe(!resent)
      if (accepted) expect(await outcomeOf(email)).toEqual(JOINED)
      else {
        expect(await outcomeOf(email)).toMatchObject({ ...NOT_JOINED, generation: 2, acts: ['invitation.resent'] })
        const [again] = await race(0, [() => accept({ ...invitation, generation: 2 })])
        expect(again).toBe(true)
      }
    }
  })

  it('the end, by two clocks that differ a little: one of them', async () => {
    const invitations: Invitation[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      invitations.push(await pendingInvitation(`expire${round}@example.org`))
    }
    // Its last moment, one after the other, so that the clock's pass finds just this one.
    const { prisma } = usher.app.db
    await prisma.invitation.updateMany({ where: { status: 'pending' }, data: { expiresAt: new Date('2100-01-01') } })
    for (const [round, { id, email }] of invitations.entries()) {
      const invitation = await prisma.invitation.update({ where: { id }, data: { expiresAt: usher.clock.now } })
      let expired = 0
      const expire = async () => {
        expired = await expireInvitations(core(1))
      }
      const [accepted] = await race(round, [() => accept(invitation, { ms: -1 }), expire])
      expect(expired).toBe(accepted ? 0 : 1)
      const ended = { ...NOT_JOINED, status: 'expired', generation: 1, acts: ['invitation.expired'] }
      expect(await outcomeOf(email)).toEqual(accepted ? JOINED : ended)
    }
  })

  it('a revocation and a resend: one of the three', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const email = `three${round}@example.org`
      const invitation = await pendingInvitation(email)
      const won = await race(round, [() => accept(invitation), () => revoke(invitation), () => resend(invitation)])
      expect(won.filter(Boolean)).toHaveLength(1)
      expect((await outcomeOf(email)).acts).toHaveLength(1)
    }
  })

  it('another invitation of the same person being asked for: no link goes out that cannot be used', async () => {
    for (let round = 0; round < 10; round += 1) {
      const email = `both${round}@example.org`
      const invitation = await pendingInvitation(email)
      usher.clock.pass(1_000)
      const [accepted] = await Promise.all([
        race(round, [() => accept(invitation)]),
        invite(usher, email, { Hub: 'Customer room' }),
      ])
      expect(accepted).toEqual([true])
      // Added to the second hub at once, or invited with a link that leads to signing in: no page of it makes another account.
      const second = await waitForStatus(usher, email, 'pending')
      const { accounts, memberships } = await outcomeOf(email)
      expect([accounts, memberships]).toEqual([1, second.isAddition ? 2 : 1])
      if (second.isAddition) continue
      const again = { form: { ...form, shown: '' }, from: '203.0.113.7' }
      expect((await acceptInvitation(core(), tokenOf(second), again)).hasAccount).toBe(true)
      expect((await outcomeOf(email)).accounts).toBe(1)
    }
  })

  it('a press of Revoke in Slack, through both doors: one of them', async () => {
    const ada = usher.slack.as('UADA')
    for (let round = 0; round < 6; round += 1) {
      const email = `doors${round}@example.org`
      const link = await inviteAndGetLink(usher, email)
      const story = await openStory(ada, email)
      const [joined] = await Promise.all([signUp(usher, link), story.click('Revoke')])
      await until(async () => expect(['accepted', 'revoked']).toContain((await invitationOf(usher, email)).status))
      const outcome = await outcomeOf(email)
      expect(outcome.acts).toHaveLength(1)
      expect(joined.status).toBe(outcome.status === 'accepted' ? 303 : 404)
      expect(outcome).toMatchObject(joined.status === 303 ? JOINED : NOT_JOINED)
      await ada.view()?.close({ all: true })
    }
  })
})

describe('SECURITY 4: the page was open, and somebody else accepted', () => {
  it('then sending it is refused, and neither the password nor the name is overwritten', async () => {
    const link = await inviteAndGetLink(usher, 'four@example.org')
    expect((await usher.visit(link)).status).toBe(200)
    expect((await signUp(usher, link, { firstName: 'Real' })).status).toBe(303)
    await waitForQuiet(usher)
    const { personId } = await invitationOf(usher, 'four@example.org')
    const read = () =>
      usher.app.db.prisma.person.findUniqueOrThrow({ where: { id: personId }, include: { account: true } })
    const before = await read()

    const late = await signUp(usher, link, {
      firstName: 'Late',
      password: 'another long password',
      mobile: '+4915123456789',
    })
    expect(late.status).toBe(404)
    expect(await read()).toEqual(before)
    expect(before.account?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  })
})
