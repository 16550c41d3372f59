// Roles of people: who holds one that gives rights, and the form that gives or takes one (Corporate Admins).
import type { KnownBlock, ModalView } from '@slack/types'
import {
  changeRole,
  findRoleHolder,
  findUnits,
  isCorporateAdmin,
  listRoleHolders,
  ROLE_NAMES,
  type Role,
  type RoleHolder,
} from '../../organisation/index.ts'
import { ensureMember, readEmailAddress } from '../../people/index.ts'
import { Refusal, Refusals } from '../../refusal.ts'
import { accessChoices } from '../access-fields.ts'
import {
  actions,
  button,
  type Choice,
  choiceField,
  context,
  cut,
  emailField,
  escapeText,
  MOST_OPTIONS,
  memberField,
  plain,
  section,
} from '../blocks.ts'
import type { ActionVisit, Feature, SubmissionResult, SubmissionVisit, Visit } from '../feature.ts'
import { tellPrivately } from '../tell-privately.ts'
import { updateView } from '../update-view.ts'
import { isHuman, profileOf } from '../visitor.ts'

export const ROLES_OPEN = 'roles_open'
/** Two ids: Slack takes none twice in one row. */
const EARLIER = 'roles_earlier'
const LATER = 'roles_later'
const CHANGE = 'role_change'
const CHOOSE_FORM = 'roles_form'
const FORM = 'role_form'
const PAGE = 10
const NO_ROLE: Choice = { id: 'none', name: 'No role' }
const ROLES: Role[] = ['corporate_admin', 'quality_admin', 'hr_admin', 'team_lead', 'employee']

export const roles: Feature = {
  name: 'roles',
  actions: {
    [ROLES_OPEN]: async (visit) =>
      visit.push(await listView(visit, { skip: 0, from: visit.view?.privateMetadata ?? '' })),
    [EARLIER]: turnPage,
    [LATER]: turnPage,
    [CHANGE]: async (visit) => {
      const person = await findRoleHolder(visit.c.db, visit.organisation.id, { personId: visit.value })
      if (!person) throw new Refusal('person_unknown')
      await visit.push(await roleView(visit, person, { ...recall(visit), listId: visit.view?.id ?? '' }))
    },
  },
  submissions: { [CHOOSE_FORM]: choose, [FORM]: save },
  choices: accessChoices,
}

/** What a view knows of itself: ids and places, and of a person how the form showed them. */
type Memory = { skip: number; from: string; listId?: string }

function recall({ view }: ActionVisit | SubmissionVisit): { skip: number; from: string; rest: string[] } {
  const [skip, from = '', ...rest] = view?.privateMetadata.split('|') ?? []
  return { skip: Number(skip) || 0, from, rest }
}

function ensureAdmin({ member, organisation }: Visit): void {
  if (!isCorporateAdmin(member, organisation)) throw new Refusal('may_not_change_settings')
}

async function turnPage(visit: ActionVisit): Promise<void> {
  await visit.update(await listView(visit, { ...recall(visit), skip: Number(visit.value) || 0 }))
}

async function listView(visit: Visit, { skip, from }: Memory): Promise<ModalView> {
  ensureAdmin(visit)
  const organisationId = visit.organisation.id
  const { holders, total } = await listRoleHolders(visit.c.db, { organisationId, limit: PAGE, skip })
  const pages = [
    ...(skip > 0 ? [button(EARLIER, 'Earlier', { value: String(Math.max(0, skip - PAGE)) })] : []),
    ...(skip + PAGE < total ? [button(LATER, 'Later', { value: String(skip + PAGE) })] : []),
  ]
  return {
    type: 'modal',
    callback_id: CHOOSE_FORM,
    private_metadata: [skip, from].join('|'),
    title: plain('Roles', 24),
    submit: plain('Go on', 24),
    close: plain('Back', 24),
    blocks: [
      ...(visit.organisation.workspaceAdminsMayDoAll
        ? [context('Owners and admins of this Slack workspace are Corporate Admins too, without standing here.')]
        : []),
      ...(total === 0 ? [section('Nobody is Corporate, Quality or HR Admin by role yet.')] : []),
      ...holders.map((holder) => holderLine(holder, visit.member.id)),
      ...actions(pages),
      { type: 'divider' },
      memberField({ id: 'member', label: 'Give somebody a role', hint: 'A member of this workspace.', optional: true }),
      emailField({
        id: 'email',
        label: 'Or by their address',
        hint: 'For whoever is not in Slack.',
        optional: true,
        value: '',
      }),
    ],
  }
}

function holderLine(person: RoleHolder, ownId: string): KnownBlock {
  const words = `*${escapeText(person.name)}*\n${escapeText(standing(person))}`
  if (person.id === ownId) return section(`${words} · this is you`)
  return section(words, button(CHANGE, 'Change', { value: person.id, label: cut(`Change ${person.name}`, 75) }))
}

