// Which language a page is shown in: what is known of the person, else what the browser wishes for, else the
// organisation's.
import type { Request, RequestHandler } from 'express'
import { firstLanguage, isLanguage, type Language, languageOfTag } from '../languages/index.ts'

// Of requests that are answered right now.
const usualLanguages = new WeakMap<Request, () => Language>()

/** Notes what is usual here, for the pages that belong to no organisation. */
export function noteUsualLanguage(usual: () => Language): RequestHandler {
  return (request, _response, next) => {
    usualLanguages.set(request, usual)
    next()
  }
}

/** The first of the browser's wishes that is spoken here, the dearest one first; undefined where there is none. */
export function wishedLanguage(request: Request): Language | undefined {
  return request.acceptsLanguages().map(languageOfTag).find(isLanguage)
}

/** For visitors of whom nothing is known but their browser. `otherwise`: of the organisation, where it is known which. */
export function browserLanguage(request: Request, otherwise?: Language): Language {
  return wishedLanguage(request) ?? otherwise ?? usualLanguages.get(request)?.() ?? firstLanguage
}

/** For somebody who is invited: as was chosen for them, else as their browser wishes, else as their message was. */
export function invitedLanguage(
  request: Request,
  { language, languageChosen }: { language: Language; languageChosen: boolean },
): Language {
  return languageChosen ? language : browserLanguage(request, language)
}

/** For somebody who is known. `ownLanguage`: of the person, where they have one; `language`: else the organisation's. */
export function pageLanguage(
  request: Request,
  { ownLanguage, language }: { ownLanguage: Language | null; language: Language },
): Language {
  return ownLanguage ?? browserLanguage(request, language)
}
