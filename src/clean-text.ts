// What people type, before anything is made of it.

/** One line: control characters become spaces (PostgreSQL refuses NUL, a header would break), runs of them are one. */
export function cleanLine(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
}

/** Several lines: line breaks and tabs stay, every other control character goes. */
export function cleanText(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\p{Cc}]/gu, (character) => (character === '\n' || character === '\t' ? character : ''))
    .trim()
}
