// The pages of somebody's own account: all of it at a glance, and a page for each thing that can be changed.

import type { AccountPage, ProfileField, SessionInList, SignedIn } from '../../accounts/index.ts'
import { bdi, type Html, html } from '../../html.ts'
import type { InvitationToAccept } from '../../invitations/index.ts'
import type { DoneKey, Texts } from '../../languages/index.ts'
import { type Language, languageChoices } from '../../languages/index.ts'
import { type StepProblem, wordsOf } from './factor-forms.ts'
import { field, summary } from './fields.ts'
import { layout } from './layout.ts'
import { momentIn } from './moment.ts'

/** `hidden`: fields that every form carries. */
export type OfAccount = { session: SignedIn; account: AccountPage; hidden: Html }
/** The overview also has what is open to them. */
export type Overview = OfAccount & { invitations: InvitationToAccept[]; done?: DoneKey | undefined }
type WithProblems = OfAccount & { problems?: StepProblem[] }

/** All of it at a glance. `done`: what has just been changed. */
export function accountPage(texts: Texts, given: Overview): Html {
  const { session, account, hidden, done } = given
  const words = texts.accounts.account
  const { profile, place, factors, password, sessions, links } = words
  const content = html`<header>
<h1>${words.hello(bdi(session.name))}</h1>
<p class="quiet">${words.at(bdi(session.organisationName))}</p>
${done && html`<p class="done" role="status">${words.done[done]}</p>`}
</header>
${given.invitations.length > 0 && invitationsSection(texts, given)}
${section({
  id: 'profile',
  heading: profile.heading,
  body: html`${facts([
    [profile.firstName, bdi(account.firstName)],
    [profile.lastName, bdi(account.lastName)],
    account.email !== null && [
      profile.email,
      html`${bdi(account.email)}<br><span class="quiet">${profile.emailKept}</span>`,
    ],
    account.userName !== null && [profile.userName, bdi(account.userName)],
    [profile.mobile, account.mobile ?? words.none],
    [profile.language, ownLanguage(texts, account.language)],
  ])}`,
  links: [
    { to: 'profile', words: links.profile },
    ...(account.fixed.mobile
      ? []
      : [{ to: 'mobile', words: account.mobile === null ? links.addMobile : links.mobile }]),
  ],
})}
${section({
  id: 'place',
  heading: place.heading,
  body: html`${facts([
    [place.role, account.role === null ? words.none : texts.accounts.roles[account.role]],
    [place.department, account.department === null ? words.none : bdi(account.department)],
    account.location !== null && [place.location, bdi(account.location)],
  ])}
<h3>${place.hubs}</h3>
${account.hubs.length === 0 ? html`<p>${place.noHubs}</p>` : html`<ul>${account.hubs.map((hub) => html`<li>${bdi(hub.name)} (${texts.accounts.userTypes[hub.userType]})</li>`)}</ul>`}
<p class="quiet">${place.askAnAdmin}</p>`,
  links: [],
})}
${section({
  id: 'factors',
  heading: factors.heading,
  body: account.factors.length === 0 ? html`<p>${factors.none}</p>` : factorList(texts, { session, account }),
  links: [{ to: 'factors', words: links.factors }],
})}
${section({
  id: 'password',
  heading: password.heading,
  body: html``,
  links: [{ to: 'password', words: links.password }],
})}
${section({
  id: 'sessions',
  heading: sessions.heading,
  body: html`<p>${sessions.count(account.sessions.length)}</p>`,
  links: [{ to: 'sessions', words: links.sessions }],
})}
<form method="post" action="/account/sign-out" class="aside">${hidden}<button type="submit" class="second">${words.signOut}</button></form>`
  return layout(texts, { title: words.title, content })
}

