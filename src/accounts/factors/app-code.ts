// Authenticator apps: six digits, a new code every 30 s (TOTP, RFC 6238), as every app makes them. Pure.
import { generateSecret, generateURI, verifySync } from 'otplib'

/** In seconds. */
export const STEP = 30
/** A code of the step before and of the one after is taken too: clocks differ, and typing takes time. */
const TOLERANCE = STEP
/** How far back a code is recognised, in seconds, to tell somebody that their clock is behind. */
const RECOGNISED = 20 * STEP

/** `wrong`: also one that is ahead. Its step is still to come, and whoever guesses must not learn that they hit it. */
export type AppCodeVerdict = { is: 'right'; step: number } | { is: 'used' | 'behind' | 'wrong' }

/** A new key: 160 bits as base32, which is what apps read. */
export function newAppKey(): string {
  return generateSecret()
}

/** "JBSW Y3DP …": to be typed by hand. */
export function keyInGroups(key: string): string {
  return key.replaceAll(/.{4}(?=.)/g, '$& ')
}

/** The address in the QR picture. `issuer`, `label`: what the app shows. */
export function appUri(key: string, { issuer, label }: { issuer: string; label: string }): string {
  return generateURI({ secret: key, issuer, label })
}

/**
 * Judges a code of six digits. `lastStep`: the newest step whose code was taken; codes of it and of those before are
 * used, whether they were typed or not.
 */
export function judgeAppCode(
  key: string,
  code: string,
  { at, lastStep }: { at: Date; lastStep: number | null },
): AppCodeVerdict {
  const step = stepOf(key, code, { at, tolerance: [TOLERANCE, TOLERANCE] })
  if (step !== undefined) return lastStep !== null && step <= lastStep ? { is: 'used' } : { is: 'right', step }
  const past = stepOf(key, code, { at, tolerance: [RECOGNISED, 0] })
  return { is: past === undefined ? 'wrong' : 'behind' }
}

function stepOf(
  key: string,
  code: string,
  { at, tolerance }: { at: Date; tolerance: [number, number] },
): number | undefined {
  const epoch = Math.floor(at.getTime() / 1000)
  const result = verifySync({ secret: key, token: code, epoch, epochTolerance: tolerance })
  return result.valid && 'timeStep' in result ? result.timeStep : undefined
}
