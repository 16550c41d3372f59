// `/invites` and `/invites ana@example.org`: the form for one invitation, and its confirmation.
import { createHash } from 'node:crypto'
import type { KnownBlock, ModalView } from '@slack/types'
import { NOTE_LENGTH, sendInvitation } from '../../invitations/index.ts'
import {
  findUnits,
  type Grant,
  grantsOf,
  ROLE_NAMES,
  ROLES_TO_GIVE,
  type Role,
  type Unit,
  USER_TYPE_NAMES,
  type UserType,
} from '../../organisation/index.ts'
import { Refusal } from '../../refusal.ts'
import {
  actions,
  button,
  type Choice,
  choiceField,
  cut,
  emailField,
  escapeText,
  MOST_OPTIONS,
  plain,
  section,
  textField,
} from '../blocks.ts'
import type { Feature, SubmissionResult, SubmissionVisit, Visit } from '../feature.ts'
import { tellPrivately } from '../tell-privately.ts'

const FORM = 'invite_form'
const OPEN = 'invite_open'
const FOLLOW = 'status_open'

const LANGUAGES: Choice[] = [
  { id: 'en', name: 'English' },
  { id: 'ru', name: 'Русский' },
]
const USER_TYPES: UserType[] = ['hub_admin', 'team_member', 'external_member']

export const invite: Feature = {
  name: 'invite',
  command: {
    word: '',
    usage: '[address]',
    purpose: 'opens the form for one invitation, with the address filled in',
    run: async (visit) => visit.open(await form(visit, { email: readTypedAddress(visit.rest), from: visit.channelId })),
  },
  actions: {
    [OPEN]: async (visit) => visit.open(await form(visit, { email: '', from: '' })),
  },
  shortcuts: {
    invite_someone: async (visit) => visit.open(await form(visit, { email: '', from: '' })),
  },
  submissions: { [FORM]: submit },
  choices: {
    hubId: (visit, typed) => choicesOf(visit, 'hub', typed),
    departmentId: (visit, typed) => choicesOf(visit, 'department', typed),
    locationId: (visit, typed) => choicesOf(visit, 'location', typed),
  },
}

/** Slack may hand over a typed address as <mailto:ana@example.org|ana@example.org>. */
function readTypedAddress(text: string): string {
  return /^<mailto:[^|>]+\|([^>]+)>$/.exec(text)?.[1] ?? text
}

async function form(visit: Visit, start: { email: string; from: string }): Promise<ModalView> {
  const grants = grantsOf(visit.member, visit.organisation)
  if (grants.length === 0) throw new Refusal('may_not_invite')
  const [hubs, departments, locations] = await Promise.all([
    choicesOf(visit, 'hub', ''),
    choicesOf(visit, 'department', ''),
    choicesOf(visit, 'location', ''),
  ])
  const [firstHub, ...otherHubs] = hubs
  const ownDepartment = fixedDepartment(grants)
  const department = departments.find(({ id }) => id === ownDepartment)
  const language = LANGUAGES.find(({ id }) => id === visit.organisation.language)
  const blocks: KnownBlock[] = [
    emailField({ id: 'email', label: 'E-mail', value: start.email, focus: start.email === '' }),
    choiceField({
      id: 'hubId',
      label: 'Hub',
      choices: hubs,
      chosen: otherHubs.length === 0 || firstHub?.isDefault ? firstHub : undefined,
      ask: 'Choose a hub',
    }),
    choiceField({
      id: 'userType',
      label: 'User type',
      hint: 'What the person is in this hub.',
      choices: USER_TYPES.filter((type) => grants.some(({ userTypes }) => userTypes.includes(type))).map((id) => ({
        id,
        name: USER_TYPE_NAMES[id],
      })),
      chosen: undefined,
      ask: 'Choose a user type',
    }),
    choiceField({
      id: 'role',
      label: 'Role',
      hint: 'What the person is in the organisation.',
      choices: ROLES_TO_GIVE.filter((role) => grants.some(({ roles }) => roles.includes(role))).map((id) => ({
        id,
        name: ROLE_NAMES[id],
      })),
      chosen: undefined,
      ask: 'Choose a role',
    }),
  ]
  if (departments.length > 0) {
    const choices = department ? [department] : departments
    blocks.push(
      choiceField({
        id: 'departmentId',
        label: 'Department',
        hint: department ? 'You invite people into your own department.' : '',
        optional: !department,
        choices,
        chosen: department,
        ask: 'None',
      }),
    )
  }
  if (locations.length > 0) {
    blocks.push(
      choiceField({
        id: 'locationId',
        label: 'Location',
        optional: true,
        choices: locations,
        chosen: undefined,
        ask: 'None',
      }),
    )
  }
  blocks.push(
    choiceField({
      id: 'language',
      label: 'Language of the message',
      optional: true,
      choices: LANGUAGES,
      chosen: undefined,
      ask: `${language?.name ?? 'English'}, as the organisation`,
    }),
    textField({
      id: 'note',
      label: 'Personal note',
      hint: 'Stands in the message, as a quotation from you.',
      optional: true,
      value: '',
      most: NOTE_LENGTH,
      lines: true,
    }),
  )
  return {
    type: 'modal',
    callback_id: FORM,
    private_metadata: start.from,
    title: plain('Invite someone', 24),
    submit: plain('Send invitation', 24),
    close: plain('Cancel', 24),
    blocks,
  }
}

