// The page of a registration link: one field, and what happens next.

import { bdi, type Html, html } from '../../html.ts'
import type { RegisterPage } from '../../invitations/index.ts'
import type { Texts } from '../../languages/index.ts'
import { layout } from './layout.ts'

/** The page, fresh or with what was typed and what is to be mended. */
export function registerPage(
  texts: Texts,
  page: RegisterPage,
  { email, isMalformed }: { email: string; isMalformed: boolean },
): Html {
  const words = texts.register
  const title = words.title(page.organisationName)
  const names = { hub: bdi(page.hubName), organisation: bdi(page.organisationName) }
  // action="?": as on the sign-up page.
  const content = html`${isMalformed && summary(texts)}
<header>
<h1>${words.heading(names)}</h1>
<p class="lead">${words.lead(names)}</p>
</header>
<form method="post" action="?" class="card" novalidate>
<input type="hidden" name="language" value="${texts.language}">
<div class="field">
<label for="email">${words.email}</label>
<p class="hint" id="email-hint">${words.emailHint}</p>
${isMalformed && html`<p class="complaint" id="email-problem">${words.malformed}</p>`}
<input id="email" name="email" type="email" value="${email}" autocomplete="email" spellcheck="false" required aria-describedby="${isMalformed ? 'email-problem email-hint' : 'email-hint'}"${isMalformed && html` aria-invalid="true"`}>
</div>
<p class="act"><button type="submit">${words.send}</button></p>
<p class="quiet">${words.next}</p>
</form>`
  return layout(texts, { title: isMalformed ? texts.errorTitle(title) : title, content })
}

function summary(texts: Texts): Html {
  return html`<div class="summary" role="alert" tabindex="-1" autofocus aria-labelledby="summary-heading">
<h2 id="summary-heading">${texts.errors.heading}</h2>
<ul><li><a href="#email">${texts.register.malformed}</a></li></ul>
</div>`
}
