// How passwords are kept: argon2id, worked out off the event loop, with a bounded line before it, so that a crowd
// at the door costs waiting and a polite "try again", never the memory or the other visitors' answers.
import { availableParallelism } from 'node:os'
import { hash as argon2Hash, verify as argon2Verify, type Options } from '@node-rs/argon2'
import { Refusal } from '../refusal.ts'

// OWASP's first recommendation for argon2id; the algorithm is the package's default. 19 MiB a password.
const cost: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Throws Refusal('too_busy') from both when the line is full; the password is then not looked at. */
export type PasswordHasher = {
  /** Gives the hash in its own format (PHC string, salt included). */
  hash: (password: string) => Promise<string>
  /** Whether the password made this hash. Throws for a text that is no argon2 hash. */
  verify: (hash: string, password: string) => Promise<boolean>
}

/**
 * `concurrency`: how many are worked on at once, usually one a core: each fills the cache, so that more of them only
 * hinder one another, and libuv has four threads for all of Node's background work. `waiting`: how many may stand in
 * line behind them.
 */
export function createPasswordHasher({
  concurrency = Math.min(4, availableParallelism()),
  waiting = 64,
}: {
  concurrency?: number
  waiting?: number
} = {}): PasswordHasher {
  let working = 0
  const line: (() => void)[] = []

  async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (working >= concurrency) {
      if (line.length >= waiting) throw new Refusal('too_busy')
      // Whoever ends hands its place over, so `working` stays as it is.
      await new Promise<void>((resolve) => line.push(resolve))
    } else {
      working += 1
    }
    try {
      return await work()
    } finally {
      const next = line.shift()
      if (next) next()
      else working -= 1
    }
  }

  // The same password typed on another keyboard may arrive decomposed.
  return {
    hash: (password) => inTurn(() => argon2Hash(password.normalize('NFC'), cost)),
    verify: (hash, password) => inTurn(() => argon2Verify(hash, password.normalize('NFC'))),
  }
}
