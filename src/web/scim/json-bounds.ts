// What a directory may send, before anything works on it: JSON that isn't deep, and lists that aren't long. The depth is
// looked at byte by byte, before the body is parsed: whatever walks through it afterwards would go as deep as it goes.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ScimError } from './scim-error.ts'

/** A PATCH of an address in an extension's object is eight deep. */
export const DEEPEST = 20
/** Entries of one attribute of a user, such as email addresses; and attributes of one object. */
export const MOST_ENTRIES = 100
/** Members of a group in one request. */
export const MOST_MEMBERS = 20_000

const [QUOTE, BACKSLASH] = [0x22, 0x5c]
const OPENING = new Set([0x5b, 0x7b])
const CLOSING = new Set([0x5d, 0x7d])

/** For the reader of bodies: throws ScimError for JSON that is too deep. Takes time by the length alone. */
export function refuseDeepJson(
  _request: IncomingMessage,
  _response: ServerResponse,
  body: Buffer,
  encoding: string,
): void {
  // Another encoding writes brackets otherwise, and no directory uses one.
  if (encoding !== 'utf-8') throw new ScimError(415, undefined, 'Send JSON in UTF-8.')
  if (isDeeperThan(body, DEEPEST)) throw tooMuch(`JSON may be at most ${DEEPEST} levels deep.`)
}

/** Whether brackets outside of texts are nested deeper than `most`. Of what is no JSON it says something, and parsing the rest. */
export function isDeeperThan(json: Buffer, most: number): boolean {
  let depth = 0
  let isInText = false
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at]
    if (byte === undefined) continue
    if (isInText) {
      if (byte === BACKSLASH) at += 1
      else if (byte === QUOTE) isInText = false
    } else if (byte === QUOTE) isInText = true
    else if (OPENING.has(byte)) {
      depth += 1
      if (depth > most) return true
    } else if (CLOSING.has(byte)) depth = Math.max(0, depth - 1)
  }
  return false
}

/** Throws ScimError where a user, or a part of one, has a list or an object with too many entries. Not for members. */
export function refuseLongLists(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  const parts = Object.values(value)
  if (parts.length > MOST_ENTRIES) throw tooMuch(`One attribute may have at most ${MOST_ENTRIES} entries.`)
  for (const part of parts) refuseLongLists(part)
}

/** The refusal of what is more than is done here. */
export function tooMuch(message: string): ScimError {
  return new ScimError(400, 'invalidValue', message)
}
