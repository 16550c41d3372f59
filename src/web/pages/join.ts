// The sign-up page: who invites into what, and the form; without any script, so every state is a page of its own.

import { bdi, type Html, html } from '../../html.ts'
import type { JoinPage } from '../../invitations/index.ts'
import type { FieldName, Texts } from '../../languages/index.ts'
import { localeOf } from '../../languages/index.ts'
import { field, summary } from './fields.ts'
import { layout } from './layout.ts'
import { momentIn } from './moment.ts'
import { termsToAgree } from './terms.ts'

/** What was typed, to be shown again. Passwords are never among it. */
export type Typed = { firstName: string; lastName: string; mobile: string; termsAgreed: boolean }

/** What is wrong: words for fields, or (`busy`) nothing but a crowd. */
export type JoinProblems = { fields: { field: FieldName | undefined; words: string }[]; isBusy: boolean }

/** Pages of a sign-up with a second factor, as they are counted for its visitor. */
export const JOIN_STEPS = 4

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
  const content = html`${problems && summaryOf(texts, problems)}
<header>
${page.secondFactorRequired && html`<p class="quiet">${texts.factors.step(1, JOIN_STEPS)}</p>`}
<h1>${words.heading(organisation)}</h1>
<p class="lead">${whoAsks(texts, page)}</p>
${page.otherHubs.length > 0 && html`<p>${words.alsoJoins(named(page))}</p>`}
${page.expiresAt !== null && html`<p class="quiet">${words.until(moment(page, page.expiresAt))}</p>`}
</header>
<form method="post" action="?" class="card" novalidate>
<input type="hidden" name="termsVersion" value="${page.termsVersion}">
<input type="hidden" name="language" value="${texts.language}">
<input type="hidden" name="shown" value="${page.shown}">
${signsInWith(texts, page)}
<div class="pair">
${field({ name: 'firstName', label: words.firstName, value: typed.firstName, autocomplete: 'given-name', words: wordsOf('firstName') })}
${field({ name: 'lastName', label: words.lastName, value: typed.lastName, autocomplete: 'family-name', words: wordsOf('lastName') })}
</div>
${field({ name: 'mobile', label: words.mobile, value: typed.mobile, type: 'tel', autocomplete: 'tel', hint: words.mobileHint, optional: words.optional, words: wordsOf('mobile') })}
${field({ name: 'password', label: words.password, value: '', type: 'password', autocomplete: 'new-password', hint: words.passwordHint, words: wordsOf('password') })}
${!page.secondFactorRequired && termsToAgree(texts, { terms: page.terms, isTicked: typed.termsAgreed, words: wordsOf('termsAgreed') })}
<p class="act"><button type="submit">${page.secondFactorRequired ? texts.factors.next : words.send}</button></p>
<p class="quiet">${page.secondFactorRequired ? texts.factors.nothingYet : words.nothingYet}</p>
</form>`
  return layout(texts, { title: problems ? texts.errorTitle(title) : title, content })
}

/** For somebody who has an account by now: they sign in, and join from there. */
export function signInToJoinPage(texts: Texts, page: JoinPage): Html {
  const words = texts.join.signIn
  const content = html`<header><h1>${words.heading}</h1>
<p class="lead">${whoAsks(texts, page)}</p></header>
<p>${words.what(bdi(page.hubName))}</p>
<p class="act"><a class="button" href="/sign-in">${words.go}</a></p>`
  return layout(texts, { title: words.heading, content })
}

function whoAsks({ join: words }: Texts, page: JoinPage): Html {
  const names = { hub: bdi(page.hubName), organisation: bdi(page.organisationName) }
  return page.isByLink ? words.registers(names) : words.invites({ ...names, inviter: bdi(page.inviterName) })
}

/** What they will sign in with; it cannot be changed here. */
function signsInWith({ join: words }: Texts, page: JoinPage): Html {
  const [label, hint, value, type] =
    page.personEmail === null && page.userName !== null
      ? [words.userName, words.userNameHint, page.userName, 'text']
      : [words.email, words.emailHint, page.personEmail ?? page.email, 'email']
  return html`<div class="field">
<label for="email">${label}</label>
<p class="hint" id="email-hint">${hint}</p>
<input id="email" type="${type}" value="${value}" autocomplete="username" aria-describedby="email-hint" readonly>
</div>`
}

/** "Harbour and Sales", in the page's language. */
function named({ otherHubs, language }: JoinPage): string {
  return new Intl.ListFormat(localeOf(language), { type: 'conjunction' }).format(otherHubs)
}

function moment({ language, timeZone }: JoinPage, at: Date): Html {
  return html`<time datetime="${at.toISOString()}">${momentIn({ language, timeZone }, at)}</time>`
}

function summaryOf({ errors }: Texts, { fields, isBusy }: JoinProblems): Html {
  const isPasswordMended = fields.some(({ field: name }) => name === 'password')
  return summary({
    heading: isBusy ? errors.busyHeading : errors.heading,
    before: isBusy && errors.busy,
    items: fields,
    after: !isBusy && !isPasswordMended && errors.typePasswordAgain,
  })
}
