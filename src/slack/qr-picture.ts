// A registration link as a picture that telephones read. Sent as a file to whoever asked: Slack could not fetch a
// picture from an installation that it reaches by Socket Mode, and a file can be printed.
import { WebAPIPlatformError } from '@slack/web-api'
import QRCode from 'qrcode'
import { escapeText } from './blocks.ts'
import type { Visit } from './feature.ts'

/** In pixels: sharp on paper, a few kilobytes. */
const WIDTH = 1024

/** Sends the picture by direct message. Throws the Slack client's errors; without the scope it says what to do. */
export async function sendQrPicture(
  { client, userId, c }: Pick<Visit, 'client' | 'userId' | 'c'>,
  { name, address }: { name: string; address: string },
): Promise<void> {
  const file = await QRCode.toBuffer(address, { type: 'png', width: WIDTH, margin: 4, errorCorrectionLevel: 'M' })
  const text = escapeText(`The registration link for ${name} as a QR picture:`)
  const { channel, ts } = await client.chat.postMessage({ channel: userId, text })
  if (!channel || !ts) return
  try {
    await client.filesUploadV2({
      channel_id: channel,
      thread_ts: ts,
      file,
      filename: 'registration-link.png',
      title: `Registration link for ${name}`,
      alt_text: `QR code of the registration link for ${name}`,
    })
  } catch (error) {
    if (!(error instanceof WebAPIPlatformError)) throw error
    c.log.warn({ reason: error.data.error }, 'Slack does not take the QR picture')
    const problem =
      'Slack did not take the picture. Whoever runs Usher can check that the app has the scope files:write.'
    await client.chat.update({ channel, ts, text: problem })
  }
}
