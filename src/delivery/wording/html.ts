// The HTML of a message: one calm column, styles inline (mail programs drop most others), readable without them.
import { html, raw } from 'hono/html'
import type { Letter } from './letter.ts'

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

// Only what cannot be said inline: the dark colours.
const DARK = raw(`<style>
@media (prefers-color-scheme: dark) {
.page { background-color: #17191c !important; }
.card { background-color: #22262b !important; }
.words { color: #e8eaed !important; }
.quiet { color: #b3bac2 !important; }
.quote { border-color: #4b5563 !important; }
.button { background-color: #9ec1ff !important; color: #10203c !important; }
}
</style>`)

/** Everything that comes from people is escaped by the template; the only link is the letter's own. */
export function renderHtml(letter: Letter): string {
  const markup = html`<!doctype html>
<html lang="${letter.language}" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<title>${letter.subject}</title>
${DARK}
</head>
<body class="page" style="margin:0;padding:0;background-color:#f2f4f7">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f2f4f7">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;background-color:#ffffff;border-radius:12px">
<tr><td class="words" style="padding:32px;${FONT};font-size:16px;line-height:24px;color:#1f2430;text-align:left;overflow-wrap:anywhere">
<p style="margin:0 0 16px">${letter.greeting}</p>
<p style="margin:0 0 16px">${letter.lead}</p>
${note(letter.note)}${also(letter)}
${code(letter)}${credentials(letter)}
${button(letter)}
${letter.validity === undefined ? '' : html`<p style="margin:0 0 16px">${letter.validity}</p>`}
${address(letter)}
<p class="quiet" style="margin:0;font-size:14px;line-height:20px;color:#525b68">${letter.unexpected}</p>
${appendix(letter)}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`
  return markup.toString()
}

function credentials({ credentials: given }: Letter) {
  if (given === undefined) return ''
  return html`
<p style="margin:0 0 8px">${given.lead}</p>
<p class="quote" style="margin:0 0 16px;padding:4px 0 4px 16px;border-left:4px solid #cbd2dc">
${given.facts.map(
  ([label, value], index) =>
    html`${
      index > 0
        ? html`<br>
`
        : ''
    }${label}: <strong style="font-family:ui-monospace,Menlo,Consolas,monospace">${value}</strong>`,
)}
</p>`
}

function code({ code }: Letter) {
  if (code === undefined) return ''
  return html`<p style="margin:24px 0;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:32px;line-height:40px;letter-spacing:6px">${code}</p>`
}

function button({ link }: Letter) {
  if (link === undefined) return ''
  return html`<p style="margin:24px 0">
<a class="button" href="${link.url}" style="display:inline-block;padding:14px 24px;border-radius:8px;background-color:#1d4ed8;color:#ffffff;font-weight:600;text-decoration:none">
${link.button}
</a>
</p>`
}

/** The link in full, for whoever cannot press a button. */
function address({ link }: Letter) {
  if (link === undefined) return ''
  return html`<p class="quiet" style="margin:0 0 4px;font-size:14px;line-height:20px;color:#525b68">${link.address}</p>
<p class="quiet" style="margin:0 0 16px;font-size:14px;line-height:20px;color:#525b68;word-break:break-all">
${link.url}
</p>`
}

function also({ also = [] }: Letter) {
  return also.map(
    (other) => html`
<p style="margin:0 0 16px">${other.words}</p>
${note(other.note)}`,
  )
}

function note(note: Letter['note']) {
  if (note === undefined) return ''
  return html`<p style="margin:0 0 8px">${note.title}</p>
<blockquote class="quote" style="margin:0 0 16px;padding:4px 0 4px 16px;border-left:4px solid #cbd2dc">
${withBreaks(note.lines)}
</blockquote>`
}

function appendix(letter: Letter) {
  if (letter.appendix.length === 0) return ''
  return html`<hr class="quote" style="margin:24px 0 16px;border:0;border-top:1px solid #cbd2dc">
<p class="quiet" style="margin:0;font-size:14px;line-height:20px;color:#525b68">
${withBreaks(letter.appendix)}
</p>`
}

function withBreaks(lines: string[]) {
  return lines.map((line, index) => (index === 0 ? html`${line}` : html`<br>\n${line}`))
}
