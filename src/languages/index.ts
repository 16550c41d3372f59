// Every language that Usher speaks: its words, its name, its locale. Nothing else names a language by its code.

import type { Texts } from './pages.ts'
import { languages } from './registry.ts'
import type { Translation } from './translation.ts'

export type { AccountRefusalCode, AccountTexts, DoneKey } from './account-pages.ts'
export type { FactorRefusalCode, FactorTexts } from './factor-pages.ts'
export type { AccountWords, Told } from './letters.ts'
export type { ShortNames, ShortWords, Words } from './messages.ts'
export type { FieldName, FormRefusalCode, Texts } from './pages.ts'
export type { Translation } from './translation.ts'

export type Language = keyof typeof languages

// The keys of the registry are its languages; TypeScript gives them back as texts.
export const languageCodes = Object.keys(languages) as [Language, ...Language[]]
/** What is spoken where nothing says otherwise. */
export const [firstLanguage] = languageCodes

/** For menus: each with the name that its speakers give it. */
export const languageChoices = languageCodes.map((id) => ({ id, name: languages[id].name }))

/** Whether a text, from an address for example, is a language's code. */
export function isLanguage(text: unknown): text is Language {
  return typeof text === 'string' && Object.hasOwn(languages, text)
}

/** A language out of the database; one that is not spoken any more becomes the first one. */
export function knownLanguage(code: string | null | undefined): Language {
  return isLanguage(code) ? code : firstLanguage
}

/** "ru-RU", "RU_ru" and "ru" are the same language; undefined for one that is not spoken here. */
export function languageOfTag(tag: string): Language | undefined {
  const [code = ''] = tag
    .trim()
    .toLowerCase()
    .split(/[-_;,]/)
  return isLanguage(code) ? code : undefined
}

/** Everything that is said in a language; one that a row still names, and that is spoken no more, becomes the first. */
export function translationOf(language: Language): Translation {
  return languages[knownLanguage(language)]
}

/** The words of the pages. */
export function textsOf(language: Language): Texts {
  return translationOf(language).pages
}

/** BCP 47, for dates, numbers and lists. */
export function localeOf(language: Language): string {
  return translationOf(language).locale
}
