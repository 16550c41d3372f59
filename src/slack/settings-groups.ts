// The settings in groups: what each is called, what stands in it now, and its fields. A modal shows one group at a time.

import type { KnownBlock } from '@slack/types'
import { languageChoices } from '../languages/index.ts'
import {
  APPENDIX_LENGTH,
  APPROVAL_HOURS,
  DISPLAY_NAME_LENGTH,
  HOURLY_LIMIT,
  INVITATION_DAYS,
  LIST_THRESHOLD,
  type Organisation,
  type SettingField,
  SLIP_DAYS,
  SMS_DAILY_LIMIT,
  TERMS_LENGTH,
  TIME_ZONES,
} from '../organisation/index.ts'
import {
  actions,
  button,
  type Choice,
  channelField,
  choiceField,
  escapeText,
  manyChoicesField,
  numberField,
  textField,
  tickField,
} from './blocks.ts'
import { nameOfCountry } from './countries.ts'
import { directorySettings } from './directory-settings.ts'
import { reminders } from './reminder-settings.ts'
import { signIn } from './sign-in-settings.ts'

/** Shows how a message ends with the appendix as it is typed. */
export const PREVIEW = 'settings_preview'

export type SettingsGroup = {
  id: string
  title: string
  /** What the menu's button does, for screen readers: it shows "Change" alone. */
  change: string
  fields: SettingField[]
  /** What holds now, as mrkdwn. */
  now: (organisation: Organisation) => string
  blocks: (organisation: Organisation) => KnownBlock[]
}

const messages: SettingsGroup = {
  id: 'messages',
  title: 'Messages',
  change: 'Change messages',
  fields: ['displayName', 'messageAppendix', 'language', 'terms'],
  now: ({ displayName, language, messageAppendix, termsVersion }) =>
    `${escapeText(displayName)} · ${nameOfLanguage(language)} · ${messageAppendix === '' ? 'no appendix' : 'an appendix'} · terms version ${termsVersion}`,
  blocks: ({ displayName, messageAppendix, language, terms, termsVersion }) => [
    textField({
      id: 'displayName',
      label: 'Name shown to invitees',
      value: displayName,
      most: DISPLAY_NAME_LENGTH,
    }),
    textField({
      id: 'messageAppendix',
      label: 'Appendix',
      hint: 'Shown at the end of every message to invitees: whom to ask, for example.',
      optional: true,
      value: messageAppendix,
      most: APPENDIX_LENGTH,
      lines: true,
    }),
    ...actions([button(PREVIEW, 'See how a message ends')]),
    choiceField({
      id: 'language',
      label: 'Language of the messages',
      hint: 'Where an invitation does not say otherwise.',
      choices: languageChoices,
      chosen: languageChoices.find(({ id }) => id === language),
      ask: 'Choose a language',
    }),
    textField({
      id: 'terms',
      label: 'Terms',
      hint: `What invitees agree to: the text itself, or its address beginning with https://. This is version ${termsVersion}; a change makes a new one.`,
      value: terms,
      most: TERMS_LENGTH,
      lines: true,
    }),
  ],
}

const invitations: SettingsGroup = {
  id: 'invitations',
  title: 'Invitations',
  change: 'Change invitations',
  fields: ['invitationDays', 'slipDays', 'hourlyLimit', 'listThreshold', 'confirmOnlyByEmail', 'timeZone'],
  now: ({ invitationDays, slipDays, hourlyLimit, listThreshold, confirmOnlyByEmail, timeZone }) =>
    `${counted(invitationDays, 'day')} to answer, ${slipDays} with a slip · ${hourlyLimit.toLocaleString('en')} in an hour · lists above ${listThreshold.toLocaleString('en')} need a second person · ${confirmOnlyByEmail ? 'by e-mail only · ' : ''}${nameOfTimeZone(timeZone)}`,
  blocks: ({ invitationDays, slipDays, hourlyLimit, listThreshold, confirmOnlyByEmail, timeZone }) => [
    numberField({
      id: 'invitationDays',
      label: 'Days until an invitation expires',
      hint: `${INVITATION_DAYS.least} to ${INVITATION_DAYS.most}.`,
      value: String(invitationDays),
      least: INVITATION_DAYS.least,
      most: INVITATION_DAYS.most,
    }),
    numberField({
      id: 'slipDays',
      label: 'Days until an activation slip expires',
      hint: `${SLIP_DAYS.least} to ${SLIP_DAYS.most}. For people without e-mail and mobile. Slips that were made keep their date.`,
      value: String(slipDays),
      least: SLIP_DAYS.least,
      most: SLIP_DAYS.most,
    }),
    numberField({
      id: 'hourlyLimit',
      label: 'Invitations in an hour',
      hint: 'How many one person can send singly in any 60 minutes, with what they send again. Lists do not count.',
      value: String(hourlyLimit),
      least: HOURLY_LIMIT.least,
      most: HOURLY_LIMIT.most,
    }),
    numberField({
      id: 'listThreshold',
      label: 'Longest list without a second person',
      hint: 'A longer one has to be approved, unless a Corporate Admin sends it.',
      value: String(listThreshold),
      least: LIST_THRESHOLD.least,
      most: LIST_THRESHOLD.most,
    }),
    tickField({
      id: 'confirmOnlyByEmail',
      label: 'Confirm only by e-mail',
      hint: 'No invitation and no code is sent by SMS.',
      text: 'Send by e-mail only, never by SMS',
      ticked: confirmOnlyByEmail,
    }),
    choiceField({
      id: 'timeZone',
      label: 'Time zone',
      hint: 'In which dates and times in messages are written. Type a city.',
      choices: TIME_ZONES.map((id) => ({ id, name: nameOfTimeZone(id) })),
      chosen: { id: timeZone, name: nameOfTimeZone(timeZone) },
      ask: 'Choose a time zone',
    }),
  ],
}

