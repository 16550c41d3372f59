// The organisation's settings: their bounds, and what a form's answers become. Pure.

import { cleanLine, cleanText } from '../clean-text.ts'
import { languageCodes } from '../languages/index.ts'
import { Refusal, Refusals } from '../refusal.ts'

export type Settings = {
  displayName: string
  notificationChannelId: string | null
  invitationDays: number
  messageAppendix: string
  terms: string
  termsVersion: number
  /** An IANA name. */
  timeZone: string
  language: string
  /** Whether owners and admins of the Slack workspace are Corporate Admins. */
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
  guestsAreContractors: boolean
  /** Half-way to the end, and a day before it. */
  remindHalfWay: boolean
  remindDayBefore: boolean
  weeklyDigest: boolean
  /** Nobody signs up or in without a second factor. */
  secondFactorRequired: boolean
  /** ISO 3166-1 codes, in their order. */
  smsCountries: string[]
  /** Messages by SMS in one day, all kinds together. */
  smsDailyLimit: number
  /** How long an activation slip works, in days. */
  slipDays: number
  /** A session ends after so many days at the latest. */
  sessionDays: number
  slackSignIn: boolean
  /** The last audit seal of each day is posted to the notification channel. */
  auditSealInChannel: boolean
}

/** Validity of a link in days: SPEC, section 6. */
export const INVITATION_DAYS = { least: 1, most: 30, usual: 7 }
export const HOURLY_LIMIT = { least: 1, most: 1000 }
export const LIST_THRESHOLD = { least: 1, most: 10_000 }
/** A request lapses after seven days: whoever is asked later still has two. */
export const APPROVAL_HOURS = { least: 1, most: 120 }
export const SMS_DAILY_LIMIT = { least: 0, most: 100_000 }
/** How long a session lasts at most, in days, however often it is used. */
export const SESSION_DAYS = { least: 1, most: 90 }
export const SLIP_DAYS = { least: 1, most: 365 }
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

/** Everything that a form can change. */
export type SettingsChange = Omit<Settings, 'termsVersion'>
export type SettingField = keyof SettingsChange
/** What was typed or chosen, for the settings that a form holds; what it does not hold stays. Yes is "yes". */
export type SettingsForm = Partial<Record<SettingField, string | null>>

/** Every time zone by its IANA name, UTC first. */
export const TIME_ZONES: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((id) => id !== 'UTC')]

type Reader<T> = (typed: string | null, field: SettingField) => T | Refusal

const READERS: { [F in SettingField]: Reader<SettingsChange[F]> } = {
  displayName: text(cleanLine, { least: 1, most: DISPLAY_NAME_LENGTH }),
  messageAppendix: text(cleanText, { least: 0, most: APPENDIX_LENGTH }),
  terms: text(cleanText, { least: 1, most: TERMS_LENGTH }),
  invitationDays: whole({ ...INVITATION_DAYS, of: 'days' }),
  hourlyLimit: whole({ ...HOURLY_LIMIT, of: 'invitations' }),
  listThreshold: whole({ ...LIST_THRESHOLD, of: 'people' }),
  approvalHours: whole({ ...APPROVAL_HOURS, of: 'hours' }),
  timeZone: oneOf(TIME_ZONES),
  language: oneOf(languageCodes),
  notificationChannelId: channel,
  approvalsChannelId: channel,
  workspaceAdminsMayDoAll: yes,
  tellAdminsWhyNotInvited: yes,
  confirmOnlyByEmail: yes,
  guestsAreContractors: yes,
  remindHalfWay: yes,
  remindDayBefore: yes,
  weeklyDigest: yes,
  secondFactorRequired: yes,
  smsCountries: countries,
  smsDailyLimit: whole({ ...SMS_DAILY_LIMIT, of: 'messages' }),
  sessionDays: whole({ ...SESSION_DAYS, of: 'days' }),
  slipDays: whole({ ...SLIP_DAYS, of: 'days' }),
  slackSignIn: yes,
  auditSealInChannel: yes,
}

/** Reads a settings form; throws Refusals naming each field that is out of its range. */
export function readSettings(form: SettingsForm): Partial<SettingsChange> {
  const change: Partial<SettingsChange> = {}
  // The keys of a SettingsForm are its fields; TypeScript gives them back as texts.
  const fields = Object.keys(form) as SettingField[]
  const refusals = fields.flatMap((field) => readInto(change, field, form[field] ?? null))
  if (refusals.length > 0) throw new Refusals(refusals)
  return change
}

function readInto<F extends SettingField>(change: Partial<SettingsChange>, field: F, typed: string | null): Refusal[] {
  const read: Reader<SettingsChange[F]> = READERS[field]
  const value = read(typed, field)
  if (value instanceof Refusal) return [value]
  change[field] = value
  return []
}

function text(clean: (typed: string) => string, { least, most }: { least: number; most: number }): Reader<string> {
  return (typed, field) => {
    const value = clean(typed ?? '')
    if (value.length >= least && value.length <= most) return value
    return new Refusal('setting_out_of_range', { field, detail: { least, most, of: 'characters' } })
  }
}

function whole({ least, most, of }: { least: number; most: number; of: string }): Reader<number> {
  return (typed, field) => {
    const digits = typed?.trim() ?? ''
    const value = /^\d{1,6}$/.test(digits) ? Number(digits) : Number.NaN
    if (value >= least && value <= most) return value
    return new Refusal('setting_out_of_range', { field, detail: { least, most, of } })
  }
}

function oneOf(known: readonly string[]): Reader<string> {
  return (typed, field) => known.find((one) => one === typed) ?? new Refusal('choice_unknown', { field })
}

function channel(typed: string | null, field: SettingField): string | null | Refusal {
  if (typed === null || typed === '') return null
  return /^[CG][A-Z0-9]{1,40}$/.test(typed) ? typed : new Refusal('choice_unknown', { field })
}

function yes(typed: string | null): boolean {
  return typed === 'yes'
}

/** Codes with commas between them, as a menu of several gives them. */
function countries(typed: string | null, field: SettingField): string[] | Refusal {
  const codes = [...new Set((typed ?? '').split(',').filter(Boolean))].sort()
  return codes.every((code) => /^[A-Z]{2}$/.test(code)) ? codes : new Refusal('choice_unknown', { field })
}
