// Filters and paths as directories write them: comparisons with "eq", joined by "and". Read by ourselves, because the
// library's patterns can be made to run for hours (a quotation mark that is opened and backslashes behind it). Pure.
import { ScimError, type ScimType } from './scim-error.ts'

/** `attribute`: in small letters, a part of a list with a point: "emails.value". */
export type Comparison = { attribute: string; value: string | number | boolean | null }

/** "emails[type eq "work"].value": where in a resource. `sub` is '' where the whole attribute is meant. */
export type AttributePath = { extension: string; attribute: string; where: Comparison[]; sub: string }

const LONGEST = 1000
const MOST_COMPARISONS = 10
/** Schemas end in a name of their own; what follows the last colon is the attribute. */
const CORE = /^urn:ietf:params:scim:schemas:core:2\.0:(user|group):/

// No pattern here has two ways to match the same text.
const TOKENS = /\s*(?:("(?:[^"\\]|\\.)*")|([[\]()])|([^\s"[\]()]+))/y

type Token = { kind: 'text'; value: string } | { kind: 'sign' | 'word'; value: string }

/** Reads a filter; throws ScimError `invalidFilter` for what is none, or is more than is done here. */
export function readFilter(filter: string): Comparison[] {
  const reader = readerOf(filter, 'invalidFilter')
  const comparisons = reader.comparisons('')
  if (!reader.isAtEnd()) throw reader.cannot()
  return comparisons
}

/** Reads the path of a PATCH operation; throws ScimError `invalidPath`. */
export function readPath(path: string): AttributePath {
  const reader = readerOf(path, 'invalidPath')
  const name = reader.word()
  const { extension, rest } = splitName(name)
  if (!reader.takes('[')) {
    const [attribute = '', ...subs] = rest.split('.')
    if (!reader.isAtEnd() || subs.length > 1) throw reader.cannot()
    return { extension, attribute, where: [], sub: subs[0] ?? '' }
  }
  const where = reader.comparisons('')
  if (!reader.takes(']')) throw reader.cannot()
  const sub = reader.isAtEnd() ? '' : reader.word()
  if (!reader.isAtEnd() || (sub !== '' && !/^\.[\w$-]+$/.test(sub))) throw reader.cannot()
  return { extension, attribute: rest, where, sub: sub.slice(1) }
}

/** "urn:…:2.0:User:department" is the department of that extension; a URN alone is the extension. */
function splitName(name: string): { extension: string; rest: string } {
  const own = name.replace(new RegExp(CORE, 'i'), '')
  if (!/^urn:/i.test(own)) return { extension: '', rest: own }
  const end = /:(user|group)(?=:|$)/i.exec(own)
  if (!end) return { extension: own, rest: '' }
  const at = end.index + end[0].length
  return { extension: own.slice(0, at), rest: own.slice(at + 1) }
}

function readerOf(text: string, scimType: Extract<ScimType, 'invalidFilter' | 'invalidPath'>) {
  const tokens = text.length > LONGEST ? [] : tokensOf(text)
  let at = 0
  const what = scimType === 'invalidPath' ? 'path' : 'filter'
  const cannot = () =>
    new ScimError(
      400,
      scimType,
      `This ${what} cannot be done here: attributes, "eq" and "and" are understood, as in userName eq "ana@example.org".`,
    )

  const next = () => tokens[at++]
  const peek = () => tokens[at]
  const isWord = (token: Token | undefined, word: string) =>
    token?.kind === 'word' && token.value.toLowerCase() === word

  function word(): string {
    const token = next()
    if (token?.kind !== 'word') throw cannot()
    return token.value
  }
  function takes(sign: string): boolean {
    const token = peek()
    if (token?.kind !== 'sign' || token.value !== sign) return false
    at++
    return true
  }
  function value(): Comparison['value'] {
    const token = next()
    if (token?.kind === 'text') return token.value
    if (token?.kind !== 'word') throw cannot()
    if (/^(true|false)$/i.test(token.value)) return token.value.toLowerCase() === 'true'
    if (/^null$/i.test(token.value)) return null
    if (/^-?\d{1,15}(\.\d{1,15})?$/.test(token.value)) return Number(token.value)
    throw cannot()
  }
  function comparison(prefix: string): Comparison[] {
    const attribute = prefix + nameOf(word())
    if (takes('[')) {
      const inner = comparisons(`${attribute}.`)
      if (!takes(']')) throw cannot()
      const after = peek()
      if (after?.kind !== 'word' || !/^\.[\w$-]+$/.test(after.value)) return inner
      at++
      return [...inner, equals(attribute + after.value.toLowerCase())]
    }
    return [equals(attribute)]
  }
  function equals(attribute: string): Comparison {
    if (!isWord(next(), 'eq')) throw cannot()
    return { attribute, value: value() }
  }
  function comparisons(prefix: string): Comparison[] {
    const all = comparison(prefix)
    while (isWord(peek(), 'and')) {
      at++
      all.push(...comparison(prefix))
      if (all.length > MOST_COMPARISONS) throw cannot()
    }
    return all
  }
  return { comparisons, word, takes, isAtEnd: () => at >= tokens.length, cannot }
}

function nameOf(word: string): string {
  return word.toLowerCase().replace(CORE, '')
}

/** The tokens of a text; of one that is not understood to its end none. */
function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const whole = text.trim()
  TOKENS.lastIndex = 0
  while (TOKENS.lastIndex < whole.length) {
    const found = TOKENS.exec(whole)
    if (!found) return []
    const [, quoted, sign, word] = found
    if (quoted !== undefined) {
      const value = unquoted(quoted)
      if (value === undefined) return []
      tokens.push({ kind: 'text', value })
    } else if (sign !== undefined) tokens.push({ kind: 'sign', value: sign })
    else tokens.push({ kind: 'word', value: word ?? '' })
  }
  return tokens
}

/** A text as JSON writes it; a lone backslash, which some directories send as it is, means itself. */
function unquoted(quoted: string): string | undefined {
  try {
    return String(JSON.parse(quoted.replaceAll(/[\n\r\t]/g, ' ')))
  } catch {
    return quoted.includes('\\') ? quoted.slice(1, -1) : undefined
  }
}
