// Submitted forms: worked on while Slack waits, so that "sent" is said only of what is committed.
import type * as bolt from '@slack/bolt'
import { answerForm, type Door } from './dispatch.ts'
import type { FileSource } from './download-file.ts'
import type { Feature, SubmissionVisit } from './feature.ts'
import { noteRefusals } from './note-refusals.ts'
import { readFiles, readValues, type State } from './view-state.ts'
import { findVisitor, idsIn } from './visitor.ts'
import { openViewOf } from './wire-actions.ts'
import type { Wiring } from './wire-command.ts'

type Submissions = NonNullable<Feature['submissions']>
export function wireForms(
  app: bolt.App,
  door: Door,
  { command, features, fileSource }: Wiring & { fileSource: FileSource },
): void {
  const submissions = Object.assign({}, ...features.map((feature) => feature.submissions ?? {})) as Submissions
  app.view(/.*/, async ({ ack, body, view }) => {
    const submit = submissions[view.callback_id]
    if (!submit || body.type !== 'view_submission') {
      await ack()
      return
    }
    const state = view.state.values as State
    const values = readValues(state)
    const userId = body.user.id
    const what = `form ${view.callback_id}`
    // Only beside these Slack shows words; a menu in a row of buttons has a state too.
    const inputs = view.blocks.flatMap((block) => (block.type === 'input' && block.block_id ? [block.block_id] : []))
    await answerForm(
      door,
      { what, viewId: view.id, inputs },
      {
        work: async () => {
          const visitor = await findVisitor(door, idsIn(body), async () => {})
          const visit: SubmissionVisit = {
            ...visitor,
            c: door,
            client: door.client,
            userId,
            command,
            view: openViewOf(view),
            values,
            files: readFiles(state),
            fileSource,
          }
          return noteRefusals(door, { ...visitor, what }, () => submit(visit))
        },
        acknowledge: (answer) => (answer ? ack(answer) : ack()),
      },
    )
  })
}
