// Leaves a mail server in trouble alone. While it is, one message at a time tries whether it is back, after pauses that
// grow; all others wait for what comes of it, or go back into the queue.
import { breakAfter } from './pauses.ts'

export type Admission =
  | {
      go: true
      /** Says how it went; to be called once, whatever happened. */
      tell: (verdict: Verdict) => void
      /** It had to wait for a probe: what was known before may not hold any more. */
      waited: boolean
    }
  | { go: false /** When it is worth asking again. */; until: Date }

/** `trouble`: the server as a whole is out of order. `unknown`: nothing was learnt (a bug, a shutdown). */
export type Verdict = 'fine' | 'trouble' | 'unknown'

export type Breaker = {
  /** Asks whether a message may be handed over now; waits for a probe that is under way. */
  admit(): Promise<Admission>
  /** Until when the server is left alone; undefined while it is well. */
  readonly openUntil: Date | undefined
}

/** `onChange` hears when the server falls silent (with the pause in ms) and when it is back (undefined). */
export function createBreaker(c: {
  now: () => Date
  random: () => number
  onChange?: (pause: number | undefined) => void
}): Breaker {
  let troubles = 0
  let aloneUntil: number | undefined
  let probe: Promise<void> | undefined

  function judge(verdict: Verdict, isProbe: boolean): void {
    if (verdict === 'fine') {
      if (aloneUntil !== undefined) c.onChange?.(undefined)
      troubles = 0
      aloneUntil = undefined
    }
    // Those that were under way when the server fell silent all say so: that is one trouble.
    if (verdict === 'trouble' && (isProbe || aloneUntil === undefined)) {
      const pause = breakAfter(troubles, c.random)
      troubles += 1
      aloneUntil = c.now().getTime() + pause
      c.onChange?.(pause)
    }
  }

  return {
    async admit() {
      const waited = probe !== undefined
      while (probe !== undefined) await probe
      if (aloneUntil === undefined) return { go: true, waited, tell: (verdict) => judge(verdict, false) }
      if (c.now().getTime() < aloneUntil) return { go: false, until: new Date(aloneUntil) }
      let ended = () => {}
      probe = new Promise((resolve) => {
        ended = resolve
      })
      return {
        go: true,
        waited,
        tell(verdict) {
          judge(verdict, true)
          probe = undefined
          ended()
        },
      }
    },
    get openUntil() {
      return aloneUntil === undefined ? undefined : new Date(aloneUntil)
    },
  }
}
