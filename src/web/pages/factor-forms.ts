// The forms of second factors, wherever they are asked for: choose one, prove it, keep the recovery codes.
import { bdi, type Html, html } from '../../html.ts'
import type { Texts } from '../../languages/index.ts'
import { complaint, field, marks, tick } from './fields.ts'
import { qrPicture } from './qr.ts'

/** What is wrong with one page; `field`: the id of what is to be mended, where there is one. */
export type StepProblem = { field: string | undefined; words: string }

/** A page's heading and forms. */
export type FactorShown = { heading: string; lead?: Html | string | undefined; body: Html }

type Kind = 'app' | 'email' | 'sms'
/** `hidden`: fields that every form carries. */
type Given = { problems: StepProblem[]; hidden?: Html | undefined }

export const wordsOf = (problems: StepProblem[], name: string) =>
  problems.find((problem) => problem.field === name)?.words

// action="?": this address without the "#field" that a link of the summary left there.
export function stepForm(
  step: string,
  { content, hidden, action = '?' }: { content: Html; hidden?: Html | undefined; action?: string },
): Html {
  return html`<form method="post" action="${action}" class="card" novalidate>
<input type="hidden" name="step" value="${step}">${hidden}
${content}
</form>`
}

/** A button beside the way: a form of its own. */
export function asideForm(
  step: string,
  { words, hidden, action = '?' }: { words: string; hidden?: Html | undefined; action?: string },
): Html {
  return html`<form method="post" action="${action}" class="aside"><input type="hidden" name="step" value="${step}">${hidden}<button type="submit" class="second">${words}</button></form>`
}

/** Which factor is to be set up. */
export function chooseFactor(
  texts: Texts,
  given: Given & {
    organisationName: string
    kinds: Kind[]
    places: { email: string | null; mobile: string | null }
  },
): FactorShown {
  const words = texts.factors.choose
  const { email, mobile } = given.places
  const hints = {
    app: words.appHint,
    email: words.emailHint(bdi(email ?? '')),
    sms: words.smsHint(bdi(mobile ?? '')),
  }
  const wrong = wordsOf(given.problems, 'kind')
  // The link of the summary leads to the first of them.
  const idOf = (index: number, kind: string) => (index === 0 ? 'kind' : `kind-${kind}`)
  const content = html`<fieldset class="field"${marks('kind', wrong)}>
<legend>${words.legend}</legend>
${complaint('kind', wrong)}
${given.kinds.map(
  (kind, index) => html`<div class="choice">
<input id="${idOf(index, kind)}" name="kind" type="radio" value="${kind}" required aria-describedby="${kind}-hint"${index === 0 && html` checked`}>
<label for="${idOf(index, kind)}">${words[kind]}</label>
<p class="hint" id="${kind}-hint">${hints[kind]}</p>
</div>`,
)}
</fieldset>
<p class="act"><button type="submit">${texts.factors.next}</button></p>`
  const body = stepForm('choose', { content, hidden: given.hidden })
  return { heading: words.heading, lead: words.lead(bdi(given.organisationName)), body }
}

/** A factor that is being set up is proved by a code of it. */
export function proveFactor(
  texts: Texts,
  given: Given & { factor: { kind: 'app'; keyText: string; uri: string } | { kind: 'email' | 'sms'; address: string } },
): FactorShown {
  const { factor, problems, hidden } = given
  const other = asideForm('other', { words: texts.factors.other, hidden })
  if (factor.kind === 'app') {
    const words = texts.factors.app
    const content = html`<p>${words.scan}</p>
${qrPicture(factor.uri, words.picture)}
<p><a href="${factor.uri}">${words.open}</a></p>
<div class="field">
<h2>${words.key}</h2>
<p class="hint">${words.keyHint}</p>
<p class="key" translate="no">${factor.keyText}</p>
</div>
${codeField(texts, { ...words, problems })}`
    return { heading: words.heading, body: html`${stepForm('prove', { content, hidden })}\n${other}` }
  }
  const words = texts.factors.sent
  const body = html`${stepForm('prove', { content: codeField(texts, { ...words, problems }), hidden })}
${asideForm('again', { words: words.again, hidden })}
${other}`
  return { heading: words.heading, lead: words.lead(bdi(factor.address)), body }
}

/** Six digits (or `isText`: letters too), and the button. */
export function codeField(
  texts: Texts,
  given: { code: Html | string; codeHint: string; problems: StepProblem[]; isText?: boolean },
): Html {
  return html`${field({
    name: 'code',
    label: given.code,
    value: '',
    autocomplete: given.isText ? 'off' : 'one-time-code',
    ...(given.isText ? {} : { inputMode: 'numeric' as const }),
    hint: given.codeHint,
    words: wordsOf(given.problems, 'code'),
  })}
<p class="act"><button type="submit">${texts.factors.confirm}</button></p>`
}

/** Recovery codes, shown once. `action`: there is no box to tick, and the button leads there. */
export function keepCodes(
  texts: Texts,
  { codes, problems, hidden, action }: Given & { codes: string[]; action?: string },
): FactorShown {
  const words = texts.factors.codes
  const wrong = wordsOf(problems, 'codesKept')
  const box = html`<div class="field">
${complaint('codesKept', wrong)}
${tick({ name: 'codesKept', label: words.kept, isTicked: false, words: wrong })}
</div>`
  const content = html`<ul class="codes" translate="no" aria-label="${words.list}">${codes.map((code) => html`<li>${code}</li>`)}</ul>
${action === undefined && box}
<p class="act"><button type="submit">${action === undefined ? texts.factors.next : words.kept}</button></p>`
  const body = stepForm('kept', { content, hidden, ...(action === undefined ? {} : { action }) })
  return { heading: words.heading, lead: words.lead, body }
}