const channels: SettingsGroup = {
  id: 'channels',
  title: 'Channels',
  change: 'Change channels',
  fields: ['notificationChannelId', 'auditSealInChannel', 'approvalsChannelId', 'approvalHours'],
  now: ({ notificationChannelId, approvalsChannelId, approvalHours }) =>
    `News: ${channelName(notificationChannelId)} · requests: ${channelName(approvalsChannelId, 'each approver by direct message')} · the next approvers after ${counted(approvalHours, 'hour')}`,
  blocks: ({ notificationChannelId, auditSealInChannel, approvalsChannelId, approvalHours }) => [
    channelField({
      id: 'notificationChannelId',
      label: 'Notification channel',
      hint: 'Is told when somebody joins, and when an invitation expires or cannot be delivered. Type /invite @Usher there first.',
      optional: true,
      value: notificationChannelId,
    }),
    tickField({
      id: 'auditSealInChannel',
      label: 'Audit log',
      hint: 'One message a day. With it, a change to the audit log made in the database itself can be proved later.',
      text: 'Post the last audit seal of each day to the notification channel',
      ticked: auditSealInChannel,
    }),
    channelField({
      id: 'approvalsChannelId',
      label: 'Approvals channel',
      hint: 'Where requests are decided. Without one, each approver is asked by direct message.',
      optional: true,
      value: approvalsChannelId,
    }),
    numberField({
      id: 'approvalHours',
      label: 'Hours until the next approvers are asked',
      hint: `${APPROVAL_HOURS.least} to ${APPROVAL_HOURS.most}. A request that nobody decides on lapses after seven days.`,
      value: String(approvalHours),
      least: APPROVAL_HOURS.least,
      most: APPROVAL_HOURS.most,
    }),
  ],
}

const admins: SettingsGroup = {
  id: 'admins',
  title: 'Corporate Admins',
  change: 'Change who is admin',
  fields: ['workspaceAdminsMayDoAll', 'tellAdminsWhyNotInvited'],
  now: ({ workspaceAdminsMayDoAll, tellAdminsWhyNotInvited }) =>
    `${workspaceAdminsMayDoAll ? 'Owners and admins of this workspace, and whoever has the role' : 'Only whoever has the role'} · ${tellAdminsWhyNotInvited ? 'they see' : 'they do not see'} why an address could not be invited`,
  blocks: ({ workspaceAdminsMayDoAll, tellAdminsWhyNotInvited }) => [
    tickField({
      id: 'workspaceAdminsMayDoAll',
      label: 'Who is a Corporate Admin',
      hint: 'Whoever has the role is one anyhow. Before you take this tick away, give the role to somebody.',
      text: 'Owners and admins of this Slack workspace are',
      ticked: workspaceAdminsMayDoAll,
    }),
    tickField({
      id: 'tellAdminsWhyNotInvited',
      label: 'Addresses that could not be invited',
      hint: 'An account in the hub, an open invitation, or a paused account. Everybody else is never told which it was.',
      text: 'Corporate Admins see why',
      ticked: tellAdminsWhyNotInvited,
    }),
  ],
}

const texts: SettingsGroup = {
  id: 'texts',
  title: 'Text messages',
  change: 'Change text messages',
  fields: ['smsCountries', 'smsDailyLimit'],
  now: ({ smsCountries, smsDailyLimit, confirmOnlyByEmail }) => {
    if (confirmOnlyByEmail) return 'None: “confirm only by e-mail” is set'
    if (smsCountries.length === 0) return 'None: no country is chosen'
    const named = smsCountries.slice(0, 8).map(nameOfCountry).join(', ')
    const more = smsCountries.length > 8 ? ` and ${smsCountries.length - 8} more` : ''
    return `${named}${more} · at most ${smsDailyLimit.toLocaleString('en')} in a day`
  },
  blocks: ({ smsCountries, smsDailyLimit }) => [
    manyChoicesField({
      id: 'smsCountries',
      label: 'Countries',
      hint: 'Text messages go to numbers of these countries alone. Choose none to send no text messages.',
      chosen: smsCountries.map((id) => ({ id, name: nameOfCountry(id) })),
      ask: 'Type a country',
    }),
    numberField({
      id: 'smsDailyLimit',
      label: 'Text messages in a day',
      hint: 'Invitations and codes together. What goes over it waits for the next day.',
      value: String(smsDailyLimit),
      least: SMS_DAILY_LIMIT.least,
      most: SMS_DAILY_LIMIT.most,
    }),
  ],
}

export const SETTINGS_GROUPS: SettingsGroup[] = [
  messages,
  invitations,
  reminders,
  texts,
  signIn,
  channels,
  directorySettings,
  admins,
]

/** "America/New York". */
export function nameOfTimeZone(id: string): string {
  return id.replaceAll('_', ' ')
}

/** The time zones whose name has every word that was typed; all of them where nothing was. */
export function findTimeZones(typed: string): Choice[] {
  const words = typed
    .toLowerCase()
    .split(/[\s/_]+/)
    .filter(Boolean)
  return TIME_ZONES.map((id) => ({ id, name: nameOfTimeZone(id) })).filter(({ name }) =>
    words.every((word) => name.toLowerCase().includes(word)),
  )
}

function nameOfLanguage(language: string): string {
  return languageChoices.find(({ id }) => id === language)?.name ?? language
}

function channelName(id: string | null, without = 'no channel'): string {
  return id === null ? without : `<#${id}>`
}

function counted(number: number, one: string): string {
  return number === 1 ? `1 ${one}` : `${number} ${one}s`
}
