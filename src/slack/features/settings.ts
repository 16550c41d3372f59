// `/invites settings`: a menu of what Corporate Admins can change; each group of settings is a form of its own.
import type { ModalView } from '@slack/types'
import { WebAPIPlatformError } from '@slack/web-api'
import {
  changeSettings,
  findOrganisation,
  findUnits,
  isCorporateAdmin,
  type SettingsChange,
  type UnitKind,
} from '../../organisation/index.ts'
import { settleGuests } from '../../people/index.ts'
import { Refusal } from '../../refusal.ts'
import { button, context, escapeText, plain, section } from '../blocks.ts'
import { findCountries } from '../countries.ts'
import { notice } from '../dispatch.ts'
import type { ActionVisit, Feature, SubmissionResult, SubmissionVisit, Visit } from '../feature.ts'
import { CLOSED } from '../notify.ts'
import { findTimeZones, PREVIEW, SETTINGS_GROUPS } from '../settings-groups.ts'
import { tellPrivately } from '../tell-privately.ts'
import { updateView } from '../update-view.ts'
import { DIRECTORY_OPEN, directoryLine } from './directory.ts'
import { ROLES_OPEN } from './roles.ts'
import { SCIM_OPEN } from './scim.ts'
import { UNITS_OPEN } from './units.ts'

const MENU = 'settings_menu'
const FORM = 'settings_form'
const OPEN = 'settings_open'
const GROUP = 'settings_group'
/** How many names the menu lists; more are not shown. */
const LISTED = 12

export const settings: Feature = {
  name: 'settings',
  command: {
    word: 'settings',
    usage: 'settings',
    purpose: 'opens the settings, hubs, departments, locations and roles (Corporate Admins)',
    run: async (visit) => visit.open(await menu(visit, visit.channelId)),
  },
  actions: {
    [OPEN]: async (visit) => visit.open(await menu(visit, '')),
    [GROUP]: openGroup,
    [PREVIEW]: preview,
  },
  submissions: { [FORM]: save },
  choices: {
    smsCountries: async (_visit, typed) => findCountries(typed),
    timeZone: async (_visit, typed) => findTimeZones(typed),
  },
}

function ensureAdmin({ member, organisation }: Visit): void {
  if (!isCorporateAdmin(member, organisation)) throw new Refusal('may_not_change_settings')
}

async function menu(visit: Visit, from: string): Promise<ModalView> {
  ensureAdmin(visit)
  const { organisation } = visit
  const kinds: [UnitKind, string][] = [
    ['hub', 'Hubs'],
    ['department', 'Departments'],
    ['location', 'Locations'],
  ]
  const [readings, ...names] = await Promise.all([directoryLine(visit), ...kinds.map(([kind]) => listed(visit, kind))])
  return {
    type: 'modal',
    callback_id: MENU,
    private_metadata: from,
    title: plain('Settings', 24),
    close: plain('Close', 24),
    blocks: [
      ...SETTINGS_GROUPS.map(({ id, title, change, now }) =>
        section(`*${title}*\n${now(organisation)}`, button(GROUP, 'Change', { value: id, label: change })),
      ),
      section(`*People and groups from Slack*\n${readings}`, button(DIRECTORY_OPEN, 'Directory')),
      section('*People and groups by SCIM*\nFrom Okta, Microsoft Entra ID and others.', button(SCIM_OPEN, 'SCIM')),
      { type: 'divider' },
      ...kinds.map(([kind, title], index) =>
        section(`*${title}*\n${names[index]}`, button(UNITS_OPEN, title, { value: kind })),
      ),
      { type: 'divider' },
      section('*Roles of people*\nWho is Corporate, Quality or HR Admin.', button(ROLES_OPEN, 'Roles')),
    ],
  }
}

