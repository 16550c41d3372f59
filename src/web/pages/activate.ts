// The page for whoever has a slip: one field for its code.
import { type Html, html } from '../../html.ts'
import type { Texts } from '../../languages/index.ts'
import { field, summary } from './fields.ts'
import { layout } from './layout.ts'

/** The page, fresh (the picture on the slip brings its code along) or with what was typed and did not work. */
export function activatePage(texts: Texts, { code, isWrong }: { code: string; isWrong: boolean }): Html {
  const words = texts.activate
  const wrong = isWrong ? words.wrong : undefined
  const content = html`${isWrong && summary({ heading: texts.errors.heading, items: [{ field: 'code', words: words.wrong }] })}
<header>
<h1>${words.heading}</h1>
<p class="lead">${words.lead}</p>
</header>
<form method="post" action="/activate" class="card" novalidate>
<input type="hidden" name="language" value="${texts.language}">
${field({ name: 'code', label: words.code, value: code, autocomplete: 'one-time-code', hint: words.codeHint, words: wrong })}
<p class="act"><button type="submit">${words.send}</button></p>
<p class="quiet">${words.lost}</p>
</form>`
  return layout(texts, { title: isWrong ? texts.errorTitle(words.title) : words.title, content })
}
