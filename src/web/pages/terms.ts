// The terms on a page: the text itself, or a link to it.
import { type Html, html } from '../../html.ts'
import type { Texts } from '../../languages/index.ts'
import { complaint, tick } from './fields.ts'

/** The terms with the box to agree to them. `words`: what is wrong with that. */
export function termsToAgree(
  texts: Texts,
  { terms, isTicked, words }: { terms: string; isTicked: boolean; words: string | undefined },
): Html {
  const { join } = texts
  return html`<section class="field" aria-labelledby="terms-heading">
<h2 id="terms-heading">${join.terms}</h2>
${termsText(texts, terms)}
${complaint('termsAgreed', words)}
${tick({ name: 'termsAgreed', label: join.agree, isTicked, words })}
</section>`
}

// A region that scrolls takes the focus, so that the arrow keys reach its end.
function termsText({ join }: Texts, text: string): Html {
  const link = text.trim()
  if (/^https:\/\/\S+$/.test(link) && URL.canParse(link)) {
    return html`<p><a href="${link}" target="_blank" rel="noopener noreferrer">${join.termsLink}</a></p>`
  }
  return html`<div class="terms" role="region" aria-label="${join.termsScroll}" tabindex="0"><p dir="auto">${text}</p></div>`
}
