// The pages of a sign-up after the first: choose a second factor, prove it, keep the recovery codes, agree to the terms.

import { type Html, html } from '../../html.ts'
import type { JoinPage, JoinStep } from '../../invitations/index.ts'
import type { Texts } from '../../languages/index.ts'
import {
  chooseFactor,
  type FactorShown,
  keepCodes,
  proveFactor,
  type StepProblem,
  stepForm,
  wordsOf,
} from './factor-forms.ts'
import { summary } from './fields.ts'
import { JOIN_STEPS } from './join.ts'
import { layout } from './layout.ts'
import { termsToAgree } from './terms.ts'

export type { StepProblem } from './factor-forms.ts'

type Later = Exclude<JoinStep, { at: 'form' | 'sign_in' }>
type Shown = FactorShown & { number: number }

/** One of the pages, fresh or with what is to be mended. */
export function joinStepPage(
  texts: Texts,
  page: JoinPage,
  { step, problems = [] }: { step: Later; problems?: StepProblem[] },
): Html {
  const { heading, number, lead, body } = shownAt(texts, page, { step, problems })
  const title = `${heading} – ${texts.join.title(page.organisationName)}`
  const content = html`${problems.length > 0 && summary({ heading: texts.errors.stepHeading, items: problems })}
<header>
<p class="quiet">${texts.factors.step(number, JOIN_STEPS)}</p>
<h1>${heading}</h1>
${lead && html`<p class="lead">${lead}</p>`}
</header>
${body}`
  return layout(texts, { title: problems.length > 0 ? texts.errorTitle(title) : title, content })
}

function shownAt(texts: Texts, page: JoinPage, { step, problems }: { step: Later; problems: StepProblem[] }): Shown {
  const { organisationName } = page
  switch (step.at) {
    case 'choose':
      return { ...chooseFactor(texts, { ...step, organisationName, problems }), number: 2 }
    case 'prove':
      return { ...proveFactor(texts, { factor: step.factor, problems }), number: 2 }
    case 'codes':
      return { ...keepCodes(texts, { codes: step.codes, problems }), number: 3 }
    case 'terms':
      return { ...terms(texts, page, problems), number: JOIN_STEPS }
  }
}

function terms(texts: Texts, page: JoinPage, problems: StepProblem[]): FactorShown {
  const words = texts.factors.terms
  const content = html`<input type="hidden" name="termsVersion" value="${page.termsVersion}">
<input type="hidden" name="language" value="${texts.language}">
${termsToAgree(texts, { terms: page.terms, isTicked: false, words: wordsOf(problems, 'termsAgreed') })}
<p class="act"><button type="submit">${texts.join.send}</button></p>`
  return { heading: words.heading, lead: words.lead, body: stepForm('agree', { content }) }
}
