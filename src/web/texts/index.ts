// Every word of the web pages, one file a language. A key that a language lacks is a type error.
import { en } from './en.ts'
import { ru } from './ru.ts'
import type { Texts } from './texts.ts'

export type { AccountRefusalCode, AccountTexts, DoneKey } from './account.ts'
export type { FactorRefusalCode, FactorTexts } from './factors.ts'
export type { FieldName, FormRefusalCode, Texts } from './texts.ts'

const languages = { en, ru }

/** The languages that the pages speak. */
export type Language = keyof typeof languages

export const languageCodes: Language[] = ['en', 'ru']

/** Gives the words of a language. */
export function textsOf(language: Language): Texts {
  return languages[language]
}

/** Whether a text, from an address for example, names a language that the pages speak. */
export function isLanguage(text: unknown): text is Language {
  return text === 'en' || text === 'ru'
}
