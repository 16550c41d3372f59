// A dead link helps: "Ask for a new one" lands with the inviter, once an hour, and says the same to everybody.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import { inviteAndGetLink, mailTo } from './acts.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher()
})
afterAll(() => usher.stop())

it('tells the inviter, who sends a new one with a press; the answer is the same for a link of nowhere', async () => {
  const ada = usher.slack.as('UADA')
  const link = await inviteAndGetLink(usher, 'ana@example.org')
  usher.clock.pass(8 * 24 * 60 * 60 * 1000)

  const dead = await usher.visit(link)
  expect(dead.status).toBe(404)
  expect(await dead.text()).toContain('Ask for a new one')
  const asked = await usher.visit(`${link}?ask`, { method: 'POST' })
  const nowhere = await usher.visit(`${link.slice(0, -4)}AAAA?ask`, { method: 'POST' })
  expect(asked.status).toBe(200)
  expect([nowhere.status, await nowhere.text()]).toEqual([asked.status, await asked.text()])

  const told = await ada.waitForMessage('Somebody with an older link of ana@example.org')
  await usher.visit(`${link}?ask`, { method: 'POST' })
  await ada.click(told, 'Resend')
  await mailTo(usher, 'ana@example.org', 2)
  const events = await usher.app.db.prisma.auditEvent.findMany({ where: { act: 'invitation.asked_again' } })
  expect(events).toHaveLength(1)
})

it('does not bother the inviter for a link that still works', async () => {
  const link = await inviteAndGetLink(usher, 'bob@example.org')
  expect((await usher.visit(`${link}?ask`, { method: 'POST' })).status).toBe(200)
  const again = await inviteAndGetLink(usher, 'cleo@example.org')
  expect(again).not.toBe(link)
  const events = await usher.app.db.prisma.auditEvent.findMany({ where: { act: 'invitation.asked_again' } })
  expect(events).toHaveLength(1)
})
