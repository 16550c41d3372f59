// Text that people wrote, made safe to stand in a mail: shortened, without control characters, and no mail program
// takes a part of it for a link or an address (GHSA-gx3w-rwh5-w5cg).

// The zero-width non-joiner is invisible, is skipped by screen readers, and no host name may hold it here: even a mail
// program that links across it makes a dead link. (U+200B and U+2060 would be dropped by browsers, and the link work.)
const BREAK = '\u200c'

// Bidirectional overrides and isolates, and what is invisible: none of them belongs in a name or a note.
const UNWANTED = /[\p{Cc}\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff]/gu
const LINE_BREAK = /\r\n|[\r\n\u0085\u2028\u2029]/g

// What mail programs see links and addresses by: `http:`, `evil.example`, `ana@`, also with the full-width forms that
// host names allow in place of a dot.
const JOINTS = /(?<=\S)[.:@\u3002\uff0e\uff1a\uff20\uff61](?=\S)|\/\/|\\\\/g

/**
 * A name or another short text as one line: at most `limit` characters (an ellipsis marks what was cut), nothing in it
 * becomes a link. Not escaped for HTML: the template does that.
 */
export function harmlessLine(text: string, limit: number): string {
  return withoutLinks(shortened(text.replace(LINE_BREAK, ' ').replace(UNWANTED, '').replace(/\s+/g, ' ').trim(), limit))
}

/** The same for a text of several lines, which are kept. */
export function harmlessLines(text: string, limit: number): string[] {
  return plainLines(text, limit).map(withoutLinks)
}

/** Several lines, shortened and without control characters; what looks like an address is left as it is. */
export function plainLines(text: string, limit: number): string[] {
  const lines = shortened(text.trim(), limit).split(LINE_BREAK)
  return lines.map((line) => line.replace(/\t/g, ' ').replace(UNWANTED, '').trimEnd())
}

function withoutLinks(text: string): string {
  return text.replace(JOINTS, (joint) => `${BREAK}${joint.split('').join(BREAK)}${BREAK}`)
}

function shortened(text: string, limit: number): string {
  // A text of so few UTF-16 units cannot have more characters: the usual case, without taking it apart.
  if (text.length <= limit) return text
  const characters = Array.from(text)
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('')}…`
}
