// Slack's events. Bolt has acknowledged them before they come here, and Slack does not send them again: what must not
// be missed is not left to them.
import type * as bolt from '@slack/bolt'
import { type Door, guarded } from './dispatch.ts'
import { findVisitor } from './visitor.ts'
import type { Wiring } from './wire-command.ts'
import { wireDirectoryEvents } from './wire-directory-events.ts'

export function wireEvents(app: bolt.App, door: Door, { command, features }: Wiring): void {
  const openedHome = features.flatMap((feature) => feature.homeOpened ?? [])

  app.event('app_home_opened', async ({ event, body }) => {
    if (event.tab !== 'home') return
    const userId = event.user
    await guarded(door, 'home', {
      run: async () => {
        const visitor = await findVisitor(door, { teamId: body.team_id, userId }, async () => {})
        const visit = { ...visitor, c: door, client: door.client, userId, command }
        for (const open of openedHome) await open(visit)
      },
      say: async (text) => {
        const blocks = [{ type: 'section' as const, text: { type: 'plain_text' as const, text } }]
        await door.client.views.publish({ user_id: userId, view: { type: 'home', blocks } })
      },
    })
  })

  wireDirectoryEvents(app, door)
  app.event('app_uninstalled', async ({ body }) =>
    door.log.error({ teamId: body.team_id }, 'The app was removed from its Slack workspace'),
  )
}
