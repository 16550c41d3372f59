// One modal for one trigger: Slack's trigger lasts 3 s and works once, so a small view comes first where it is slow.
import type { ModalView } from '@slack/types'
import type { WebClient } from '@slack/web-api'
import { plain, section } from './blocks.ts'

export type Opener = {
  /** Opens a small view that says that the real one is coming. */
  loading: () => Promise<void>
  /** Shows the view: opens it, or fills the small one. */
  open: (view: ModalView) => Promise<void>
  isOpen: () => boolean
}

export function createOpener(client: WebClient, triggerId: string): Opener {
  let viewId: string | undefined
  const first = async (view: ModalView) => {
    const opened = await client.views.open({ trigger_id: triggerId, view })
    viewId = opened.view?.id
  }
  return {
    loading: () =>
      first({
        type: 'modal',
        title: plain('Usher', 24),
        close: plain('Close', 24),
        blocks: [section('One moment …')],
      }),
    open: async (view) => {
      if (viewId === undefined) await first(view)
      else await client.views.update({ view_id: viewId, view })
    },
    isOpen: () => viewId !== undefined,
  }
}
