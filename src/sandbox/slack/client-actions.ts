// What the browser page may do for a person (POST /api/…): each body's shape, and the act behind it.
import { z } from 'zod'
import { runCommand, sayMessage } from './commands.ts'
import type { Core } from './core.ts'
import { act, loadOptions, openHome, runShortcut, typeInView } from './interactions.ts'
import { closeView, submitView } from './submissions.ts'
import { toClientView } from './views.ts'
import { conversationsOf, isPerson, markRead, toClientMessage } from './workspace.ts'

const as = z.string()
const text = z.looseObject({ type: z.enum(['plain_text', 'mrkdwn']), text: z.string() })
const option = z.looseObject({ text, value: z.string().optional(), description: text.optional() })
const list = z.array(z.string())
const value = z.object({
  type: z.string(),
  value: z.string().nullish(),
  selected_option: option.nullish(),
  selected_options: z.array(option).optional(),
  selected_user: z.string().nullish(),
  selected_users: list.optional(),
  selected_channel: z.string().nullish(),
  selected_channels: list.optional(),
  selected_conversation: z.string().nullish(),
  selected_conversations: list.optional(),
  selected_date: z.string().nullish(),
  selected_time: z.string().nullish(),
  timezone: z.string().optional(),
  selected_date_time: z.number().nullish(),
  files: z.array(z.object({ id: z.string() })).optional(),
  rich_text_value: z.looseObject({ type: z.string() }).nullish(),
})
const values = z.record(z.string(), z.record(z.string(), value))
const place = z.object({ channel: z.string(), ts: z.string() })
const container = z.union([z.object({ view_id: z.string() }), z.object({ message: place })])

// An object with `error` becomes { ok: false }, anything else { ok: true }.
type Result = object | undefined
export type Action = (core: Core, body: unknown) => Promise<Result> | Result

// A route with its body's shape; the answer is sent as { ok: true, … } unless it holds an error.
function route<T extends { as: string }>(
  shape: z.ZodType<T>,
  run: (core: Core, body: T) => Promise<Result> | Result,
): Action {
  return (core, given) => {
    const body = shape.safeParse(given)
    if (!body.success) return { error: 'invalid_arguments', detail: z.prettifyError(body.error) }
    const user = core.workspace.users.get(body.data.as)
    return user && isPerson(user) && !user.deleted ? run(core, body.data) : { error: 'user_not_found' }
  }
}

/** By path below /api/. */
export const clientActions: Record<string, Action> = {
  message: route(z.object({ as, channel: z.string(), text: z.string().min(1).max(12_000) }), (core, body) => {
    const message = sayMessage(core, body.as, body.channel, body.text)
    return message ? { message: toClientMessage(message, body.as) } : { error: 'not_in_channel' }
  }),
  command: route(z.object({ as, channel: z.string(), text: z.string().max(12_000) }), async (core, body) => {
    if (!conversationsOf(core.workspace, body.as).some(({ id }) => id === body.channel))
      return { error: 'channel_not_found' }
    await runCommand(core, body.as, body.channel, body.text)
    return undefined
  }),
  action: route(
    z.object({
      ...{ as, container, block_id: z.string(), action_id: z.string() },
      ...{ action: value.partial(), state: values.optional() },
    }),
    async (core, body) => outcome(await act(core, body.as, body)),
  ),
  'view/input': route(z.object({ as, view_id: z.string(), values }), async (core, body) =>
    outcome(await typeInView(core, body.as, body.view_id, body.values)),
  ),
  'view/submit': route(z.object({ as, view_id: z.string(), values }), (core, body) =>
    submitView(core, body.as, body.view_id, body.values),
  ),
  'view/close': route(z.object({ as, view_id: z.string(), all: z.boolean().optional() }), (core, body) =>
    closeView(core, body.as, body.view_id, body.all),
  ),
  options: route(
    z.object({ as, container, block_id: z.string(), action_id: z.string(), value: z.string() }),
    (core, body) => loadOptions(core, body.as, body),
  ),
  'home/open': route(z.object({ as }), async (core, body) => {
    await openHome(core, body.as)
    const home = core.views.home(body.as)
    return home && { home: toClientView(home) }
  }),
  shortcut: route(z.object({ as, callback_id: z.string(), message: place.optional() }), async (core, body) =>
    outcome(await runShortcut(core, body.as, body.callback_id, body.message)),
  ),
  read: route(z.object({ as, channel: z.string() }), (core, body) => {
    markRead(core.workspace, body.as, body.channel)
    return undefined
  }),
}

function outcome({ error }: { error?: string }): Result {
  return error ? { error } : undefined
}
