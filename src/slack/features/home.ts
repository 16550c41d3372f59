// The Home tab: where everybody stands, and buttons to everything that a command opens.
import type { HomeView, KnownBlock } from '@slack/types'
import {
  approvalsChannelIsOpen,
  countLeftInvitations,
  type Funnel,
  type HomeFigures,
  listRequests,
  mayImport,
  readAllowance,
  readHomeFigures,
  readOverview,
} from '../../invitations/index.ts'
import { grantsOf, isCorporateAdmin, reachOf, STATUS_NAMES } from '../../organisation/index.ts'
import { countUncategorised } from '../../people/index.ts'
import { AUTO_OPEN } from '../auto-views.ts'
import { actions, button, context, cut, escapeText, facts, header, section } from '../blocks.ts'
import type { Feature, Visit } from '../feature.ts'
import { BOOKINGS_OPEN } from './booking.ts'
import { LEAVERS_OPEN } from './leavers.ts'
import { shownCount } from './status-list.ts'

export const home: Feature = {
  name: 'home',
  homeOpened: async (visit) => {
    await visit.client.views.publish({ user_id: visit.userId, view: await homeView(visit) })
  },
}

async function homeView(visit: Visit): Promise<HomeView> {
  const { member, organisation, command, c } = visit
  if (grantsOf(member, organisation).length === 0) {
    const blocks: KnownBlock[] = [
      header('Invitations'),
      section(
        `You can ask for people to be invited to *${escapeText(organisation.displayName)}*. Somebody who may invite decides, and you hear of it.`,
      ),
      ...(member.isActive
        ? actions([
            button('invite_open', 'Ask for an invitation', { style: 'primary' }),
            button('list_open', 'Ask for many'),
            button('status_overview', 'My requests'),
          ])
        : []),
    ]
    return { type: 'home', blocks }
  }
  const viewer = { organisationId: organisation.id, reach: reachOf(member, organisation) }
  const isCorporate = isCorporateAdmin(member, organisation)
  const [{ counts }, figures, { total }, allowance, channelIsOpen, uncategorised, leftBehind] = await Promise.all([
    readOverview(c.db, viewer),
    readHomeFigures(c.db, viewer, c.now()),
    listRequests(c.db, visit, { limit: 0 }),
    readAllowance(c.db, { actorId: member.id, now: c.now() }),
    isCorporate ? approvalsChannelIsOpen(c.db, organisation) : true,
    countUncategorised(c.db, member, organisation),
    isCorporate ? countLeftInvitations(c.db, viewer) : 0,
  ])
  const statuses = ['waiting', 'pending', 'accepted', 'expired', 'error'] as const
  return {
    type: 'home',
    blocks: [
      header('Invitations'),
      ...actions(buttonsFor(visit)),
      ...(channelIsOpen ? [] : [section(closedChannel(organisation.approvalsChannelId ?? ''))]),
      section(waiting(total), button('approvals_open', 'Approvals', total > 0 ? { style: 'primary' } : {})),
      ...tasksOfHr({ uncategorised, leftBehind }),
      section(allowanceInWords(allowance, organisation.hourlyLimit), button(BOOKINGS_OPEN, 'Booked')),
      facts(statuses.map((name) => [STATUS_NAMES[name], shownCount(counts[name] ?? 0)])),
      header('The last 30 days'),
      ...(figures.funnel.invited > 0 ? [section(`\`\`\`${picture(figures.funnel)}\`\`\``)] : []),
      section(inWords(figures)),
      ...errorBlocks(figures.errors),
      context(
        `You can also type \`${escapeText(command)} ana@example.org\` anywhere. \`${escapeText(command)} help\` says more.`,
      ),
    ],
  }
}

function closedChannel(channelId: string): string {
  return `:warning: *The approvals channel takes no messages.* Requests go to those who decide by direct message instead. Add this app to <#${channelId}>, or choose another channel in the settings.`
}

