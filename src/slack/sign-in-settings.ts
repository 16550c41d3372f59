// The settings' group of how people sign in: what is asked for besides the password, and what may stand in its place.
import { tickField } from './blocks.ts'
import type { SettingsGroup } from './settings-groups.ts'

export const signIn: SettingsGroup = {
  id: 'sign_in',
  title: 'Sign-in',
  change: 'Change sign-in',
  fields: ['secondFactorRequired', 'slackSignIn'],
  now: ({ secondFactorRequired, slackSignIn }) =>
    `${slackSignIn ? 'A password, or Slack in its place' : 'A password'}; a second factor for ${secondFactorRequired ? 'everybody' : 'whoever wants one'}`,
  blocks: ({ secondFactorRequired, slackSignIn }) => [
    tickField({
      id: 'secondFactorRequired',
      label: 'Second factor',
      hint: 'A code by e-mail or SMS, or an authenticator app. Chosen when somebody joins; others choose at their next sign-in. People with neither an address nor a mobile are left with the app.',
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
  ],
}
