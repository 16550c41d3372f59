// `/invites status`: one address' story with its buttons, the counts and the latest; old buttons change nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { linkIn, startUsher, type Usher } from '../setup/usher.ts'
import {
  addUnit,
  hurryJobs,
  invitationOf,
  invite,
  inviteAndGetLink,
  mailTo,
  openStory,
  signUp,
  until,
  waitForQuiet,
  waitForStatus,
} from './acts.ts'

let usher: Usher
beforeAll(async () => {
  usher = await startUsher()
  await addUnit(usher, 'department', 'Nursing')
  await addUnit(usher, 'location', 'Berlin')
})
afterAll(async () => {
  expect(usher.slack.complaints).toEqual([])
  await usher.stop()
})

const ada = () => usher.slack.as('UADA')

describe('nothing yet', () => {
  it('says how to begin', async () => {
    await ada().command('/invites status')
    const view = await ada().waitForView('Invitations')
    expect(view.text).toContain('Nobody has been invited yet. Type /invites ana@example.org to begin.')
    await view.close()
  })

  it.each(['nobody@example.org', 'no address', '@', 'a@b'])('of “%s”: there is no such invitation', async (asked) => {
    const after = ada().messages('general').at(-1)?.ts ?? ''
    await ada().command(`/invites status ${asked}`)
    await ada().waitForMessage('There is no such invitation among those you can see.', { channel: 'general', after })
  })
})

describe('one invitation', () => {
  it('is told whole: what was asked, by whom, what became of it, until when the link works', async () => {
    const fields = { Department: 'Nursing', Location: 'Berlin', 'Personal note': 'Hi *Ana*', Role: 'Team Lead' }
    await inviteAndGetLink(usher, 'ana@example.org', { fields })
    const story = await openStory(ada(), 'Ana Diaz <ANA@example.org>')
    const { text } = story
    for (const words of ['Pending', 'Main hub', 'Team Member', 'Team Lead', 'Nursing', 'Berlin']) {
      expect(text).toContain(words)
    }
    expect(text).toMatch(
      /Ada Lovelace asked for the invitation[\s\S]*The message to ana@example\.org was handed to the mail server/,
    )
    expect(text).toMatch(/The link works until <!date\^\d+\^/)
    expect(text).toContain('Personal note: Hi')
    expect(text).not.toContain('/join/')
    await story.close()
  })

  it('is resent by its button: a new link by mail, the old one dead, the story told on', async () => {
    const old = await inviteAndGetLink(usher, 'bea@example.org')
    const story = await openStory(ada(), 'bea@example.org')
    await story.click('Resend')
    await until(async () => expect(story.text).toContain('Ada Lovelace sent it again, with a new link.'))
    const link = linkIn(await mailTo(usher, 'bea@example.org', 2))
    expect(link).not.toBe(old)
    expect((await usher.visit(old)).status).toBe(404)
    expect((await usher.visit(link)).status).toBe(200)
    await story.close()
  })

  it('is revoked by its button, after a question; the link is dead at once, and there is nothing more to press', async () => {
    const link = await inviteAndGetLink(usher, 'cleo@example.org')
    const story = await openStory(ada(), 'cleo@example.org')
    const button = JSON.stringify(story.blocks)
    expect(button).toContain('The link of cleo@example.org stops working at once.')
    await story.click('Revoke')
    await until(async () => expect(story.text).toContain('Ada Lovelace revoked it.'))
    expect((await usher.visit(link)).status).toBe(404)
    expect(story.text).not.toContain('Resend')
    expect(story.text).not.toMatch(/^Revoke$/m)
    await story.close()
  })

  it('changes nothing by an old button: a story that was open while somebody else acted says so', async () => {
    const max = usher.slack.as('UMAX')
    await inviteAndGetLink(usher, 'dora@example.org')
    const old = await openStory(ada(), 'dora@example.org')
    const other = await openStory(max, 'dora@example.org')
    await other.click('Revoke')
    await until(async () => expect(other.text).toContain('Max Weber revoked it.'))
    for (const button of ['Resend', 'Revoke']) {
      await old.click(button)
      const refusal = await ada().waitForView((view) => view.text.includes('Nothing was changed: this invitation'))
      await refusal.close()
    }
    expect(await invitationOf(usher, 'dora@example.org')).toMatchObject({ status: 'revoked', generation: 2 })
    await old.close()
    await other.close()
  })

  it('says when the message could not be sent yet and when it is tried next', async () => {
    usher.mailbox.faults.next('rcpt', { code: 451, text: 'Greylisted' })
    await invite(usher, 'later@example.org')
    await until(async () => expect((await invitationOf(usher, 'later@example.org')).nextAttemptAt).not.toBeNull())
    const story = await openStory(ada(), 'later@example.org')
    expect(story.text).toMatch(/Not sent yet: .* Next try: <!date/)
    await story.close()
    await hurryJobs(usher)
    await waitForStatus(usher, 'later@example.org', 'pending')
  })

  it('of somebody who was invited again shows the newest and says how many older ones there are', async () => {
    await inviteAndGetLink(usher, 'eva@example.org')
    const first = await openStory(ada(), 'eva@example.org')
    await first.click('Revoke')
    await waitForStatus(usher, 'eva@example.org', 'revoked')
    usher.clock.pass(1_000)
    await inviteAndGetLink(usher, 'eva@example.org', { nth: 2 })
    const story = await openStory(ada(), 'eva@example.org')
    expect(story.text).toContain('Pending')
    expect(story.text).toContain('There is one older invitation of this person.')
    await story.close()
  })
})

describe('all of them', () => {
  it('are counted by status, and the latest ten listed, each with a button to its story', async () => {
    const link = await inviteAndGetLink(usher, 'flo@example.org')
    expect((await signUp(usher, link)).status).toBe(303)
    await waitForQuiet(usher)
    await ada().command('/invites status')
    const view = await ada().waitForView('Invitations')
    expect(view.text).toMatch(/\*Accepted\*\n1\n/)
    expect(view.text).toMatch(/\*Revoked\*\n3\n/)
    expect(view.text).toMatch(/\*flo@example.org\* · Accepted\nMain hub · by Ada Lovelace/)
    const { id } = await invitationOf(usher, 'flo@example.org')
    await view.click('Open', { value: id })
    const story = await ada().waitForView('Invitation')
    expect(story.text).toContain('Ana Diaz joined.')
    await story.close()
    await view.close()
  })

  it('are on the Home tab as numbers', async () => {
    await ada().openHome()
    await ada().waitForHome((home) => /\*Accepted\*\n1/.test(home.text))
  })
})
