// What all pages share: head, frame, foot.
import { type Html, html } from '../../html.ts'
import type { Texts } from '../../languages/index.ts'
import { stylesheet } from '../style.ts'

/** A whole page around its content. */
export function layout(texts: Texts, { title, content }: { title: string; content: Html }): Html {
  return html`<!doctype html>
<html lang="${texts.language}">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${stylesheet.address}">
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`
}
