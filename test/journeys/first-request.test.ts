// The first thing that ever happens is a request: no admin has opened the app yet, and one hears of it all the same.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import { invite } from './acts.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher()
})
afterAll(() => usher.stop())

it('reaches the owners and admins of the workspace, whom nobody has met before', async () => {
  const known = await usher.app.db.prisma.person.count({ where: { isWorkspaceAdmin: true } })
  expect(known).toBe(0)

  await invite(usher, 'ana@example.org', {}, 'UPAT')

  for (const id of ['UADA', 'UMAX']) {
    const question = await usher.slack.as(id).waitForMessage('Pat Morgan asks to invite ana@example.org')
    expect(question.text).toContain('Main hub')
  }
})
