// An activation slip, shown once to whoever made it: in a window, and as a page to print in their own messages.
import type { ModalView } from '@slack/types'
import { WebAPIPlatformError } from '@slack/web-api'
import type { MadeSlip } from '../invitations/index.ts'
import { context, escapeText, facts, header, moment, plain, section } from './blocks.ts'
import type { Visit } from './feature.ts'

/** The window with the code. It holds a secret: it is shown to whoever asked for it, and kept nowhere. */
export function slipView({ name, userName, hubName, code, expiresAt }: MadeSlip): ModalView {
  return {
    type: 'modal',
    title: plain('Activation slip', 24),
    close: plain('Done', 24),
    blocks: [
      header(name),
      facts([
        ['User name', userName],
        ['Hub', hubName],
      ]),
      section(`*Code*\n\`${code}\``),
      section(`It works once, until ${moment(expiresAt)}. Hand it over: nothing is sent to anybody.`),
      context(
        'The slip with its picture is in your messages from Usher, to print. The code is shown this once. A new slip, made from the invitation’s story, replaces this one: its code stops working.',
      ),
    ],
  }
}

/** Sends slips as a PDF to whoever made them. Throws the Slack client's errors; without the scope it says what to do. */
export async function sendSlips(
  { client, userId, c }: Pick<Visit, 'client' | 'userId' | 'c'>,
  slips: MadeSlip[],
  title: string,
): Promise<void> {
  const file = await c.drawSlips(slips)
  const [only, ...others] = slips
  const filename = only && others.length === 0 ? `activation-slip-${only.userName}.pdf` : 'activation-slips.pdf'
  const text = escapeText(`${title}, to print and hand over:`)
  const { channel, ts } = await client.chat.postMessage({ channel: userId, text })
  if (!channel || !ts) return
  try {
    await client.filesUploadV2({ channel_id: channel, thread_ts: ts, file, filename, title })
  } catch (error) {
    if (!(error instanceof WebAPIPlatformError)) throw error
    c.log.warn({ reason: error.data.error }, 'Slack does not take the activation slips')
    const problem =
      'Slack did not take the file with the slip. Whoever runs Usher can check that the app has the scope files:write. Write the code down, or make a new slip from the invitation’s story.'
    await client.chat.update({ channel, ts, text: problem })
  }
}
