// Submitted forms: worked on while Slack waits, so that "sent" is said only of what is committed.
import type * as bolt from '@slack/bolt'
import { answerForm, type Door } from './dispatch.ts'
import type { Feature } from './feature.ts'
import { findVisitor } from './visitor.ts'
import { openViewOf } from './wire-actions.ts'
import type { Wiring } from './wire-command.ts'

type Submissions = NonNullable<Feature['submissions']>
type State = Record<string, Record<string, FieldState>>
type FieldState = {
  value?: string | null
  selected_option?: { value: string } | null
  selected_conversation?: string | null
}

export function wireForms(app: bolt.App, door: Door, { command, features }: Wiring): void {
  const submissions = Object.assign({}, ...features.map((feature) => feature.submissions ?? {})) as Submissions
  app.view(/.*/, async ({ ack, body, view }) => {
    const submit = submissions[view.callback_id]
    if (!submit || body.type !== 'view_submission') {
      await ack()
      return
    }
    const values = readValues(view.state.values as State)
    const userId = body.user.id
    await answerForm(
      door,
      { what: `form ${view.callback_id}`, viewId: view.id, inputs: Object.keys(values) },
      {
        work: async () => {
          const ids = { teamId: body.team?.id ?? body.user.team_id ?? '', userId }
          const visitor = await findVisitor(door, ids, async () => {})
          return submit({
            ...visitor,
            c: door,
            client: door.client,
            userId,
            command,
            view: openViewOf(view),
            values,
          })
        },
        acknowledge: (answer) => (answer ? ack(answer) : ack()),
      },
    )
  })
}

/** What stands in a form, by block: in Usher's forms a block has one field. Pure. */
export function readValues(state: State): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(state).map(([block, fields]) => {
      const [field] = Object.values(fields)
      return [block, field?.value ?? field?.selected_option?.value ?? field?.selected_conversation ?? null]
    }),
  )
}
