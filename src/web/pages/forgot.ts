// The pages of a forgotten password: ask for a link, look for the message, choose a new one.
import type { ResetPage } from '../../accounts/index.ts'
import { bdi, type Html, html } from '../../html.ts'
import type { Texts } from '../../languages/index.ts'
import { type StepProblem, wordsOf } from './factor-forms.ts'
import { field, summary } from './fields.ts'
import { layout } from './layout.ts'
import { note } from './notes.ts'

/** Whose password it is. */
export function forgotPage(texts: Texts): Html {
  const words = texts.accounts.forgot
  const content = html`<header>
<h1>${words.title}</h1>
<p class="lead">${words.lead}</p>
</header>
<form method="post" action="/forgot" class="card" novalidate>
<input type="hidden" name="language" value="${texts.language}">
${field({ name: 'name', label: words.name, value: '', autocomplete: 'username', words: undefined })}
<p class="act"><button type="submit">${words.send}</button></p>
</form>
<p class="aside"><a href="/sign-in">${words.back}</a></p>`
  return layout(texts, { title: words.title, content })
}

/** The same to everybody. It says nothing about anybody, so it may be reloaded. */
export function forgotSentPage(texts: Texts): Html {
  const { title, told, wait } = texts.accounts.forgot.sent
  return note(texts, { title, heading: title, paragraphs: [told, wait], mark: 'good' })
}

/** The one page for links that are unknown, used, replaced or expired. */
export function deadResetPage(texts: Texts): Html {
  const { title, what, again } = texts.accounts.forgot.dead
  const after = html`<p><a href="/forgot">${again}</a></p>`
  return note(texts, { title, heading: title, paragraphs: [what], after })
}

/** The new password, fresh or with what is to be mended. */
export function resetPage(texts: Texts, page: ResetPage, { problems = [] }: { problems?: StepProblem[] } = {}): Html {
  const words = texts.accounts.forgot.reset
  const content = html`${problems.length > 0 && summary({ heading: texts.errors.heading, items: problems })}
<header>
<h1>${words.title}</h1>
<p class="lead">${words.lead(bdi(page.organisationName))}</p>
</header>
<form method="post" action="?" class="card" novalidate>
<div class="field">
<label for="account">${words.name}</label>
<input id="account" type="text" value="${page.name}" autocomplete="username" readonly>
</div>
${field({ name: 'password', label: words.password, value: '', type: 'password', autocomplete: 'new-password', hint: words.hint, words: wordsOf(problems, 'password') })}
<p class="act"><button type="submit">${words.send}</button></p>
<p class="quiet">${words.after}</p>
</form>`
  return layout(texts, { title: problems.length > 0 ? texts.errorTitle(words.title) : words.title, content })
}
