// The settings of where people come from; how a reading of Slack goes is shown in src/slack/features/directory.ts.
import { tickField } from './blocks.ts'
import type { SettingsGroup } from './settings-groups.ts'

export const directorySettings: SettingsGroup = {
  id: 'directory',
  title: 'Guests',
  change: 'Change what guests count as',
  fields: ['guestsAreContractors'],
  now: ({ guestsAreContractors }) =>
    guestsAreContractors
      ? 'Guests of this Slack workspace count as Contractors'
      : 'Guests of this Slack workspace count as nothing until somebody categorises them',
  blocks: ({ guestsAreContractors }) => [
    tickField({
      id: 'guestsAreContractors',
      label: 'What guests count as',
      hint: 'Where neither SCIM, an import nor an admin says what they are. Without the tick they are uncategorised, and no automatic invitation reaches them.',
      text: 'Guests of this Slack workspace are Contractors',
      ticked: guestsAreContractors,
    }),
  ],
}
