// Names for Prisma's statements, so that PostgreSQL reads and plans each one once per connection and not every time.

/** A server keeps every named statement until its connection ends: what is built anew each time must not fill it. */
const MOST_NAMES = 500

/** Makes the namer: the same text always gets the same name, and '' (no name) when there are too many texts. */
export function createStatementNames(): (statement: { sql: string }) => string {
  const names = new Map<string, string>()
  return ({ sql }) => {
    const known = names.get(sql)
    if (known !== undefined) return known
    if (names.size === MOST_NAMES) return ''
    const name = `usher_${names.size}`
    names.set(sql, name)
    return name
  }
}
