// Names for statements, so that PostgreSQL reads and plans each one once per connection and not every time.

/** A server keeps every named statement until its connection ends: what is built anew each time must not fill it. */
const MOST_NAMES = 500

/**
 * Makes a namer: the same text always gets the same name, and '' (no name) when there are too many texts. `prefix` keeps
 * the names of two namers apart, where their statements go over the same connections.
 */
export function createStatementNames(prefix: string): (text: string) => string {
  const names = new Map<string, string>()
  return (text) => {
    const known = names.get(text)
    if (known !== undefined) return known
    if (names.size === MOST_NAMES) return ''
    const name = `${prefix}_${names.size}`
    names.set(text, name)
    return name
  }
}
