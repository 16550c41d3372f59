// The pages without a form: what happened, in words, and what to do next.
import { type Html, html } from '../../html.ts'
import type { Texts } from '../../languages/index.ts'
import { layout } from './layout.ts'

/** After signing up. It says nothing about anybody, so it may be reloaded, kept and shown. */
export function welcomePage(texts: Texts): Html {
  const { title, heading, ready, told, signIn } = texts.welcome
  const after = html`<p><a class="button" href="/sign-in">${signIn}</a></p>`
  return note(texts, { title, heading, paragraphs: [ready, told], mark: 'good', after })
}

/** The one page for links that are unknown, used, expired or revoked. */
export function deadLinkPage(texts: Texts): Html {
  const { title, heading, why, alreadyIn, askAgain, button } = texts.dead
  // The address stays the same, whatever stands in it: nothing of it is written into the page.
  const ask = html`<form method="post" action="?ask"><button type="submit">${button}</button></form>`
  return note(texts, { title, heading, paragraphs: [why, alreadyIn, askAgain], after: ask })
}

/** After "Ask for a new one": the same to everybody. */
export function askedPage(texts: Texts): Html {
  const { title, heading, told, wait } = texts.asked
  return note(texts, { title, heading, paragraphs: [told, wait] })
}

/** The one page for registration links that are unknown, renewed, off, paused, ended or used up. */
export function deadRegisterPage(texts: Texts): Html {
  const { title, heading, what } = texts.deadRegister
  return note(texts, { title, heading, paragraphs: [what] })
}

/** After an address was given: the same to everybody. It says nothing about anybody, so it may be reloaded. */
export function mailboxPage(texts: Texts): Html {
  const { title, heading, told, wait } = texts.mailbox
  return note(texts, { title, heading, paragraphs: [told, wait], mark: 'good' })
}

/** Pages that have one sentence under their heading. */
export function plainPage(texts: Texts, page: 'notFound' | 'notAllowed' | 'unreadable' | 'foreign'): Html {
  const { title, heading, what } = texts[page]
  return note(texts, { title, heading, paragraphs: [what] })
}

/** Too many requests; `seconds` until the next one is answered. */
export function tooManyPage(texts: Texts, seconds: number): Html {
  const { title, heading, what } = texts.tooMany
  return note(texts, { title, heading, paragraphs: [what(seconds)] })
}

/** Something unexpected, with the number under which the log has its cause. */
export function troublePage(texts: Texts, { trouble, reference }: Trouble): Html {
  const { title, heading, what } = texts[trouble]
  return note(texts, { title, heading, paragraphs: [what, texts.reference(html`<strong>${reference}</strong>`)] })
}

export type Trouble = { trouble: 'outage' | 'broken'; reference: string }

type Note = { title: string; heading: string; paragraphs: (Html | string)[]; mark?: 'good'; after?: Html }

export function note(texts: Texts, { title, heading, paragraphs, mark, after }: Note): Html {
  const content = html`<div class="card note">
${mark === 'good' && html`<p class="mark" aria-hidden="true">✓</p>`}
<h1>${heading}</h1>
${paragraphs.map((paragraph) => html`<p>${paragraph}</p>\n`)}${after}</div>`
  return layout(texts, { title, content })
}
