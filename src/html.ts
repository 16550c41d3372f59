// The template library behind one small wall: every value is escaped unless it is a fragment made here.
import { html as template } from 'hono/html'

/** A piece of a page in which every value is escaped already. */
export type Html = { toString: () => string; isEscaped: true }

type Value = Html | string | number | false | undefined | (Html | string)[]

/** Fills a template. Values are escaped, `false` and `undefined` leave nothing behind, lists are joined. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  const filled = template(strings, ...values)
  if (filled instanceof Promise) throw new TypeError('A page is made of values that are there already')
  return filled
}

/** A name or another text of somebody's own, so that its writing direction ends with it. */
export function bdi(text: string): Html {
  return html`<bdi>${text}</bdi>`
}
