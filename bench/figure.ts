// One measured figure, as bench/index.ts prints and keeps it.

export type Figure = {
  /** What was measured, in words. */
  name: string
  value: number
  unit: string
  /** What the machine can do at most, or a peer, measured in the same run and the same unit. */
  limit?: number
  /** value / limit. */
  ratio?: number
  /** What is to be reached, in words. */
  reach: string
}
