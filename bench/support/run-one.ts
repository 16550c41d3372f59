// One benchmark in a process of its own; its figures go back on the IPC channel.
import type { Figure } from '../figure.ts'

const [name] = process.argv.slice(2)
const { run }: { run: () => Promise<Figure[]> } = await import(`../${name}.ts`)
const figures = await run()
process.send?.(figures, () => process.exit(0))
