// The page of one's own second factors: what there is, what can be done, and the steps of setting one up.
import type { AccountPage } from '../../accounts/index.ts'
import { type Html, html } from '../../html.ts'
import type { Texts } from '../../languages/index.ts'
import { back, factorList, nameOfFactor, type OfAccount, oldPassword, titleOf } from './account.ts'
import { type FactorShown, keepCodes, proveFactor, type StepProblem, stepForm, wordsOf } from './factor-forms.ts'
import { complaint, marks, summary } from './fields.ts'
import { layout } from './layout.ts'

/** What there is, or where a factor is being set up, the step of that. */
export function factorsPage(texts: Texts, given: OfAccount & { problems?: StepProblem[] }): Html {
  const { session, account, hidden, problems = [] } = given
  const { inHand } = account
  const shown = inHand
    ? proveFactor(texts, { factor: inHand, problems, hidden })
    : choice(texts, { session, account, hidden, problems })
  return framed(texts, { shown, problems })
}

/** Recovery codes, shown once. */
export function newCodesPage(texts: Texts, given: { codes: string[]; hidden: Html }): Html {
  const shown = keepCodes(texts, { ...given, problems: [], action: '/account/factors' })
  return framed(texts, { shown, problems: [] })
}

function framed(texts: Texts, { shown, problems }: { shown: FactorShown; problems: StepProblem[] }): Html {
  const title = titleOf(texts, shown.heading)
  const content = html`${problems.length > 0 && summary({ heading: texts.errors.stepHeading, items: problems })}
<header><h1>${shown.heading}</h1>${shown.lead && html`<p class="lead">${shown.lead}</p>`}</header>
${shown.body}
${back(texts)}`
  return layout(texts, { title: problems.length > 0 ? texts.errorTitle(title) : title, content })
}

function choice(texts: Texts, given: OfAccount & { problems: StepProblem[] }): FactorShown {
  const { session, account, hidden, problems } = given
  const words = texts.accounts.account.factors
  const wrong = wordsOf(problems, 'kind')
  const content = html`<fieldset class="field"${marks('kind', wrong)}>
<legend>${words.legend}</legend>
${complaint('kind', wrong)}
${actsOf(texts, account).map(
  ({ value, label }, index) => html`<div class="choice">
<input id="${index === 0 ? 'kind' : `act-${index}`}" name="act" type="radio" value="${value}" required>
<label for="${index === 0 ? 'kind' : `act-${index}`}">${label}</label>
</div>`,
)}
</fieldset>
${oldPassword(texts, problems)}
<p class="act"><button type="submit">${texts.factors.next}</button></p>`
  const body = html`<section class="card" aria-label="${words.heading}">
${account.factors.length === 0 ? html`<p>${words.none}</p>` : factorList(texts, { session, account })}
${account.isFactorDemanded && html`<p class="quiet">${words.demanded}</p>`}
</section>
${stepForm('act', { content, hidden })}`
  return { heading: words.heading, lead: words.lead, body }
}

function actsOf(texts: Texts, account: AccountPage): { value: string; label: Html | string }[] {
  const words = texts.accounts.account.factors
  const { factors, kinds, isFactorDemanded } = account
  const has = (kind: string) => factors.some((factor) => factor.kind === kind)
  const mayRemove = !isFactorDemanded || factors.length > 1
  return [
    ...kinds.map((kind) => ({ value: `add ${kind}`, label: has(kind) ? words.replace[kind] : words.add[kind] })),
    ...(mayRemove
      ? factors.map((factor) => ({ value: `remove ${factor.id}`, label: words.remove(nameOfFactor(texts, factor)) }))
      : []),
    ...(factors.length > 0 ? [{ value: 'codes', label: words.newCodes }] : []),
  ]
}