/** "HR Admin, Nursing". */
function standing({ role, departmentName }: RoleHolder): string {
  return [role ? ROLE_NAMES[role] : 'No role', departmentName].filter(Boolean).join(', ')
}

/** "Go on": the person's own form comes in the place of the list. */
async function choose(visit: SubmissionVisit): Promise<SubmissionResult> {
  ensureAdmin(visit)
  const { member: slackUserId, email } = visit.values
  if (slackUserId && email) throw new Refusals([new Refusal('person_twice', { field: 'email' })])
  if (!slackUserId && !email) throw new Refusals([new Refusal('nobody_chosen', { field: 'member' })])
  const person = slackUserId ? await personInSlack(visit, slackUserId) : await personByAddress(visit, email ?? '')
  if (person.id === visit.member.id) throw new Refusals([new Refusal('role_own', { field: 'member' })])
  return { show: await roleView(visit, person, recall(visit)) }
}

async function personInSlack(visit: Visit, slackUserId: string): Promise<RoleHolder> {
  // Asked anew: whether somebody is a guest, or has left, decides over what can be given.
  const { user } = await visit.client.users.info({ user: slackUserId })
  if (!user || !isHuman({ ...user, id: slackUserId }))
    throw new Refusals([new Refusal('person_unknown', { field: 'member' })])
  const member = await ensureMember(visit.c, visit.organisation.id, profileOf(slackUserId, user))
  const person = member && (await findRoleHolder(visit.c.db, visit.organisation.id, { personId: member.id }))
  if (!person) throw new Refusals([new Refusal('person_unknown', { field: 'member' })])
  return person
}

async function personByAddress(visit: Visit, email: string): Promise<RoleHolder> {
  const address = readEmailAddress(email)
  if (!address) throw new Refusals([new Refusal('address_malformed', { field: 'email' })])
  const person = await findRoleHolder(visit.c.db, visit.organisation.id, { emailKey: address.key })
  if (!person) throw new Refusals([new Refusal('person_unknown', { field: 'email' })])
  return person
}

async function roleView(visit: Visit, person: RoleHolder, { skip, from, listId = '' }: Memory): Promise<ModalView> {
  ensureAdmin(visit)
  const { departmentId, departmentName } = person
  const found = await findUnits(visit.c.db, 'department', {
    organisationId: visit.organisation.id,
    limit: MOST_OPTIONS + 1,
  })
  const own = departmentId === null ? undefined : { id: departmentId, name: departmentName ?? '' }
  const departments = own && !found.some(({ id }) => id === own.id) ? [own, ...found] : found
  const choices = [NO_ROLE, ...ROLES.map((id) => ({ id, name: ROLE_NAMES[id] }))]
  return {
    type: 'modal',
    callback_id: FORM,
    private_metadata: [skip, from, listId, person.id, person.role ?? '', departmentId ?? ''].join('|'),
    title: plain('Role', 24),
    submit: plain('Save', 24),
    close: plain('Cancel', 24),
    blocks: [
      section(`*${escapeText(person.name)}*${person.email ? ` · ${escapeText(person.email)}` : ''}`),
      choiceField({
        id: 'role',
        label: 'Role',
        choices,
        chosen: choices.find(({ id }) => id === (person.role ?? NO_ROLE.id)),
        ask: 'Choose a role',
      }),
      ...(departments.length === 0
        ? [context('There is no department yet; a Quality or HR Admin needs one. Add it in the settings first.')]
        : [
            choiceField({
              id: 'departmentId',
              label: 'Department',
              hint: 'Quality and HR Admins invite into this department, and decide on requests for it.',
              optional: true,
              choices: departments,
              chosen: own,
              ask: 'No department',
            }),
          ]),
    ],
  }
}

async function save(visit: SubmissionVisit): Promise<SubmissionResult> {
  const { skip, from, rest } = recall(visit)
  const [listId = '', personId = '', role = '', departmentId = ''] = rest
  const chosen = visit.values.role ?? ''
  const wanted = ROLES.find((one) => one === chosen) ?? null
  if (wanted === null && chosen !== NO_ROLE.id) throw new Refusals([new Refusal('role_missing', { field: 'role' })])
  const { name } = await changeRole(visit.c, {
    organisationId: visit.organisation.id,
    actorId: visit.member.id,
    personId,
    before: { role: ROLES.find((one) => one === role) ?? null, departmentId: departmentId || null },
    wanted: { role: wanted, departmentId: visit.values.departmentId ?? null },
    origin: 'slack',
  })
  const text = wanted === null ? `${name} has no role any more.` : `${name} is ${ROLE_NAMES[wanted]} now.`
  return {
    after: async () => {
      await tellPrivately(visit, from, { text: escapeText(text) })
      if (listId !== '') await updateView(visit.client, listId, await listView(visit, { skip, from }))
    },
  }
}
