// Recovery codes, for whoever lost their telephone: ten letters and digits that cannot be misread. Kept as HMACs. Pure.
import { createHmac, randomBytes } from 'node:crypto'

export const RECOVERY_CODES = 10
/** Crockford's base32: without I, L, O and U. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 10

/** Ten new codes, as they are shown: "7Q2MK-0XV9D". 50 bits each. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () => written(randomBytes(LENGTH)))
}

/**
 * The ten codes of a sign-up, derived from the token that its browser holds, so that the same page can be shown again
 * until its person has kept them, and nothing of them is stored before the account is there.
 */
export function recoveryCodesOfPassage(recoveryKey: Buffer, token: string): string[] {
  return Array.from({ length: RECOVERY_CODES }, (_, index) =>
    written(createHmac('sha256', recoveryKey).update(`passage|${token}|${index}`).digest()),
  )
}

/** What is kept of a code. */
export function hashRecoveryCode(recoveryKey: Buffer, { personId, code }: { personId: string; code: string }): string {
  return createHmac('sha256', recoveryKey).update(`code|${personId}|${code}`).digest('base64url')
}

/** What was typed, as `newRecoveryCodes` writes it; undefined where it cannot be one. */
export function readRecoveryCode(typed: string): string | undefined {
  const letters = typed
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s\p{Pd}]/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
  if (letters.length !== LENGTH || [...letters].some((letter) => !LETTERS.includes(letter))) return undefined
  return inGroups(letters)
}

function written(bytes: Buffer): string {
  return inGroups(Array.from(bytes.subarray(0, LENGTH), (byte) => LETTERS[byte % LETTERS.length]).join(''))
}

function inGroups(letters: string): string {
  return `${letters.slice(0, LENGTH / 2)}-${letters.slice(LENGTH / 2)}`
}
