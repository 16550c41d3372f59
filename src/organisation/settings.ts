// The organisation's settings: their bounds, and what a form's answers become. Pure.
import { cleanLine, cleanText } from '../clean-text.ts'
import { Refusal, Refusals } from '../refusal.ts'

export type Settings = {
  displayName: string
  notificationChannelId: string | null
  invitationDays: number
  messageAppendix: string
  terms: string
  termsVersion: number
  timeZone: string
  language: string
  workspaceAdminsMayDoAll: boolean
  tellAdminsWhyNotInvited: boolean
  approvalsChannelId: string | null
  /** Single invitations and resends of one inviter in 60 minutes. */
  hourlyLimit: number
  /** Above so many people a list needs a second person, unless a Corporate Admin sends it. */
  listThreshold: number
  /** Until the next approvers are asked too. */
  approvalHours: number
  confirmOnlyByEmail: boolean
}

/** Validity of a link in days: SPEC, section 6. */
export const INVITATION_DAYS = { least: 1, most: 30, usual: 7 }
export const DISPLAY_NAME_LENGTH = 80
export const APPENDIX_LENGTH = 1000
/** What one modal field holds (Slack: 3,000 characters). */
export const TERMS_LENGTH = 3000
export const UNIT_NAME_LENGTH = 60

export const FIRST_TERMS = [
  'I use this access only for the work I was invited to.',
  'I keep my password to myself and tell the organisation when somebody else may know it.',
  'The organisation may end my access at any time. It records who was given access, when and by whom.',
].join('\n')

export type SettingsForm = {
  displayName: string
  notificationChannelId: string | null
  invitationDays: string
  messageAppendix: string
  terms: string
}

export type SettingsChange = Pick<
  Settings,
  'displayName' | 'notificationChannelId' | 'invitationDays' | 'messageAppendix' | 'terms'
>

/** Reads a settings form; throws Refusals naming each field that is out of its range. */
export function readSettings(form: SettingsForm): SettingsChange {
  const refusals: Refusal[] = []
  const outOfRange = (field: keyof SettingsForm, least: number, most: number, of: 'characters' | 'days') =>
    refusals.push(new Refusal('setting_out_of_range', { field, detail: { least, most, of } }))
  const displayName = cleanLine(form.displayName)
  const messageAppendix = cleanText(form.messageAppendix)
  const terms = cleanText(form.terms)
  const invitationDays = /^\d{1,4}$/.test(form.invitationDays.trim()) ? Number(form.invitationDays) : Number.NaN
  if (displayName.length < 1 || displayName.length > DISPLAY_NAME_LENGTH) {
    outOfRange('displayName', 1, DISPLAY_NAME_LENGTH, 'characters')
  }
  if (!(invitationDays >= INVITATION_DAYS.least && invitationDays <= INVITATION_DAYS.most)) {
    outOfRange('invitationDays', INVITATION_DAYS.least, INVITATION_DAYS.most, 'days')
  }
  if (messageAppendix.length > APPENDIX_LENGTH) outOfRange('messageAppendix', 0, APPENDIX_LENGTH, 'characters')
  if (terms.length < 1 || terms.length > TERMS_LENGTH) outOfRange('terms', 1, TERMS_LENGTH, 'characters')
  if (refusals.length > 0) throw new Refusals(refusals)
  return { displayName, notificationChannelId: form.notificationChannelId, invitationDays, messageAppendix, terms }
}
