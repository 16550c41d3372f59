// From the one secret to the keys in use: each purpose has its own, so that what one signs is nothing to another.
import { hkdfSync } from 'node:crypto'

/** What a key may be for. */
export type KeyPurpose =
  | 'join'
  | 'register'
  | 'reset'
  | 'sign-in'
  | 'slack-sign-in'
  | 'code'
  | 'factor'
  | 'recovery'
  | 'one-time-password'
  | 'slip'
  | 'audit-seal'

/** Gives the 32-byte key of a purpose: HKDF-SHA256 of the secret. The same secret and purpose give the same key. */
export function deriveKey(secret: string, purpose: KeyPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `usher/${purpose}`, 32))
}
