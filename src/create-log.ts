// The log: JSON lines for machines, readable lines in the sandbox. What could hold a secret is cut out of it.
import { pino } from 'pino'
import pretty from 'pino-pretty'
import type { Log } from './collaborators.ts'

const SECRETS = ['token', 'password', 'authorization', 'secret', 'url'].flatMap((name) => [
  name,
  `*.${name}`,
  `*.*.${name}`,
])

/** Makes the log. `readable`: for a person at a terminal. */
export function createLog({ level, readable }: { level: string; readable: boolean }): Log {
  const options = {
    level,
    base: null,
    redact: { paths: SECRETS, censor: '[cut out]' },
    serializers: { err: describe },
  }
  return readable ? pino(options, pretty({ colorize: process.stdout.isTTY, ignore: 'pid,hostname' })) : pino(options)
}

/** An error's name, words, code, stack and causes: never its other fields, which may hold a whole request. */
export function describe(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) }
  return {
    name: error.name,
    message: error.message,
    ...('code' in error ? { errorCode: String(error.code) } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describe(error.cause) }),
  }
}
