// Every language of the registry says everything: no key missing, nothing empty, nothing left in English.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { languageCodes, languageOfTag, translationOf } from '../../src/languages/index.ts'
import { leavesOf } from './words-of.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const english = translationOf('en')

describe.each(languageCodes)('the language %s', (code) => {
  const translation = translationOf(code)
  const leaves = leavesOf(translation)

  it('has every key that English has, and no other, of the same kind', () => {
    const shapeOf = (list: typeof leaves) => list.map(({ path, kind }) => `${path}: ${kind}`).sort()

    expect(shapeOf(leaves)).toEqual(shapeOf(leavesOf(english)))
  })

  it('takes no more names than English gives', () => {
    const arities = new Map(leavesOf(english).map(({ path, arity }) => [path, arity]))
    const greedy = leaves.filter(({ path, arity }) => arity > Math.max(1, arities.get(path) ?? 0))

    expect(greedy.map(({ path }) => path)).toEqual([])
  })

  it('leaves no text empty, and no placeholder in one', () => {
    const empty = leaves.filter(({ says }) => says.some((text) => text.trim() === ''))
    const unfilled = leaves.filter(({ says }) =>
      says.some((text) => /undefined|null|\[object|\bNaN\b|\$\{|TODO/.test(text)),
    )

    expect(empty.map(({ path }) => path)).toEqual([])
    expect(unfilled.map(({ path, says }) => `${path}: ${says.join(' / ')}`)).toEqual([])
  })

  it('is called by its code, in its own words, with a locale that dates and numbers know', () => {
    expect(translation.pages.language).toBe(code)
    expect(translation.name).not.toBe('')
    expect(Intl.DateTimeFormat.supportedLocalesOf(translation.locale)).toEqual([translation.locale])
    expect(languageOfTag(translation.locale)).toBe(code)
  })

  it.skipIf(code === 'en')('says nothing in the words of English', () => {
    const inEnglish = new Map(leavesOf(english).map(({ path, says }) => [path, says.join('\n')]))
    const left = leaves.filter(({ path, kind, says }) => kind !== 'fact' && says.join('\n') === inEnglish.get(path))

    expect(left.map(({ path }) => path)).toEqual([])
  })
})

describe('Russian', () => {
  it('bends what is counted', () => {
    const { tooMany } = translationOf('ru').pages

    const said = [1, 2, 5, 11, 21, 22, 111].map((count) => / (\d+ \S+)\.$/.exec(tooMany.what(count))?.[1])

    const expected = ['1 секунду', '2 секунды', '5 секунд', '11 секунд', '21 секунду', '22 секунды', '111 секунд']
    expect(said).toEqual(expected)
  })
})

describe('the source', () => {
  // Words that people write in files and names, and how their letters are written in Latin: not what Usher says.
  const READERS = [
    'src/accounts/common-passwords.ts',
    'src/people/columns.ts',
    'src/people/person-row.ts',
    'src/people/recipients.ts',
    'src/people/start-date.ts',
    'src/people/user-name.ts',
  ]
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !/^src\/(languages|sandbox|database\/generated)\//.test(file))
  const read = (file: string) => readFileSync(join(root, file), 'utf8')

  it('names no language by its code outside src/languages', () => {
    const further = languageCodes.filter((code) => code !== 'en').join('|')
    const naming = files.filter((file) =>
      new RegExp(`['"](${further})(-[A-Z]{2})?['"]|\\b(${further}):`).test(read(file)),
    )

    expect(naming.map((file) => `${file} names a language: take it from src/languages/index.ts.`)).toEqual([])
  })

  it('holds no Russian words outside src/languages', () => {
    const speaking = files.filter((file) => !READERS.includes(file) && /\p{Script=Cyrillic}/u.test(read(file)))

    expect(speaking.map((file) => `${file} speaks Russian: let src/languages/ru.ts do it.`)).toEqual([])
  })
})
