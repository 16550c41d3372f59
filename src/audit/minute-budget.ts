// How much of each kind the audit log takes in a minute, so that a flood of one kind pushes out nothing of another; what is
// past it is counted.

/** What is past a budget in one minute. `organisationId`: undefined where nobody can say whose it is. */
export type Overflow = { budget: string; organisationId: string | undefined; minute: number; at: Date; count: number }

type Minute = { seen: Map<string, Set<string>>; over: Map<string, Overflow> }

export type MinuteBudget = {
  /** Whether an event is to be written: `seen` where it was before, within its minute; `over` where it is one too many. */
  take(one: Taken & { id: string }): 'new' | 'seen' | 'over'
  /** Counts what was not even looked at. */
  miss(one: Taken): void
  /** What was too many in the minutes before this one, or in all of them; it is given once. */
  finish(before?: number): Overflow[]
  hasOverflow(): boolean
}

/** `count`: so many tries came to this one. */
type Taken = { budget: string; organisationId: string | undefined; minute: number; at: Date; count: number }

/** `most`: events of one kind in a minute. */
export function createMinuteBudget(most: number): MinuteBudget {
  const minutes = new Map<number, Minute>()

  function minuteAt(number: number): Minute {
    const minute = minutes.get(number) ?? { seen: new Map(), over: new Map() }
    minutes.set(number, minute)
    return minute
  }

  function miss({ budget, organisationId, minute, at, count }: Taken): void {
    const { over } = minuteAt(minute)
    const key = `${budget} ${organisationId ?? ''}`
    const known = over.get(key)
    if (known) known.count += count
    else over.set(key, { budget, organisationId, minute, at, count })
  }

  return {
    take(one) {
      const { seen } = minuteAt(one.minute)
      const ids = seen.get(one.budget) ?? new Set()
      seen.set(one.budget, ids)
      if (ids.has(one.id)) return 'seen'
      if (ids.size >= most) {
        miss(one)
        return 'over'
      }
      ids.add(one.id)
      return 'new'
    },
    miss,
    finish(before = Number.POSITIVE_INFINITY) {
      const finished = [...minutes].filter(([number]) => number < before)
      for (const [number] of finished) minutes.delete(number)
      return finished.flatMap(([, { over }]) => [...over.values()])
    },
    hasOverflow: () => [...minutes.values()].some(({ over }) => over.size > 0),
  }
}
