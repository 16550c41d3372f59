// `usher doctor`, from the typed words to the printed lines.
import { parseArgs } from 'node:util'
import type { Config } from '../../config.ts'
import { examine } from './doctor.ts'
import { toLine } from './finding.ts'
import { createReach } from './reach.ts'

/** Runs the doctor. The exit code is 1 when something must be mended. */
export async function runDoctor(
  words: string[],
  { readConfig }: { readConfig: () => Config },
): Promise<{ text: string; code: number }> {
  const { values } = parseArgs({ args: words, options: { post: { type: 'boolean' } } })
  const findings = await examine(readConfig, { reach: createReach(), post: values.post ?? false, limit: 5_000 })
  const wrong = findings.filter((finding) => finding.state === 'bad').length
  const summary = wrong === 0 ? 'Nothing to mend.' : wrong === 1 ? 'One thing to mend.' : `${wrong} things to mend.`
  return { text: [...findings.map(toLine), '', summary].join('\n'), code: wrong === 0 ? 0 : 1 }
}
