// What a Web API method is: a scope and a function from arguments to an answer.

import { isRecord } from './block-kit-checks.ts'
import type { Core } from './core.ts'
import { parsed } from './message-body.ts'

export type Arguments = Record<string, unknown>

export interface Method {
  /** the bot scope that it needs, if any */
  scope?: string
  /** false for the few that work without a token, 'app' for those of the app-level token; the bot's otherwise */
  token?: false | 'app'
  /** returns the answer without `ok`; throws MethodFailure */
  run(core: Core, given: Arguments): Record<string, unknown>
}

export type Methods = Record<string, Method>

/** Slack's `ok: false`: an error name, and what else the answer holds. */
export class MethodFailure extends Error {
  readonly answer: Record<string, unknown>
  constructor(error: string, more: Record<string, unknown> = {}) {
    super(error)
    this.answer = { ok: false, error, ...more }
  }
}

/** Ends a method with Slack's error name and, where there are any, its explanations. */
export function fail(error: string, messages?: string[]): never {
  throw new MethodFailure(error, messages && { response_metadata: { messages } })
}

/** A required argument as text; invalid_arguments when it is missing. */
export function required(given: Arguments, name: string): string {
  const value = given[name]
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'string' || value === '') fail('invalid_arguments', [`[ERROR] missing required field: ${name}`])
  return value
}

/** An optional argument as text. */
export function optional(given: Arguments, name: string): string | undefined {
  const value = given[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A flag, which form posts carry as text. */
export function flag(given: Arguments, name: string): boolean {
  return [true, 'true', '1', 1].some((yes) => given[name] === yes)
}

/** An argument that is an object (JSON text in form posts). */
export function objectArgument(given: Arguments, name: string): Record<string, unknown> {
  const value = parsed(given[name])
  if (!isRecord(value)) fail('invalid_arguments', [`[ERROR] missing required field: ${name}`])
  return value
}

/** One page of a list, by Slack's cursors. */
export function pageOf<T>(items: T[], given: Arguments, usual: number): { page: T[]; next_cursor: string } {
  const limit = Math.min(Math.max(Number(given.limit) || usual, 1), 1000)
  const cursor = optional(given, 'cursor')
  const start = cursor ? Number(Buffer.from(cursor, 'base64').toString('utf8')) : 0
  if (!Number.isInteger(start) || start < 0 || start > items.length) fail('invalid_cursor')
  const next_cursor = start + limit < items.length ? Buffer.from(String(start + limit)).toString('base64') : ''
  return { page: items.slice(start, start + limit), next_cursor }
}
