// Waiting for something to appear in a person's client: by its events, never by looking again and again.
import { WAIT_LIMIT } from '../wait-limit.ts'
import type { Core } from './core.ts'

/**
 * Resolves with what `look` finds, now or after some change that this person sees.
 * @param within milliseconds until it is given up, with an error that says what was seen instead
 */
export function waitUntil<T>(
  core: Core,
  userId: string,
  wanted: { look: () => T | undefined; what: string; seen: () => string; within?: number },
): Promise<T> {
  const { look, what, seen, within = WAIT_LIMIT } = wanted
  const found = look()
  if (found !== undefined) return Promise.resolve(found)
  return new Promise((resolve, reject) => {
    const { listeners } = core.workspace
    const stop = () => {
      listeners.delete(listener)
      clearTimeout(timer)
    }
    const timer = setTimeout(() => {
      stop()
      reject(new Error(`${userId} did not see ${what} within ${within} ms. Seen instead:\n${seen()}`))
    }, within)
    const listener = (audience: string[]) => {
      if (!audience.includes(userId)) return
      try {
        const result = look()
        if (result === undefined) return
        stop()
        resolve(result)
      } catch (error) {
        stop()
        reject(error)
      }
    }
    listeners.add(listener)
  })
}
