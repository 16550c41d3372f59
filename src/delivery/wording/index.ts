// What a message to an invitee says. A language is one file beside en.ts; a layout one file beside html.ts.
export { writeAccountLetter, writeAccountText } from './account/account-letter.ts'
export { renderHtml } from './html.ts'
export { type Language, type Letter, writeLetter, writeText } from './letter.ts'
export { renderText } from './text.ts'
