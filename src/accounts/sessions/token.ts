// What a browser holds to be known again: 128 random bits, of which the database has the hash alone. Pure.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const TOKEN_BYTES = 16

/** A new token and what is kept of it. */
export function newToken(): { token: string; tokenHash: string } {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  return { token, tokenHash: hashToken(token) }
}

/** What is kept of a token: SHA-256 is enough for what nobody can guess. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** What a form of a signed-in page carries, so that no other site can have sent it: bound to the browser's token. */
export function formTokenOf(token: string): string {
  return createHmac('sha256', token).update('form').digest('base64url').slice(0, 22)
}

/** Whether a form comes from a page that was made for this browser. */
export function isFormTokenOf(token: string, given: string): boolean {
  const expected = Buffer.from(formTokenOf(token))
  const typed = Buffer.from(given)
  return typed.length === expected.length && timingSafeEqual(typed, expected)
}
