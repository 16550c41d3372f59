// `/invites help`, and whatever is not understood: what can be typed.
import { context, escapeText, section } from '../blocks.ts'
import type { Answer, CommandVisit, Feature } from '../feature.ts'

type Explained = { usage: string; purpose: string }

/** The help for the features that there are; `unknown` is what was typed and not understood. */
export function helpMessage(command: string, features: Explained[], unknown: string): Answer {
  const lines = features.map(({ usage, purpose }) => ({ typed: `${command} ${usage}`.trim(), purpose }))
  const opening = unknown === '' ? 'This is what you can type:' : `“${unknown}” is not something I know. You can type:`
  return {
    text: escapeText([opening, ...lines.map(({ typed, purpose }) => `${typed}: ${purpose}`)].join('\n')),
    blocks: [
      section(escapeText(opening)),
      section(lines.map(({ typed, purpose }) => `\`${escapeText(typed)}\`  ${escapeText(purpose)}`).join('\n')),
      context('Everything can be reached from the Home tab of this app too.'),
    ],
  }
}

export const help: Feature = {
  name: 'help',
  command: {
    word: 'help',
    usage: 'help',
    purpose: 'shows this list',
    run: (visit: CommandVisit) => visit.answer(helpMessage(visit.command, visit.explained, '')),
  },
}
