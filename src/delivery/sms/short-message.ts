// A message as an SMS: of all ways to say it, the fullest of those that need the fewest parts. Pure.
import type { Delivery } from '../../invitations/index.ts'
import type { ShortNames, ShortWords } from '../../languages/index.ts'
import { countParts } from './parts.ts'

const NAME_LIMITS = [40, 24, 14]

/** Writes the SMS of a delivery with the words of its language. `until` is the end of the link in short. */
export function writeShortMessage(
  delivery: Pick<Delivery, 'inviterName' | 'hubName' | 'organisationName'>,
  words: ShortWords,
  message: { url: string | undefined; until: string },
): string {
  const wordings = NAME_LIMITS.flatMap((limit) => words(namesOf(delivery, limit), message))
  return fullestOfFewestParts(wordings)
}

/** The first of those that are sent in the fewest parts. */
export function fullestOfFewestParts(wordings: string[]): string {
  const counted = wordings.map((text) => ({ text, parts: countParts(text) }))
  const fewest = Math.min(...counted.map(({ parts }) => parts))
  return counted.find(({ parts }) => parts === fewest)?.text ?? ''
}

function namesOf(delivery: Pick<Delivery, 'inviterName' | 'hubName' | 'organisationName'>, limit: number): ShortNames {
  return {
    inviter: shortName(delivery.inviterName, limit),
    hub: shortName(delivery.hubName, limit),
    organisation: shortName(delivery.organisationName, limit),
  }
}

/** A name that no phone makes a link of, cut at a whole character. The dots of the cut are in the GSM alphabet. */
export function shortName(name: string, limit: number): string {
  const harmless = name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/(?<=\S)[.:/@\u3002\uff0e\uff1a\uff20\uff61](?=\S)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  const characters = Array.from(harmless)
  return characters.length <= limit
    ? harmless
    : `${characters
        .slice(0, limit - 2)
        .join('')
        .trimEnd()}..`
}
