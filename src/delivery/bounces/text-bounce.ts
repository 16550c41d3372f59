// Bounces of older mail servers, written for people alone: qmail and those after its manner (QSBMF), and Exim, which
// names the recipients in the head. Pure.
import { codesIn, type Fate } from './delivery-status.ts'

/** From here on stands the message that was returned. */
const COPY = /^--.*\b(copy of|below this line|returned message|original message)\b.*$/im
/** qmail begins what it says of a recipient with the address on a line of its own. */
const PARAGRAPH = /^<([^<>\s]{1,200}@[^<>\s]{1,200})>:[ \t]*$/m
const LONGEST_ANSWER = 1_000
const MOST = 20

/**
 * The recipients that a text tells of: those of `failed` (X-Failed-Recipients), or those of its paragraphs where a copy
 * of the message follows. None in a text that is no bounce.
 */
export function fatesInText(text: string, { failed, subject }: { failed: string[]; subject: string }): Fate[] {
  const copyAt = COPY.exec(text)?.index
  const told = text.slice(0, copyAt)
  if (failed.length > 0) {
    const action = /\b(delayed|warning)\b/i.test(subject) ? 'delayed' : 'failed'
    return failed.slice(0, MOST).map((address) => fate(address, afterAddress(told, address), action))
  }
  if (copyAt === undefined) return []
  return told
    .split(/\r?\n[ \t]*\r?\n/)
    .slice(0, MOST * 2)
    .flatMap((paragraph) => {
      const [whole, address] = PARAGRAPH.exec(paragraph) ?? []
      if (whole === undefined || address === undefined) return []
      return [fate(address, paragraph.slice(paragraph.indexOf(whole) + whole.length), 'failed')]
    })
}

/** The Message-ID of the copy below what is said. */
export function messageIdInText(text: string): string {
  const copy = COPY.exec(text)
  if (!copy) return ''
  return /^[ \t]*Message-I[Dd]:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\r\n]{1,300}>)/im.exec(text.slice(copy.index))?.[1] ?? ''
}

function fate(address: string, said: string, action: Fate['action']): Fate {
  const answer = said.trim().replaceAll(/\s+/g, ' ').slice(0, LONGEST_ANSWER)
  return { action, addresses: [address], ...codesIn(answer), answer }
}

function afterAddress(told: string, address: string): string {
  const at = told.indexOf(address)
  return at === -1 ? '' : told.slice(at + address.length, at + address.length + LONGEST_ANSWER)
}
