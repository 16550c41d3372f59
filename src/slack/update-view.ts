// Another view than the one that was pressed or sent is brought up to date: the list under a form.
import type { ModalView } from '@slack/types'
import { WebAPIPlatformError, type WebClient } from '@slack/web-api'

/** Shows another content in a view; one that was closed meanwhile is let go. */
export async function updateView(client: WebClient, viewId: string, view: ModalView): Promise<void> {
  try {
    await client.views.update({ view_id: viewId, view })
  } catch (error) {
    const gone = ['not_found', 'view_not_found']
    if (!(error instanceof WebAPIPlatformError && gone.includes(error.data.error))) throw error
  }
}
