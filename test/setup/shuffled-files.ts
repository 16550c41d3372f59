// The order of the test files: at random, so that none comes to lean on another, but what takes long first, so that no
// worker is left alone with it at the end.
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Folders whose files start programs or browsers. */
const LONG = ['test/faults/', 'test/browser/', 'test/database/']

export class ShuffledFiles extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seed = Number(process.env.SEED) || Date.now() % 1_000_000
    console.log(`Order of files: SEED=${seed}`)
    const next = randomNumbers(seed)
    const placed = files
      .toSorted((one, other) => (one.moduleId < other.moduleId ? -1 : 1))
      .map((file) => ({ file, isLong: LONG.some((folder) => file.moduleId.includes(folder)), place: next() }))
    placed.sort((one, other) => Number(other.isLong) - Number(one.isLong) || one.place - other.place)
    return placed.map(({ file }) => file)
  }
}

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
