// What a message to an invitee says. The words are in src/languages; a layout is one file beside html.ts.

export type { Language } from '../../languages/index.ts'
export { writeAccountLetter, writeAccountText } from './account/account-letter.ts'
export { renderHtml } from './html.ts'
export { type Letter, writeLetter, writeText } from './letter.ts'
export { renderText } from './text.ts'
