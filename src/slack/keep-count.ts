// The count under the addresses, while they are typed: one update of a view at a time, and always of the newest text.
import type { KnownBlock } from '@slack/types'
import { WebAPIPlatformError } from '@slack/web-api'
import type { ActionVisit } from './feature.ts'
import { ADDRESSES, COUNT_BLOCK, countBlock } from './list-views.ts'

/** Views that are gone are forgotten when this many are remembered. */
const MOST_VIEWS = 500

/**
 * Makes the answer to every character typed: the count block changes, the typed field is never touched. While an
 * update is on its way, later texts wait, and only the last of them is shown: Slack does not wait between characters.
 */
export function createCountKeeper(): (visit: ActionVisit) => Promise<void> {
  const waiting = new Map<string, ActionVisit | undefined>()

  return async (visit) => {
    const viewId = visit.view?.id
    if (viewId === undefined) return
    if (waiting.has(viewId)) {
      waiting.set(viewId, visit)
      return
    }
    if (waiting.size >= MOST_VIEWS) waiting.clear()
    waiting.set(viewId, undefined)
    try {
      for (let next: ActionVisit | undefined = visit; next; next = take(waiting, viewId)) await show(next)
    } finally {
      waiting.delete(viewId)
    }
  }
}

function take(waiting: Map<string, ActionVisit | undefined>, viewId: string): ActionVisit | undefined {
  const next = waiting.get(viewId)
  if (next) waiting.set(viewId, undefined)
  return next
}

async function show(visit: ActionVisit): Promise<void> {
  const { view } = visit
  if (!view) return
  const blocks = view.shown.blocks.map((block) =>
    block.block_id === COUNT_BLOCK ? countBlock(view.values[ADDRESSES] ?? '') : block,
  ) as KnownBlock[]
  try {
    await visit.update({ ...view.shown, blocks })
  } catch (error) {
    // The view was closed, or went on to its next step, while somebody typed.
    const gone = ['not_found', 'hash_conflict', 'view_not_found']
    if (!(error instanceof WebAPIPlatformError && gone.includes(error.data.error))) throw error
  }
}
