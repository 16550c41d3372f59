// What an activation slip says: the shape of it, which each language fills.

export type SlipWords = {
  title: string
  forPerson: (names: { hub: string; organisation: string }) => string
  userName: string
  code: string
  /** The address stands below it, on a line of its own. */
  how: string
  until: (date: string) => string
  keep: string
}
