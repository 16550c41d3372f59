// How long to wait before a message is tried again. Pure: the clock and the dice come in.

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** How long a message is tried, from when it was queued. */
export const PATIENCE = 24 * HOUR
/** Before a message of which nobody knows whether it arrived is handed over again, with the same Message-ID. */
export const AFTER_UNCERTAIN = 5 * MINUTE

/** Up to a fifth more or less, so that what failed together is not tried together. `random` gives 0 to 1. */
export function jittered(milliseconds: number, random: () => number): number {
  return Math.round(milliseconds * (0.8 + 0.4 * random()))
}

/** The pause after an attempt that failed: 30 s, 1 min, 2 min …, at most an hour. `attempts`: those that failed before. */
export function pauseAfter(attempts: number, random: () => number): number {
  return jittered(Math.min(30 * SECOND * 2 ** Math.min(attempts, 20), HOUR), random)
}

/** How long the mail server is left alone: 5 s, 10 s, 20 s …, at most 5 minutes. `troubles`: those in a row before. */
export function breakAfter(troubles: number, random: () => number): number {
  return jittered(Math.min(5 * SECOND * 2 ** Math.min(troubles, 20), 5 * MINUTE), random)
}
