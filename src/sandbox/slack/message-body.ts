// What an app may put into a message: the one reading of text and blocks for the Web API, response URLs and answers.
import { findBlockKitProblems } from './block-kit.ts'
import { isRecord } from './block-kit-checks.ts'
import type { Block } from './client-api.ts'
import { withIds } from './view-state.ts'

export interface MessageBody {
  text: string
  blocks?: Block[]
}

export type BodyReading = { body: MessageBody } | { error: string; messages?: string[] }

const maximumText = 40_000

/** An argument that may come as JSON text (form posts) or as it is (JSON posts); undefined when it is not JSON. */
export function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

/** Slack's wording of one problem. */
export function problemText(problem: { pointer: string; message: string }, prefix = ''): string {
  return `[ERROR] ${problem.message} [json-pointer:${prefix}${problem.pointer}]`
}

/**
 * Reads text and blocks of a message.
 * @returns the body with ids filled in, or Slack's error name with its explanations
 */
export function readMessageBody(given: Record<string, unknown>): BodyReading {
  const text = typeof given.text === 'string' ? given.text : ''
  if (text.length > maximumText) return { error: 'msg_too_long' }
  if (given.blocks === undefined || given.blocks === '') return text === '' ? { error: 'no_text' } : { body: { text } }
  const blocks = parsed(given.blocks)
  if (!Array.isArray(blocks)) return { error: 'invalid_blocks_format' }
  const problems = findBlockKitProblems(blocks, 'message')
  if (problems.length > 0) return { error: 'invalid_blocks', messages: problems.map((problem) => problemText(problem)) }
  if (blocks.length === 0 && text === '') return { error: 'no_text' }
  return { body: { text, blocks: withIds(blocks.filter(isRecord)) } }
}
