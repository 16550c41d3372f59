// From the story of an invitation an account is paused and reopened; the story says where it stands.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startUsher, type Usher } from '../setup/usher.ts'
import { inviteAndGetLink, openStory, signUp } from './acts.ts'

let usher: Usher

beforeAll(async () => {
  usher = await startUsher()
})
afterAll(() => usher.stop())

it('pauses and reopens, with an event each', async () => {
  const ada = usher.slack.as('UADA')
  await signUp(usher, await inviteAndGetLink(usher, 'ana@example.org'))

  const story = await openStory(ada, 'ana@example.org')
  expect(story.text).toMatch(/Account\*?\s+Active/)
  await story.click('Pause account')
  await ada.waitForView((view) => view.text.includes('Inactive (paused)'))
  await story.click('Reopen account')
  await ada.waitForView((view) => /Account\*?\s+Active/.test(view.text))

  const events = await usher.app.db.prisma.auditEvent.findMany({
    where: { act: { startsWith: 'account.' } },
    orderBy: [{ at: 'asc' }, { id: 'asc' }],
  })
  expect(events.map(({ act }) => act)).toEqual(['account.paused', 'account.reopened'])
  expect(usher.slack.complaints).toEqual([])
})
