// The settings' group of how people sign in: what is asked for besides the password, and what may stand in its place.
import { SESSION_DAYS } from '../organisation/index.ts'
import { numberField, tickField } from './blocks.ts'
import type { SettingsGroup } from './settings-groups.ts'

export const signIn: SettingsGroup = {
  id: 'sign_in',
  title: 'Sign-in',
  change: 'Change sign-in',
  fields: ['secondFactorRequired', 'slackSignIn', 'sessionDays'],
  now: ({ secondFactorRequired, slackSignIn, sessionDays }) =>
    `${slackSignIn ? 'A password, or Slack in its place' : 'A password'}; a second factor for ${secondFactorRequired ? 'everybody' : 'whoever wants one'} · sign in again after ${sessionDays === 1 ? '1 day' : `${sessionDays} days`}`,
  blocks: ({ secondFactorRequired, slackSignIn, sessionDays }) => [
    tickField({
      id: 'secondFactorRequired',
      label: 'Second factor',
      hint: 'A code by e-mail or SMS, or an authenticator app. Chosen when somebody joins; others are signed out at once and choose at their next sign-in. People with neither an address nor a mobile are left with the app.',
      text: 'Everybody needs one',
      ticked: secondFactorRequired,
    }),
    tickField({
      id: 'slackSignIn',
      label: 'Sign in with Slack',
      hint: 'For people who have joined, and whose address in this workspace is the one of their account. A second factor is asked for as ever.',
      text: 'Whoever has an account can sign in with Slack',
      ticked: slackSignIn,
    }),
    numberField({
      id: 'sessionDays',
      label: 'Days until people sign in again',
      hint: `${SESSION_DAYS.least} to ${SESSION_DAYS.most}. A session ends after this many days, however often it's used, and after 12 hours without use.`,
      value: String(sessionDays),
      least: SESSION_DAYS.least,
      most: SESSION_DAYS.most,
    }),
  ],
}
