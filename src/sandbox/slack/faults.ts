// Faults that a test orders for coming Web API calls.

export type Fault =
  /** HTTP 429; retryAfter in seconds */
  | { kind: 'rate_limited'; retryAfter: number }
  | { kind: 'status'; status: number }
  /** ok: false with this error name; nothing is done */
  | { kind: 'error'; error: string }
  /** never answered, nothing is done */
  | { kind: 'hang' }
  /** done and answered, but only after so many milliseconds */
  | { kind: 'slow'; ms: number }
  /** done, but the connection breaks before the answer */
  | { kind: 'lost_answer' }

export interface Faults {
  /**
   * The next call of a method (or of any: '*') meets this fault; `times` calls (1) do. 'files-pri' stands for the
   * download of a file: an error is answered with Slack's sign-in page, and a lost answer breaks in the middle.
   */
  next(method: string, fault: Fault, options?: { times?: number }): void
  /** Takes all ordered faults back. */
  clear(): void
  /** The fault for this call, used up. */
  take(method: string): Fault | undefined
}

export function createFaults(): Faults {
  const ordered: { method: string; fault: Fault }[] = []
  return {
    next(method, fault, { times = 1 } = {}) {
      for (let count = 0; count < times; count += 1) ordered.push({ method, fault })
    },
    clear() {
      ordered.length = 0
    },
    take(method) {
      const index = ordered.findIndex((order) => order.method === method || order.method === '*')
      return index < 0 ? undefined : ordered.splice(index, 1)[0]?.fault
    },
  }
}
