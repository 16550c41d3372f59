// What a registration link gives and to whom, as a form. Pure.
import type { ModalView } from '@slack/types'
import { type LinkForm, type LinkInList, lastDayBefore, MOST_DOMAINS, MOST_USES } from '../invitations/index.ts'
import { grantsOf, mayGive, ROLE_NAMES, ROLES_TO_GIVE, type Unit, type UserType } from '../organisation/index.ts'
import { Refusal } from '../refusal.ts'
import {
  type Choice,
  choiceField,
  context,
  dayField,
  escapeText,
  numberField,
  plain,
  section,
  textField,
  tickField,
} from './blocks.ts'
import type { Visit } from './feature.ts'
import { nameOf } from './link-view.ts'

const DOMAINS_LENGTH = 1_000
const USER_TYPES: UserType[] = ['hub_admin', 'team_member', 'external_member']

export function userTypeOf(text: string | undefined): UserType | undefined {
  return USER_TYPES.find((type) => type === text)
}

/** `link`: undefined for one that was never made. Throws Refusal `may_not_give` for whoever may not change it. */
export function linkForm(
  visit: Visit,
  { hub, userType, link }: { hub: Unit; userType: UserType; link: LinkInList | undefined },
): ModalView {
  const roles = rolesFor(visit, { hubId: hub.id, userType })
  if (roles.length === 0 || link?.mayChange === false) throw new Refusal('may_not_give')
  const isOn = link !== undefined && link.state !== 'off'
  return {
    type: 'modal',
    title: plain('Set up a link', 24),
    submit: plain('Save', 24),
    close: plain('Back', 24),
    blocks: [
      section(`Registration link for *${escapeText(nameOf({ hubName: hub.name, userType }))}*`),
      choiceField({
        id: 'role',
        label: 'Role',
        hint: 'What people become in the organisation.',
        choices: roles,
        chosen: roles.find(({ id }) => id === link?.role),
        ask: 'Choose a role',
      }),
      dayField({
        id: 'endsOn',
        label: 'Last day',
        hint: 'Without one it works until somebody turns it off.',
        optional: true,
        value: link?.endsAt ? lastDayBefore(link.endsAt, visit.organisation.timeZone) : null,
      }),
      numberField({
        id: 'mostUses',
        label: 'Number of uses',
        hint: 'How many people can sign up by it. Leave it empty for as many as come.',
        optional: true,
        value: link?.mostUses ? String(link.mostUses) : '',
        least: 1,
        most: MOST_USES,
      }),
      textField({
        id: 'domains',
        label: 'Allowed e-mail domains',
        hint: `For example example.org; at most ${MOST_DOMAINS}, a line each. Leave it empty for any.`,
        optional: true,
        value: link?.domains.join('\n') ?? '',
        most: DOMAINS_LENGTH,
        lines: true,
      }),
      tickField({
        id: 'needsApproval',
        label: 'Confirmation',
        text: 'A manager confirms each one',
        hint: 'Somebody other than whoever turned the link on: they are asked as for any request.',
        ticked: link?.needsApproval ?? false,
      }),
      ...(isOn ? [context('This link is on. When you save, people are invited in your name from then on.')] : []),
    ],
  }
}

/** Reads the submitted form; what is no role counts as not chosen. */
export function readLinkForm(values: Record<string, string | null>): LinkForm {
  return {
    role: ROLES_TO_GIVE.find((role) => role === values.role) ?? null,
    endsOn: values.endsOn ?? null,
    mostUses: values.mostUses ?? '',
    domains: values.domains ?? '',
    needsApproval: values.needsApproval === 'yes',
  }
}

function rolesFor({ member, organisation }: Visit, given: { hubId: string; userType: UserType }): Choice[] {
  const grants = grantsOf(member, organisation)
  return ROLES_TO_GIVE.filter((role) => mayGive(grants, { ...given, role, departmentId: null })).map((role) => ({
    id: role,
    name: ROLE_NAMES[role],
  }))
}
