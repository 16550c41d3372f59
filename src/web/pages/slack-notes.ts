// What is said when somebody who came back from Slack is not signed in, and the way on.
import { type Html, html } from '../../html.ts'
import type { Texts } from '../../languages/index.ts'
import { note as notePage } from './notes.ts'

/**
 * `over`: begun elsewhere, too long ago, or used already; `unknown`: nobody's account, the same for everybody; `away`:
 * Slack does not answer; `failed`: its answer is no use.
 */
export type SlackNote = 'over' | 'unknown' | 'away' | 'failed'

/** `reference`: under which the log has the cause. */
export function slackNotePage(
  texts: Texts,
  { note, reference }: { note: SlackNote; reference?: string | undefined },
): Html {
  const { title, back, of } = texts.accounts.slack
  const { heading, what } = of[note]
  const number = reference === undefined ? [] : [texts.reference(html`<strong>${reference}</strong>`)]
  const after = html`<p><a class="button" href="/sign-in">${back}</a></p>`
  return notePage(texts, { title, heading, paragraphs: [...what, ...number], after })
}
