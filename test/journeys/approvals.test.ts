// Whoever may not invite asks; somebody else decides; everybody hears of it.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher()
  // Ada is known before anybody asks: somebody who decides has to be.
  const ada = usher.slack.as('UADA')
  await ada.openHome()
  await ada.waitForHome()
})
afterAll(() => usher.stop())

async function ask(email: string): Promise<void> {
  const pat = usher.slack.as('UPAT')
  await pat.command(`/invites ${email}`)
  const form = await pat.waitForView('invite_form')
  expect(form.submitText).toBe('Send request')
  await form.fill({ 'User type': 'External Member', Role: 'Employee', 'Personal note': 'Our new partner' })
  expect(await form.submit()).toEqual({ closed: true })
  await pat.waitForMessage(`Your request to invite ${email}`)
}

it('a request reaches an approver, who changes it and approves; nothing was sent before', async () => {
  const ada = usher.slack.as('UADA')
  const pat = usher.slack.as('UPAT')
  await ask('ana@example.org')
  const question = await ada.waitForMessage('Pat Morgan asks to invite ana@example.org')
  expect(usher.mailbox.messages).toHaveLength(0)

  await ada.click(question, 'Review')
  const review = await ada.waitForView('review_form')
  expect(review.text).toContain('Our new partner')
  await review.fill({ 'User type': 'Team Member', Decision: 'Approve', 'Words to whoever asked': 'Gladly' })
  expect(await review.submit()).toEqual({ closed: true })

  const mail = await usher.mailbox.waitFor(({ to }) => to.includes('ana@example.org'))
  expect(mail.text).toContain('Pat Morgan')
  const told = await pat.waitForMessage('Ada Lovelace approved your request')
  expect(told.text).toContain('Main hub: Team Member, Employee')
  expect(told.text).toContain('Gladly')
  const decided = await ada.waitForMessage('Ada Lovelace approved it')
  expect(decided.ts).toBe(question.ts)
  expect(JSON.stringify(decided.blocks)).not.toContain('Review')
})

it('a rejection needs a reason, and the requester reads it', async () => {
  const ada = usher.slack.as('UADA')
  const pat = usher.slack.as('UPAT')
  await ask('bob@example.org')
  await ada.waitForMessage('Pat Morgan asks to invite bob@example.org')
  await ada.command('/invites approvals')
  const list = await ada.waitForView('approvals_form')
  expect(list.text).toContain('One request waits')
  await list.fill({ 'Decide several at once, as they were asked for': ['bob@example.org · Pat Morgan'] })
  await list.fill({ Decision: 'Reject' })
  expect((await list.submit()).errors).toEqual({ answer: 'Say why, in a few words: whoever asked reads it.' })
  await list.fill({ 'Words to whoever asked': 'We do not know them' })
  await list.submit()
  await pat.waitForMessage('Ada Lovelace rejected your request to invite bob@example.org')
  const { status } = await usher.app.db.prisma.invitation.findFirstOrThrow({ where: { email: 'bob@example.org' } })
  expect(status).toBe('rejected')
  expect(usher.mailbox.messages).toHaveLength(1)
  expect(usher.slack.complaints).toEqual([])
})
