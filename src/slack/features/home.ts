// The Home tab: where everybody stands, and buttons to everything that a command opens.
import type { HomeView, KnownBlock } from '@slack/types'
import { readOverview } from '../../invitations/index.ts'
import { grantsOf, isCorporateAdmin, reachOf, STATUS_NAMES } from '../../organisation/index.ts'
import { actions, button, context, escapeText, facts, header, section } from '../blocks.ts'
import type { Feature, Visit } from '../feature.ts'

export const home: Feature = {
  name: 'home',
  homeOpened: async (visit) => {
    await visit.client.views.publish({ user_id: visit.userId, view: await homeView(visit) })
  },
}

async function homeView(visit: Visit): Promise<HomeView> {
  const { member, organisation, command } = visit
  if (grantsOf(member, organisation).length === 0) {
    const blocks: KnownBlock[] = [
      header('Invitations'),
      section(
        `You cannot invite people to *${escapeText(organisation.displayName)}* yet. Ask an admin of this Slack workspace, or an admin of the hub.`,
      ),
    ]
    return { type: 'home', blocks }
  }
  const { counts } = await readOverview(visit.c.db, {
    organisationId: organisation.id,
    reach: reachOf(member, organisation),
  })
  const statuses = ['waiting', 'pending', 'accepted', 'expired', 'error'] as const
  const buttons = [button('invite_open', 'Invite someone', { style: 'primary' }), button('status_overview', 'Status')]
  if (isCorporateAdmin(member, organisation)) buttons.push(button('settings_open', 'Settings'))
  return {
    type: 'home',
    blocks: [
      header('Invitations'),
      ...actions(buttons),
      facts(statuses.map((name) => [STATUS_NAMES[name], String(counts[name] ?? 0)])),
      context(
        `You can also type \`${escapeText(command)} ana@example.org\` anywhere. \`${escapeText(command)} help\` says more.`,
      ),
    ],
  }
}
