// The pages of a sign-up after the first: choose a second factor, prove it, keep the recovery codes, agree to the terms.
import type { JoinPage, JoinStep } from '../../invitations/index.ts'
import { bdi, type Html, html } from '../html.ts'
import type { Texts } from '../texts/index.ts'
import { complaint, field, marks, summary, tick } from './fields.ts'
import { JOIN_STEPS } from './join.ts'
import { layout } from './layout.ts'
import { qrPicture } from './qr.ts'
import { termsToAgree } from './terms.ts'

/** What is wrong with one page; `field`: the id of what is to be mended, where there is one. */
export type StepProblem = { field: string | undefined; words: string }

type Later = Exclude<JoinStep, { at: 'form' }>
type Shown = { heading: string; number: number; lead?: Html | string | undefined; body: Html }

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
  switch (step.at) {
    case 'choose':
      return choose(texts, page, { step, problems })
    case 'prove':
      return step.factor.kind === 'app'
        ? proveApp(texts, { factor: step.factor, problems })
        : proveSent(texts, { address: step.factor.address, problems })
    case 'codes':
      return recoveryCodes(texts, { codes: step.codes, problems })
    case 'terms':
      return terms(texts, page, problems)
  }
}

const wordsOf = (problems: StepProblem[], name: string) => problems.find((problem) => problem.field === name)?.words

// action="?": this address without the "#field" that a link of the summary left there.
function form(step: string, content: Html): Html {
  return html`<form method="post" action="?" class="card" novalidate>
<input type="hidden" name="step" value="${step}">
${content}
</form>`
}

/** A button beside the way: a form of its own. */
function aside(step: string, words: string): Html {
  return html`<form method="post" action="?" class="aside"><input type="hidden" name="step" value="${step}"><button type="submit" class="second">${words}</button></form>`
}

function choose(
  texts: Texts,
  page: JoinPage,
  { step, problems }: { step: Extract<Later, { at: 'choose' }>; problems: StepProblem[] },
): Shown {
  const words = texts.factors.choose
  const { email, mobile } = step.places
  const hints = {
    app: words.appHint,
    email: words.emailHint(bdi(email ?? '')),
    sms: words.smsHint(bdi(mobile ?? '')),
  }
  const wrong = wordsOf(problems, 'kind')
  // The link of the summary leads to the first of them.
  const idOf = (index: number, kind: string) => (index === 0 ? 'kind' : `kind-${kind}`)
  const body = form(
    'choose',
    html`<fieldset class="field"${marks('kind', wrong)}>
<legend>${words.legend}</legend>
${complaint('kind', wrong)}
${step.kinds.map(
  (kind, index) => html`<div class="choice">
<input id="${idOf(index, kind)}" name="kind" type="radio" value="${kind}" required aria-describedby="${kind}-hint"${index === 0 && html` checked`}>
<label for="${idOf(index, kind)}">${words[kind]}</label>
<p class="hint" id="${kind}-hint">${hints[kind]}</p>
</div>`,
)}
</fieldset>
<p class="act"><button type="submit">${texts.factors.next}</button></p>`,
  )
  return { heading: words.heading, number: 2, lead: words.lead(bdi(page.organisationName)), body }
}

function proveApp(
  texts: Texts,
  { factor, problems }: { factor: { keyText: string; uri: string }; problems: StepProblem[] },
): Shown {
  const words = texts.factors.app
  const body = html`${form(
    'prove',
    html`<p>${words.scan}</p>
${qrPicture(factor.uri, words.picture)}
<div class="field">
<h2>${words.key}</h2>
<p class="hint">${words.keyHint}</p>
<p class="key" translate="no">${factor.keyText}</p>
</div>
${codeField(texts, { ...words, problems })}`,
  )}
${aside('other', texts.factors.other)}`
  return { heading: words.heading, number: 2, body }
}

function proveSent(texts: Texts, { address, problems }: { address: string; problems: StepProblem[] }): Shown {
  const words = texts.factors.sent
  const body = html`${form('prove', codeField(texts, { ...words, problems }))}
${aside('again', words.again)}
${aside('other', texts.factors.other)}`
  return { heading: words.heading, number: 2, lead: words.lead(bdi(address)), body }
}

function codeField(
  texts: Texts,
  { code, codeHint, problems }: { code: string; codeHint: string; problems: StepProblem[] },
): Html {
  return html`${field({
    name: 'code',
    label: code,
    value: '',
    autocomplete: 'one-time-code',
    inputMode: 'numeric',
    hint: codeHint,
    words: wordsOf(problems, 'code'),
  })}
<p class="act"><button type="submit">${texts.factors.confirm}</button></p>`
}

function recoveryCodes(texts: Texts, { codes, problems }: { codes: string[]; problems: StepProblem[] }): Shown {
  const words = texts.factors.codes
  const wrong = wordsOf(problems, 'codesKept')
  const body = form(
    'kept',
    html`<ul class="codes" translate="no" aria-label="${words.list}">${codes.map((code) => html`<li>${code}</li>`)}</ul>
<div class="field">
${complaint('codesKept', wrong)}
${tick({ name: 'codesKept', label: words.kept, isTicked: false, words: wrong })}
</div>
<p class="act"><button type="submit">${texts.factors.next}</button></p>`,
  )
  return { heading: words.heading, number: 3, lead: words.lead, body }
}

function terms(texts: Texts, page: JoinPage, problems: StepProblem[]): Shown {
  const words = texts.factors.terms
  const body = form(
    'agree',
    html`<input type="hidden" name="termsVersion" value="${page.termsVersion}">
<input type="hidden" name="language" value="${texts.language}">
${termsToAgree(texts, { terms: page.terms, isTicked: false, words: wordsOf(problems, 'termsAgreed') })}
<p class="act"><button type="submit">${texts.join.send}</button></p>`,
  )
  return { heading: words.heading, number: JOIN_STEPS, lead: words.lead, body }
}
