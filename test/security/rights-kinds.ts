// SPEC's table of rights once more, in the words of a test: every kind of person, and what becomes of what they ask.
import type { Role, UserType } from '../../src/database/index.ts'

export type Asked = { hub: 'main' | 'room'; userType: UserType; role: Role; department: 'none' | 'nursing' | 'surgery' }
export type Outcome = 'invited' | 'asked' | 'refused'
export type Kind = {
  name: string
  slackId: string
  standing?: { role?: Role; department?: 'nursing'; hubs?: Partial<Record<'main' | 'room', UserType>> }
  slack?: { is_admin?: boolean; is_restricted?: boolean }
  isInactive?: boolean
  /** What becomes of a form that asks for this. */
  expected: (asked: Asked) => Outcome
  /** Beside the form. */
  may: { import?: boolean; settings?: boolean; decide?: boolean; resend?: boolean; revoke?: boolean }
}

export const USER_TYPES: UserType[] = ['hub_admin', 'team_member', 'external_member']
export const ROLES: Role[] = ['corporate_admin', 'quality_admin', 'hr_admin', 'team_lead', 'employee']
const isGivable = ({ role }: Asked) => role !== 'corporate_admin'
const when = (holds: boolean, outcome: Outcome): Outcome => (holds ? outcome : 'refused')
const onlyAsks = (asked: Asked) => when(isGivable(asked), 'asked')
const ofNursing = (asked: Asked) => when(isGivable(asked) && asked.department === 'nursing', 'invited')
const everything = { settings: true, decide: true, resend: true, revoke: true }

// What is resent, revoked and decided on below is of the room and of Nursing, a Team Member and Employee, sent by Max.
export const KINDS: Kind[] = [
  {
    name: 'a Corporate Admin by role',
    slackId: 'UCORP',
    standing: { role: 'corporate_admin' },
    expected: (asked) => when(isGivable(asked), 'invited'),
    may: { ...everything, import: true },
  },
  {
    name: 'an admin of the workspace',
    slackId: 'UADMIN',
    slack: { is_admin: true },
    expected: (asked) => when(isGivable(asked), 'invited'),
    may: { ...everything, import: true },
  },
  {
    name: 'a Quality Admin',
    slackId: 'UQUAL',
    standing: { role: 'quality_admin', department: 'nursing' },
    expected: ofNursing,
    may: { ...everything, settings: false },
  },
  {
    name: 'an HR Admin',
    slackId: 'UHR',
    standing: { role: 'hr_admin', department: 'nursing' },
    expected: ofNursing,
    may: { ...everything, settings: false, import: true },
  },
  {
    name: 'a Hub Admin',
    slackId: 'UHUB',
    standing: { hubs: { room: 'hub_admin' } },
    expected: ({ hub, role }) => when(hub === 'room' && (role === 'employee' || role === 'team_lead'), 'invited'),
    may: { decide: true, resend: true, revoke: true },
  },
  {
    name: 'a Team Member',
    slackId: 'UTEAM',
    standing: { hubs: { room: 'team_member' } },
    expected: ({ hub, role, userType }) =>
      when(hub === 'room' && role === 'employee' && userType !== 'hub_admin', 'invited'),
    may: {},
  },
  {
    name: 'an External Member who is a Team Lead',
    slackId: 'UEXT',
    standing: { role: 'team_lead', hubs: { room: 'external_member' } },
    expected: onlyAsks,
    may: {},
  },
  {
    name: 'an HR Admin without a department',
    slackId: 'UNODEP',
    standing: { role: 'hr_admin' },
    expected: onlyAsks,
    may: {},
  },
  { name: 'a plain member', slackId: 'UPLAIN', expected: onlyAsks, may: {} },
  {
    name: 'a guest, whatever else they are',
    slackId: 'UGUEST',
    standing: { role: 'corporate_admin', hubs: { room: 'hub_admin' } },
    slack: { is_restricted: true, is_admin: true },
    expected: onlyAsks,
    may: {},
  },
  {
    name: 'somebody who left, whatever they were',
    slackId: 'UGONE',
    standing: { role: 'corporate_admin', hubs: { room: 'hub_admin' } },
    isInactive: true,
    expected: () => 'refused',
    may: {},
  },
]
