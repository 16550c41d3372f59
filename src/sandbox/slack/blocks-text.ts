// All the words that blocks show, for reading views and messages in tests and in messages about them.
import { isRecord } from './block-kit-checks.ts'

const shown = ['text', 'label', 'hint', 'title', 'alt_text', 'fields', 'elements', 'element', 'accessory', 'rows']
const alsoShown = ['options', 'option_groups', 'description', 'placeholder']

function collect(value: unknown, words: string[]): void {
  if (typeof value === 'string') words.push(value)
  else if (Array.isArray(value)) for (const entry of value) collect(entry, words)
  else if (isRecord(value)) for (const field of [...shown, ...alsoShown]) collect(value[field], words)
}

/** Every text in the blocks, a line each, in order of appearance. */
export function textOf(blocks: unknown): string {
  const words: string[] = []
  collect(blocks, words)
  return words.join('\n')
}
