// The small vocabulary in which Slack's Block Kit limits are written down (block-kit-elements.ts, block-kit.ts).

export type Surface = 'message' | 'modal' | 'home'

export interface BlockKitProblem {
  /** JSON pointer to the offending place, such as /blocks/0/text/text */
  pointer: string
  message: string
}

export interface CheckContext {
  surface: Surface
  problems: BlockKitProblem[]
}

/** Looks at one value and notes what is wrong with it in `context.problems`. */
export type Check = (value: unknown, pointer: string, context: CheckContext) => void

export type Shape = Record<string, Check>

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function problem(context: CheckContext, pointer: string, message: string): void {
  context.problems.push({ pointer, message })
}

/** A string of min to max characters. */
export function string(max: number, min = 1): Check {
  return (value, pointer, context) => {
    if (typeof value !== 'string') return problem(context, pointer, 'must be a string')
    if (value.length > max) problem(context, pointer, `must be less than ${max + 1} characters`)
    if (value.length < min) problem(context, pointer, `must be more than ${min - 1} characters`)
  }
}

/** A string of a certain form, said in words. */
export function pattern(form: RegExp, words: string): Check {
  return (value, pointer, context) => {
    if (typeof value !== 'string' || !form.test(value)) problem(context, pointer, `must be ${words}`)
  }
}

export const boolean: Check = (value, pointer, context) => {
  if (typeof value !== 'boolean') problem(context, pointer, 'must be a boolean')
}

export const anything: Check = () => {}

/** A whole number between min and max, both included. */
export function integer(min: number, max: number): Check {
  return (value, pointer, context) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
      problem(context, pointer, `must be a whole number from ${min} to ${max}`)
  }
}

export function oneOf(...values: unknown[]): Check {
  return (value, pointer, context) => {
    if (!values.includes(value)) problem(context, pointer, `must be one of ${values.join(', ')}`)
  }
}

/** A list of min to max items, each checked. */
export function list(item: Check, limits: { min: number; max: number }): Check {
  return (value, pointer, context) => {
    if (!Array.isArray(value)) return problem(context, pointer, 'must be a list')
    if (value.length > limits.max) problem(context, pointer, `no more than ${limits.max} items allowed`)
    if (value.length < limits.min)
      problem(context, pointer, limits.min === 1 ? 'must not be empty' : `no fewer than ${limits.min} items allowed`)
    for (const [index, entry] of value.entries()) item(entry, `${pointer}/${index}`, context)
  }
}

/** An object with these required and optional fields and no others, as Slack refuses what it does not know. */
export function object(required: Shape, optional: Shape = {}, extra?: Check): Check {
  return (value, pointer, context) => {
    if (!isRecord(value)) return problem(context, pointer, 'must be an object')
    for (const field of Object.keys(required)) {
      if (value[field] === undefined) problem(context, pointer, `missing required field: ${field}`)
    }
    for (const [field, entry] of Object.entries(value)) {
      if (entry === undefined) continue
      const check = Object.hasOwn(required, field) ? required[field] : Object.hasOwn(optional, field) && optional[field]
      if (check) check(entry, `${pointer}/${field}`, context)
      else problem(context, pointer, `invalid additional property: ${field}`)
    }
    extra?.(value, pointer, context)
  }
}

/** Every one of these checks. */
export function all(...checks: Check[]): Check {
  return (value, pointer, context) => {
    for (const check of checks) check(value, pointer, context)
  }
}

/** Exactly one of these fields. */
export function exactlyOne(...fields: string[]): Check {
  return (value, pointer, context) => {
    if (!isRecord(value)) return
    const given = fields.filter((field) => value[field] !== undefined)
    if (given.length !== 1) problem(context, pointer, `must have exactly one of ${fields.join(', ')}`)
  }
}

/** At least one of these fields. */
export function atLeastOne(...fields: string[]): Check {
  return (value, pointer, context) => {
    if (isRecord(value) && fields.every((field) => value[field] === undefined))
      problem(context, pointer, `must have at least one of ${fields.join(', ')}`)
  }
}

/** A rule of its own: the words are noted when it does not hold. */
export function rule(holds: (value: Record<string, unknown>) => boolean, words: string): Check {
  return (value, pointer, context) => {
    if (isRecord(value) && !holds(value)) problem(context, pointer, words)
  }
}

/** Only on some surfaces. */
export function onlyOn(surfaces: Surface[], check: Check): Check {
  return (value, pointer, context) => {
    if (!surfaces.includes(context.surface))
      problem(context, pointer, `unsupported on this surface: ${context.surface} (only ${surfaces.join(', ')})`)
    check(value, pointer, context)
  }
}

/** Chooses the check by the value's `type`; a type that is not in the table is refused. */
export function byType(table: Record<string, Check>): Check {
  return (value, pointer, context) => {
    if (!isRecord(value)) return problem(context, pointer, 'must be an object')
    const check = typeof value.type === 'string' && Object.hasOwn(table, value.type) ? table[value.type] : undefined
    if (!check) return problem(context, pointer, `unsupported type: ${String(value.type)}`)
    check(value, pointer, context)
  }
}
