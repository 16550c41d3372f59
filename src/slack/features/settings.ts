// `/invites settings`: the organisation's settings, and its hubs, departments and locations, for Corporate Admins.
import type { ModalView } from '@slack/types'
import {
  APPENDIX_LENGTH,
  addUnit,
  changeSettings,
  DISPLAY_NAME_LENGTH,
  findUnits,
  INVITATION_DAYS,
  isCorporateAdmin,
  TERMS_LENGTH,
  UNIT_NAME_LENGTH,
  type UnitKind,
} from '../../organisation/index.ts'
import { Refusal } from '../../refusal.ts'
import {
  actions,
  button,
  channelField,
  context,
  escapeText,
  numberField,
  plain,
  section,
  textField,
} from '../blocks.ts'
import type { ActionVisit, Feature, SubmissionResult, SubmissionVisit, Visit } from '../feature.ts'
import { tellPrivately } from '../tell-privately.ts'

const FORM = 'settings_form'
const OPEN = 'settings_open'
const ADD_FORM = 'unit_form'
const ADD: Record<string, UnitKind> = {
  unit_add_hub: 'hub',
  unit_add_department: 'department',
  unit_add_location: 'location',
}
/** How many names the form lists; more are counted. */
const LISTED = 20

export const settings: Feature = {
  name: 'settings',
  command: {
    word: 'settings',
    usage: 'settings',
    purpose: 'opens the organisation’s settings (Corporate Admins)',
    run: async (visit) => visit.open(await form(visit, visit.channelId)),
  },
  actions: {
    [OPEN]: async (visit) => visit.open(await form(visit, '')),
    ...Object.fromEntries(Object.keys(ADD).map((id) => [id, (visit: ActionVisit) => openAddForm(visit, id)])),
  },
  submissions: { [FORM]: save, [ADD_FORM]: add },
}

function ensureAdmin({ member, organisation }: Visit): void {
  if (!isCorporateAdmin(member, organisation)) throw new Refusal('may_not_change_settings')
}

async function form(visit: Visit, from: string): Promise<ModalView> {
  ensureAdmin(visit)
  const { organisation } = visit
  const [hubs, departments, locations] = await Promise.all([
    listed(visit, 'hub'),
    listed(visit, 'department'),
    listed(visit, 'location'),
  ])
  return {
    type: 'modal',
    callback_id: FORM,
    private_metadata: `${organisation.settingsVersion} ${from}`,
    title: plain('Settings', 24),
    submit: plain('Save settings', 24),
    close: plain('Cancel', 24),
    blocks: [
      textField({
        id: 'displayName',
        label: 'Name shown to invitees',
        value: organisation.displayName,
        most: DISPLAY_NAME_LENGTH,
      }),
      channelField({
        id: 'notificationChannelId',
        label: 'Notification channel',
        hint: 'Is told when somebody joins, and when an invitation expires or cannot be delivered. Type /invite @Usher there first.',
        optional: true,
        value: organisation.notificationChannelId,
      }),
      numberField({
        id: 'invitationDays',
        label: 'Days until an invitation expires',
        value: String(organisation.invitationDays),
        least: INVITATION_DAYS.least,
        most: INVITATION_DAYS.most,
      }),
      textField({
        id: 'messageAppendix',
        label: 'Appendix',
        hint: 'Shown at the end of every message to invitees: whom to ask, for example.',
        optional: true,
        value: organisation.messageAppendix,
        most: APPENDIX_LENGTH,
        lines: true,
      }),
      textField({
        id: 'terms',
        label: 'Terms',
        hint: 'What invitees agree to: the text itself, or its address beginning with https://.',
        value: organisation.terms,
        most: TERMS_LENGTH,
        lines: true,
      }),
      { type: 'divider' },
      section(`*Hubs*  ${hubs}\n*Departments*  ${departments}\n*Locations*  ${locations}`),
      ...actions([
        button('unit_add_hub', 'Add a hub'),
        button('unit_add_department', 'Add a department'),
        button('unit_add_location', 'Add a location'),
      ]),
    ],
  }
}

async function listed(visit: Visit, kind: UnitKind): Promise<string> {
  const units = await findUnits(visit.c.db, kind, { organisationId: visit.organisation.id, limit: LISTED + 1 })
  const names = units.slice(0, LISTED).map(({ name }) => escapeText(name))
  return names.length === 0 ? 'none yet' : `${names.join(', ')}${units.length > LISTED ? ' and more' : ''}`
}

async function save(visit: SubmissionVisit): Promise<SubmissionResult> {
  const { values, organisation, member, view } = visit
  const [version, from = ''] = view.privateMetadata.split(' ')
  await changeSettings(visit.c, {
    organisationId: organisation.id,
    actorId: member.id,
    settingsVersion: Number(version),
    origin: 'slack',
    form: {
      displayName: values.displayName ?? '',
      notificationChannelId: values.notificationChannelId ?? null,
      invitationDays: values.invitationDays ?? '',
      messageAppendix: values.messageAppendix ?? '',
      terms: values.terms ?? '',
    },
  })
  return { after: () => tellPrivately(visit, from, { text: 'The settings are saved.' }) }
}

async function openAddForm(visit: ActionVisit, actionId: string): Promise<void> {
  ensureAdmin(visit)
  const kind = ADD[actionId]
  if (!kind) return
  await visit.push({
    type: 'modal',
    callback_id: ADD_FORM,
    private_metadata: [kind, visit.view?.privateMetadata.split(' ')[1]].join(' '),
    title: plain(`Add a ${kind}`, 24),
    submit: plain(`Add ${kind}`, 24),
    close: plain('Back', 24),
    blocks: [
      textField({ id: 'name', label: `Name of the ${kind}`, value: '', most: UNIT_NAME_LENGTH, focus: true }),
      context('It can be chosen in the next form that is opened.'),
    ],
  })
}

async function add(visit: SubmissionVisit): Promise<SubmissionResult> {
  const [wanted, from = ''] = visit.view.privateMetadata.split(' ')
  const kind = Object.values(ADD).find((known) => known === wanted)
  if (!kind) throw new Refusal('may_not_change_settings')
  const unit = await addUnit(visit.c, {
    organisationId: visit.organisation.id,
    actorId: visit.member.id,
    kind,
    name: visit.values.name ?? '',
    origin: 'slack',
  })
  return { after: () => tellPrivately(visit, from, { text: escapeText(`The ${kind} “${unit.name}” was added.`) }) }
}
