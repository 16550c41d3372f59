// Several rounds, because the machine may have other work for a while; the one in the middle is told.

/** The middle one of the numbers; the upper of two. */
export function median(values: number[]): number {
  return percentile(values, 0.5)
}

/** The smallest number that so large a share (0 to 1) of all is not above. */
export function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
