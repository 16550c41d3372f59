// The code on an activation slip: sixteen signs of an alphabet in which none is taken for another (Crockford's base 32,
// crockford.com/base32.html), in groups of four. Derived like the token of a link; the database knows its hash alone. Pure.
import { createHash, createHmac } from 'node:crypto'

/** The purpose that the key is derived for (src/keys.ts). */
export const SLIP_PURPOSE = 'slip'

export type SlipClaim = { organisationId: string; invitationId: string; generation: number }

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 80 bits. */
const LENGTH = 16

/** The code of one generation of an invitation: "7K3M-9QXW-0TRA-5HDN". */
export function makeSlipCode(key: Buffer, { organisationId, invitationId, generation }: SlipClaim): string {
  const bytes = createHmac('sha256', key).update(`${organisationId}|${invitationId}|${generation}`).digest()
  return grouped([...bytes.subarray(0, LENGTH)].map((byte) => ALPHABET[byte % 32]).join(''))
}

/**
 * What was typed as a code, in its own form; undefined where it cannot be one. Small letters, spaces and dashes are fine,
 * and so is O for 0, I or L for 1.
 */
export function readSlipCode(typed: string): string | undefined {
  const signs = typed
    .slice(0, 100)
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{P}]/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
  return signs.length === LENGTH && [...signs].every((sign) => ALPHABET.includes(sign)) ? grouped(signs) : undefined
}

/** What the database finds a code by: it has too many to be tried, so its hash gives nothing away. */
export function slipKeyOf(code: string): string {
  return createHash('sha256').update(`usher slip ${code}`).digest('base64url')
}

function grouped(signs: string): string {
  return signs.match(/.{4}/g)?.join('-') ?? signs
}
