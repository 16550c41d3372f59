// Codes by e-mail and SMS: six digits, ten minutes, once. No row, job or log holds one: it is derived from the id of its
// row with a key that only this installation has, when the message is made and when the code comes back. Pure.
import { createHmac, timingSafeEqual } from 'node:crypto'

/** In ms. */
export const CODE_LIFE = 10 * 60 * 1000
const CODES = 1_000_000
const DIGITS = 6
// 48 bits, so that no code is likelier than another by more than one in a hundred million.
const BYTES = 6

export type SentCode = { id: string; boundTo: string; factorId: string; expiresAt: Date; usedAt: Date | null }

export type CodeVerdict = { is: 'right'; id: string } | { is: 'none' | 'old' | 'used' | 'elsewhere' | 'wrong' }

/** The code of a row: six digits. */
export function codeOf(codeKey: Buffer, id: string): string {
  const number = createHmac('sha256', codeKey).update(id).digest().readUIntBE(0, BYTES) % CODES
  return String(number).padStart(DIGITS, '0')
}

/**
 * Judges what was typed against the codes that were sent to somebody of late, the newest first. Only the newest one of
 * the factor and of the passage or session that asks is taken; of the others it is only said what they are.
 */
export function judgeCode(
  codeKey: Buffer,
  code: string,
  { sent, at, boundTo, factorId }: { sent: SentCode[]; at: Date; boundTo: string; factorId: string },
): CodeVerdict {
  const typed = Buffer.from(code)
  const fits = ({ id }: SentCode) => timingSafeEqual(typed, Buffer.from(codeOf(codeKey, id)))
  const isOfHere = (row: SentCode) => row.boundTo === boundTo && row.factorId === factorId
  const here = sent.filter(isOfHere)
  const [newest] = here
  if (!newest) return { is: sent.some(fits) ? 'elsewhere' : 'none' }
  const found = here.find(fits)
  if (!found) return { is: sent.some(fits) ? 'elsewhere' : 'wrong' }
  if (found.usedAt !== null) return { is: 'used' }
  if (found !== newest || found.expiresAt <= at) return { is: 'old' }
  return { is: 'right', id: found.id }
}
