// The slash command: answered at once, then its first word finds the feature.
import type * as bolt from '@slack/bolt'
import { escapeText } from './blocks.ts'
import { type Door, guarded, notice } from './dispatch.ts'
import type { Answer, CommandVisit, Feature } from './feature.ts'
import { helpMessage } from './features/help.ts'
import { noteRefusals } from './note-refusals.ts'
import { createOpener } from './opener.ts'
import { findVisitor } from './visitor.ts'

export type Wiring = { command: string; features: Feature[] }

/** What was typed: a feature's word with the rest, an address for the command alone, or something unknown. Pure. */
export function readCommand(text: string, features: Feature[]): { feature: Feature; rest: string } | undefined {
  const typed = text.trim()
  const [first = ''] = typed.split(/\s+/)
  const byWord = (word: string) => features.find(({ command }) => command?.word === word)
  const named = first === '' ? undefined : byWord(first.toLowerCase())
  if (named) return { feature: named, rest: typed.slice(first.length).trim() }
  const alone = byWord('')
  // Whatever has an @ is meant as an address; the form says so when it is none.
  return alone && (typed === '' || typed.includes('@')) ? { feature: alone, rest: typed } : undefined
}

export function wireCommand(app: bolt.App, door: Door, { command, features }: Wiring): void {
  const explained = features.flatMap((feature) => (feature.command ? [feature.command] : []))
  app.command(/.*/, async ({ ack, body, respond }) => {
    const typed = readCommand(body.text ?? '', features)
    const run = typed?.feature.command?.run
    if (!typed || !run || typed.feature.name === 'help') {
      // Answered in the acknowledgement itself: nothing has to be looked up.
      const unknown = typed ? '' : (body.text ?? '').trim().slice(0, 100)
      await ack({ response_type: 'ephemeral', ...helpMessage(command, explained, unknown) })
      return
    }
    await ack()
    const answer = async (message: Answer) => {
      await respond({ response_type: 'ephemeral', ...message })
    }
    const opener = createOpener(door.client, body.trigger_id)
    const what = `command ${typed.feature.name}`
    await guarded(door, what, {
      run: async () => {
        const ids = { teamId: body.team_id, userId: body.user_id }
        const visitor = await findVisitor(door, ids, opener.loading)
        const visit: CommandVisit = {
          ...visitor,
          c: door,
          client: door.client,
          userId: body.user_id,
          command,
          explained,
          channelId: body.channel_id,
          rest: typed.rest,
          open: opener.open,
          answer,
        }
        await noteRefusals(door, { ...visitor, what }, () => run(visit))
      },
      say: async (text) => {
        if (!opener.isOpen()) return answer({ text: escapeText(text) })
        // Slack may take no view just now, but the command's own answer.
        await opener.open(notice('Usher', text)).catch(() => answer({ text: escapeText(text) }))
      },
    })
  })
}
