// What an IMAP client writes, taken apart: lines with quoted words, lists and announced literals (RFC 3501, 4). Pure.

export type Command = { tag: string /** Upper case; "UID FETCH" is one name. */; name: string; args: string[] }

const LONGEST = 64 * 1024

/**
 * Takes bytes as they come and gives whole commands. `ready` is called when the client waits to send a literal.
 * What is longer than 64 KB is dropped.
 */
export function createCommandReader(on: {
  ready: () => void
  command: (command: Command) => void
}): (bytes: Buffer) => void {
  let waiting = ''
  /** Where in `waiting` a literal that was asked for ends; 0 where none was. */
  let literalEnd = 0

  return (bytes) => {
    waiting += bytes.toString('latin1')
    if (waiting.length > LONGEST) waiting = ''
    for (;;) {
      if (waiting.length < literalEnd) return
      const lineEnd = waiting.indexOf('\r\n', literalEnd)
      if (lineEnd === -1) return
      const literal = /\{(\d{1,5})(\+?)\}$/.exec(waiting.slice(literalEnd, lineEnd))
      if (literal) {
        literalEnd = lineEnd + 2 + Number(literal[1])
        if (literal[2] === '') on.ready()
        continue
      }
      const whole = waiting.slice(0, lineEnd)
      waiting = waiting.slice(lineEnd + 2)
      literalEnd = 0
      const command = commandOf(whole)
      if (command) on.command(command)
    }
  }
}

function commandOf(text: string): Command | undefined {
  const [tag, first, ...rest] = wordsIn(text)
  if (tag === undefined || first === undefined) return undefined
  const name = first.toUpperCase()
  if (name !== 'UID') return { tag, name, args: rest }
  const [second = '', ...args] = rest
  return { tag, name: `UID ${second.toUpperCase()}`, args }
}

/** Words, quoted words and literals without their signs; a list in brackets is one word. */
function wordsIn(text: string): string[] {
  const words: string[] = []
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at)
    const literal = /^\{(\d{1,5})\+?\}\r\n/.exec(rest)
    const written = /^"((?:[^"\\]|\\.)*)"|^\([^)]*\)|^[^\s"({]\S*/.exec(rest)
    if (literal) {
      const from = literal[0].length
      const length = Number(literal[1])
      words.push(textOf(rest.slice(from, from + length)))
      at += from + length
    } else if (written) {
      words.push(textOf(written[1]?.replaceAll(/\\(.)/g, '$1') ?? written[0]))
      at += written[0].length
    } else at += 1
  }
  return words
}

function textOf(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8')
}

/** Whether a number is in a set such as "3,7:9,12:*"; `last` is what the star stands for. */
export function numbersIn(set: string, last: number): (number: number) => boolean {
  const ranges = set.split(',').map((range) => {
    const [from = 0, to = from] = range.split(':').map((end) => (end === '*' ? last : Number(end)))
    // "5:*" means the last one too where it is lower than 5.
    return { low: Math.min(from, to), high: Math.max(from, to) }
  })
  return (number) => ranges.some(({ low, high }) => number >= low && number <= high)
}

export function quoted(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, '\\$&')}"`
}
