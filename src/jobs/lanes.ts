// At most so many at once; the rest wait in line.

export type Lanes = <T>(work: () => Promise<T>) => Promise<T>

export function createLanes(count: number): Lanes {
  let free = count
  const line: (() => void)[] = []
  return async (work) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => line.push(resolve))
    try {
      return await work()
    } finally {
      const next = line.shift()
      if (next) next()
      else free += 1
    }
  }
}
