// The sign-up page: who invites into what, and the form; without any script, so every state is a page of its own.
import type { JoinPage } from '../../invitations/index.ts'
import { bdi, type Html, html } from '../html.ts'
import type { FieldName, Texts } from '../texts/index.ts'
import { layout } from './layout.ts'
import { momentIn } from './moment.ts'

/** What was typed, to be shown again. Passwords are never among it. */
export type Typed = { firstName: string; lastName: string; mobile: string; termsAgreed: boolean }

/** What is wrong: words for fields, or (`busy`) nothing but a crowd. */
export type JoinProblems = { fields: { field: FieldName; words: string }[]; isBusy: boolean }

/** The sign-up page, fresh or with what was typed and what is to be mended. */
export function joinPage(
  texts: Texts,
  page: JoinPage,
  { typed, problems }: { typed: Typed; problems?: JoinProblems },
): Html {
  const words = texts.join
  const title = words.title(page.organisationName)
  const organisation = bdi(page.organisationName)
  const wordsOf = (field: FieldName) => problems?.fields.find((problem) => problem.field === field)?.words
  // action="?": this address without the "#field" that a link of the summary left there, which would keep the focus
  // from the next summary.
  const content = html`${problems && summary(texts, problems)}
<header>
<h1>${words.heading(organisation)}</h1>
<p class="lead">${whoAsks(texts, page)}</p>
${page.expiresAt !== null && html`<p class="quiet">${words.until(moment(page, page.expiresAt))}</p>`}
</header>
<form method="post" action="?" class="card" novalidate>
<input type="hidden" name="termsVersion" value="${page.termsVersion}">
<input type="hidden" name="language" value="${texts.language}">
<div class="field">
<label for="email">${words.email}</label>
<p class="hint" id="email-hint">${words.emailHint}</p>
<input id="email" type="email" value="${page.email}" autocomplete="username" aria-describedby="email-hint" readonly>
</div>
<div class="pair">
${field(texts, { name: 'firstName', label: words.firstName, value: typed.firstName, autocomplete: 'given-name', words: wordsOf('firstName') })}
${field(texts, { name: 'lastName', label: words.lastName, value: typed.lastName, autocomplete: 'family-name', words: wordsOf('lastName') })}
</div>
${field(texts, { name: 'mobile', label: words.mobile, value: typed.mobile, type: 'tel', autocomplete: 'tel', hint: words.mobileHint, isOptional: true, words: wordsOf('mobile') })}
${field(texts, { name: 'password', label: words.password, value: '', type: 'password', autocomplete: 'new-password', hint: words.passwordHint, words: wordsOf('password') })}
<section class="field" aria-labelledby="terms-heading">
<h2 id="terms-heading">${words.terms}</h2>
${terms(texts, page.terms)}
${complaint('termsAgreed', wordsOf('termsAgreed'))}
<div class="tick">
<input id="termsAgreed" name="termsAgreed" type="checkbox" value="yes" required${typed.termsAgreed && html` checked`}${marks('termsAgreed', wordsOf('termsAgreed'))}>
<label for="termsAgreed">${words.agree}</label>
</div>
</section>
<p class="act"><button type="submit">${words.send}</button></p>
<p class="quiet">${words.nothingYet}</p>
</form>`
  return layout(texts, { title: problems ? texts.errorTitle(title) : title, content })
}

function whoAsks({ join: words }: Texts, page: JoinPage): Html {
  const names = { hub: bdi(page.hubName), organisation: bdi(page.organisationName) }
  return page.isByLink ? words.registers(names) : words.invites({ ...names, inviter: bdi(page.inviterName) })
}

type Field = {
  name: FieldName
  label: string
  value: string
  autocomplete: string
  type?: 'text' | 'tel' | 'password'
  hint?: string
  isOptional?: boolean
  words: string | undefined
}

function field(
  texts: Texts,
  { name, label, value, autocomplete, type = 'text', hint, isOptional, words }: Field,
): Html {
  return html`<div class="field">
<label for="${name}">${label}${isOptional && html` <span class="quiet">${texts.join.optional}</span>`}</label>
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
${complaint(name, words)}
<input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}" spellcheck="false"${!isOptional && html` required`}${marks(name, words, hint)}>
</div>`
}

function complaint(name: FieldName, words: string | undefined): Html | undefined {
  return words === undefined ? undefined : html`<p class="complaint" id="${name}-problem">${words}</p>`
}

/** Ties a field to its hint and to what is wrong with it, for those who do not see the page. */
function marks(name: FieldName, words: string | undefined, hint?: string): Html {
  const ids = [words !== undefined && `${name}-problem`, hint && `${name}-hint`].filter((id) => typeof id === 'string')
  return html`${ids.length > 0 && html` aria-describedby="${ids.join(' ')}"`}${words !== undefined && html` aria-invalid="true"`}`
}

// A region that scrolls takes the focus, so that the arrow keys reach its end.
function terms(texts: Texts, text: string): Html {
  const link = text.trim()
  if (/^https:\/\/\S+$/.test(link) && URL.canParse(link)) {
    return html`<p><a href="${link}" target="_blank" rel="noopener noreferrer">${texts.join.termsLink}</a></p>`
  }
  return html`<div class="terms" role="region" aria-label="${texts.join.termsScroll}" tabindex="0"><p dir="auto">${text}</p></div>`
}

function summary(texts: Texts, { fields, isBusy }: JoinProblems): Html {
  const { errors } = texts
  return html`<div class="summary" role="alert" tabindex="-1" autofocus aria-labelledby="summary-heading">
<h2 id="summary-heading">${isBusy ? errors.busyHeading : errors.heading}</h2>
${isBusy && html`<p>${errors.busy}</p>`}
${fields.length > 0 && html`<ul>${fields.map(({ field, words }) => html`<li><a href="#${field}">${words}</a></li>`)}</ul>`}
${!isBusy && !fields.some(({ field }) => field === 'password') && html`<p>${errors.typePasswordAgain}</p>`}
</div>`
}

function moment({ language, timeZone }: JoinPage, at: Date): Html {
  return html`<time datetime="${at.toISOString()}">${momentIn({ language, timeZone }, at)}</time>`
}