function invitationsSection(texts: Texts, { session, hidden, invitations }: Overview): Html {
  const words = texts.accounts.account.invitations
  const item = ({ id, inviterName, hubName, expiresAt }: InvitationToAccept) => html`<li>
<p>${words.invites({ inviter: bdi(inviterName), hub: bdi(hubName) })}${expiresAt !== null && html`<br><span class="quiet">${words.until(moment(session, expiresAt))}</span>`}</p>
<form method="post" action="/account/invitations">${hidden}<input type="hidden" name="invitation" value="${id}"><button type="submit">${words.join(hubName)}</button></form>
</li>`
  return section({
    id: 'invitations',
    heading: words.heading,
    body: html`<ul class="plain">${invitations.map(item)}</ul>`,
    links: [],
  })
}

type Section = { id: string; heading: string; body: Html; links: { to: string; words: string }[] }

function section({ id, heading, body, links }: Section): Html {
  return html`<section class="card" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${heading}</h2>
${body}
${links.map((link) => html`<p><a href="/account/${link.to}">${link.words}</a></p>`)}
</section>`
}

function facts(rows: ([string, Html | string] | false)[]): Html {
  const shown = rows.filter((row) => row !== false)
  return html`<dl>${shown.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

/** The factors that count, and how many recovery codes are left. */
export function factorList(texts: Texts, { session, account }: Omit<OfAccount, 'hidden'>): Html {
  const words = texts.accounts.account.factors
  const since = (at: Date) => words.since(moment(session, at))
  return html`<ul>${account.factors.map(({ kind, address, addedAt }) => html`<li>${nameOfFactor(texts, { kind, address })}<br><span class="quiet">${since(addedAt)}</span></li>`)}</ul>
${account.factors.length > 0 && html`<p>${words.codesLeft(account.recoveryCodesLeft)}</p>`}`
}

/** "Codes by e-mail to ana@example.org". */
export function nameOfFactor(texts: Texts, factor: { kind: 'app' | 'email' | 'sms'; address: string | null }): Html {
  const words = texts.accounts.account.factors
  if (factor.kind === 'app') return html`${words.app}`
  return words[factor.kind](bdi(factor.address ?? ''))
}

/** Names and language. */
export function profilePage(
  texts: Texts,
  given: WithProblems & { typed?: { firstName: string; lastName: string; language: string } },
): Html {
  const { account, hidden, typed, problems = [] } = given
  const words = texts.accounts.account.profile
  const name = (of: 'firstName' | 'lastName', autocomplete: string) =>
    account.fixed[of]
      ? fixed(texts, { label: words[of], value: account[of], of })
      : field({
          name: of,
          label: words[of],
          value: typed?.[of] ?? account[of],
          autocomplete,
          words: wordsOf(problems, of),
        })
  const chosen = typed?.language ?? account.language ?? 'none'
  const body = html`<div class="pair">
${name('firstName', 'given-name')}
${name('lastName', 'family-name')}
</div>
${
  account.fixed.language
    ? fixed(texts, { label: words.language, value: ownLanguage(texts, account.language), of: 'language' })
    : html`<div class="field"><label for="language">${words.language}</label>
<select id="language" name="language"><option value="none"${chosen === 'none' && html` selected`}>${words.asOrganisation}</option>${languageChoices.map(({ id, name }) => html`<option value="${id}" lang="${id}"${id === chosen && html` selected`}>${name}</option>`)}</select></div>`
}`
  return formPage(texts, { heading: words.heading, path: 'profile', hidden, problems, body })
}

function fixed(texts: Texts, { label, value, of }: { label: string; value: string; of: ProfileField }): Html {
  return html`<div class="field"><label for="${of}">${label}</label>
<p class="hint" id="${of}-hint">${texts.accounts.account.kept}</p>
<input id="${of}" type="text" value="${value}" aria-describedby="${of}-hint" readonly></div>`
}

/** The mobile number. */
export function mobilePage(texts: Texts, given: WithProblems & { typed?: string }): Html {
  const { account, hidden, typed, problems = [] } = given
  const words = texts.accounts.account.mobile
  const label = texts.accounts.account.profile.mobile
  const body = html`${field({ name: 'mobile', label, value: typed ?? account.mobile ?? '', type: 'tel', autocomplete: 'tel', hint: words.hint, optional: texts.join.optional, words: wordsOf(problems, 'mobile') })}
${account.mobile !== null && html`<p class="quiet">${words.takeAway}</p>`}
${oldPassword(texts, problems)}`
  return formPage(texts, { heading: words.heading, path: 'mobile', hidden, problems, body })
}

/** A new password. */
export function passwordPage(texts: Texts, given: WithProblems): Html {
  const { account, hidden, problems = [] } = given
  const words = texts.accounts.account.password
  const body = html`<input type="hidden" name="userName" value="${account.email ?? account.userName ?? ''}" autocomplete="username">
${oldPassword(texts, problems, { hint: false })}
${field({ name: 'password', label: words.new, value: '', type: 'password', autocomplete: 'new-password', hint: words.hint, words: wordsOf(problems, 'password') })}`
  return formPage(texts, { heading: words.heading, lead: words.lead, path: 'password', hidden, problems, body })
}

/** The present password, to show that it is its holder who changes something. */
export function oldPassword(texts: Texts, problems: StepProblem[], { hint } = { hint: true }): Html {
  const words = texts.accounts.account
  return field({
    name: 'oldPassword',
    label: words.oldPassword,
    value: '',
    type: 'password',
    autocomplete: 'current-password',
    ...(hint ? { hint: words.oldPasswordHint } : {}),
    words: wordsOf(problems, 'oldPassword'),
  })
}

/** Where the account is signed in. */
export function sessionsPage(texts: Texts, { session, account, hidden }: OfAccount): Html {
  const words = texts.accounts.account.sessions
  const others = account.sessions.filter(({ isThis }) => !isThis)
  const item = ({ id, client, address, createdAt, lastSeenAt, isThis }: SessionInList) => html`<li class="card">
<h2>${client === '' ? words.unknown : client}${isThis && html` <span class="quiet">(${words.this})</span>`}</h2>
<p class="quiet">${words.from(bdi(address))}<br>${words.begun(moment(session, createdAt))}<br>${words.seen(moment(session, lastSeenAt))}</p>
${!isThis && html`<form method="post" action="/account/sessions">${hidden}<input type="hidden" name="session" value="${id}"><button type="submit" class="second" aria-label="${words.endOf(client === '' ? words.unknown : client)}">${words.end}</button></form>`}
</li>`
  const all = html`<form method="post" action="/account/sessions" class="aside">${hidden}<input type="hidden" name="session" value="others"><button type="submit">${words.endOthers}</button></form>`
  const content = html`<header><h1>${words.heading}</h1><p class="lead">${words.lead}</p></header>
<ul class="plain">${account.sessions.map(item)}</ul>
${others.length > 0 && all}
${back(texts)}`
  return layout(texts, { title: titleOf(texts, words.heading), content })
}

type FormPage = { heading: string; lead?: string; path: string; hidden: Html; problems: StepProblem[]; body: Html }

function formPage(texts: Texts, { heading, lead, path, hidden, problems, body }: FormPage): Html {
  const content = html`${problems.length > 0 && summary({ heading: texts.errors.heading, items: problems })}
<header><h1>${heading}</h1>${lead && html`<p class="lead">${lead}</p>`}</header>
<form method="post" action="/account/${path}" class="card" novalidate>${hidden}
${body}
<p class="act"><button type="submit">${texts.accounts.account.save}</button></p>
</form>
${back(texts)}`
  const title = titleOf(texts, heading)
  return layout(texts, { title: problems.length > 0 ? texts.errorTitle(title) : title, content })
}

export function titleOf(texts: Texts, heading: string): string {
  return `${heading} – ${texts.accounts.account.title}`
}

export function back(texts: Texts): Html {
  return html`<p class="aside"><a href="/account">${texts.accounts.account.back}</a></p>`
}

function moment({ language, timeZone }: SignedIn, at: Date): Html {
  return html`<time datetime="${at.toISOString()}">${momentIn({ language, timeZone }, at)}</time>`
}

function ownLanguage({ accounts }: Texts, language: Language | null): string {
  const own = languageChoices.find(({ id }) => id === language)
  return own?.name ?? accounts.account.profile.asOrganisation
}
