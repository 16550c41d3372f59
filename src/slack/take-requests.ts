// Every request is done once: a replayed one (same signature) and a repeated event (same id) stop here.
import type * as bolt from '@slack/bolt'
import { type Door, explain } from './dispatch.ts'

type Body = {
  event_id?: string
  type?: string
  trigger_id?: string
  view?: { id?: string; state?: { values?: Record<string, unknown> } }
}

/** Puts itself before every feature. Menus that load as somebody types change nothing, and pass. */
export function takeRequests(app: bolt.App, door: Door & { takeOnce: (key: string) => Promise<boolean> }): void {
  app.use(async ({ body, context, next, ...rest }) => {
    const request: Body = body
    const acknowledge = 'ack' in rest ? (rest.ack as (answer?: object) => Promise<void>) : undefined
    const key = keyOf(request, context)
    if (request.type === 'block_suggestion' || key === undefined) return next()
    let taken: boolean
    try {
      taken = await door.takeOnce(key)
    } catch (error) {
      const text = explain(door, 'take the request', error)
      await acknowledge?.(answerTo(request, text))
      return
    }
    if (!taken) {
      door.log.warn({ type: request.type ?? 'command' }, 'A request of Slack came twice and is done once')
      await acknowledge?.()
      return
    }
    await next()
  })
}

function keyOf(request: Body, context: Record<string, unknown>): string | undefined {
  if (request.event_id) return `event ${request.event_id}`
  if (typeof context.signature === 'string') return `request ${context.signature}`
  return request.trigger_id ? `trigger ${request.trigger_id}` : undefined
}

/** Before anything of the request is known to be new, only its own answer can say what is wrong. */
function answerTo(request: Body, text: string): object | undefined {
  if (request.type === 'view_submission') {
    const [firstInput] = Object.keys(request.view?.state?.values ?? {})
    return firstInput === undefined ? undefined : { response_action: 'errors', errors: { [firstInput]: text } }
  }
  return request.type === undefined ? { response_type: 'ephemeral', text } : undefined
}
