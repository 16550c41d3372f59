// Submitting and closing modals: the client's own checks, the app's answer, and what becomes of the stack.
import { isRecord } from './block-kit-checks.ts'
import type { StateValues, SubmitAnswer } from './client-api.ts'
import type { Core } from './core.ts'
import { sendPayload, takeValues } from './interactions.ts'
import { interactionBase } from './payloads.ts'
import { fieldsOf, findInputProblems } from './view-state.ts'
import type { OpenView } from './views.ts'

const troubleWords = 'We had some trouble connecting. Try again?'

// Selects with response_url_enabled let the app write where it is no member.
function responseUrlsOf(core: Core, view: OpenView): Record<string, unknown>[] {
  return fieldsOf(view.blocks).flatMap(({ element, blockId, actionId }) => {
    const value = view.values[blockId]?.[actionId]
    const channel = value?.selected_conversation ?? value?.selected_channel
    if (element.response_url_enabled !== true || !channel) return []
    const response_url = core.responseUrls.make({ userId: view.userId, channel }, 'actions')
    return [{ block_id: blockId, action_id: actionId, channel_id: channel, response_url }]
  })
}

/** Submits the top modal: checked as Slack's client does, sent, and answered for the person. */
export async function submitView(
  core: Core,
  userId: string,
  viewId: string,
  values: StateValues = {},
): Promise<SubmitAnswer | { error: string }> {
  const view = core.views.stack(userId).at(-1)
  if (view?.id !== viewId) return { error: 'not_found' }
  if (view.submitting) return { error: 'already_submitting' }
  if (!view.submit) return { error: 'no_submit_button' }
  takeValues(core, view, values)
  const problems = findInputProblems(view.blocks, view.values)
  if (Object.keys(problems).length > 0) return showErrors(core, view, problems)

  Object.assign(view, { submitting: true, errors: {}, trouble: undefined })
  core.views.changed(view)
  const delivery = await sendPayload(core, {
    ...interactionBase(core, userId, 'view_submission'),
    trigger_id: core.triggers.make(userId, view.conversation),
    view: core.views.toPayload(view),
    response_urls: responseUrlsOf(core, view),
  })
  view.submitting = false
  if (delivery.outcome !== 'answered' || delivery.status !== 200) return trouble(core, view)
  return takeAnswer(core, view, delivery.body)
}

function showErrors(core: Core, view: OpenView, errors: Record<string, string>): SubmitAnswer {
  view.errors = errors
  core.views.changed(view)
  return { ok: true, result: 'errors', errors }
}

function trouble(core: Core, view: OpenView, complaint?: string): SubmitAnswer {
  if (complaint) core.complain(`answer to the submission of "${view.callback_id}": ${complaint}`)
  view.trouble = troubleWords
  core.views.changed(view)
  return { ok: true, result: 'trouble' }
}

function takeAnswer(core: Core, view: OpenView, body: string): SubmitAnswer {
  if (body.trim() === '') {
    core.views.remove(view)
    return { ok: true, result: 'closed' }
  }
  let answer: unknown
  try {
    answer = JSON.parse(body)
  } catch {
    return trouble(core, view, 'not JSON')
  }
  if (!isRecord(answer)) return trouble(core, view, 'not an object')
  switch (answer.response_action) {
    case undefined:
      core.views.remove(view)
      return { ok: true, result: 'closed' }
    case 'clear':
      core.views.removeAll(view.userId)
      return { ok: true, result: 'cleared' }
    case 'errors':
      return takeErrors(core, view, answer.errors)
    case 'update':
    case 'push': {
      const push = answer.response_action === 'push'
      const shown = push
        ? core.views.push(view.userId, answer.view)
        : core.views.update({ view_id: view.id }, answer.view)
      if ('error' in shown) return trouble(core, view, `${shown.error} ${shown.messages?.join('; ') ?? ''}`)
      return { ok: true, result: push ? 'pushed' : 'updated' }
    }
    default:
      return trouble(core, view, `unknown response_action ${String(answer.response_action)}`)
  }
}

// Slack shows errors beside input blocks only; anything else is a mistake of the app that the person cannot see.
function takeErrors(core: Core, view: OpenView, given: unknown): SubmitAnswer {
  const inputs = new Set(view.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id))
  const errors = isRecord(given) ? Object.entries(given) : []
  if (errors.length === 0) return trouble(core, view, 'no errors in response_action errors')
  const unknown = errors.filter(([blockId, words]) => !inputs.has(blockId) || typeof words !== 'string' || words === '')
  if (unknown.length > 0)
    return trouble(core, view, `errors for what is no input block: ${unknown.map(([id]) => id).join(', ')}`)
  return showErrors(core, view, Object.fromEntries(errors.map(([blockId, words]) => [blockId, String(words)])))
}

/** Closes the top modal, or with `all` the whole stack; the app hears of it where a view asks for that. */
export async function closeView(core: Core, userId: string, viewId: string, all = false): Promise<{ error?: string }> {
  const stack = core.views.stack(userId)
  const top = stack.at(-1)
  if (top?.id !== viewId) return { error: 'not_found' }
  const cleared = all || top.clear_on_close
  const closed = cleared ? [...stack].reverse() : [top]
  if (cleared) core.views.removeAll(userId)
  else core.views.remove(top)
  const is_cleared = cleared && stack.length > 1
  await Promise.all(
    closed
      .filter((view) => view.notify_on_close)
      .map((view) => {
        // Slack does not tell what was typed into a view that was closed.
        const payload = { ...core.views.toPayload(view), state: { values: {} } }
        return sendPayload(core, { ...interactionBase(core, userId, 'view_closed'), view: payload, is_cleared })
      }),
  )
  return {}
}
