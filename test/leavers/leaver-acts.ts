// What people do in the stories of leaving: look somebody up, wait for what Slack has said, mark people as left.
import { expect } from 'vitest'
import { until } from '../journeys/acts.ts'
import { goOn, openPeople, tick } from '../journeys/people-list-acts.ts'
import type { Usher } from '../setup/usher.ts'

/** The person of a Slack member, with account and hubs. */
export function personOf(usher: Usher, slackUserId: string) {
  return usher.app.db.prisma.person.findFirstOrThrow({
    where: { slackUserId },
    include: { account: true, memberships: true },
  })
}

/** Waits until a member counts as active, or not. */
export async function isActiveIn(usher: Usher, slackUserId: string, isActive: boolean): Promise<void> {
  await until(async () => expect((await personOf(usher, slackUserId)).isActive).toBe(isActive))
}

/** Ada chooses people in the list and marks them as left. */
export async function markLeft(usher: Usher, search: string, ...who: string[]): Promise<void> {
  const view = await openPeople(usher.slack.as('UADA'), search)
  await tick(view, ...who)
  await goOn(view)
  await view.click('people_mark_left')
  await until(async () => expect(view.text).toContain('marked as left.'))
}
