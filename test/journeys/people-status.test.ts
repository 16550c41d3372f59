// `/invites status <filter>`: the invitations in one status, page by page, "Retry all" and "Resend all".
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Member, ViewSession } from '../../src/sandbox/slack/local-slack.ts'
import { startUsher, type Usher } from '../setup/usher.ts'
import { inviteAndGetLink, makeMember, queryRows, until, waitForStatus } from './acts.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher({ webLimits: { open: 10_000, send: 10_000 } })
  await inviteAndGetLink(usher, 'first@example.org')
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

const ada = () => usher.slack.as('UADA')

/** Invitations of Ada's, a minute apart, `expired1@…` the oldest. */
async function add(count: number, status: 'expired' | 'error', prefix: string = status, from = 0) {
  await queryRows(
    usher,
    `WITH person AS (INSERT INTO "Person" ("id", "organisationId", "email", "emailKey", "createdAt")
       SELECT gen_random_uuid(), o."id", $2 || n || '@example.org', $2 || n || '@example.org', now() + ($4::int + n) * interval '1 minute'
       FROM "Organisation" o, generate_series(1, $1::int) AS n RETURNING *)
     INSERT INTO "Invitation" ("id", "organisationId", "hubId", "personId", "inviterId", "email", "userType", "role",
       "language", "status", "createdAt", "queuedAt")
     SELECT gen_random_uuid(), p."organisationId", f."hubId", p."id", f."inviterId", p."email", f."userType", f."role", 'en',
       $3::"InvitationStatus", p."createdAt", now()
     FROM person p, (SELECT * FROM "Invitation" WHERE "email" = 'first@example.org') f`,
    [count, prefix, status, from],
  )
}

async function openStatus(member: Member, typed: string): Promise<ViewSession> {
  const before = member.view()?.id
  await member.command(`/invites status ${typed}`.trim())
  return member.waitForView((view) => view.title === 'Invitations' && view.id !== before)
}

async function press(view: ViewSession, name: string) {
  const before = view.hash
  await view.click(name)
  await until(async () => expect(view.hash).not.toBe(before))
}

const addresses = (view: ViewSession) => [...view.text.matchAll(/^\*(\w+)@example\.org\*$/gm)].map(([, name]) => name)

describe('a list by status', () => {
  it('is paged, newest first, both ways, and each leads to its story and back', async () => {
    await add(20, 'expired')
    const view = await openStatus(ada(), 'Expired')
    expect(view.text).toContain('*Expired: 20*, newest first')
    expect(addresses(view)).toEqual([20, 19, 18, 17, 16, 15, 14, 13].map((n) => `expired${n}`))
    await press(view, 'Next page')
    await press(view, 'Next page')
    expect(addresses(view)).toEqual(['expired4', 'expired3', 'expired2', 'expired1'])
    expect(view.text).not.toContain('Next page')
    await press(view, 'Previous page')
    expect(addresses(view)[0]).toBe('expired12')
    await press(view, 'Previous page')
    expect(view.text).not.toContain('Previous page')
    const [button] = await queryRows(usher, `SELECT "id" FROM "Invitation" WHERE "email" = 'expired20@example.org'`)
    await view.click('Open', { value: String(button?.id) })
    const story = await ada().waitForView('Invitation')
    expect(story.text).toContain('expired20@example.org')
    await story.close()
    expect(ada().view()?.id).toBe(view.id)
    await view.close()
  })

  it('is reached from the counts, which it leads back to', async () => {
    const view = await openStatus(ada(), '')
    expect(view.text).toMatch(/\*Expired\*\n20\n/)
    await press(view, 'Expired (20)')
    expect(view.text).toContain('*Expired: 20*')
    await press(view, 'All counts')
    expect(view.text).toContain('*The latest invitations*')
    await view.close()
  })

  it('without anybody says so', async () => {
    const view = await openStatus(ada(), 'revoked')
    expect(view.text).toContain('*Revoked: 0*')
    expect(view.text).toContain('There is none now.')
    await view.close()
  })

  it.each(['waiting', 'pending', 'error', 'accepted', 'awaiting approval', 'Rejected'])(
    'can be asked for: %s',
    async (typed) => {
      const view = await openStatus(ada(), typed)
      expect(view.text.toLowerCase()).toContain(`*${typed.toLowerCase()}: `)
      await view.close()
    },
  )
})

describe('sending all of them again', () => {
  it('asks with the number, says who is left out, and sends exactly so many', async () => {
    await queryRows(usher, `UPDATE "Person" SET "isActive" = false WHERE "emailKey" = 'expired5@example.org'`)
    const view = await openStatus(ada(), 'expired')
    expect(view.text).toContain('One of them is not sent again')
    expect(JSON.stringify(view.blocks)).toContain('Resend 19 invitations?')
    await add(2, 'expired', 'late', 60)
    await view.click('Resend all 19')
    await until(async () => expect(view.text).toContain('19 invitations on the way again.'))
    expect(view.text).toContain('*Expired: 3*')
    await waitForStatus(usher, 'expired20@example.org', 'pending')
    const sent = () => usher.mailbox.messages.filter(({ envelope }) => envelope.to[0]?.startsWith('expired'))
    await until(async () => expect(sent()).toHaveLength(19))
    await view.close()
  })

  it('retries all errors', async () => {
    await add(7, 'error', 'failed')
    const view = await openStatus(ada(), 'error')
    expect(JSON.stringify(view.blocks)).toContain('Retry 7 invitations?')
    await view.click('Retry all 7')
    await until(async () => expect(view.text).toContain('7 invitations on the way again.'))
    await waitForStatus(usher, 'failed7@example.org', 'pending')
    await view.close()
  })

  it('is for those who may: a Team Member sees and sends their own', async () => {
    const sam = await makeMember(usher, 'USAM', { Hub: 'Main hub', 'User type': 'Team Member' })
    await add(3, 'expired', 'theirs')
    const view = await openStatus(sam, 'expired')
    expect(view.text).toContain('*Expired: 0*')
    expect(view.text).not.toContain('Resend all')
    await view.close()
  })
})
