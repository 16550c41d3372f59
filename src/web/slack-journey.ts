// What a browser keeps on its way to Slack and back: one sealed value, out of which all that Slack has to give back is
// derived, so that another browser, an older way, or a made-up one comes to nothing. Nothing of it is stored.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Request } from 'express'
import { type CookieRules, cookie, noCookie, readCookie } from './cookie.ts'
import type { Bound } from './slack-open-id.ts'

/** From the button to the way back, in ms. */
const LIFE = 10 * 60_000
const RANDOM_BYTES = 24
const TIME_BYTES = 6
const SEAL_BYTES = 32

export type SlackJourneys = {
  /** `setCookie`: the header's value. */
  begin: () => { bound: Bound; setCookie: string }
  /** What this browser began; undefined where it began nothing, or too long ago. */
  read: (request: Pick<Request, 'headers'>) => Bound | undefined
  ended: () => string
}

export function createSlackJourneys(given: { key: Buffer; now: () => Date; isHttps: boolean }): SlackJourneys {
  const { key, now, isHttps } = given
  const rules: CookieRules = {
    name: `${isHttps ? '__Host-' : ''}usher_slack`,
    path: '/',
    maxAge: LIFE / 1000,
    isHttps,
  }
  const derive = (purpose: string, of: string | Buffer) => createHmac('sha256', key).update(`${purpose}|`).update(of)
  const boundOf = (value: string): Bound => ({
    state: derive('state', value).digest('base64url'),
    nonce: derive('nonce', value).digest('base64url'),
    verifier: derive('verifier', value).digest('base64url'),
  })

  return {
    begin() {
      const time = Buffer.alloc(TIME_BYTES)
      time.writeUIntBE(now().getTime(), 0, TIME_BYTES)
      const open = Buffer.concat([randomBytes(RANDOM_BYTES), time])
      const value = Buffer.concat([open, derive('seal', open).digest()]).toString('base64url')
      return { bound: boundOf(value), setCookie: cookie(rules, value) }
    },
    read(request) {
      const value = readCookie(request, rules.name)
      const whole = Buffer.from(value ?? '', 'base64url')
      if (value === undefined || whole.length !== RANDOM_BYTES + TIME_BYTES + SEAL_BYTES) return undefined
      const open = whole.subarray(0, RANDOM_BYTES + TIME_BYTES)
      if (!timingSafeEqual(whole.subarray(open.length), derive('seal', open).digest())) return undefined
      const age = now().getTime() - open.readUIntBE(RANDOM_BYTES, TIME_BYTES)
      return age >= 0 && age <= LIFE ? boundOf(value) : undefined
    },
    ended: () => noCookie(rules),
  }
}

/** Whether Slack gave back what this browser was sent with. */
export function isSame(expected: string, given: unknown): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(typeof given === 'string' ? given : '')]
  return one.length === other.length && timingSafeEqual(one, other)
}
