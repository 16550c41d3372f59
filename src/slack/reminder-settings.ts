// The settings' group of what is called to mind: invitees of their invitation, inviters of their week.
import { tickField } from './blocks.ts'
import type { SettingsGroup } from './settings-groups.ts'

export const reminders: SettingsGroup = {
  id: 'reminders',
  title: 'Reminders',
  change: 'Change reminders',
  fields: ['remindHalfWay', 'remindDayBefore', 'weeklyDigest'],
  now: ({ remindHalfWay, remindDayBefore, weeklyDigest }) => {
    const when = [...(remindHalfWay ? ['half-way'] : []), ...(remindDayBefore ? ['a day before the end'] : [])]
    const invitees = when.length > 0 ? `Invitees ${when.join(' and ')}` : 'Invitees never'
    return `${invitees} · inviters ${weeklyDigest ? 'every Monday' : 'never'}`
  },
  blocks: ({ remindHalfWay, remindDayBefore, weeklyDigest }) => [
    tickField({
      id: 'remindHalfWay',
      label: 'Half-way',
      hint: 'Nobody is reminded who has answered, and nobody twice on one day: of an invitation for two or three days only the day before its end counts.',
      text: 'Remind invitees when half of their time is over',
      ticked: remindHalfWay,
    }),
    tickField({
      id: 'remindDayBefore',
      label: 'A day before the end',
      text: 'Remind invitees a day before their invitation expires',
      ticked: remindDayBefore,
    }),
    tickField({
      id: 'weeklyDigest',
      label: 'Every Monday at 9:00',
      hint: 'In the time zone of the settings. Whoever has nothing open or expired hears nothing.',
      text: 'Tell inviters what is open and what expired',
      ticked: weeklyDigest,
    }),
  ],
}