/** One more than a menu holds, so that the form knows when it has to load them as the person types. */
async function choicesOf(visit: Visit, kind: 'hub' | 'department' | 'location', typed: string): Promise<Unit[]> {
  const grants = grantsOf(visit.member, visit.organisation)
  const everyHub = kind !== 'hub' || grants.some(({ hubs }) => hubs === 'all')
  const ids = everyHub ? undefined : grants.flatMap(({ hubs }) => (hubs === 'all' ? [] : hubs))
  return findUnits(visit.c.db, kind, {
    organisationId: visit.organisation.id,
    limit: MOST_OPTIONS + 1,
    ...(typed ? { search: typed } : {}),
    ...(ids ? { ids } : {}),
  })
}

function fixedDepartment(grants: Grant[]): string | undefined {
  const [first, ...others] = new Set(grants.map(({ department }) => department))
  return others.length === 0 && first !== 'any' ? first : undefined
}

async function submit(visit: SubmissionVisit): Promise<SubmissionResult> {
  const { values, member, organisation } = visit
  const sent = await sendInvitation(visit.c, {
    organisationId: organisation.id,
    actorId: member.id,
    submissionKey: `${visit.view.id} ${fingerprint(values)}`,
    origin: 'slack',
    form: {
      email: values.email ?? '',
      hubId: values.hubId ?? null,
      userType: USER_TYPES.find((type) => type === values.userType) ?? null,
      role: readRole(values.role),
      departmentId: values.departmentId ?? null,
      locationId: values.locationId ?? null,
      language: values.language ?? null,
      note: values.note ?? '',
    },
  })
  const text = escapeText(`${sent.email} is being invited into ${sent.hubName}. You will hear when they join.`)
  return {
    after: () =>
      tellPrivately(visit, visit.view.privateMetadata, {
        text,
        blocks: [
          section(
            `*${escapeText(sent.email)}* is being invited into *${escapeText(sent.hubName)}*. You will hear when they join.`,
          ),
          ...actions([
            button(FOLLOW, 'See status', {
              value: sent.invitationId,
              label: cut(`See the status of the invitation of ${sent.email}`, 75),
            }),
            button(OPEN, 'Invite someone else'),
          ]),
        ],
      }),
  }
}

function readRole(value: string | null | undefined): Role | null {
  return ROLES_TO_GIVE.find((role) => role === value) ?? null
}

/** The same window sent twice with the same content invites once; with other content it is another request. */
function fingerprint(values: Record<string, string | null>): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.entries(values).sort()))
    .digest('base64url')
}
