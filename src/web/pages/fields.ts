// The pieces of forms: a field with its label, its hint and what is wrong with it, and the summary above a form.
import { type Html, html } from '../../html.ts'

export type Field = {
  name: string
  label: Html | string
  value: string
  autocomplete: string
  type?: 'text' | 'tel' | 'email' | 'password'
  /** Which keyboard a telephone shows. */
  inputMode?: 'numeric'
  hint?: string
  /** Beside the label of a field that may stay empty. */
  optional?: string | undefined
  /** What is wrong with it. */
  words: string | undefined
}

/** One field. Whether it must be filled in follows from `optional`. */
export function field(given: Field): Html {
  const { name, label, value, autocomplete, type = 'text', inputMode, hint, optional, words } = given
  return html`<div class="field">
<label for="${name}">${label}${optional && html` <span class="quiet">${optional}</span>`}</label>
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
${complaint(name, words)}
<input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}"${inputMode && html` inputmode="${inputMode}"`} spellcheck="false"${!optional && html` required`}${marks(name, words, hint)}>
</div>`
}

/** One box to tick. */
export function tick({ name, label, isTicked, words }: TickBox): Html {
  return html`<div class="tick">
<input id="${name}" name="${name}" type="checkbox" value="yes" required${isTicked && html` checked`}${marks(name, words)}>
<label for="${name}">${label}</label>
</div>`
}

type TickBox = { name: string; label: string; isTicked: boolean; words: string | undefined }

/** What is wrong with a field, to be read above it. */
export function complaint(name: string, words: string | undefined): Html | undefined {
  return words === undefined ? undefined : html`<p class="complaint" id="${name}-problem">${words}</p>`
}

/** Ties a field to its hint and to what is wrong with it, for those who do not see the page. */
export function marks(name: string, words: string | undefined, hint?: string): Html {
  const ids = [words !== undefined && `${name}-problem`, hint && `${name}-hint`].filter((id) => typeof id === 'string')
  return html`${ids.length > 0 && html` aria-describedby="${ids.join(' ')}"`}${words !== undefined && html` aria-invalid="true"`}`
}

/** Takes the focus, and leads to each field. `field` is the id of what is to be mended, where there is one. */
export function summary({ heading, items, before, after }: Summary): Html {
  return html`<div class="summary" role="alert" tabindex="-1" autofocus aria-labelledby="summary-heading">
<h2 id="summary-heading">${heading}</h2>
${before && html`<p>${before}</p>`}
${items.length > 0 && html`<ul>${items.map(({ field: id, words }) => html`<li>${id === undefined ? words : html`<a href="#${id}">${words}</a>`}</li>`)}</ul>`}
${after && html`<p>${after}</p>`}
</div>`
}

export type Summary = {
  heading: string
  items: { field: string | undefined; words: string }[]
  before?: string | false
  after?: string | false
}
