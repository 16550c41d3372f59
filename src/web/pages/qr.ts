// A QR picture as a drawing within the page: no request of its own, so that what stands in it is in no address.
import QRCode from 'qrcode'
import { type Html, html } from '../../html.ts'

/** The quiet zone that readers need, in modules. */
const EDGE = 4

/** Black on white in every colour scheme, as cameras want it. `label`: for those who do not see it. */
export function qrPicture(text: string, label: string): Html {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' })
  const { size } = modules
  const dots: string[] = []
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (modules.get(row, column)) dots.push(`M${column + EDGE} ${row + EDGE}h1v1h-1z`)
    }
  }
  const whole = size + 2 * EDGE
  return html`<svg class="qr" role="img" aria-label="${label}" viewBox="0 0 ${whole} ${whole}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${whole}v${whole}H0z"/><path fill="#000" d="${dots.join('')}"/></svg>`
}
