// Makes passwords and words comparable: a guesser tries "Muñoz", "munoz" and "MUNOZ" in one go.

/** The text in small letters without accents; for comparing only, never for keeping. */
export function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