function tasksOfHr({ uncategorised, leftBehind }: { uncategorised: number; leftBehind: number }): KnownBlock[] {
  return [
    ...(uncategorised > 0
      ? [
          section(
            `*${shownCount(uncategorised)} ${uncategorised === 1 ? 'person is' : 'people are'} not categorised yet.*`,
            button('people_open', 'Categorise', { value: 'uncategorised', label: 'Categorise: show who is not yet' }),
          ),
        ]
      : []),
    ...(leftBehind > 0
      ? [
          section(
            `*${shownCount(leftBehind)} open ${leftBehind === 1 ? 'invitation was' : 'invitations were'} sent by people who have left.*`,
            button(LEAVERS_OPEN, 'Look at them', {
              label: 'Look at them: open invitations sent by people who have left',
            }),
          ),
        ]
      : []),
  ]
}

function allowanceInWords({ sent, booked }: { sent: number; booked: number }, limit: number): string {
  const left = Math.max(0, limit - sent)
  const more = booked === 0 ? '' : ` ${booked === 1 ? 'One more is' : `${booked} more are`} booked.`
  return `You can send ${left} of ${limit} single invitations in this hour.${more}`
}

function waiting(total: number): string {
  if (total === 0) return 'Nothing waits for your decision.'
  return total === 1 ? '*One request waits for your decision.*' : `*${total} requests wait for your decision.*`
}

function buttonsFor({ member, organisation }: Visit) {
  return [
    button('invite_open', 'Invite someone', { style: 'primary' }),
    button('list_open', 'Invite many'),
    button('status_overview', 'Status'),
    button('people_open', 'People'),
    button('links_open', 'Registration links'),
    button('export_people', 'Export people'),
    button('export_invitations', 'Export invitations'),
    ...(mayImport(member, organisation) ? [button('import_open', 'Import people')] : []),
    ...(isCorporateAdmin(member, organisation)
      ? [
          button(AUTO_OPEN, 'Automatic invitations'),
          button('audit_open', 'Audit log'),
          button('settings_open', 'Settings'),
        ]
      : []),
  ]
}

const BAR_LENGTH = 24

/** The funnel as bars; the same stands in words below it. */
function picture({ invited, delivered, opened, joined }: Funnel): string {
  const rows: [string, number][] = [
    ['Invited', invited],
    ['Delivered', delivered],
    ['Opened', opened],
    ['Joined', joined],
  ]
  return rows
    .map(([name, count]) => {
      const filled = invited === 0 ? 0 : Math.round((count / invited) * BAR_LENGTH)
      return `${name.padEnd(10)}${'█'.repeat(filled)}${'░'.repeat(BAR_LENGTH - filled)} ${count}`
    })
    .join('\n')
}

function inWords({ funnel, medianTimeToJoin }: HomeFigures): string {
  const { invited, delivered, opened, joined } = funnel
  if (invited === 0) return 'Nobody was invited in the last 30 days.'
  const pace = medianTimeToJoin === null ? '' : ` The median time to join: ${duration(medianTimeToJoin)}.`
  return `Of ${invited} invited, ${delivered} got their message, ${opened} opened the page and ${joined} joined.${pace}`
}

const UNITS: [string, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** "3 hours": rounded up to whole days, hours or minutes. */
export function duration(ms: number): string {
  const [name, size] = UNITS.find(([, unit]) => ms >= unit * 2) ?? ['minute', 60_000]
  const count = Math.max(1, Math.ceil(ms / size))
  return `${count} ${name}${count === 1 ? '' : 's'}`
}

function errorBlocks(errors: HomeFigures['errors']): KnownBlock[] {
  if (errors.length === 0) return []
  return [
    header('What could not be delivered'),
    ...errors.map(({ id, email, problem }) =>
      section(
        `*${escapeText(email)}*\n${escapeText(problem)}`,
        button('status_open', 'Open', { value: id, label: cut(`Open the invitation of ${email}`, 75) }),
      ),
    ),
  ]
}
