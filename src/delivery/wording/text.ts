// The plain text of a message: what people read whose mail program shows no HTML.
import type { Letter } from './letter.ts'

/** Lines end in LF; paragraphs are not wrapped, mail programs do that. */
export function renderText(letter: Letter): string {
  const paragraphs = [letter.greeting, letter.lead]
  if (letter.note !== undefined) paragraphs.push(noteText(letter.note))
  for (const { words, note } of letter.also ?? []) paragraphs.push(words, ...(note ? [noteText(note)] : []))
  if (letter.code !== undefined) paragraphs.push(`    ${letter.code}`)
  if (letter.credentials) {
    const facts = letter.credentials.facts.map(([label, value]) => `${label}: ${value}`)
    paragraphs.push(letter.credentials.lead, facts.join('\n'))
  }
  if (letter.link !== undefined) paragraphs.push(`${letter.link.button}:\n${letter.link.url}`)
  if (letter.validity !== undefined) paragraphs.push(letter.validity)
  paragraphs.push(letter.unexpected)
  // "-- " is where mail programs expect the end of the message proper.
  if (letter.appendix.length > 0) paragraphs.push(['-- ', ...letter.appendix].join('\n'))
  return `${paragraphs.join('\n\n')}\n`
}

function noteText({ title, lines }: NonNullable<Letter['note']>): string {
  return [title, ...lines.map((line) => `> ${line}`.trimEnd())].join('\n')
}
