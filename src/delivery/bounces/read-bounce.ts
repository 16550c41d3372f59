// Mail that came back, made into what the core records.
import { problemOfFate } from './bounce-words.ts'
import { type OurMessage, ourMessageIn } from './our-message.ts'
import { readReturned } from './read-returned.ts'

/** What one recipient of one of our messages gets to hear of it. */
export type BouncedMessage = OurMessage & {
  addresses: string[]
  action: 'failed' | 'delayed'
  /** One sentence, in plain words. */
  problem: string
}

/** `foreign`: a bounce, but of no message of ours. The others as in read-returned.ts. */
export type BounceReading =
  | { kind: 'bounce'; bounces: BouncedMessage[] }
  | { kind: 'foreign' | 'automatic' | 'other' | 'unreadable' }

/** Reads a message that came back, of which only the first MOST_READ bytes are looked at. Throws nothing. */
export async function readBounce(bytes: Uint8Array): Promise<BounceReading> {
  const returned = await readReturned(bytes)
  if (returned.kind !== 'bounce') return returned
  const message = ourMessageIn(returned.messageIds)
  if (!message) return { kind: 'foreign' }
  const { fates } = returned
  return {
    kind: 'bounce',
    bounces: fates.map((fate) => ({
      ...message,
      addresses: fate.addresses,
      action: fate.action,
      problem: problemOfFate(fate),
    })),
  }
}
