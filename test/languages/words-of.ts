// The words of a language as a list: each text by its path, and functions called with names that can be told apart.
import { type Html, html } from '../../src/html.ts'
import type { Translation } from '../../src/languages/index.ts'

export type Leaf = { path: string; kind: 'text' | 'fact' | 'function'; arity: number; says: string[] }

// Wherever a text takes names in an object, it finds each of them.
const names = {
  inviter: 'Max',
  hub: 'Surgery',
  organisation: 'Acme',
  url: 'https://usher.example/join/x',
  until: '27 Nov, 15:05',
  userName: 'ana',
  password: 'tea',
  code: '123456',
  detail: 'app',
}
const fragments = { inviter: html`Max`, hub: html`Surgery`, organisation: html`Acme` }

/** Of every text and function below: where it stands, and what it says. */
export function leavesOf(translation: Translation): Leaf[] {
  return walk(translation, '')
}

function walk(value: unknown, path: string): Leaf[] {
  if (typeof value === 'string') return [{ path, kind: 'text', arity: 0, says: [value] }]
  if (typeof value === 'boolean') return [{ path, kind: 'fact', arity: 0, says: [] }]
  if (typeof value === 'function')
    return [{ path, kind: 'function', arity: value.length, says: saidBy(value as Say, path) }]
  if (typeof value !== 'object' || value === null) throw new Error(`${path} is neither a text nor a function`)
  return Object.entries(value).flatMap(([key, inner]) => walk(inner, path === '' ? key : `${path}.${key}`))
}

type Say = (...given: unknown[]) => unknown

function saidBy(say: Say, path: string): string[] {
  return argumentsOf(path).flatMap((given) => {
    const said: unknown = say(...given)
    return Array.isArray(said) ? said.map(String) : [String(said)]
  })
}

/** Names, fragments or numbers, as the place asks for them. */
function argumentsOf(path: string): unknown[][] {
  if (/\.(codesLeft|count|tooMany\.what|step)$/.test(path)) return [1, 2, 5, 11, 21].map((count) => [count, count])
  if (/^pages\.(join|register)\.(invites|registers|heading|lead)$/.test(path)) {
    return [[path === 'pages.join.heading' ? fragments.organisation : fragments]]
  }
  if (/^(messages|letters|slip)\./.test(path) && !/(greeting|validity|noteFrom|until|how)$/.test(path)) {
    return [[names, names]]
  }
  return [[path.startsWith('pages.') ? html`Acme` : 'Acme']]
}

/** A made-up language: what English says, in ‹these›. It is its own proof: what stands outside of them was not translated. */
export function madeUp(english: Translation, { code, locale }: { code: string; locale: string }): Translation {
  const translated = mark(english) as Translation
  const pages = { ...translated.pages, language: code as Translation['pages']['language'] }
  return { ...translated, pages, name: 'Madeupish', locale }
}

function mark(value: unknown): unknown {
  if (typeof value === 'string') return `‹${value}›`
  if (typeof value === 'function') {
    return (...given: unknown[]) => mark((value as Say)(...given))
  }
  if (Array.isArray(value)) return value.map(mark)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof String || 'isEscaped' in value) return html`‹${value as Html}›`
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mark(inner)]))
}

/** What is left of a text when everything in ‹these› is taken out of it, one in another too. */
export function outsideOfMarks(text: string): string {
  let left = text
  while (/‹[^‹›]*›/.test(left)) left = left.replace(/‹[^‹›]*›/g, ' ')
  return left
}
