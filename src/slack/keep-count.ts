// The count under the addresses, while they are typed: one update of a view at a time, and always of the newest text.
import type { KnownBlock } from '@slack/types'
import { WebAPIPlatformError } from '@slack/web-api'
import type { ActionVisit } from './feature.ts'
import { ADDRESSES, COUNT_BLOCK, countBlock } from './list-views.ts'

/** Views that are gone are forgotten when this many are remembered. */
const MOST_VIEWS = 500

type Kept = {
  isBusy: boolean
  /** What was typed while an update was on its way; of several only the last. */
  next: ActionVisit | undefined
  /** When the newest of all was typed. */
  newest: number
  /** Which hash ours replaced, and by which: somebody goes on typing before they see our update. */
  followed: Map<string, string>
}

/**
 * Makes the answer to every character typed: the count block changes, the typed field is never touched. While an
 * update is on its way, later texts wait, and only the last of them is shown: Slack does not wait between characters.
 * An update is only for the form that was typed into: once that has gone on to its next step, it is dropped.
 */
export function createCountKeeper(): (visit: ActionVisit) => Promise<void> {
  const views = new Map<string, Kept>()

  return async (visit) => {
    const viewId = visit.view?.id
    if (viewId === undefined) return
    const kept: Kept = views.get(viewId) ?? { isBusy: false, next: undefined, newest: 0, followed: new Map() }
    if (visit.at < kept.newest) return
    Object.assign(kept, { next: visit, newest: visit.at })
    if (kept.isBusy) return
    forgetSome(views)
    views.set(viewId, kept)
    kept.isBusy = true
    try {
      for (let next = take(kept); next; next = take(kept)) await show(next, kept.followed)
    } finally {
      kept.isBusy = false
    }
  }
}

function take(kept: Kept): ActionVisit | undefined {
  const { next } = kept
  kept.next = undefined
  return next
}

function forgetSome(views: Map<string, Kept>): void {
  if (views.size < MOST_VIEWS) return
  for (const [id, { isBusy }] of views) if (!isBusy) views.delete(id)
}

async function show(visit: ActionVisit, followed: Map<string, string>): Promise<void> {
  const { view } = visit
  if (!view) return
  const blocks = view.shown.blocks.map((block) =>
    block.block_id === COUNT_BLOCK ? countBlock(view.values[ADDRESSES] ?? '') : block,
  ) as KnownBlock[]
  const hash = newestOf(view.hash, followed)
  try {
    const { view: updated } = await visit.client.views.update({
      view_id: view.id,
      hash,
      view: { ...view.shown, blocks },
    })
    if (updated?.hash) followed.set(hash, updated.hash)
  } catch (error) {
    // The view was closed, or went on to its next step, while somebody typed.
    const gone = ['not_found', 'hash_conflict', 'view_not_found']
    if (!(error instanceof WebAPIPlatformError && gone.includes(error.data.error))) throw error
  }
}

function newestOf(hash: string, followed: Map<string, string>): string {
  let newest = hash
  for (let next = followed.get(newest); next !== undefined; next = followed.get(newest)) newest = next
  return newest
}