async function listed(visit: Visit, kind: UnitKind): Promise<string> {
  const units = await findUnits(visit.c.db, kind, { organisationId: visit.organisation.id, limit: LISTED + 1 })
  const names = units.slice(0, LISTED).map(({ name }) => escapeText(name))
  return names.length === 0 ? 'None yet' : `${names.join(', ')}${units.length > LISTED ? ' and more' : ''}`
}

function groupOf(id: string) {
  const group = SETTINGS_GROUPS.find((one) => one.id === id)
  if (!group) throw new Refusal('choice_unknown')
  return group
}

async function openGroup(visit: ActionVisit): Promise<void> {
  ensureAdmin(visit)
  const { id, title, blocks } = groupOf(visit.value)
  await visit.push({
    type: 'modal',
    callback_id: FORM,
    private_metadata: [id, visit.organisation.settingsVersion, visit.view?.privateMetadata].join(' '),
    title: plain(title, 24),
    submit: plain('Save', 24),
    close: plain('Back', 24),
    blocks: blocks(visit.organisation),
  })
}

async function save(visit: SubmissionVisit): Promise<SubmissionResult> {
  const { values, organisation, member, view } = visit
  const [id = '', version, from = ''] = view.privateMetadata.split(' ')
  if (values.slackSignIn === 'yes' && !organisation.slackSignIn && !visit.c.canSignInWithSlack) {
    throw new Refusal('slack_sign_in_not_set_up', { field: 'slackSignIn' })
  }
  const changed = await changeSettings(visit.c, {
    organisationId: organisation.id,
    actorId: member.id,
    settingsVersion: Number(version),
    origin: 'slack',
    form: Object.fromEntries(groupOf(id).fields.map((field) => [field, values[field] ?? null])),
  })
  return {
    after: async () => {
      if (changed.guestsAreContractors !== undefined) await settleGuests(visit.c, organisation.id)
      const problems = await greetChannels(visit, changed)
      await tellPrivately(visit, from, { text: ['The settings are saved.', ...problems].join('\n') })
      await showMenuAnew(visit, from)
    },
  }
}

/** Says in a channel that was just chosen what comes there; gives words about each that Usher cannot write into. */
async function greetChannels(visit: SubmissionVisit, changed: Partial<SettingsChange>): Promise<string[]> {
  const greetings: [string | null | undefined, string][] = [
    [changed.notificationChannelId, 'From now on I say here who has joined, and which invitations did not arrive.'],
    [changed.approvalsChannelId, 'From now on requests for invitations come here, for those who may decide on them.'],
  ]
  const problems: string[] = []
  for (const [channel, text] of greetings) {
    if (!channel) continue
    try {
      await visit.client.chat.postMessage({ channel, text })
    } catch (error) {
      if (!(error instanceof WebAPIPlatformError) || !CLOSED.includes(error.data.error)) throw error
      problems.push(
        `I cannot write into <#${channel}>: it is archived, or I am not in it. Type \`/invite @Usher\` there, or choose another channel.`,
      )
    }
  }
  return problems
}

/** The menu under the form says what holds now. */
async function showMenuAnew(visit: SubmissionVisit, from: string): Promise<void> {
  const { view, client, c, organisation: before } = visit
  if (view.rootId === view.id) return
  const organisation = (await findOrganisation(c.db.prisma, { id: before.id })) ?? before
  // Whoever has just given up being Corporate Admin sees the settings no more.
  if (!isCorporateAdmin(visit.member, organisation)) return
  await updateView(client, view.rootId, await menu({ ...visit, organisation }, from))
}

async function preview(visit: ActionVisit): Promise<void> {
  const appendix = visit.view?.values.messageAppendix?.trim() ?? ''
  const view = notice('The end of a message', 'Every message to an invitee ends like this:')
  await visit.push({
    ...view,
    close: plain('Back', 24),
    blocks: [
      ...view.blocks,
      { type: 'divider' },
      context('… the invitation, its link, and what to do if the message was not expected.'),
      { type: 'section', text: plain(appendix === '' ? 'There is no appendix: nothing follows.' : appendix) },
    ],
  })
}
