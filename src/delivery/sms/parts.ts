// How many parts an SMS is sent in: what it costs, and how likely it arrives whole. 3GPP TS 23.038: 160 characters of the
// GSM alphabet, 153 each when there are several; 70 and 67 when one character is outside of it. Pure.

const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
/** Each takes the place of two. */
const EXTENDED = new Set('^{}\\[~]|€\f')

/** The number of parts that a text is sent in; an empty one is one part. */
export function countParts(text: string): number {
  let places = 0
  for (const character of text) {
    if (EXTENDED.has(character)) places += 2
    else if (BASIC.has(character)) places += 1
    else return partsOf(text.length, { alone: 70, joined: 67 })
  }
  return partsOf(places, { alone: 160, joined: 153 })
}

function partsOf(places: number, { alone, joined }: { alone: number; joined: number }): number {
  return places <= alone ? 1 : Math.ceil(places / joined)
}
