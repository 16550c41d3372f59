// Whom the clock is to invite, as a form: groups, what people become, and what has to be agreed to.
import type { ModalView } from '@slack/types'
import { type AutoForm, type AutoRule, MOST_IN_PASS } from '../invitations/index.ts'
import { type AccessValues, accessFields, NOTHING_CHOSEN, readAccess } from './access-fields.ts'
import { groupName } from './auto-words.ts'
import { context, manyChoicesField, numberField, plain, section, tickField } from './blocks.ts'
import type { Visit } from './feature.ts'

export const AUTO_FORM = 'auto_form'
export const AUTO_GROUPS = 'autoGroups'
const FIELDS: (keyof AccessValues)[] = ['hubId', 'userType', 'role', 'departmentId', 'locationId', 'language']

/** `memory`: the id of the rule that there is, which a draft takes the place of. `rule`: what the form begins with. */
export async function autoForm(
  visit: Visit,
  { memory, rule }: { memory: string; rule: AutoRule | undefined },
): Promise<ModalView> {
  const access: AccessValues = rule ? { ...rule, note: '' } : NOTHING_CHOSEN
  const living = (rule?.groups ?? []).filter(({ isDeleted }) => !isDeleted)
  const names = rule
    ? { hubId: rule.hubName, ...(rule.departmentName ? { departmentId: rule.departmentName } : {}) }
    : {}
  return {
    type: 'modal',
    callback_id: AUTO_FORM,
    private_metadata: memory,
    title: plain('Automatic invitations', 24),
    submit: plain('Preview', 24),
    close: plain('Back', 24),
    blocks: [
      section('Nobody is invited by this form: the next step shows who would be, and only there it is switched on.'),
      manyChoicesField({
        id: AUTO_GROUPS,
        label: 'Groups',
        hint: 'People in any of them are invited, each once. Groups come from Slack, from imports and from SCIM.',
        chosen: living.map((group) => ({ id: group.id, name: groupName(group) })),
        optional: false,
        ask: 'Choose groups',
      }),
      ...(await accessFields(visit, access, { only: FIELDS, undecided: true, names })),
      context('A person’s own department or location wins.'),
      tickField({
        id: 'withoutStartDate',
        label: 'Start date',
        text: 'Include people without a start date',
        hint: `Everybody else is invited from 00:00 of their start date on (${visit.organisation.timeZone}).`,
        ticked: rule?.withoutStartDate ?? false,
      }),
      numberField({
        id: 'mostInPass',
        label: 'Most people invited in one pass',
        hint: 'More than that wait until a Corporate Admin says yes once more.',
        value: String(rule?.mostInPass ?? MOST_IN_PASS.usual),
        ...MOST_IN_PASS,
      }),
      tickField({
        id: 'consent',
        label: 'Consent',
        text: 'I agree that people are written to by e-mail',
        hint: 'Needed to switch it on. On behalf of the organisation, also at addresses that Usher has read from Slack. Slack’s rules ask for it; who agreed and when is recorded.',
        // Never ticked beforehand: whoever switches it on agrees.
        ticked: false,
      }),
    ],
  }
}

/** Reads the submitted form. */
export function readAutoForm(values: Record<string, string | null>): AutoForm {
  const { hubId, userType, role, departmentId, locationId, language } = readAccess(values)
  return {
    ...{ hubId, userType, role, departmentId, locationId, language },
    groupIds: (values[AUTO_GROUPS] ?? '').split(',').filter(Boolean),
    withoutStartDate: values.withoutStartDate === 'yes',
    mostInPass: values.mostInPass ?? '',
    consent: values.consent === 'yes',
  }
}
