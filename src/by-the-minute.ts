// What strangers can cause as often as they like is counted, and gets one line a minute in the log.
const MINUTE = 60_000

/** Gives a counter of kinds. The first one is written at once, and all that follow are written once a minute, together. */
export function countByTheMinute(write: (counts: Record<string, number>) => void): (kind: string) => void {
  let counts: Record<string, number> = {}
  let writtenAt = Number.NEGATIVE_INFINITY
  let isDue = false

  function writeCounts(): void {
    isDue = false
    writtenAt = performance.now()
    write(counts)
    counts = {}
  }

  return (kind) => {
    counts[kind] = (counts[kind] ?? 0) + 1
    if (isDue) return
    const wait = writtenAt + MINUTE - performance.now()
    if (wait <= 0) return writeCounts()
    isDue = true
    setTimeout(writeCounts, wait).unref()
  }
}
