// OUT, to members: the last audit seal of a day, posted where whoever owns the database alone cannot change it.
import { WebAPIPlatformError } from '@slack/web-api'
import { type Anchor, findAnchorToPost, recordAnchorPosted } from '../audit/index.ts'
import { context, section } from './blocks.ts'
import { CLOSED, type Message } from './notify.ts'
import type { Outbox } from './tellings.ts'

/** Posts one anchor once. Throws what Slack may take later; a channel that takes no messages is logged and left. */
export async function tellAnchor(c: Outbox, anchorId: string): Promise<void> {
  const found = await findAnchorToPost(c.db, anchorId)
  if (!found) return
  try {
    await c.client.chat.postMessage({ channel: found.channelId, ...anchorMessage(found.anchor), unfurl_links: false })
  } catch (error) {
    if (!(error instanceof WebAPIPlatformError) || !CLOSED.includes(error.data.error)) throw error
    c.log.warn({ reason: error.data.error, anchorId }, 'Slack takes no message there')
  }
  await recordAnchorPosted(c, anchorId)
}

/** The words, complete in `text`. Pure. */
export function anchorMessage({ day, sequence, hash, isKeyStart }: Anchor): Message {
  const seal = `${sequence}:${hash}`
  const title = isKeyStart ? 'Audit log, first seal made with a key' : `Audit log, last seal of ${day}`
  return {
    text: `${title}: ${seal}`,
    blocks: [
      section(`*${title}*\n\`${seal}\``),
      ...(isKeyStart
        ? [
            context(
              'This comes once, after the update that brought the key. If it comes at another time, someone replaced seals in the database.',
            ),
          ]
        : []),
      context(`To prove that nothing before it was changed: npm run usher -- audit verify --noted ${seal}`),
    ],
  }
}
