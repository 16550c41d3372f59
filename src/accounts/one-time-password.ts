// One-time passwords of words, for people who get a user name and a password instead of a link. Nothing of them is stored:
// they are derived, like the token of a link, so that one more generation makes the older one worthless. Pure.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { WORDS } from './one-time-words.ts'

/** The purpose that the key is derived for (src/keys.ts). */
export const ONE_TIME_PURPOSE = 'one-time-password'

export type OneTimeClaim = { organisationId: string; invitationId: string; generation: number }

/** 2^40 passwords: with five tries and then growing waits a guess has no chance in an invitation's thirty days. */
const LENGTH = 5

/** The one-time password of one generation of an invitation: "amber-kettle-piano-robin-stream". */
export function makeOneTimePassword(key: Buffer, claim: OneTimeClaim): string {
  return wordsOf(bytesOf(key, claim)).join('-')
}

/**
 * Whether what was typed is the one-time password of exactly this claim. Capitals do not count, and what stands between the
 * words may be anything but a letter: it is read over a telephone. Takes the same time for every text.
 */
export function isOneTimePassword(key: Buffer, typed: string, claim: OneTimeClaim): boolean {
  const words = typed
    .slice(0, 200)
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(Boolean)
  return timingSafeEqual(hashOf(key, words.join('-')), hashOf(key, makeOneTimePassword(key, claim)))
}

function bytesOf(key: Buffer, { organisationId, invitationId, generation }: OneTimeClaim): Buffer {
  return createHmac('sha256', key)
    .update(`${organisationId}|${invitationId}|${generation}`)
    .digest()
    .subarray(0, LENGTH)
}

function wordsOf(bytes: Buffer): string[] {
  return [...bytes].map((byte) => WORDS[byte % WORDS.length] ?? '')
}

function hashOf(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
